import json
from dataclasses import replace
from pathlib import Path

import pytest

from bench.figures import Bound, Figure, line, write

FIGURE = Figure(figure="a.b", value=2, reach=2, unit="calls", note="so")


def test_figures_are_written_as_later_tools_read_them(tmp_path: Path) -> None:
    """One object a figure, with its value and what it should reach, and nothing besides."""
    figure = replace(FIGURE, value=1.5, bound=Bound.AT_LEAST)
    write([figure], tmp_path / "new" / "bench.json")
    written = json.loads((tmp_path / "new" / "bench.json").read_text())
    assert written == [{"figure": "a.b", "value": 1.5, "reach": 2, "unit": "calls", "note": "so"}]


@pytest.mark.parametrize(
    ("bound", "below", "above"),
    [(Bound.AT_MOST, True, False), (Bound.AT_LEAST, False, True), (Bound.EXACTLY, False, False)],
)
def test_a_bound_has_a_side(bound: Bound, *, below: bool, above: bool) -> None:
    """A figure keeps its bound up to it, and on its own side of it."""
    figure = replace(FIGURE, bound=bound)
    kept = [replace(figure, value=value).kept for value in (1.9, 2, 2.1)]
    assert kept == [below, True, above]


def test_a_missed_figure_is_said_to_be_missed() -> None:
    """With its bound and which side of it is meant; one without a bound is only shown."""
    figure = replace(FIGURE, value=100_000, reach=100_000, bound=Bound.AT_LEAST)
    assert "(at least 100000) ok" in " ".join(line(figure).split())
    missed = replace(figure, value=99_999)
    assert "99999 calls (at least 100000) MISSED so" in " ".join(line(missed).split())
    shown = replace(missed, reach=None)
    assert shown.kept
    assert " ".join(line(shown).split()) == "a.b 99999 calls so"
