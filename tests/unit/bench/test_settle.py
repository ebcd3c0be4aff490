import json
from dataclasses import replace
from pathlib import Path

from bench.figures import Figure, line, write
from bench.settle import figures


def test_settling_keeps_its_figures() -> None:
    """Few calls, few write units, and little computing beside the calls themselves."""
    measured = {figure.figure: figure for figure in figures()}
    assert measured["settle.calls_per_order"].kept
    assert measured["settle.write_units_per_order"].kept
    # A time, though a ratio: a busy machine may blur it, so only the order of it is held here.
    assert 1 < measured["settle.cpu_over_floor"].value < 4


def test_figures_are_written_as_later_tools_read_them(tmp_path: Path) -> None:
    """One object a figure, with its value and what it should reach."""
    figure = Figure(figure="a.b", value=1.5, reach=2, unit="calls", note="so")
    write([figure], tmp_path / "new" / "bench.json")
    written = json.loads((tmp_path / "new" / "bench.json").read_text())
    assert written == [{"figure": "a.b", "value": 1.5, "reach": 2, "unit": "calls", "note": "so"}]


def test_a_missed_figure_is_said_to_be_missed() -> None:
    """A bound is kept up to itself."""
    figure = Figure(figure="a.b", value=2, reach=2, unit="calls")
    assert figure.kept
    assert "ok" in line(figure)
    missed = replace(figure, value=2.1)
    assert not missed.kept
    assert "MISSED" in line(missed)
    assert replace(figure, reach=None).kept
