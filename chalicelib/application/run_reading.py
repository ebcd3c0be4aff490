"""A run's source, read from a cursor on, a few lines at a time."""

from collections.abc import Iterator, Sequence
from itertools import islice

from chalicelib.application.run_ports import ReadLine, Reports, Sources
from chalicelib.domain.run import Cursor, Place, Plan, Report, Seal
from chalicelib.domain.run_line import LINE_BYTES_MAX, Bad, LineFault, RawLine, RunLine


class Reading:
    """One stream over a source, kept open between slices."""

    def __init__(self, sources: Sources, plan: Plan, seal: Seal, cursor: Cursor) -> None:
        self.columns: Sequence[str] = sources.columns(plan.source, seal)
        self.ended = False
        """Whether no line comes after those that were taken."""
        self._ahead: list[RawLine] = []
        self._lines: Iterator[RawLine] = sources.lines(
            plan.source, seal, cursor.offset, cursor.lines
        )
        self._form = plan.source.form

    def take(self, most: int, parse: ReadLine) -> list[tuple[RawLine, RunLine]]:
        """Return the next *most* lines, fewer only at the end of the source.

        Raises `SourceUnusableError`.
        """
        raws = [*self._ahead, *islice(self._lines, most + 1 - len(self._ahead))]
        self._ahead = raws[most:]
        self.ended = not self._ahead
        return [(raw, self._read(raw, parse)) for raw in raws[:most]]

    def _read(self, raw: RawLine, parse: ReadLine) -> RunLine:
        if raw.content is None:
            detail = f"a line has at most {LINE_BYTES_MAX} bytes"
            return Bad(fault=LineFault.TOO_LONG, detail=detail)
        return parse(raw.content, self._form, self.columns)


class Rows:
    """One stream over a report that may grow meanwhile, kept open between slices."""

    def __init__(self, reports: Reports, name: str, place: Place) -> None:
        self._reports = reports
        self._name = name
        self._place = place
        self._opened: Report | None = None
        self._stream: Iterator[tuple[bytes, Place]] = iter(())

    def take(self, report: Report, most: int) -> list[tuple[bytes, Place]]:
        """Return the next *most* rows of what *report* counts, fewer only at its end."""
        taken = list(islice(self._stream, most))
        if len(taken) < most and report != self._opened:
            behind = taken[-1][1] if taken else self._place
            self._opened = report
            self._stream = self._reports.rows(self._name, report, behind)
            taken += islice(self._stream, most - len(taken))
        if taken:
            self._place = taken[-1][1]
        return taken


def after(lines: Sequence[tuple[RawLine, RunLine]], cursor: Cursor) -> Cursor:
    """Return the cursor behind *lines*."""
    if not lines:
        return cursor
    last = lines[-1][0]
    return Cursor(offset=last.end, lines=last.number)
