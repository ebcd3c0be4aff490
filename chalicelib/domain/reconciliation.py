"""Reconciliation: whether a counter's books, its ledger and the orders tell one story.

Three tellings of the same units, written by the same transactions: what the shards say is
left, held and redeemed; what the ledger says was moved; what the orders on record took.
Each is added up by itself here, and what differs is named.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from chalicelib.domain.counter import Shard
from chalicelib.domain.movement import Shift
from chalicelib.domain.terms import Terms

COLUMNS = ("left", "held", "redeemed", "money_left", "money_held", "spent")
TAKEN = ("held", "redeemed", "money_held", "spent")
"""What orders have taken, as they tell it themselves."""


@dataclass(slots=True)
class Sums:
    """What was added up for one shard: its columns, and how many entries named it."""

    columns: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COLUMNS, 0))
    entries: int = 0

    def add(self, shift: Shift) -> None:
        """Add *shift*."""
        for name in COLUMNS:
            self.columns[name] += getattr(shift, name)


SumsByShard = Mapping[int, Sums]


def added_up(shifts: Iterable[Shift]) -> dict[str, dict[int, Sums]]:
    """Return the sums of *shifts* by counter and shard."""
    sums: defaultdict[str, dict[int, Sums]] = defaultdict(dict)
    for shift in shifts:
        sums[shift.counter].setdefault(shift.shard, Sums()).add(shift)
    return dict(sums)


def own_faults(shards: Sequence[Shard]) -> Iterator[str]:
    """Yield what is wrong with each shard's own books, which balance at every moment."""
    for shard in shards:
        if not shard.balances:
            yield (
                f"shard {shard.number} does not balance:"
                f" {shard.left} left + {shard.held} held + {shard.redeemed} redeemed"
                f" of {shard.issued} issued;"
                f" {shard.money_left} + {shard.money_held} + {shard.spent} of {shard.budget}"
            )


def has_arrived(terms: Terms, shards: Sequence[Shard]) -> bool:
    """Whether the newest command on the terms has come to every shard."""
    there = [shard.number for shard in shards] == list(range(terms.shards))
    return there and all(shard.version >= terms.version for shard in shards)


def sum_faults(terms: Terms, shards: Sequence[Shard]) -> Iterator[str]:
    """Yield where the shards together are not what *terms* say; both read while nothing moved."""
    numbers = [shard.number for shard in shards]
    if numbers != list(range(terms.shards)):
        yield f"the terms have {terms.shards} shards, and there are {numbers}"
    if any(shard.version < terms.version for shard in shards):
        # Its worker died; the next command finishes it.
        yield f"not every shard has come to version {terms.version} of the terms"
        return
    issued = sum(shard.issued for shard in shards)
    if issued != terms.units:
        yield f"{issued} units on the shards, and {terms.units} by the terms"
    given = sum(shard.held + shard.redeemed for shard in shards)
    counted = sum(shard.taken for shard in shards)
    if counted != given:
        yield f"{given} units held and redeemed, and {counted} counted by the plan"
    funded = sum(shard.budget for shard in shards)
    if funded != (terms.budget or 0):
        yield f"a budget of {funded} on the shards, and {terms.budget or 0} by the terms"


def ledger_faults(shards: Sequence[Shard], ledger: SumsByShard) -> Iterator[str]:
    """Yield where the ledger tells otherwise than the shards."""
    for shard in shards:
        sums = ledger.get(shard.number, Sums())
        told = {**sums.columns, "moves": sums.entries}
        told["left"] += shard.opened
        told["money_left"] += shard.funded
        for name, amount in told.items():
            if amount != getattr(shard, name):
                yield (
                    f"shard {shard.number} has {name} {getattr(shard, name)},"
                    f" and its ledger comes to {amount}"
                )


def order_faults(shards: Sequence[Shard], orders: SumsByShard) -> Iterator[str]:
    """Yield where the orders on record have taken other than the shards say."""
    for shard in shards:
        sums = orders.get(shard.number, Sums())
        for name in TAKEN:
            if sums.columns[name] != getattr(shard, name):
                yield (
                    f"shard {shard.number} has {name} {getattr(shard, name)},"
                    f" and the orders come to {sums.columns[name]}"
                )
