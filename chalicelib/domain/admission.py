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

WAIT_MS_BUSY = 5_000
"""Whoever is answered sooner than this has found no queue: batching and a call to the model
take about as long."""

MEASURE_MS_MIN = 30_000
"""Between two tallies; over less, chance decides."""

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
class Answered:
    """How many intents had been answered in all, and how long (ms) they had waited together."""

    count: int = 0
    waited_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What had been answered, and how many waited for a worker, at a moment (ms).

    Messages in the hands of a worker don't count: one that died holds them for minutes,
    and nobody waits behind them.
    """

    at: int
    answered: Answered
    waiting: int


def measured_rate(before: Tally, after: Tally, last: float, floor: float) -> float:
    """Return the rate to plan with: what was measured under load, else no less than *floor*.

    How many were answered says how many could be only while others had to wait for it.
    So the measure counts when a queue stood at both ends and those who were answered had
    waited. Where a queue stood and nobody was answered, half of the last figure is
    believed, and half of that a minute later: a stall is either short or soon seen. An
    idle minute leaves the last figure standing, but never below *floor*.
    """
    seconds = (after.at - before.at) / 1000
    count = after.answered.count - before.answered.count
    waited_ms = after.answered.waited_ms - before.answered.waited_ms
    queued = min(before.waiting, after.waiting) > 0
    if seconds <= 0 or not queued or (count and waited_ms < count * WAIT_MS_BUSY):
        return max(last, floor)
    return max(count / seconds if count else last / 2, RATE_MIN)
