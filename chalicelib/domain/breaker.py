"""A circuit breaker that many workers share: whether the model is asked, and when it is tried.

- *closed*: everybody asks.
- *open*: nobody asks before `until`; from then on one worker may try.
- *trial*: one worker asks one thing; nobody else does while its lease runs. If it was answered
  the breaker closes; if not, it opens for longer; if the worker died, its lease ends and
  another may try.

Whoever moves it counts its `version` on by one, and the move is valid only from the version
that was read: of all workers that would begin a trial, one does. Times in milliseconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

OPEN_MS_BASE: Final = 5_000
OPEN_MS_MAX: Final = 60_000
"""One call a minute finds out soon enough that the model is back, and costs next to nothing."""

LOOK_AGAIN_MS: Final = 2_000
"""About what an answer takes: when a trial is under way, its outcome is worth another look."""

WINDOW_MS: Final = 30_000
CALLS_MAX: Final = 20
FAILURES_MIN: Final = 5
"""Of a worker's latest calls within the window, so many failed and at least half of them: then
the model is taken to be down. Fewer are an accident; a batch of ten that fails as a whole is not."""


class Phase(StrEnum):
    """Where a breaker stands."""

    CLOSED = "closed"
    OPEN = "open"
    TRIAL = "trial"


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaker:
    """A breaker as it stands. *openings* counts those since it was last closed.

    *until*: open, when somebody may try; on trial, when the lease ends.
    """

    phase: Phase = Phase.CLOSED
    version: int = 0
    openings: int = 0
    until: int = 0

    def wait_ms(self, now: int) -> int:
        """Return how long it makes no sense to ask; 0 where one may ask, or try."""
        left = max(self.until - now, 0)
        match self.phase:
            case Phase.CLOSED:
                return 0
            case Phase.OPEN:
                return left
            case Phase.TRIAL:
                return min(left, LOOK_AGAIN_MS)

    def opened(self, now: int, jitter: float, told_ms: int | None = None) -> "Breaker":
        """Return it open for *told_ms*, if the endpoint said so, or twice as long each time.

        *jitter* in [0, 1) takes up to half off the latter, so that workers of several stacks
        don't try in step; what was told is not cut short.
        """
        ceiling = min(OPEN_MS_BASE * 2 ** min(self.openings, 10), OPEN_MS_MAX)
        wait = int(ceiling * (1 - jitter / 2)) if told_ms is None else told_ms
        return Breaker(
            phase=Phase.OPEN,
            version=self.version + 1,
            openings=self.openings + 1,
            until=now + wait,
        )

    def on_trial(self, now: int, lease_ms: int) -> "Breaker":
        """Return it with a trial under way. Only where it is not closed and `wait_ms` is 0."""
        return replace(self, phase=Phase.TRIAL, version=self.version + 1, until=now + lease_ms)

    def given_back(self, now: int) -> "Breaker":
        """Return it, on trial, with its lease at an end: the trial said nothing, another may try."""
        return replace(self, version=self.version + 1, until=now)

    def closed(self) -> "Breaker":
        """Return it closed."""
        return Breaker(version=self.version + 1)


CLOSED: Final = Breaker()


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one worker saw of the model lately: when each call ended, and whether it had failed."""

    calls: tuple[tuple[int, bool], ...] = ()

    def after(self, outcomes: Sequence[bool], now: int) -> "Evidence":
        """Return it with *outcomes* (True: failed) as of *now*, and without what is too old."""
        seen = (*self.calls, *((now, failed) for failed in outcomes))
        return Evidence(tuple(call for call in seen[-CALLS_MAX:] if now - call[0] < WINDOW_MS))

    @property
    def is_damning(self) -> bool:
        """Whether by this the model is down."""
        failures = sum(failed for _, failed in self.calls)
        return failures >= FAILURES_MIN and 2 * failures >= len(self.calls)
