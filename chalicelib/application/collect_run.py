"""Collect what became of a run's lines, in their order, into its results."""

import json
from collections import Counter, deque
from dataclasses import dataclass, field, replace
from typing import Any

from chalicelib.application.feed_run import ref_of
from chalicelib.application.put_off_lines import LateReading, lines_list
from chalicelib.application.run_ports import Grants, GrantState, Plantings, ReadLine, Reports
from chalicelib.application.run_reading import Reading, Rows
from chalicelib.domain.intent import Intent, IntentRef, Status
from chalicelib.domain.model_use import NO_USE, ModelPrices, ModelUse
from chalicelib.domain.run import Cursor, Place, Progress, PutOff, Report, Run, added
from chalicelib.domain.run_line import Bad, Buy, Grant, RawLine, RunLine

HARVEST = 100
"""Intents that are looked at together: what one read of the table takes."""

UNSETTLED = frozenset({Status.ACCEPTED, Status.PAYING})

Row = dict[str, Any]


@dataclass(slots=True)
class Gathered:
    """Rows that were gathered and are not written yet, and what they count.

    *cursor* and *passed* are how far the source came and the lines of it that were put off;
    *late* is how far these were gathered themselves.
    """

    cursor: Cursor
    passed: Place = field(default_factory=Place)
    late: Place = field(default_factory=Place)
    rows: bytearray = field(default_factory=bytearray)
    outcomes: Counter[str] = field(default_factory=Counter)
    discounts: int = 0
    use: ModelUse = NO_USE

    def add(self, raw: RawLine, row: Row, outcome: str) -> None:
        """Take in what became of a line."""
        self.rows += json.dumps(row, separators=(",", ":")).encode() + b"\n"
        self.outcomes[outcome] += 1
        if raw.place is not None:
            self.late = raw.place
        else:
            self.cursor = Cursor(offset=raw.end, lines=raw.number)

    def pass_by(self, raw: RawLine, place: Place) -> None:
        """Leave out a line that was put off: it comes again, from the list of those."""
        self.cursor = Cursor(offset=raw.end, lines=raw.number)
        self.passed = place


def _begun(progress: Progress) -> Gathered:
    put_off = progress.put_off
    return Gathered(progress.collected, put_off.passed, put_off.collected)


@dataclass(frozen=True, slots=True)
class _Later:
    """In the place of a line that was put off: the *place* behind it in the list of those."""

    place: Place


class Collecting:
    """Follows a run's feeding, and stops at the first line that is not settled.

    Lines that were put off are passed by, and gathered once they were fed themselves.
    """

    def __init__(
        self,
        plantings: Plantings,
        grants: Grants,
        reports: Reports,
        run: Run,
        reading: Reading,
        late: LateReading | None,
    ) -> None:
        self._plantings = plantings
        self._grants = grants
        self._reading = reading
        self._late = late
        self._list = Rows(reports, lines_list(run), run.progress.put_off.passed)
        self._put_off: deque[tuple[int, Place]] = deque()
        self._next: deque[tuple[RawLine, RunLine | _Later]] = deque()
        self.begin_anew(run.progress)

    def gather(self, run: Run, parse: ReadLine) -> int:
        """Gather the rows of the next lines that are settled; return how many there were."""
        self._fetch(run, parse)
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
                case _Later():
                    self.gathered.pass_by(raw, line.place)
                case Bad():
                    self._bad(raw, line)
                case Grant():
                    self._grant(raw, line, granted[raw.number])
                case Buy():
                    self._order(raw, refs[raw.number], intent, run)
            self._next.popleft()
            count += 1
        return count

    def _fetch(self, run: Run, parse: ReadLine) -> None:
        """Have up to `HARVEST` lines at hand that were fed: those that were put off come first."""
        at_hand, put_off = len(self._next), run.progress.put_off
        late = sum(raw.place is not None for raw, _ in self._next)
        room = run.due_late - self.gathered.late.rows - late
        if self._late is not None and min(room, HARVEST - at_hand) > 0:
            self._next.extend(self._late.take(run, min(room, HARVEST - at_hand), parse))
        room = run.progress.fed.lines - self.gathered.cursor.lines - (at_hand - late)
        short = min(HARVEST - len(self._next), room)
        if short > 0:
            for raw, line in self._reading.take(short, parse):
                place = self._place_of(raw, put_off)
                self._next.append((raw, line if place is None else _Later(place)))

    def _place_of(self, raw: RawLine, put_off: PutOff) -> Place | None:
        """Return the place behind a line in the list of those that were put off, if it is there."""
        if not self._put_off and put_off.count:
            rows = self._list.take(put_off.lines, HARVEST)
            self._put_off.extend((json.loads(row)["line"], place) for row, place in rows)
        if self._put_off and self._put_off[0][0] == raw.number:
            return self._put_off.popleft()[1]
        return None

    @property
    def waits(self) -> bool:
        """Whether the next line was fed and is not settled."""
        return bool(self._next)

    @property
    def moved(self) -> bool:
        """Whether more lines were gathered than are written."""
        return bool(self.gathered.rows) or self.gathered.passed != self._written.passed

    def has_all(self, run: Run) -> bool:
        """Whether everything that was fed is gathered."""
        gathered = self.gathered
        return (gathered.cursor.lines, gathered.late.rows) == (
            run.progress.fed.lines,
            run.due_late,
        )

    def begin_anew(self, progress: Progress) -> None:
        """Forget what was gathered: *progress* says how far it is written."""
        self.gathered, self._written = _begun(progress), _begun(progress)

    def _granted(self, run: Run) -> dict[int, GrantState]:
        grants = {raw.number: line for raw, line in self._next if isinstance(line, Grant)}
        return dict(zip(grants, self._grants.granted(list(grants.values()), run.id), strict=True))

    def _bad(self, raw: RawLine, line: Bad) -> None:
        row = {"line": raw.number, "outcome": "invalid", "fault": line.fault}
        self.gathered.add(raw, row | {"field": line.field, "detail": line.detail}, "invalid")

    def _grant(self, raw: RawLine, line: Grant, outcome: GrantState) -> None:
        row = {"line": raw.number, "customer_id": line.customer_id, "code": line.code}
        self.gathered.add(raw, row | {"outcome": outcome}, outcome)

    def _order(self, raw: RawLine, ref: IntentRef, intent: Intent | None, run: Run) -> None:
        row: Row = {"line": raw.number, "customer_id": ref.customer_id, "intent": ref.id}
        if intent is None:
            never = raw.place is not None and raw.place.rows > run.progress.put_off.fed.rows
            outcome = "not_fed" if never else "missing"
            self.gathered.add(raw, row | {"outcome": outcome}, outcome)
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
            put_off=replace(progress.put_off, passed=gathered.passed, collected=gathered.late),
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
