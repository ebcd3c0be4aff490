"""Admission: how long an intent would wait, and whether that is in time.

The wait is Little's law read backwards: with *waiting* intents ahead and *rate* of them
answered each second, the next one is answered after (waiting + 1) / rate seconds.
"""

from dataclasses import dataclass
from math import ceil, floor

from chalicelib.domain.errors import TooBusyError

DEADLINE_SHARE = 0.8
"""The part of an intent's time that the queue may use up; the rest is for settling it."""

RETRY_AFTER_SECONDS_MAX = 900

RATE_MIN = 0.1
"""So that a stalled backend gives a long wait rather than a division by zero."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What the accept stage reads to admit or refuse: intents answered each second."""

    rate_per_second: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """A place in the queue and what it means in seconds."""

    position: int
    estimated_wait_seconds: int


def estimate(waiting: int, gate: Gate) -> Admission:
    """Return where the next intent would stand behind *waiting* others."""
    position = waiting + 1
    wait = ceil(position / max(gate.rate_per_second, RATE_MIN))
    return Admission(position=position, estimated_wait_seconds=wait)


def admit(waiting: int, gate: Gate, expires_in_seconds: int) -> Admission:
    """Return the intent's place in the queue, or raise `TooBusyError` with the time to wait.

    What can't be answered in time isn't accepted. The time to wait is how long the queue
    needs, as it drains, to become short enough for this deadline.
    """
    admission = estimate(waiting, gate)
    budget_seconds = floor(expires_in_seconds * DEADLINE_SHARE)
    if admission.estimated_wait_seconds > budget_seconds:
        rate = max(gate.rate_per_second, RATE_MIN)
        too_many = admission.position - floor(budget_seconds * rate)
        raise TooBusyError(min(ceil(too_many / rate), RETRY_AFTER_SECONDS_MAX))
    return admission


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many intents had been answered in all, and how many waited, at a moment (ms)."""

    at: int
    answered: int
    waiting: int


def measured_rate(before: Tally, after: Tally, last: float, floor: float) -> float:
    """Return the rate to plan with: what was measured while there was work, else no less than *floor*.

    A queue that ran empty says nothing about how fast it could have been drained, so an
    idle minute leaves the last figure standing, but never below *floor*.
    """
    seconds = (after.at - before.at) / 1000
    busy = min(before.waiting, after.waiting) > 0
    if seconds <= 0 or not busy:
        return max(last, floor)
    return max((after.answered - before.answered) / seconds, RATE_MIN)
