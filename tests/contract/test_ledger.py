from collections.abc import Sequence
from dataclasses import replace

import pytest

from chalicelib.application.ports import Accepted, Committed, Moved, Stale
from chalicelib.domain.coupon import CouponState, CouponTerms
from chalicelib.domain.intent import Change, ConfirmMode, Intent, Reason, Status, move
from chalicelib.domain.refusal import Refusal
from chalicelib.domain.settlement import Wanted, granted, propose
from tests.contract.conftest import Store
from tests.unit.domain.builders import NOW, intent, menu, request, terms


def asking(
    store: Store, count: int, *, hold: bool = False, customer: str | None = None
) -> list[Intent]:
    """Put *count* intents on record that want the coupon."""
    confirm = ConfirmMode.REVIEW if hold else ConfirmMode.AUTO
    made = [
        intent(
            request(coupon="SPRING25", confirm=confirm),
            id_=f"in_{n}",
            customer=customer or f"c{n}",
        )
        for n in range(count)
    ]
    for one in made:
        assert store.intents.accept(one) == Accepted()
    return made


def grants(intents: Sequence[Intent], rule: CouponTerms, shard: int = 0) -> list[Change]:
    """Return the changes that give each of *intents* a unit of *shard*."""
    changes = []
    for one in intents:
        wanted = propose(one.pending, menu(), rule, NOW, 600)
        assert isinstance(wanted, Wanted)
        changes.append(granted(wanted, shard, NOW, 600))
    return changes


def counts(store: Store) -> dict[str, int]:
    """Return the coupon's units, summed over its shards."""
    coupon = store.coupons.get("SPRING25")
    assert coupon is not None
    names = ("left", "held", "redeemed", "spent")
    return {name: sum(getattr(shard, name) for shard in coupon.shards) for name in names}


def status(store: Store, one: Intent) -> Status:
    """Return where *one* stands."""
    now = store.intents.get(one.ref)
    assert now is not None
    return now.status


def test_orders_and_their_units_move_together(store: Store) -> None:
    """Three orders confirmed are three units redeemed and their discounts spent."""
    rule = terms(uses=1)
    store.coupons.define(rule)
    three = asking(store, 3)
    assert store.ledger.commit(grants(three, rule), rule) == Committed()
    assert counts(store) == {"left": 97, "held": 0, "redeemed": 3, "spent": 300}
    assert {status(store, one) for one in three} == {Status.CONFIRMED}


def test_a_repeat_finds_every_intent_moved(store: Store) -> None:
    """The same transaction again draws nothing."""
    rule = terms()
    store.coupons.define(rule)
    two = asking(store, 2)
    store.ledger.commit(grants(two, rule), rule)
    repeat = store.ledger.commit(grants(two, rule), rule)
    assert isinstance(repeat, Refusal)
    assert repeat.moved == {one.ref for one in two}
    assert counts(store)["left"] == 98


def test_one_that_moved_keeps_the_others_from_moving_with_it(store: Store) -> None:
    """All or nothing: the refusal names who stands in the way."""
    rule = terms()
    store.coupons.define(rule)
    first, second = asking(store, 2)
    store.intents.apply(move(first, Status.CANCELLED, NOW))
    refusal = store.ledger.commit(grants([first, second], rule), rule)
    assert isinstance(refusal, Refusal)
    assert refusal.moved == {first.ref}
    assert status(store, second) is Status.ACCEPTED
    assert counts(store)["left"] == 100


def test_a_shard_never_gives_more_than_it_has(store: Store) -> None:
    """A draw past the last unit is refused, and told how many there are."""
    rule = terms(units=2, shards=1)
    store.coupons.define(rule)
    three = asking(store, 3)
    refusal = store.ledger.commit(grants(three, rule), rule)
    assert isinstance(refusal, Refusal)
    assert refusal.short == {0: 2}
    assert not refusal.moved
    assert store.ledger.commit(grants(three[:2], rule), rule) == Committed()
    assert counts(store) == {"left": 0, "held": 0, "redeemed": 2, "spent": 200}


def test_a_customer_never_gets_more_uses_than_the_coupon_grants(store: Store) -> None:
    """The use past the limit is refused and the order that wanted it is named."""
    rule = terms(uses=1)
    store.coupons.define(rule)
    first, second = asking(store, 2, customer="alice")
    assert store.ledger.commit(grants([first], rule), rule) == Committed()
    refusal = store.ledger.commit(grants([second], rule), rule)
    assert isinstance(refusal, Refusal)
    assert refusal.limited == {second.ref}
    assert not refusal.moved
    assert counts(store)["redeemed"] == 1


def test_once_a_pause_returns_nothing_is_redeemed(store: Store) -> None:
    """Every shard refuses, whatever the worker still believes of the terms."""
    rule = terms(shards=4)
    store.coupons.define(rule)
    store.coupons.set_state("SPRING25", CouponState.PAUSED)
    (one,) = asking(store, 1)
    for shard in range(4):
        refusal = store.ledger.commit(grants([one], rule, shard), rule)
        assert isinstance(refusal, Refusal)
        assert refusal.paused
    store.coupons.set_state("SPRING25", CouponState.ACTIVE)
    assert store.ledger.commit(grants([one], rule), rule) == Committed()


