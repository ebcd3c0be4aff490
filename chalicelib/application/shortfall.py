"""Whether a run is fed as fast as was planned, while nothing but its feeder holds it up."""

from chalicelib.domain.pace import Pace, RatePlan

BEHIND_SHARE = 0.1
"""Of the time that it was fed, how much a feeder may miss before it is called behind."""

BEHIND_MS_MIN = 5_000
"""And at least so much: a slice that took long once is no trouble."""


class Shortfall:
    """What a feeder missed of the plan and will not make up for.

    Waiting is not missing: for the lane, for a turn, for the window, for a batch, in a pause.
    """

    def __init__(self) -> None:
        self._fed_ms = self._missed_ms = 0
        self._fed_at: int | None = None

    def hold(self) -> None:
        """Take note that the run has to wait: what passes until it is fed again is nobody's fault."""
        self._fed_at = None

    def feed(self, before: Pace, after: Pace, now: int) -> None:
        """Take note that the run was fed at *now*, and what that did to its pace."""
        if self._fed_at is not None:
            self._fed_ms += now - self._fed_at
            # The pace forgives what was missed by beginning later.
            self._missed_ms += after.since - before.since
        self._fed_at = now

    @property
    def is_behind(self) -> bool:
        """Whether it was more than a hiccup."""
        return self._missed_ms > max(BEHIND_MS_MIN, BEHIND_SHARE * self._fed_ms)


def is_far(plan: RatePlan, wait_ms: int, slice_: int) -> bool:
    """Whether a wait for the next slice is longer than earning it takes: for a window, or a new day."""
    return wait_ms > slice_ * 1000 / plan.per_second + 1
