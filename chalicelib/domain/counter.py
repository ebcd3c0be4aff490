"""Counters: an amount that many take from at once, spread over shards.

A coupon's units and its budget are one counter, the stock of an item is another. Each
shard keeps its own books, and they balance by themselves at every moment:

    issued = left + held + redeemed        in units
    budget = money_left + money_held + spent   in minor units of money

What moves between them moves in one write, together with the order that it is for.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

SHARDS_MAX = 64
"""So that one read takes in a whole counter, and one transaction can draw on all of it."""


class CounterState(StrEnum):
    """Whether units may be taken. A part of the terms, so a new state is a new version."""

    ACTIVE = "active"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True, kw_only=True)
class StockTerms:
    """How many of an item a merchant has to sell. *units* is the number ever put in stock."""

    merchant: str
    sku: str
    version: int
    units: int
    shards: int
    state: CounterState = CounterState.ACTIVE

    @property
    def counter(self) -> str:
        """The counter's name. No coupon code has a slash in it."""
        return stock_counter(self.merchant, self.sku)

    @property
    def budget(self) -> None:
        """Stock has no budget."""
        return

    def allowed(self, now: int) -> None:  # noqa: ARG002 (as of a coupon that is given out by a plan)
        """Return None: stock is not given out by a plan."""
        return


def stock_counter(merchant: str, sku: str) -> str:
    """Return the name of the counter of an item's stock."""
    return f"stock/{merchant}/{sku}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """A part of a counter, as it stood when read.

    *opened* and *funded* are the units and money that it began with; *taken* are the units
    that its plan has counted as given out; *moves* is how many ledger entries name it, and
    *gains* how many of them brought it units or money.
    *money_left* may be negative where there is no budget to keep to.
    """

    number: int
    version: int
    opened: int
    issued: int
    left: int
    held: int
    redeemed: int
    taken: int
    funded: int
    budget: int
    money_left: int
    money_held: int
    spent: int
    moves: int
    gains: int

    @property
    def balances(self) -> bool:
        """Whether its books do; also whether nothing was taken that was not there."""
        units = (self.left, self.held, self.redeemed)
        money = (self.money_left, self.money_held, self.spent)
        return (
            sum(units) == self.issued
            and sum(money) == self.budget
            and min(*units, self.money_held, self.spent) >= 0
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """Units and money that go from one shard to another, or a part of what its plan counts.

    *taken_before* is what the taker's plan must have counted by then, where that is passed on.
    """

    giver: int
    taker: int
    units: int = 0
    money: int = 0
    taken: int = 0
    taken_before: int | None = None


def split_units(units: int, shards: int) -> tuple[int, ...]:
    """Spread *units* evenly over *shards*, earlier shards one more where it doesn't go up."""
    return tuple(units // shards + (number < units % shards) for number in range(shards))


def added(before: int, more: int, shards: int) -> tuple[int, ...]:
    """Return what each shard gets of *more*, so that all have as much of the whole as the others."""
    old, new = split_units(before, shards), split_units(before + more, shards)
    return tuple(b - a for a, b in zip(old, new, strict=True))


def is_unspread(shards: Iterable[Shard]) -> bool:
    """Whether a shard never had a unit, though others have some to spare."""
    shards = tuple(shards)
    never = any(shard.opened == shard.issued == 0 for shard in shards)
    return never and any(shard.left > 1 for shard in shards)


def evened(shards: tuple[Shard, ...], *, planned: bool = True) -> tuple[Transfer, ...]:
    """Return the transfers that leave each shard as much as the others, within one unit.

    What the plan has counted, where it is *planned*, comes first, evened out as the plan's
    own units are: a shard that got units before its part of the count would give out more
    than its part. Then units, fullest to emptiest, in pairs; what does not go up stays with
    the fullest.
    """
    counted = {shard.number: shard.taken for shard in shards}
    transfers: list[Transfer] = []
    flows = _flows(list(counted.items())) if planned else {}
    for (giver, taker), taken in flows.items():
        before = counted[taker]
        transfers.append(Transfer(giver=giver, taker=taker, taken=taken, taken_before=before))
        counted[taker] += taken
    fullest = sorted(shards, key=lambda shard: -shard.left)
    by_number = {shard.number: shard for shard in shards}
    for (giver, taker), units in _flows([(shard.number, shard.left) for shard in fullest]).items():
        money = _money(by_number[giver], units)
        transfers.append(Transfer(giver=giver, taker=taker, units=units, money=money))
    return tuple(transfers)


def gathered(
    shards: tuple[Shard, ...], units: int, money: int, *, budgeted: bool
) -> tuple[Transfer, ...]:
    """Return transfers that bring *units* and *money*, if they are there, to the fullest shard."""
    taker, *others = sorted(shards, key=lambda shard: (-shard.left, -shard.money_left))
    units -= taker.left
    money -= taker.money_left if budgeted else money
    transfers = []
    for giver in others:
        part = min(max(units, 0), giver.left)
        paid = min(max(money, 0), max(giver.money_left, 0))
        if part or paid:
            transfers.append(
                Transfer(giver=giver.number, taker=taker.number, units=part, money=paid)
            )
            units -= part
            money -= paid
    return tuple(transfers)


def _flows(amounts: list[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """Return what has to go from which to which for all to have as much; earlier ones get what is over."""
    aims = split_units(sum(amount for _, amount in amounts), len(amounts))
    surplus = [(number, amount - aim) for (number, amount), aim in zip(amounts, aims, strict=True)]
    givers = [(number, more) for number, more in surplus if more > 0]
    takers = [(number, -more) for number, more in reversed(surplus) if more < 0]
    flows: dict[tuple[int, int], int] = {}
    while givers and takers:
        (giver, spare), (taker, want) = givers.pop(0), takers.pop(0)
        amount = min(spare, want)
        flows[giver, taker] = amount
        if spare > amount:
            givers.insert(0, (giver, spare - amount))
        if want > amount:
            takers.insert(0, (taker, want - amount))
    return flows


def _money(giver: Shard, units: int) -> int:
    """Return the money that goes with *units*, in proportion."""
    return max(giver.money_left, 0) * units // giver.left if units else 0
