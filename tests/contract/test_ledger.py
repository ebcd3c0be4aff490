from dataclasses import replace
from hashlib import sha256

from chalicelib.application.counter_ports import Committed
from chalicelib.domain.coupon import ANY, Offer, Pacing, Unavailable
from chalicelib.domain.discount import AmountOff
from chalicelib.domain.intent import Status, move
from chalicelib.domain.movement import EntryKind, Move, guard, returning, taking
from chalicelib.domain.order import Draw
from chalicelib.domain.refusal import Barred, Refusal
from chalicelib.domain.settlement import granted
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

ALL = frozenset({ANY})


def test_orders_and_their_units_move_together(store: Store) -> None:
    """Three orders confirmed are three units redeemed and their discounts spent."""
    define(store, rule := terms(shards=1, uses=1, budget=1_000))
    three = asking(store, 3, rule)
    assert take(store, three) == Committed()
    assert books(store) == (97, 0, 3, 700, 0, 300)
    assert {status(store, one) for one in three} == {Status.CONFIRMED}


def test_an_order_of_coupons_and_stock_moves_whole(store: Store) -> None:
    """Each counter loses its part in one transaction, and where one is short none moves."""
    one = terms("ONE", combines_with=ALL, off=AmountOff(amount=30))
    two = terms("TWO", combines_with=ALL, units=4, shards=4)
    define(store, one, two, stock())
    first, second = asking(store, 2, one, two, lines=[line(quantity=5)], stocked=True)
    assert take(store, [first]) == Committed()
    assert refused(take(store, [second])).short == {"TWO"}
    assert books(store, "ONE")[:3] == (99, 0, 1)
    assert books(store, stock().counter) == (95, 0, 5, 0, 0, 0)
    assert take(store, [second], shard=1) == Committed()


def test_each_transaction_has_one_entry_a_counter(store: Store) -> None:
    """With the shards in it, the orders that it was for, and no order's id."""
    define(store, rule := terms(), stock())
    three = asking(store, 3, rule, stocked=True)
    take(store, three[:2])
    take(store, three[:2])
    take(store, three[2:], shard=3)
    for counter in ("SPRING25", stock().counter):
        books(store, counter)
        told = {entry.intents: entry for entry in entries(store, counter)}
        hashes = [sha256(one.pending.ref.id.encode()).hexdigest()[:24] for one in three]
        assert set(told) == {tuple(hashes[:2]), tuple(hashes[2:])}
        assert {entry.kind for entry in told.values()} == {EntryKind.SETTLE}
        assert [shift.shard for shift in told[tuple(hashes[2:])].shifts] == [3]


def test_a_repeat_finds_every_intent_moved(store: Store) -> None:
    """The same transaction again draws nothing, and says of nobody that they are out."""
    define(store, rule := terms(uses=1, units=8))
    two = asking(store, 2, rule)
    take(store, two)
    assert refused(take(store, two)).moved == {one.pending.ref for one in two}
    assert books(store)[0] == 6


def test_one_that_moved_keeps_the_others_from_moving_with_it(store: Store) -> None:
    """All or nothing: the refusal names who stands in the way."""
    define(store, rule := terms())
    first, second = asking(store, 2, rule)
    store.intents.apply(move(first.pending, Status.CANCELLED, NOW))
    assert refused(take(store, [first, second])).moved == {first.pending.ref}
    assert status(store, second) is Status.ACCEPTED
    assert (books(store)[0], entries(store)) == (100, [])


def test_a_shard_never_gives_more_units_than_it_has(store: Store) -> None:
    """A draw past the last unit is refused, though the counter has more elsewhere."""
    define(store, rule := terms(units=4, shards=2))
    three = asking(store, 3, rule)
    refusal = refused(take(store, three))
    assert refusal == Refusal(short=frozenset({"SPRING25"}))
    assert take(store, three[:2]) == Committed()
    assert books(store)[:3] == (2, 0, 2)


def test_a_shard_never_gives_more_money_than_it_has(store: Store) -> None:
    """To the last minor unit of its part of the budget, and not one beyond it."""
    define(store, rule := terms(shards=1, budget=199))
    first, second = asking(store, 2, rule)
    assert refused(take(store, [first, second])).short == {"SPRING25"}
    assert take(store, [first]) == Committed()
    assert refused(take(store, [second])).short == {"SPRING25"}
    assert books(store) == (99, 0, 1, 99, 0, 100)


def test_money_alone_can_be_drawn_from_a_shard_without_units(store: Store) -> None:
    """The last of the budget is found where it lies, even where the units or the plan are used up."""
    pacing = Pacing(units=2, every_seconds=60)
    rule = terms(units=6, shards=2, budget=200, pacing=pacing, starts_at=NOW - 1)
    define(store, rule)
    first, second = asking(store, 2, rule)
    change = granted(first, ((Draw(shard=0, money=50), Draw(shard=1, units=0, money=50)),), NOW)
    guards = {"SPRING25": guard(rule, NOW)}
    made = taking(change, "tea-house", {})
    assert store.ledger.commit([made], EntryKind.SETTLE, guards) == Committed()
    slower = {"SPRING25": replace(guards["SPRING25"], allowed=(0, 1))}
    change = granted(second, ((Draw(shard=1, money=50), Draw(shard=0, units=0, money=50)),), NOW)
    made = taking(change, "tea-house", {})
    assert store.ledger.commit([made], EntryKind.SETTLE, slower) == Committed()
    assert books(store) == (4, 0, 2, 0, 0, 200)


