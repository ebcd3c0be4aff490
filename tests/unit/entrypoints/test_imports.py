"""What an API call does not pay for."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]

LATE = (
    "openai",
    "aws_xray_sdk",
    "chalicelib.adapters.model",
    "chalicelib.understanding",
    "chalicelib.domain.pricing",
    "chalicelib.domain.settlement",
    "chalicelib.application.settle_orders",
    "chalicelib.application.resolve_intents",
    "chalicelib.entrypoints.openapi",
    "moto",
)

ACCEPT = """
import app
from chalicelib.bootstrap import install
from tests.unit.entrypoints.shop import Shop
shop = Shop()
install(shop.services)
assert shop.post({"items": [{"sku": "tea", "quantity": 1}]}).status == 202
assert shop.post({"text": "two teas"}).status == 202
"""


def _loaded(after: str) -> set[str]:
    """Return which of the late modules a fresh interpreter, with no variables, has *after* that code."""
    late = "".join(
        f"\nif any(m == {name!r} or m.startswith({name + '.'!r}) for m in sys.modules):"
        f" print('LOADED {name}')"
        for name in LATE
    )
    run = subprocess.run(  # noqa: S603 (our own interpreter, our own code)
        [sys.executable, "-c", f"import sys\n{after}{late}"],
        cwd=ROOT,
        env={},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return {line.split()[1] for line in run.stdout.splitlines() if line.startswith("LOADED ")}


def test_importing_the_app() -> None:
    """Importing the app, as every function does, wants no setting and loads nothing heavy."""
    assert _loaded("import app") == set()


def test_accepting_an_intent() -> None:
    """Accepting an intent loads no model, no parser and no price."""
    # The description is the test's own, to hold the answers against.
    assert _loaded(ACCEPT) <= {"chalicelib.entrypoints.openapi"}
