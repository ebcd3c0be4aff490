"""Drawing on shards: what an order is given of each counter, and what a refusal tells.

A counter's units lie on shards, so that no single item takes every write. A worker draws
on what it *believes* each shard has; the store's conditions decide. `plan` shares the
believed rooms out to the orders of one transaction, and `believed` reads a refused one
in the order that keeps it honest.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from chalicelib.domain.counter import Shard
from chalicelib.domain.intent import IntentRef
from chalicelib.domain.order import Draw
from chalicelib.domain.refusal import Barred, Refusal
from chalicelib.domain.settlement import Wanted
from chalicelib.domain.terms import Terms

TRANSACTION_ITEMS_MAX = 100
"""DynamoDB's limit on the items of one TransactWriteItems."""

PLENTY = 1 << 62
"""Money where there is no budget to keep to."""


@dataclass(frozen=True, slots=True)
class Room:
    """What we believe that a shard can give: units, and money (`PLENTY` without a budget)."""

    units: int
    money: int = PLENTY


Rooms = Mapping[str, Mapping[int, Room]]
"""Rooms by counter and shard, those to draw on first in front."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What we believe is there for an order: *draws* for each of its claims, in their order."""

    wanted: Wanted
    draws: tuple[tuple[Draw, ...], ...]


def room(shard: Shard, terms: Terms, allowed: Sequence[int] | None) -> Room:
    """Return what *shard* has to give at *terms*, of which the plan has *allowed* so many by now."""
    units = shard.left
    if allowed is not None:
        units = max(min(units, allowed[shard.number] - shard.taken), 0)
    return Room(units, PLENTY if terms.budget is None else shard.money_left)


class _Supply:
    """The rooms of one counter while a transaction is planned."""

    def __init__(self, rooms: Mapping[int, Room]) -> None:
        self._rooms = [[shard, room.units, room.money] for shard, room in rooms.items()]
        self._first = 0

    def draws(self, units: int, money: int) -> tuple[Draw, ...] | None:
        """Return draws that make up *units* and *money*, or None if there is not so much.

        One shard that has both, if there is one; else what each has, in their order.
        """
        rooms = self._rooms
        while self._first < len(rooms) and _is_empty(rooms[self._first]):
            self._first += 1
        for shard, has_units, has_money in rooms[self._first :]:
            if has_units >= units and has_money >= money:
                return (Draw(shard=shard, units=units, money=money),)
        return self._gathered(units, money)

    def _gathered(self, units: int, money: int) -> tuple[Draw, ...] | None:
        made: list[Draw] = []
        for shard, has_units, has_money in self._rooms[self._first :]:
            if _is_empty((shard, has_units, has_money)):
                continue
            part, paid = min(units, max(has_units, 0)), min(money, max(has_money, 0))
            if part or paid:
                made.append(Draw(shard=shard, units=part, money=paid))
                units -= part
                money -= paid
            if not units and not money:
                return tuple(made)
        return None

    def take(self, draws: Iterable[Draw]) -> None:
        by_shard = {draw.shard: draw for draw in draws}
        for entry in self._rooms[self._first :]:
            draw = by_shard.pop(entry[0], None)
            if draw is not None:
                entry[1] -= draw.units
                entry[2] -= draw.money
            if not by_shard:
                return


