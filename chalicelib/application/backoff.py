"""Trying again without trampling: exponential backoff with full jitter.

After the analysis in "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015): a
wait drawn evenly from nothing to the ceiling, with the ceiling doubling, needs the
fewest calls for workers that contend for one item.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from chalicelib.application.ports import Clock
from chalicelib.domain.errors import StoreUnavailableError

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """How long to wait between attempts, and how many to make.

    *jitter* returns a number in [0, 1), and is the only chance in here.
    """

    attempts_max: int
    base_ms: int
    ceiling_ms: int
    jitter: Callable[[], float]

    def wait(self, clock: Clock, attempt: int) -> bool:
        """Wait before trying again after *attempt*, counted from 0.

        Returns False, at once, if that was the last.
        """
        if attempt + 1 >= self.attempts_max:
            return False
        ceiling = min(self.base_ms * 2**attempt, self.ceiling_ms)
        clock.sleep(int(self.jitter() * ceiling))
        return True

    def persist(self, clock: Clock, call: Callable[[], T], stop_at: int | None = None) -> T:
        """Return what *call* does once contention and outages have passed.

        Raises its `StoreUnavailableError` after the last attempt, and one of its own where
        there is no time for another: past *stop_at* (ms) nothing is begun.
        """
        attempt = 0
        while True:
            if stop_at is not None and clock.now() >= stop_at:
                msg = "there was no time left"
                raise StoreUnavailableError(msg)
            try:
                return call()
            except StoreUnavailableError:
                if not self.wait(clock, attempt):
                    raise
            attempt += 1
