"""Where the units and the money of a counter are."""

from collections.abc import Sequence

from chalicelib.domain.counter import Shard
from chalicelib.entrypoints.wire.base import Wire


class UnitsOut(Wire):
    """Where a counter's units are: left + held + redeemed is issued."""

    issued: int
    left: int
    held: int
    redeemed: int


class MoneyOut(Wire):
    """Where a coupon's money is, in minor units: left + held + spent is the budget, if it has one."""

    budget: int | None = None
    left: int | None = None
    held: int
    spent: int


def units_out(shards: Sequence[Shard]) -> UnitsOut:
    """Return where the units are. Taken of the shards alone, so that it adds up."""
    return UnitsOut(
        issued=sum(shard.issued for shard in shards),
        left=sum(shard.left for shard in shards),
        held=sum(shard.held for shard in shards),
        redeemed=sum(shard.redeemed for shard in shards),
    )


def money_out(shards: Sequence[Shard], *, budgeted: bool) -> MoneyOut:
    """Return where the money is; what is left only where there is a budget."""
    return MoneyOut(
        budget=sum(shard.budget for shard in shards) if budgeted else None,
        left=sum(shard.money_left for shard in shards) if budgeted else None,
        held=sum(shard.money_held for shard in shards),
        spent=sum(shard.spent for shard in shards),
    )
