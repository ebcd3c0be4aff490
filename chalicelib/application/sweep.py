"""Sweep, each minute: look after what is on its way, and measure how fast it goes.

The queues carry nearly every intent to its answer. The sweep is for the rest: a message
that was never sent or was lost, a question nobody answered, a hold that ran out. The
item is the truth, so all of it can be found there.

Nothing that is wrong with one intent, one slot or the measure keeps the sweep from the
others. It begins where the last one ran out of time, and remembers how far it came even
where it failed.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from chalicelib.application.backlog import Backlog
from chalicelib.application.end_overdue import EndOverdue
from chalicelib.application.ports import Clock, Control, Intents, Queue, SweepMark
from chalicelib.application.run_ports import LANE_WAIT_SECONDS, Lane
from chalicelib.application.send import queue_for
from chalicelib.domain.admission import MEASURE_MS_MIN, Gate, Tally, estimate, measured_rate
from chalicelib.domain.errors import StoreUnavailableError
from chalicelib.domain.intent import Intent, Status
from chalicelib.domain.watch import LOOK_AFTER_MS_MIN, SLOTS, next_look, slot_of

T = TypeVar("T")

ERRORS_MAX = 10
SEND_TOGETHER = 10
"""As many as one call to the queue takes."""

RELEASE_TOGETHER = 100
"""Holds that are released together: about two transactions, each of which writes a shard once."""


RELEASE_MS = 5_000
"""How long past its time a sweep may begin to release what it found by then: half of what its
function keeps back for the end. In a rush on many shards each takes seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What a sweep did, counted by name, and whether it got through.

    *errors* are the first that nobody foresaw; what they were about was passed over.
    """

    outcomes: Mapping[str, int]
    finished: bool
    errors: tuple[Exception, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """Go through the watched intents that are due; expire, release or send them again."""

    intents: Intents
    intents_queue: Queue
    settlements_queue: Queue
    lane: Lane
    backlog: Backlog
    control: Control
    clock: Clock
    end_overdue: EndOverdue
    rate_floor: float

    def __call__(self, stop_at: int) -> Swept:
        """Sweep until done or *stop_at* (ms); the next sweep goes on there. Safe to repeat."""
        return _Sweeping(self, stop_at).run()


@dataclass(slots=True)
class _Sweeping:
    """One sweep on its way."""

    rule: Sweep
    stop_at: int
    outcomes: Counter[str] = field(default_factory=Counter)
    errors: list[Exception] = field(default_factory=list)
    finished: bool = True
    out_of_time_in: int | None = None
    unsent: list[Intent] = field(default_factory=list)
    lapsed: list[Intent] = field(default_factory=list)
    left: list[Intent] = field(default_factory=list)
    """Those that an outage or a rush kept from being looked after."""

    def run(self) -> Swept:
        now = self.rule.clock.now()
        mark = self.rule.control.mark()
        until = dict(mark.swept_until)
        for number in range(mark.begin_with, mark.begin_with + SLOTS):
            slot = number % SLOTS
            self._guard(lambda slot=slot: self._slot(slot, until, now))  # type: ignore[misc]
            if self.out_of_time_in is not None:
                break
        self._guard(self._send)
        self._release()
        for intent in self.left:
            # The next sweep must come by here again, however long the outage lasts.
            slot = slot_of(intent.ref.id)
            until[slot] = min(until.get(slot, 0), intent.watch_at)
        tally = self._guard(lambda: self._measure(mark.tally, now)) or mark.tally
        # Last of all: who dies before this has looked after nobody, as far as the next one knows.
        begin_with = self.out_of_time_in or 0
        self.rule.control.set_mark(SweepMark(swept_until=until, tally=tally, begin_with=begin_with))
        return Swept(outcomes=+self.outcomes, finished=self.finished, errors=tuple(self.errors))

    def _guard(self, step: Callable[[], T]) -> T | None:
        """Take *step*; what goes wrong in it stays in it."""
        try:
            return step()
        except Exception as error:  # noqa: BLE001 (whatever it is, the others are not at fault)
            self.finished = False
            self.outcomes["failed"] += 1
            if len(self.errors) < ERRORS_MAX:
                self.errors.append(error)
            return None

    def _slot(self, slot: int, until: dict[int, int], now: int) -> None:
        """Go through one slot, and note in *until* how far.

        Never up to this very moment: the index follows the table with a delay, and what
        comes late must not lie behind the mark.
        """
        reached = now
        for watch_at, intent in self.rule.intents.due(slot, until.get(slot, 0), now):
            if self.rule.clock.now() >= self.stop_at:
                self.finished = False
                self.out_of_time_in = slot
                reached = watch_at
                break
            if intent is None:
                self.outcomes["unreadable"] += 1
                continue
            outcome = self._guard(lambda intent=intent: self._look(intent))  # type: ignore[misc]
            if outcome is not None:
                self.outcomes[outcome] += 1
        until[slot] = min(reached, now - LOOK_AFTER_MS_MIN)

    def _look(self, intent: Intent) -> str | None:
        try:
            return self._look_after(intent)
        except StoreUnavailableError:
            self.left.append(intent)
            raise

    def _look_after(self, intent: Intent) -> str | None:
        """Do what is due for *intent*, and return what that was; None where it is to be done with others."""
        if intent.status is Status.READY and self.rule.end_overdue.end_of(intent):
            self.lapsed.append(intent)
            if len(self.lapsed) >= RELEASE_TOGETHER:
                self._release()
            return None
        if self.rule.end_overdue(intent):
            return "ended"
        if intent.status is not Status.ACCEPTED:
            return "settled" if intent.settled_at is not None else "waiting"
        pending = intent.pending
        now = self.rule.clock.now()
        wait = self._wait_of(intent)
        self.rule.intents.watch(pending, next_look(now, wait, intent.expires_at))
        if pending.queued_at + wait * 1000 > now:
            return "queued"
        self.unsent.append(intent)
        if len(self.unsent) >= SEND_TOGETHER:
            self._send()
        return None

    def _wait_of(self, intent: Intent) -> int:
        """Return how many seconds a message of *intent* may wait in its queue.

        The gate knows the live queues' rate alone; how long the lane gets, its feeders bound.
        """
        if intent.pending.bulk:
            return LANE_WAIT_SECONDS
        gate = self.rule.control.gate()
        return estimate(self.rule.backlog.all(), gate).estimated_wait_seconds

    def _release(self) -> None:
        """Release holds that ran out, many to a write of their shard; where that fails, one by one."""
        lapsed, self.lapsed = self.lapsed, []
        if self._guard(lambda: self._release_all(lapsed)) is None:
            for intent in lapsed:
                self._guard(lambda intent=intent: self._release_all([intent]))  # type: ignore[misc]

    def _release_all(self, lapsed: Sequence[Intent]) -> bool:
        stop_at = self.stop_at + RELEASE_MS
        done = self.rule.end_overdue.release(lapsed, stop_at)
        self.outcomes["ended"] += len(done.made)
        self.outcomes["still_held"] += len(done.again)
        self.left += [intent for intent in lapsed if intent.ref in done.again]
        return True

    def _send(self) -> None:
        """Send again what is overdue; what a queue refuses is found by a later look."""
        unsent, self.unsent = self.unsent, []
        lane = self.rule.lane
        live = (self.rule.intents_queue, self.rule.settlements_queue)
        for queue in (*live, lane.intents, lane.settlements):
            intents = [intent for intent in unsent if self._queue_for(intent) is queue]
            if not intents:
                continue
            refused = queue.send_all([intent.pending for intent in intents])
            self.outcomes["not_sent"] += len(refused)
            self.outcomes["sent_again"] += len(intents) - len(refused)
            for intent in intents:
                if intent.unsent and intent.ref not in refused:
                    self.rule.intents.mark_sent(intent.pending, sent=True)

    def _queue_for(self, intent: Intent) -> Queue:
        if intent.pending.bulk:
            return queue_for(intent.pending, self.rule.lane.intents, self.rule.lane.settlements)
        return queue_for(intent.pending, self.rule.intents_queue, self.rule.settlements_queue)

    def _measure(self, before: Tally | None, now: int) -> Tally:
        """Set the gate to the rate that the last minute showed."""
        if before is not None and now - before.at < MEASURE_MS_MIN:
            return before
        control = self.rule.control
        tally = Tally(at=now, answered=control.answered(), waiting=self.rule.backlog.waiting())
        if before is not None:
            last = control.gate().rate_per_second
            control.set_gate(
                Gate(rate_per_second=measured_rate(before, tally, last, self.rule.rate_floor))
            )
        return tally
