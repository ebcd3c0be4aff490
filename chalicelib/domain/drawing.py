"""Drawing on shards: which units an order is given, and what a refused transaction tells.

A coupon's units lie on shards, so that no single item takes every write. A worker draws
on what it *believes* each shard has; the store's conditions decide. `plan` shares the
believed units out to the orders of one transaction, and `believed` reads a refused one
in the order that keeps it honest.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from chalicelib.domain.coupon import Unavailable
from chalicelib.domain.intent import IntentRef
from chalicelib.domain.refusal import Refusal
from chalicelib.domain.settlement import Wanted

TRANSACTION_ITEMS_MAX = 100
"""DynamoDB's limit on the items of one TransactWriteItems."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A unit that we believe is there, for an order that wants one."""

    wanted: Wanted
    shard: int


def plan(wanting: Sequence[Wanted], left: Mapping[int, int]) -> tuple[Grant, ...]:
    """Return the grants of one transaction: as many as *left* and the transaction have room for.

    *left* are the units that we believe each shard has; shards are drawn on in its
    order, so one that can serve all is the only one written. Where uses are counted, a
    customer gets one grant a transaction, since two would write one count twice.
    """
    grants: list[Grant] = []
    customers: set[str] = set()
    room = TRANSACTION_ITEMS_MAX
    supply = iter((shard, units) for shard, units in left.items() if units > 0)
    shard, units = next(supply, (0, 0))
    drawn_on = False
    for wanted in wanting:
        counted = wanted.terms.uses_per_customer is not None
        customer = wanted.pending.ref.customer_id
        if counted and customer in customers:
            continue
        if not units:
            shard, units = next(supply, (0, 0))
            drawn_on = False
        cost = 1 + counted + (not drawn_on)
        if not units or cost > room:
            break
        grants.append(Grant(wanted=wanted, shard=shard))
        customers.add(customer)
        drawn_on = True
        units -= 1
        room -= cost
    return tuple(grants)


@dataclass(frozen=True, slots=True, kw_only=True)
class Belief:
    """What a refusal leaves to believe: who is out, with what reason, and who tries again."""

    moved: frozenset[IntentRef]
    unavailable: Mapping[IntentRef, Unavailable]
    again: tuple[Wanted, ...]


def believed(wanting: Iterable[Wanted], refusal: Refusal) -> Belief:
    """Read *refusal* for the orders that were *wanting*, in the one order that is safe.

    First come the intents that moved: a redelivered order that took the last unit fails
    its own condition *and* the coupon's, and is confirmed already; it leaves before any
    coupon reason is believed of it. Then a customer's limit, which refuses that order
    alone. Then a pause, which refuses the rest.
    """
    unavailable: dict[IntentRef, Unavailable] = {}
    again: list[Wanted] = []
    for wanted in wanting:
        ref = wanted.pending.ref
        if ref in refusal.moved:
            continue
        if ref in refusal.limited:
            unavailable[ref] = Unavailable.CUSTOMER_LIMIT
        elif refusal.paused:
            unavailable[ref] = Unavailable.PAUSED
        else:
            again.append(wanted)
    return Belief(moved=refusal.moved, unavailable=unavailable, again=tuple(again))


def drawn_from(left: Mapping[int, int], grants: Iterable[Grant]) -> dict[int, int]:
    """Return what to believe of the shards once *grants* are committed."""
    after = dict(left)
    for grant in grants:
        after[grant.shard] -= 1
    return after


def spread(left: Mapping[int, int], home: int, need: int) -> dict[int, int]:
    """Return *left* in the order in which a worker at *home* should draw on it.

    First the shards that can serve all of *need* alone, from home onwards, so that
    workers keep apart; then the fullest, so that few shards are written.
    """
    count = max(left, default=0) + 1
    order = sorted(left, key=lambda n: (-min(left[n], need), (n - home) % count))
    return {number: left[number] for number in order}
