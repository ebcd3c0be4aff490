"""Lines of a run in lists of its own: what is to be fed, and collected, does not hang on its file."""

import json
from collections.abc import Sequence
from typing import Any

from chalicelib.application.run_ports import ReadLine, Reports
from chalicelib.application.run_reading import Rows
from chalicelib.domain.run import Place, Report, Run
from chalicelib.domain.run_line import Bad, LineFault, RawLine, RunLine

Lines = Sequence[tuple[RawLine, RunLine]]


def fed_list(run: Run) -> str:
    """Return the name of the list of lines that are fed as they come."""
    return f"runs/{run.id}/fed"


def lines_list(run: Run) -> str:
    """Return the name of the list of lines that were put off."""
    return f"runs/{run.id}/put-off"


def row_of(raw: RawLine, line: RunLine) -> bytes:
    """Return a line's row. Of a bad one it says what is wrong: what it holds may be no text."""
    row: dict[str, object] = {"line": raw.number}
    if isinstance(line, Bad):
        row["bad"] = [line.fault, line.field, line.detail]
    else:
        row["content"] = (raw.content or b"").decode()
    return json.dumps(row, separators=(",", ":")).encode() + b"\n"


class ListedReading:
    """A list's lines, read from a place on, a few at a time; the list may grow meanwhile."""

    def __init__(self, reports: Reports, name: str, place: Place) -> None:
        self._rows = Rows(reports, name, place)

    def take(
        self, run: Run, report: Report, most: int, parse: ReadLine
    ) -> list[tuple[RawLine, RunLine]]:
        """Return the next *most* lines that *report* counts, fewer at its end. Each knows its place."""
        return [
            _line_of(json.loads(row), place, run, parse)
            for row, place in self._rows.take(report, most)
        ]


def _line_of(
    row: dict[str, Any], place: Place, run: Run, parse: ReadLine
) -> tuple[RawLine, RunLine]:
    number = int(str(row["line"]))
    match row:
        case {"bad": [fault, field, detail]}:
            bad = Bad(fault=LineFault(fault), field=field, detail=detail)
            return RawLine(number=number, end=0, content=None, place=place), bad
        case _:
            content = str(row["content"]).encode()
            line = parse(content, run.plan.source.form, run.progress.columns)
            return RawLine(number=number, end=0, content=content, place=place), line
