"""Settle lines of runs no faster than all runs together may."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chalicelib.application.lane_budget import LaneBudget
from chalicelib.application.ports import Clock
from chalicelib.application.settle_orders import Settled
from chalicelib.domain.intent import Pending

Settle = Callable[[Sequence[Pending], int], Settled]


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleLane:
    """Settle a batch of the lane, and take no less time over it than the budget says.

    A worker that waits is paid for, but its messages are neither hidden nor delivered again
    for it, and what it waits for is known: up to a few seconds for a full batch.
    """

    settle: Settle
    budget: LaneBudget
    clock: Clock

    def __call__(self, pendings: Sequence[Pending], stop_at: int) -> Settled:
        """Settle as `SettleOrders` does; then wait for the rest of the batch's time, until *stop_at* at most."""
        until = self.clock.now() + self.budget.settling_ms(len(pendings))
        settled = self.settle(pendings, stop_at)
        rest = min(until, stop_at) - self.clock.now()
        if rest > 0:
            self.clock.sleep(rest)
        return settled
