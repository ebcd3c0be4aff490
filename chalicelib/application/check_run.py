"""Check a slice of a run's source: read, resolve and price each line, and place nothing."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from chalicelib.application.ports import Catalogues, Reader
from chalicelib.application.run_ports import ReadLine, Reports
from chalicelib.application.run_reading import Reading, after
from chalicelib.domain.catalogue import Catalogue
from chalicelib.domain.intent import Request
from chalicelib.domain.order import Order
from chalicelib.domain.pricing import line_faults, price
from chalicelib.domain.resolution import Line
from chalicelib.domain.run import Check, Run, added
from chalicelib.domain.run_line import Bad, Buy, Grant, LineFault, RawLine, RunLine


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRun:
    """A dry run, a slice at a time."""

    catalogues: Catalogues
    reader: Reader
    reports: Reports

    def __call__(
        self, run: Run, check: Check, reading: Reading, most: int, parse: ReadLine
    ) -> Check:
        """Return *check* after the next *most* lines, each fault in its report. Safe to repeat.

        Raises `SourceUnusableError` and `StoreUnavailableError`.
        """
        lines = reading.take(most, parse)
        catalogue = self.catalogues.current(run.plan.merchant)
        found: Counter[str] = Counter()
        faults: Counter[str] = Counter()
        total, rows = 0, bytearray()
        for raw, line in lines:
            seen = self._look(line, catalogue)
            if isinstance(seen, Bad):
                faults[seen.fault] += 1
                rows += _row(raw, seen)
            else:
                name, price = seen
                found[name] += 1
                total += price
        report = check.report
        if rows:
            name = f"runs/{run.id}/check"
            report = self.reports.append(name, report, bytes(rows), run.token)
        return replace(
            check,
            cursor=after(lines, check.cursor),
            complete=len(lines) < most,
            found=added(check.found, found),
            faults=added(check.faults, faults),
            total=check.total + total,
            report=report,
        )

    def _look(self, line: RunLine, catalogue: Catalogue | None) -> Bad | tuple[str, int]:
        """Return the fault of a line, or what it is and what it costs."""
        match line:
            case Bad():
                return line
            case Grant():
                return "grant", 0
            case Buy(request=request):
                return self._quote(request, catalogue)

    def _quote(self, request: Request, catalogue: Catalogue | None) -> Bad | tuple[str, int]:
        if catalogue is None:
            return Bad(fault=LineFault.UNKNOWN_ITEM, detail="the merchant has no catalogue")
        if request.lines:
            return _priced("items", request.lines, catalogue)
        reading = self.reader.read(request.text or "", catalogue)
        return _priced("text", reading.lines, catalogue) if reading.certain else ("unsure", 0)


def _priced(name: str, lines: Sequence[Line], catalogue: Catalogue) -> Bad | tuple[str, int]:
    """Return what *lines* are worth, or the first thing about them that the menu does not offer."""
    for place, line in enumerate(lines):
        for fault in line_faults(line, catalogue):
            return Bad(fault=LineFault.UNKNOWN_ITEM, field=f"items.{place}", detail=fault)
    order = price(lines, catalogue)
    if isinstance(order, Order):
        return name, order.total
    return Bad(fault=LineFault.UNKNOWN_ITEM, field="items", detail=order.faults[0])


def _row(raw: RawLine, bad: Bad) -> bytes:
    row = {"line": raw.number, "fault": bad.fault, "field": bad.field, "detail": bad.detail}
    return json.dumps(row, separators=(",", ":")).encode() + b"\n"
