"""A clock that stands still until it is turned."""

from threading import Lock
from time import time


class TurnableClock:
    """A clock for tests: starts at the real time, then moves only when it is told to.

    To sleep is to turn it, so nothing waits. Safe under threads.
    """

    def __init__(self, now: int | None = None) -> None:
        self._lock = Lock()
        self._now = int(time() * 1000) if now is None else now

    def now(self) -> int:
        """Return milliseconds since the epoch, UTC."""
        return self._now

    def sleep(self, ms: int) -> None:
        """Let *ms* milliseconds pass at once."""
        if ms < 0:
            msg = f"time does not run backwards: {ms} ms"
            raise ValueError(msg)
        with self._lock:
            self._now += ms

    def turn(
        self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0
    ) -> None:
        """Turn the clock on by the sum of what is given."""
        self.sleep(round((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000))