def _is_empty(room: Sequence[int]) -> bool:
    """Whether a shard, its units and its money are nothing to draw on; money alone is, in a budget."""
    _, units, money = room
    return units <= 0 and (money <= 0 or money >= PLENTY // 2)


class _Transaction:
    """The transaction that is planned: which items it writes already, and what has room."""

    def __init__(self, rooms: Rooms) -> None:
        self._supplies = {counter: _Supply(of) for counter, of in rooms.items()}
        self._written: set[object] = set()
        self.items_left = TRANSACTION_ITEMS_MAX

    def draws(self, wanted: Wanted) -> tuple[tuple[Draw, ...], ...] | None:
        """Return what *wanted* can be given, None where it can't be given all that it claims."""
        made = []
        for claim in wanted.claims:
            supply = self._supplies.get(claim.counter)
            draws = supply.draws(claim.units, claim.money) if supply else None
            if draws is None:
                return None
            made.append(draws)
        return tuple(made)

    def takes(self, wanted: Wanted, draws: Sequence[tuple[Draw, ...]]) -> bool | None:
        """Add *wanted* with its *draws*; False where it must wait for the next, None if full.

        No item can be written twice in a transaction, so of two orders that count on one
        item beside the shards the second waits. Each counter has one entry in its ledger.
        """
        if not self._written.isdisjoint(wanted.own_items):
            return False
        items: set[object] = set(wanted.own_items)
        for claim, some in zip(wanted.claims, draws, strict=True):
            items.add(claim.counter)
            items.update((claim.counter, draw.shard) for draw in some)
        cost = 1 + len(items - self._written)
        if cost > self.items_left:
            return None
        self._written |= items
        self.items_left -= cost
        for claim, some in zip(wanted.claims, draws, strict=True):
            self._supplies[claim.counter].take(some)
        return True


def plan(wanting: Sequence[Wanted], rooms: Rooms) -> tuple[Grant, ...]:
    """Return the grants of one transaction: as many as *rooms* and the transaction have room for.

    Shards are drawn on in the order of *rooms*, so one that can serve all is the only one
    written. An order gets all that it claims, or nothing yet.
    """
    transaction = _Transaction(rooms)
    grants: list[Grant] = []
    for wanted in wanting:
        draws = transaction.draws(wanted)
        if draws is None:
            continue
        taken = transaction.takes(wanted, draws)
        if taken is None:
            if grants:
                break
            # Too much for any transaction, even alone: nobody else waits for that.
            continue
        if taken:
            grants.append(Grant(wanted=wanted, draws=draws))
    return tuple(grants)


@dataclass(frozen=True, slots=True, kw_only=True)
class Belief:
    """What a refusal leaves to believe: who is out, with what reason, and whose terms are old."""

    moved: frozenset[IntentRef]
    barred: Mapping[IntentRef, Barred]
    stale: frozenset[IntentRef]


def believed(wanting: Iterable[Wanted], refusal: Refusal) -> Belief:
    """Read *refusal* for the orders that were *wanting*, in the one order that is safe.

    First come the intents that moved: a redelivered order that took the last unit fails
    its own condition *and* the coupon's, and is confirmed already; it leaves before any
    coupon reason is believed of it. Then newer terms, since at those the rest may read
    otherwise. Then what is on record of one customer or code, which refuses that order alone.
    """
    open_still = [w for w in wanting if w.pending.ref not in refusal.moved]
    stale = frozenset(
        w.pending.ref
        for w in open_still
        if any(claim.counter in refusal.superseded for claim in w.claims)
    )
    barred = {
        w.pending.ref: refusal.barred[w.pending.ref]
        for w in open_still
        if w.pending.ref in refusal.barred and w.pending.ref not in stale
    }
    return Belief(moved=refusal.moved, barred=barred, stale=stale)


def drawn_from(rooms: Rooms, grants: Iterable[Grant]) -> dict[str, Mapping[int, Room]]:
    """Return what to believe of the shards once *grants* are committed."""
    after = {counter: dict(of) for counter, of in rooms.items()}
    for grant in grants:
        for claim, draws in zip(grant.wanted.claims, grant.draws, strict=True):
            of = after[claim.counter]
            for draw in draws:
                had = of[draw.shard]
                of[draw.shard] = Room(had.units - draw.units, had.money - draw.money)
    return dict(after)


def spread(
    rooms: Mapping[int, Room], need: int, avoided: Collection[int], chance: Callable[[], float]
) -> dict[int, Room]:
    """Return *rooms* in the order in which a worker should draw on them.

    First the shards that have at least half of *need*, the units of one transaction, so
    that few shards are written; of those alike, ones that are not *avoided*; and among
    these by weighted *chance* (in [0, 1)), the fuller the likelier, so that workers who
    all look at the same moment don't all go to the same shard. The draw is Efraimidis' and
    Spirakis' ("Weighted random sampling with a reservoir", 2006): of u^(1/w), the greatest.
    """
    order = sorted(
        rooms,
        key=lambda n: (
            -min(2 * rooms[n].units, need),
            n in avoided,
            -(chance() ** (1 / max(rooms[n].units, 1))),
        ),
    )
    return {number: rooms[number] for number in order}
