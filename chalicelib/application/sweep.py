"""Sweep, each minute: look after what is on its way, and measure how fast it goes.

The queues carry nearly every intent to its answer. The sweep is for the rest: a message
that was never sent or was lost, a question nobody answered, a hold that ran out. The
item is the truth, so all of it can be found there.
"""

from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from chalicelib.application.end_overdue import EndOverdue
from chalicelib.application.ports import Clock, Control, Intents, Queue, SweepMark
from chalicelib.application.send import send
from chalicelib.domain.admission import Gate, Tally, estimate, measured_rate
from chalicelib.domain.errors import NotQueuedError
from chalicelib.domain.intent import Intent, Status
from chalicelib.domain.watch import LOOK_AFTER_MS_MIN, SLOTS, next_look

ERRORS_MAX = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What a sweep did, counted by name, and whether it got through.

    *errors* are the first that nobody foresaw, each of one intent that was passed over.
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
    control: Control
    clock: Clock
    end_overdue: EndOverdue
    rate_floor: float

    def __call__(self, stop_at: int) -> Swept:
        """Sweep until done or *stop_at* (ms); the next sweep goes on there. Safe to repeat."""
        now = self.clock.now()
        outcomes: Counter[str] = Counter()
        mark = self.control.mark()
        tally = self._measure(mark.tally, now)
        until: dict[int, int] = {}
        errors: list[Exception] = []
        finished = True
        for slot in range(SLOTS):
            since = mark.swept_until.get(slot, 0)
            stopped_at = self._slot(slot, since, now, stop_at, outcomes, errors)
            finished = finished and stopped_at is None
            # Never up to this very moment: the index follows the table with a delay, and
            # what is put on record now is due a minute from now at the soonest.
            until[slot] = now - LOOK_AFTER_MS_MIN if stopped_at is None else stopped_at
        self.control.set_mark(SweepMark(swept_until=until, tally=tally))
        return Swept(outcomes=outcomes, finished=finished, errors=tuple(errors))

    def _slot(
        self,
        slot: int,
        since: int,
        now: int,
        stop_at: int,
        outcomes: Counter[str],
        errors: list[Exception],
    ) -> int | None:
        """Go through one slot; return where its time ran out, or None if it did not.

        One intent that can't be looked after must not keep the sweep from all others.
        """
        for watch_at, intent in self.intents.due(slot, since, now):
            if self.clock.now() >= stop_at:
                return watch_at
            try:
                outcome = self._look_after(intent)
            except Exception as error:  # noqa: BLE001 (whatever it is, the others are not at fault)
                outcome = "failed"
                if len(errors) < ERRORS_MAX:
                    errors.append(error)
            outcomes[outcome] += 1
        return None

    def _look_after(self, intent: Intent) -> str:
        if self.end_overdue(intent):
            return "ended"
        if intent.status is not Status.ACCEPTED:
            return "settled" if intent.settled_at is not None else "waiting"
        pending = intent.pending
        wait = self._wait_seconds()
        self.intents.watch(pending, next_look(self.clock.now(), wait, intent.expires_at))
        if intent.accepted_at + wait * 1000 > self.clock.now():
            return "queued"
        with suppress(NotQueuedError):
            send(intent, self.intents, self.intents_queue, self.settlements_queue)
            return "sent_again"
        return "not_sent"

    def _wait_seconds(self) -> int:
        waiting = self.intents_queue.waiting() + self.settlements_queue.waiting()
        return estimate(waiting, self.control.gate()).estimated_wait_seconds

    def _measure(self, before: Tally | None, now: int) -> Tally:
        """Set the gate to the rate that the last minute showed."""
        waiting = self.intents_queue.waiting() + self.settlements_queue.waiting()
        tally = Tally(at=now, answered=self.control.answered(), waiting=waiting)
        if before is not None:
            last = self.control.gate().rate_per_second
            rate = measured_rate(before, tally, last, self.rate_floor)
            self.control.set_gate(Gate(rate_per_second=rate))
        return tally
