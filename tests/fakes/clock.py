"""Time that passes when told."""

START = 1_770_000_000_000
"""2026-02-02T02:40:00Z."""


class FakeClock:
    """A clock that stands still until it is turned, or slept on."""

    def __init__(self, now: int = START) -> None:
        self._now = now

    def now(self) -> int:
        """Return the time that it shows."""
        return self._now

    def sleep(self, ms: int) -> None:
        """Turn the clock by what would have been slept."""
        self.turn(ms)

    def turn(self, ms: int) -> None:
        """Let *ms* milliseconds pass."""
        self._now += ms
