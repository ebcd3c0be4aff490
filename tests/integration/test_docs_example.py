import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rushline_testing.harness import Rushline

DOCS = Path(__file__).parents[2] / "docs" / "testing.md"


def test_the_example_in_the_documentation_runs(rushline: Rushline) -> None:
    """The block that people copy is a test that passes, as it stands there."""
    (example,) = re.findall(r"```python\n(.*?)```", DOCS.read_text(), re.DOTALL)
    assert example.count("\n") <= 10
    scope: dict[str, Any] = {}
    exec(compile(example, str(DOCS), "exec"), scope)  # noqa: S102 (our own documentation)
    test: Callable[[Rushline], None] = scope["test_two_lattes"]
    test(rushline)