def test_a_shard_is_never_ahead_of_its_plan(store: Store) -> None:
    """What is not released yet is refused; a period later it is there; a release frees its part."""
    rule = terms(
        units=8, shards=2, pacing=Pacing(units=2, every_seconds=60), starts_at=NOW, uses=None
    )
    define(store, rule)
    held, *others = asking(store, 3, rule, hold=True)
    assert take(store, [held]) == Committed()
    assert refused(take(store, others[:1])).short == {"SPRING25"}
    assert take(store, others[:1], now=NOW + 60_000) == Committed()
    assert refused(take(store, others[1:2], now=NOW + 60_000)).short == {"SPRING25"}
    ready = stands(store, held.pending.ref)
    back = returning(move(ready, Status.LAPSED, NOW), ready)
    store.ledger.commit([back], EntryKind.RELEASE, {})
    assert take(store, others[1:2], now=NOW + 60_000) == Committed()
    assert books(store)[:2] == (6, 2)


def test_older_terms_than_a_shard_s_are_refused_and_newer_are_not(store: Store) -> None:
    """A worker that knows of the next version may draw before the shard has heard of it."""
    define(store, rule := terms(version=5))
    old, new = asking(store, 1, replace(rule, version=4), named="old")[0], replace(rule, version=6)
    refusal = refused(take(store, [old]))
    assert refusal == Refusal(superseded=frozenset({"SPRING25"}))
    assert take(store, asking(store, 1, new, named="new")) == Committed()


def test_a_customer_never_gets_more_uses_than_the_coupon_grants(store: Store) -> None:
    """The use past the limit is refused and the order that wanted it is named."""
    define(store, rule := terms(uses=2))
    three = asking(store, 3, rule, customer="alice")
    assert [take(store, [one]) for one in three[:2]] == [Committed()] * 2
    refusal = refused(take(store, three[2:]))
    why = Barred(coupon="SPRING25", why=Unavailable.CUSTOMER_LIMIT)
    assert refusal.barred == {three[2].pending.ref: why}
    assert not refusal.moved
    assert books(store)[2] == 2


def test_a_code_that_was_revoked_meanwhile_is_not_called_used(store: Store) -> None:
    """It was read as issued, and withdrawn before the order could have it."""
    define(store, rule := terms(unique=True))
    issue(store, "MINE", "SPRING25", "revoked")
    (one,) = asking(store, 1, Offer(terms=rule, unique="MINE"))
    refusal = refused(take(store, [one]))
    assert refusal.barred[one.pending.ref].why is Unavailable.CODE_REVOKED


def test_a_unique_code_is_used_once(store: Store) -> None:
    """By whoever is first; for the next it is used, and for nobody is one that was never issued."""
    define(store, rule := terms(unique=True))
    issue(store, "MINE", "SPRING25")
    first, second = asking(store, 2, Offer(terms=rule, unique="MINE"))
    assert take(store, [first]) == Committed()
    why = Barred(coupon="SPRING25", why=Unavailable.CODE_USED)
    assert refused(take(store, [second])).barred == {second.pending.ref: why}
    (forged,) = asking(store, 1, Offer(terms=rule, unique="FORGED"), named="forged")
    assert refused(take(store, [forged])).barred == {forged.pending.ref: why}
    assert books(store)[2] == 1


def test_a_customer_has_one_first_order_with_a_merchant(store: Store) -> None:
    """Of two at once the second is refused, with either coupon; another customer is not."""
    one, two = (terms(code, first_order=True, combines_with=ALL) for code in ("ONE", "TWO"))
    define(store, one, two)
    (first,) = asking(store, 1, one, two, customer="alice", named="first")
    (second,) = asking(store, 1, two, customer="alice", named="second")
    assert take(store, [first]) == Committed()
    why = Barred(coupon="TWO", why=Unavailable.FIRST_ORDER)
    assert refused(take(store, [second])).barred == {second.pending.ref: why}
    assert take(store, asking(store, 1, two, customer="bob", named="other")) == Committed()


def test_changes_without_a_coupon_move_together_too(store: Store) -> None:
    """A hundred changes that draw nothing are one transaction."""
    define(store, rule := terms())
    many = asking(store, 100, rule)
    moves = [Move(change=move(one.pending, Status.CANCELLED, NOW)) for one in many]
    assert store.ledger.commit(moves, EntryKind.SETTLE, {}) == Committed()
    assert len(refused(store.ledger.commit(moves, EntryKind.SETTLE, {})).moved) == 100
    assert entries(store) == []
