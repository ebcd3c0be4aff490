"""Collect what became of a run's lines, in their order, into its results."""

import json
from collections import Counter, deque
from dataclasses import dataclass, field, replace
from typing import Any

from chalicelib.application.feed_run import ref_of
from chalicelib.application.run_ports import Grants, GrantState, Plantings, ReadLine, Reports
from chalicelib.application.run_reading import Reading
from chalicelib.domain.intent import Intent, IntentRef, Status
from chalicelib.domain.model_use import NO_USE, ModelPrices, ModelUse
from chalicelib.domain.run import Cursor, Progress, Run, added
from chalicelib.domain.run_line import Bad, Buy, Grant, RawLine, RunLine

HARVEST = 100
"""Intents that are looked at together: what one read of the table takes."""

UNSETTLED = frozenset({Status.ACCEPTED, Status.PAYING})

Row = dict[str, Any]


@dataclass(slots=True)
class Gathered:
    """Rows that were gathered and are not written yet, and what they count."""

    cursor: Cursor
    rows: bytearray = field(default_factory=bytearray)
    outcomes: Counter[str] = field(default_factory=Counter)
    discounts: int = 0
    use: ModelUse = NO_USE

    def add(self, raw: RawLine, row: Row, outcome: str) -> None:
        """Take in what became of a line."""
        self.rows += json.dumps(row, separators=(",", ":")).encode() + b"\n"
        self.outcomes[outcome] += 1
        self.cursor = Cursor(offset=raw.end, lines=raw.number)


class Collecting:
    """Follows a run's feeding, and stops at the first line that is not settled."""

    def __init__(self, plantings: Plantings, grants: Grants, run: Run, reading: Reading) -> None:
        self._plantings = plantings
        self._grants = grants
        self._reading = reading
        self._next: deque[tuple[RawLine, RunLine]] = deque()
        self.gathered = Gathered(run.progress.collected)

    def gather(self, run: Run, parse: ReadLine) -> int:
        """Gather the rows of the next lines that are settled; return how many there were."""
        room = run.progress.fed.lines - self.gathered.cursor.lines - len(self._next)
        short = min(HARVEST - len(self._next), room)
        if short > 0:
            self._next.extend(self._reading.take(short, parse))
        refs = {
            raw.number: ref_of(run, raw, line.customer_id)
            for raw, line in self._next
            if isinstance(line, Buy)
        }
        found = dict(zip(refs, self._plantings.harvest(list(refs.values())), strict=True))
        granted = self._granted(run)
        count = 0
        while self._next:
            raw, line = self._next[0]
            intent = found.get(raw.number)
            if intent is not None and intent.status in UNSETTLED:
                break
            match line:
                case Bad():
                    self._bad(raw, line)
                case Grant():
                    self._grant(raw, line, granted[raw.number])
                case Buy():
                    self._order(raw, refs[raw.number], intent)
            self._next.popleft()
            count += 1
        return count

    @property
    def waits(self) -> bool:
        """Whether the next line was fed and is not settled."""
        return bool(self._next)

    def begin_anew(self, cursor: Cursor) -> None:
        """Forget what was gathered: it is written up to *cursor*."""
        self.gathered = Gathered(cursor)

    def _granted(self, run: Run) -> dict[int, GrantState]:
        grants = {raw.number: line for raw, line in self._next if isinstance(line, Grant)}
        return dict(zip(grants, self._grants.granted(list(grants.values()), run.id), strict=True))

    def _bad(self, raw: RawLine, line: Bad) -> None:
        row = {"line": raw.number, "outcome": "invalid", "fault": line.fault}
        self.gathered.add(raw, row | {"field": line.field, "detail": line.detail}, "invalid")

    def _grant(self, raw: RawLine, line: Grant, outcome: GrantState) -> None:
        row = {"line": raw.number, "customer_id": line.customer_id, "code": line.code}
        self.gathered.add(raw, row | {"outcome": outcome}, outcome)

    def _order(self, raw: RawLine, ref: IntentRef, intent: Intent | None) -> None:
        row: Row = {"line": raw.number, "customer_id": ref.customer_id, "intent": ref.id}
        if intent is None:
            self.gathered.add(raw, row | {"outcome": "missing"}, "missing")
            return
        self.gathered.use += intent.model_use
        row["outcome"] = intent.status.value
        outcome = intent.status.value
        if intent.reason is not None:
            row["reason"] = intent.reason.code
            outcome = f"{outcome}:{intent.reason.code}"
        if intent.order is not None and intent.status is Status.CONFIRMED:
            row["total"] = intent.order.total
            row["discount"] = intent.order.discount
            self.gathered.discounts += intent.order.discount
        self.gathered.add(raw, row, outcome)


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectRun:
    """Write what was gathered behind the run's results, and add up what it cost."""

    reports: Reports
    prices: ModelPrices

    def __call__(self, run: Run, gathered: Gathered) -> Progress:
        """Return the run's progress with the *gathered* rows written. Safe to repeat."""
        progress = run.progress
        return replace(
            progress,
            collected=gathered.cursor,
            outcomes=added(progress.outcomes, gathered.outcomes),
            discounts=progress.discounts + gathered.discounts,
            model_microdollars=progress.model_microdollars
            + (self.prices.cost_microdollars(gathered.use) or 0),
            results=self.reports.append(
                f"runs/{run.id}/results", progress.results, bytes(gathered.rows), run.token
            ),
        )
