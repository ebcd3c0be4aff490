"""Collect what became of a run's lines, in their order, into its results."""

import json
from collections import Counter, deque
from dataclasses import dataclass, field, replace
from typing import Any

from chalicelib.application.feed_run import ref_of
from chalicelib.application.listed_lines import Lines, ListedReading, fed_list, lines_list
from chalicelib.application.run_ports import Grants, GrantState, Plantings, ReadLine, Reports
from chalicelib.domain.intent import Intent, IntentRef, Status
from chalicelib.domain.model_use import NO_USE, ModelPrices, ModelUse
from chalicelib.domain.run import Place, Progress, Report, Run, added
from chalicelib.domain.run_line import Bad, Buy, Grant, RawLine, RunLine

HARVEST = 100
"""Intents that are looked at together: what one read of the table takes."""

UNSETTLED = frozenset({Status.ACCEPTED, Status.PAYING})

Row = dict[str, Any]


@dataclass(slots=True)
class Gathered:
    """Rows that were gathered and are not written yet, and what they count.

    *fed* and *late* are how far they come in the two lists of lines: of those that were fed as
    they came, and of those that were put off.
    """

    fed: Place
    late: Place
    rows: bytearray = field(default_factory=bytearray)
    outcomes: Counter[str] = field(default_factory=Counter)
    discounts: int = 0
    use: ModelUse = NO_USE

    def add(self, row: Row, outcome: str) -> None:
        """Take in what became of a line."""
        self.rows += json.dumps(row, separators=(",", ":")).encode() + b"\n"
        self.outcomes[outcome] += 1


@dataclass(frozen=True, slots=True)
class _Next:
    """A line to be gathered: of those that were put off, if it is *late*. *place* is behind it."""

    raw: RawLine
    line: RunLine
    place: Place
    late: bool


class Collecting:
    """Follows a run's feeding, and stops at the first line that is not settled.

    Lines that were put off are gathered once they were fed themselves.
    """

    def __init__(self, plantings: Plantings, grants: Grants, reports: Reports, run: Run) -> None:
        self._plantings = plantings
        self._grants = grants
        progress = run.progress
        self._fed = ListedReading(reports, fed_list(run), progress.listed.collected)
        self._late = ListedReading(reports, lines_list(run), progress.put_off.collected)
        self._next: deque[_Next] = deque()
        self.waits_since: int | None = None
        """When the next line was accepted (ms), if it was fed and is not settled."""
        self.begin_anew(progress)

    def gather(self, run: Run, parse: ReadLine) -> int:
        """Gather the rows of the next lines that are settled; return how many there were."""
        self._fetch(run, parse)
        refs = {
            one.raw.number: ref_of(run, one.raw, one.line.customer_id)
            for one in self._next
            if isinstance(one.line, Buy)
        }
        found = dict(zip(refs, self._plantings.harvest(list(refs.values())), strict=True))
        granted = self._granted(run)
        count = 0
        self.waits_since = None
        while self._next:
            one = self._next[0]
            raw = one.raw
            intent = found.get(raw.number)
            if intent is not None and intent.status in UNSETTLED:
                self.waits_since = intent.accepted_at
                break
            match one.line:
                case Bad() as line:
                    self._bad(raw, line)
                case Grant() as line:
                    self._grant(raw, line, granted[raw.number])
                case Buy():
                    was_fed = not one.late or one.place.rows <= run.progress.put_off.fed.rows
                    self._order(raw, refs[raw.number], intent, was_fed=was_fed)
            if one.late:
                self.gathered.late = one.place
            else:
                self.gathered.fed = one.place
            self._next.popleft()
            count += 1
        return count

    def _fetch(self, run: Run, parse: ReadLine) -> None:
        """Have up to `HARVEST` lines at hand that were fed: those that were put off come first."""
        listed, put_off = run.progress.listed, run.progress.put_off
        late = sum(one.late for one in self._next)
        room = run.due_late - self.gathered.late.rows - late
        most = min(room, HARVEST - len(self._next))
        if most > 0:
            self._add(self._late.take(run, put_off.lines, most, parse), late=True)
        fed = sum(not one.late for one in self._next)
        room = listed.fed.rows - self.gathered.fed.rows - fed
        most = min(room, HARVEST - len(self._next))
        if most > 0:
            self._add(self._fed.take(run, listed.slices, most, parse), late=False)

    def _add(self, lines: Lines, *, late: bool) -> None:
        for raw, line in lines:
            if raw.place is not None:
                self._next.append(_Next(raw, line, raw.place, late))

    @property
    def moved(self) -> bool:
        """Whether more lines were gathered than are written."""
        return bool(self.gathered.rows)

    def has_all(self, run: Run) -> bool:
        """Whether everything that was fed is gathered."""
        all_lines = run.progress.listed.count + run.due_late
        return self.gathered.fed.rows + self.gathered.late.rows == all_lines

    def begin_anew(self, progress: Progress) -> None:
        """Forget what was gathered: *progress* says how far it is written."""
        self.gathered = Gathered(progress.listed.collected, progress.put_off.collected)

    def _granted(self, run: Run) -> dict[int, GrantState]:
        grants = {one.raw.number: one.line for one in self._next if isinstance(one.line, Grant)}
        return dict(zip(grants, self._grants.granted(list(grants.values()), run.id), strict=True))

    def _bad(self, raw: RawLine, line: Bad) -> None:
        row = {"line": raw.number, "outcome": "invalid", "fault": line.fault}
        self.gathered.add(row | {"field": line.field, "detail": line.detail}, "invalid")

    def _grant(self, raw: RawLine, line: Grant, outcome: GrantState) -> None:
        row = {"line": raw.number, "customer_id": line.customer_id, "code": line.code}
        self.gathered.add(row | {"outcome": outcome}, outcome)

    def _order(self, raw: RawLine, ref: IntentRef, intent: Intent | None, *, was_fed: bool) -> None:
        row: Row = {"line": raw.number, "customer_id": ref.customer_id, "intent": ref.id}
        if intent is None:
            outcome = "missing" if was_fed else "not_fed"
            self.gathered.add(row | {"outcome": outcome}, outcome)
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
        self.gathered.add(row, outcome)


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
            listed=replace(progress.listed, collected=gathered.fed),
            put_off=replace(progress.put_off, collected=gathered.late),
            outcomes=added(progress.outcomes, gathered.outcomes),
            discounts=progress.discounts + gathered.discounts,
            model_microdollars=progress.model_microdollars
            + (self.prices.cost_microdollars(gathered.use) or 0),
            results=self._written(run, bytes(gathered.rows)),
        )

    def _written(self, run: Run, rows: bytes) -> Report:
        results = run.progress.results
        if not rows:
            return results
        return self.reports.append(f"runs/{run.id}/results", results, rows, run.token)
