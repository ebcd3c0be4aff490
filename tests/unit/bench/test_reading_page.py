"""The page on how a text is read shows what is so."""

import re
import shlex
from pathlib import Path

import pytest

from bench.resolve import main

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "reading.md").read_text(encoding="utf-8")
SHOWN = re.findall(r"```console\n\$ python -m bench\.resolve ([^\n]*)\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize(("command", "trace"), SHOWN)
def test_a_trace_on_the_page_is_what_the_command_prints(
    command: str,
    trace: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Run as it stands, from the top of the tree."""
    monkeypatch.chdir(ROOT)
    assert main(shlex.split(command)) == 0
    assert capsys.readouterr().out == trace


def test_the_page_shows_three() -> None:
    """Certain twice, and once not."""
    assert [trace.splitlines()[-1] == "certain" for _, trace in SHOWN] == [True, True, False]