def test_once_new_terms_are_defined_none_is_redeemed_at_the_old(store: Store) -> None:
    """A worker with old terms in mind is told that they were replaced."""
    old = terms(version=1)
    store.coupons.define(old)
    store.coupons.define(replace(old, version=2, minimum_spend=1))
    (one,) = asking(store, 1)
    refusal = store.ledger.commit(grants([one], old), old)
    assert isinstance(refusal, Refusal)
    assert refusal.superseded
    assert store.ledger.commit(grants([one], old), replace(old, version=2)) == Committed()


def test_a_hold_is_counted_as_held_until_it_is_settled(store: Store) -> None:
    """Held units are neither left nor redeemed; confirming them makes them redeemed, once."""
    rule = terms(uses=1)
    store.coupons.define(rule)
    (one,) = asking(store, 1, hold=True)
    store.ledger.commit(grants([one], rule), rule)
    assert counts(store) == {"left": 99, "held": 1, "redeemed": 0, "spent": 0}
    held = store.intents.get(one.ref)
    assert held is not None
    change = move(held, Status.CONFIRMED, NOW)
    assert store.ledger.confirm_held(held, change) == Moved()
    assert store.ledger.confirm_held(held, change) == Stale()
    assert counts(store) == {"left": 99, "held": 0, "redeemed": 1, "spent": 100}


@pytest.mark.parametrize("end", [Status.CANCELLED, Status.LAPSED])
def test_what_was_held_is_given_back_once(store: Store, end: Status) -> None:
    """A release returns the unit and the customer's use, and a second release nothing."""
    rule = terms(uses=1)
    store.coupons.define(rule)
    first, second = asking(store, 2, hold=True, customer="alice")
    store.ledger.commit(grants([first], rule), rule)
    held = store.intents.get(first.ref)
    assert held is not None
    change = move(held, end, NOW, reason=Reason(code="over", detail="Over."))
    assert store.ledger.release(held, change) == Moved()
    assert store.ledger.release(held, change) == Stale()
    assert counts(store) == {"left": 100, "held": 0, "redeemed": 0, "spent": 0}
    assert store.ledger.commit(grants([second], rule), rule) == Committed()


def test_of_cancel_lapse_and_confirm_one_wins(store: Store) -> None:
    """Whichever comes first settles the hold; the others find it settled."""
    rule = terms()
    store.coupons.define(rule)
    (one,) = asking(store, 1, hold=True)
    store.ledger.commit(grants([one], rule), rule)
    held = store.intents.get(one.ref)
    assert held is not None
    assert store.ledger.release(held, move(held, Status.CANCELLED, NOW)) == Moved()
    assert store.ledger.release(held, move(held, Status.LAPSED, NOW)) == Stale()
    assert store.ledger.confirm_held(held, move(held, Status.CONFIRMED, NOW)) == Stale()
    assert counts(store)["left"] == 100


def test_changes_without_a_coupon_move_together_too(store: Store) -> None:
    """A hundred changes that draw nothing are one transaction."""
    many = asking(store, 100)
    changes = [move(one, Status.CANCELLED, NOW) for one in many]
    assert store.ledger.commit(changes, None) == Committed()
    refusal = store.ledger.commit(changes, None)
    assert isinstance(refusal, Refusal)
    assert len(refusal.moved) == 100


def test_a_use_that_was_not_counted_is_not_given_back(store: Store) -> None:
    """A coupon that got its limit while a quote was held starts counting at nothing, not below."""
    rule = terms()
    store.coupons.define(rule)
    held, first, second = asking(store, 3, hold=True, customer="alice")
    store.ledger.commit(grants([held], rule), rule)
    ready = store.intents.get(held.ref)
    assert ready is not None
    store.ledger.release(ready, move(ready, Status.CANCELLED, NOW))
    limited = replace(rule, version=2, uses_per_customer=1)
    store.coupons.define(limited)
    assert store.ledger.commit(grants([first], limited), limited) == Committed()
    refusal = store.ledger.commit(grants([second], limited), limited)
    assert isinstance(refusal, Refusal)
    assert refusal.limited == {second.ref}


def test_of_pauses_and_resumes_the_latest_is_in_force(store: Store) -> None:
    """On the terms and on every shard, however often it was switched before."""
    rule = terms(shards=4)
    store.coupons.define(rule)
    store.coupons.set_state("SPRING25", CouponState.PAUSED)
    store.coupons.set_state("SPRING25", CouponState.ACTIVE)
    store.coupons.set_state("SPRING25", CouponState.PAUSED)
    (one,) = asking(store, 1)
    for shard in range(4):
        refusal = store.ledger.commit(grants([one], rule, shard), rule)
        assert isinstance(refusal, Refusal)
        assert refusal.paused
    now = store.coupons.fresh_terms("SPRING25")
    assert now is not None
    assert now.state is CouponState.PAUSED
