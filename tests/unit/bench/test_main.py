import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from bench import __main__ as command
from bench import figures, workers
from bench.figures import Bound, Figure
from tests.unit.bench.fixed import FIXED

KEPT = Figure(figure="a", value=1, reach=1, bound=Bound.EXACTLY, unit="x")
MISSED = Figure(figure="b", value=1, reach=2, bound=Bound.AT_LEAST, unit="x")
SHOWN = Figure(figure="c", value=1, unit="x")


@pytest.mark.parametrize(
    ("measured", "code"), [((KEPT, SHOWN), 0), ((KEPT, MISSED, SHOWN), 1), ((SHOWN,), 0)]
)
def test_a_missed_figure_fails_the_run(
    measured: Sequence[Figure],
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """All are printed and written first, whichever it is that missed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(command, "_measured", lambda: iter(measured))
    assert command.main() == code
    rows = json.loads(figures.FILE.read_text())
    assert [row["figure"] for row in rows] == [figure.figure for figure in measured]
    assert capsys.readouterr().out.count("\n") == len(measured) + 2


def test_the_table_of_workers_has_a_row_for_each(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """For each number of workers and each size of batch."""
    monkeypatch.setattr(workers, "measured", lambda: FIXED)
    given = ["--workers", "2", "4", "--batch", "49", "98", "--units", "200", "--shards", "4"]
    assert workers.main(given) == 0
    rows = [row.split() for row in capsys.readouterr().out.splitlines()[2:]]
    assert [row[:2] for row in rows] == [["2", "49"], ["2", "98"], ["4", "49"], ["4", "98"]]
