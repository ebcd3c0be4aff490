from dataclasses import replace

import pytest

from chalicelib.application.counter_ports import Committed
from chalicelib.domain.coupon import Offer
from chalicelib.domain.intent import Status, move
from chalicelib.domain.movement import EntryKind, Guard, keeping, returning, shifts
from chalicelib.domain.refund import Part, Wish, refunding
from tests.contract.conftest import Store
from tests.contract.steps import (
    asking,
    books,
    define,
    entries,
    issue,
    refused,
    stands,
    status,
    take,
)
from tests.unit.domain.builders import NOW, line, stock, terms


def test_a_held_quote_is_confirmed_once(store: Store) -> None:
    """Held units are redeemed by the first confirmation, and not by the second."""
    define(store, rule := terms(budget=1_000))
    (one,) = asking(store, 1, rule, hold=True)
    take(store, [one])
    assert books(store) == (99, 1, 0, 900, 100, 0)
    held = stands(store, one.pending.ref)
    kept = keeping(move(held, Status.CONFIRMED, NOW), held)
    assert store.ledger.commit([kept], EntryKind.CONFIRM, {}) == Committed()
    again = refused(store.ledger.commit([kept], EntryKind.CONFIRM, {}))
    assert again.moved == {held.ref}
    assert books(store) == (99, 0, 1, 900, 0, 100)
    assert [entry.kind for entry in entries(store)].count(EntryKind.CONFIRM) == 1


@pytest.mark.parametrize("end", [Status.CANCELLED, Status.LAPSED])
def test_what_was_held_is_given_back_once(store: Store, end: Status) -> None:
    """Unit, money, use, code and first order are there again for the next; a second release is none."""
    rule = terms(uses=1, unique=True, first_order=True, budget=400)
    define(store, rule)
    issue(store, "MINE", "SPRING25")
    first, second = asking(store, 2, Offer(terms=rule, unique="MINE"), hold=True, customer="alice")
    take(store, [first])
    held = stands(store, first.pending.ref)
    back = returning(move(held, end, NOW), held)
    assert store.ledger.commit([back], EntryKind.RELEASE, {}) == Committed()
    again = refused(store.ledger.commit([back], EntryKind.RELEASE, {}))
    assert again.moved == {held.ref}
    assert books(store) == (100, 0, 0, 400, 0, 0)
    assert take(store, [second]) == Committed()


def test_of_cancel_lapse_and_confirm_one_wins(store: Store) -> None:
    """Whichever comes first settles the hold; the others find it settled."""
    define(store, rule := terms())
    (one,) = asking(store, 1, rule, hold=True)
    take(store, [one])
    held = stands(store, one.pending.ref)
    moves = [
        returning(move(held, Status.CANCELLED, NOW), held),
        returning(move(held, Status.LAPSED, NOW), held),
        keeping(move(held, Status.CONFIRMED, NOW), held),
    ]
    outcomes = [store.ledger.commit([made], EntryKind.RELEASE, {}) for made in moves]
    assert outcomes[0] == Committed()
    assert [refused(one).moved for one in outcomes[1:]] == [{held.ref}] * 2
    assert books(store)[0] == 100


def test_refunds_in_parts_come_to_the_whole_in_the_books(store: Store) -> None:
    """Money goes back with each, the unit and the stock with the last, and a repeat gives nothing."""
    define(store, rule := terms(shards=1, budget=1_000, uses=1), stock())
    (one,) = asking(store, 1, rule, lines=[line(quantity=3)], stocked=True)
    take(store, [one])
    for n, left in enumerate([800, 900, 1_000]):
        order = stands(store, one.pending.ref)
        wish = Wish(id=f"r{n}", by="support", why="cold", parts=(Part(line=1, quantity=1),))
        made = refunding(order, wish, NOW)
        assert store.ledger.commit([made], EntryKind.REFUND, {}) == Committed()
        assert refused(store.ledger.commit([made], EntryKind.REFUND, {})).moved == {order.ref}
        units = (100, 0, 0) if n == 2 else (99, 0, 1)
        assert books(store) == (*units, left, 0, 1_000 - left)
        assert books(store, stock().counter)[:3] == (98 + n, 0, 2 - n)
    assert status(store, one) is Status.REFUNDED
    assert take(store, asking(store, 1, rule, named="next", customer="c0")) == Committed()


def test_a_use_that_was_not_counted_is_not_given_back(store: Store) -> None:
    """A coupon that got its limit while a quote was held starts counting at nothing, not below."""
    define(store, rule := terms())
    (held,) = asking(store, 1, rule, hold=True, customer="alice", named="held")
    take(store, [held])
    ready = stands(store, held.pending.ref)
    back = returning(move(ready, Status.CANCELLED, NOW), ready)
    store.ledger.commit([back], EntryKind.RELEASE, {})
    limited = replace(rule, version=2, uses_per_customer=1)
    first, second = asking(store, 2, limited, customer="alice")
    assert take(store, [first]) == Committed()
    assert refused(take(store, [second])).barred.keys() == {second.pending.ref}


def test_what_is_not_guarded_is_only_ever_given_back_or_kept(store: Store) -> None:
    """A confirmation asks nothing of a shard: paused or at newer terms, what is held stays good."""
    define(store, rule := terms(version=3))
    (one,) = asking(store, 1, rule, hold=True)
    take(store, [one])
    held = stands(store, one.pending.ref)
    assert held.order is not None
    older = {"SPRING25": Guard(version=2)}
    kept = keeping(move(held, Status.CONFIRMED, NOW), held)
    assert refused(store.ledger.commit([kept], EntryKind.CONFIRM, older)).superseded
    assert store.ledger.commit([kept], EntryKind.CONFIRM, {}) == Committed()
    assert shifts(held.order, "tea-house", held=-1, redeemed=1) == kept.shifts
