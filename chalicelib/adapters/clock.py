"""The machine's clock."""

import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SystemClock:
    """Real time."""

    def now(self) -> int:
        """Return milliseconds since the epoch, UTC."""
        return time.time_ns() // 1_000_000

    def sleep(self, ms: int) -> None:
        """Let *ms* milliseconds pass."""
        time.sleep(ms / 1000)
