"""Check a slice of a run's source: read each line and see what it comes to, and place nothing."""

import json
from collections import Counter
from dataclasses import dataclass, replace

from chalicelib.application.foresee_lines import ForeseeLines
from chalicelib.application.run_ports import ReadLine, Reports, SourceUnusableError
from chalicelib.application.run_reading import Reading, after
from chalicelib.domain.run import Check, Run, added
from chalicelib.domain.run_line import Bad, RawLine


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRun:
    """A dry run, a slice at a time."""

    foresee: ForeseeLines
    reports: Reports

    def __call__(
        self, run: Run, check: Check, reading: Reading, most: int, parse: ReadLine
    ) -> Check:
        """Return *check* after the next *most* lines, each fault in its report. Safe to repeat.

        Raises `SourceUnusableError`, for a source without a line too, and `StoreUnavailableError`.
        """
        lines = reading.take(most, parse)
        cursor = after(lines, check.cursor)
        if not cursor.lines:
            code, detail = "source_empty", "There is no line in the file."
            raise SourceUnusableError(code, detail)
        found: Counter[str] = Counter()
        faults: Counter[str] = Counter()
        total, discounts, rows = 0, 0, bytearray()
        for (raw, _), seen in zip(lines, self.foresee(run.plan, lines), strict=True):
            if isinstance(seen, Bad):
                faults[seen.fault] += 1
                rows += _row(raw, seen)
            else:
                found[seen.kind] += 1
                total += seen.total
                discounts += seen.discount
        report = check.report
        if rows:
            name = f"runs/{run.id}/check"
            report = self.reports.append(name, report, bytes(rows), run.token)
        return replace(
            check,
            cursor=cursor,
            complete=len(lines) < most,
            found=added(check.found, found),
            faults=added(check.faults, faults),
            total=check.total + total,
            discounts=check.discounts + discounts,
            report=report,
        )


def _row(raw: RawLine, bad: Bad) -> bytes:
    row = {"line": raw.number, "fault": bad.fault, "field": bad.field, "detail": bad.detail}
    return json.dumps(row, separators=(",", ":")).encode() + b"\n"
