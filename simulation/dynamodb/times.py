"""How long calls take, and when within a call what happens.

The figures are those of this project's benchmarks: 10 ms a transaction and 5 ms any other
call, which is what DynamoDB's users see at the median from the same region, rounded up. A
call spends *wire_ms* at each end on the way. A transaction reaches its items after a tenth
of its time (its coordinator first writes it down), knows their answers at half, and writes
them at its end, so it holds its items for nearly all of the time it takes. One that is
refused lets go of them at half, and answers then; so does any other call that is refused.
"""

from dataclasses import dataclass
from random import Random

from simulation.scheduler import MS


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Milliseconds. *jitter* is the share by which a call may be quicker or slower, evenly."""

    transaction_ms: float = 10.0
    call_ms: float = 5.0
    wire_ms: float = 0.5
    jitter: float = 0.0
    index_lag_ms: float = 20.0
    """How far global indexes are behind."""
    time_out_ms: float = 3_000.0
    """When a client gives up on an answer that was lost."""

    def transaction(self, random: Random) -> tuple[int, int, int, int, int]:
        """Return how long a transaction's parts last, in nanoseconds.

        To the coordinator; to its items; until they have answered; until they are written; back.
        """
        whole = self._ns(self.transaction_ms, random)
        wire = min(int(self.wire_ms * MS), whole // 20)
        prepare, decide = whole // 10, whole // 2
        return wire, prepare - wire, decide - prepare, whole - wire - decide, wire

    def call(self, random: Random) -> tuple[int, int]:
        """Return how long a call takes until it has its effect, and from then on, in nanoseconds."""
        whole = self._ns(self.call_ms, random)
        return whole // 2, whole - whole // 2

    def _ns(self, ms: float, random: Random) -> int:
        if self.jitter:
            ms *= 1 + self.jitter * (2 * random.random() - 1)
        return int(ms * MS)


INSTANT = Times(transaction_ms=0, call_ms=0, wire_ms=0, index_lag_ms=0, time_out_ms=0)
"""Nothing takes any time, and indexes are never behind: for comparing answers alone."""
