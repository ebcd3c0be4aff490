"""Races that coupon systems have lost, each run here with several workers and seeds.

They are named after what went wrong: money was given away, or a customer was refused what
was there. A test of a race fails if the condition that decides it is taken out.
"""

from collections import Counter
from contextlib import suppress

import pytest

from chalicelib.domain.coupon import CouponTerms, Offer, fold
from chalicelib.domain.errors import RefundRefusedError
from chalicelib.domain.intent import ConfirmMode, CouponFallback, IntentRef, Request, Status
from chalicelib.domain.movement import EntryKind
from chalicelib.domain.refund import Part, Wish
from simulation.scheduler import MS
from tests.simulation.rush import SPRING, Rush, asking
from tests.unit.domain.builders import line, request, stock, terms

REJECT = CouponFallback.REJECT
seeds = pytest.mark.parametrize("seed", [1, 2])


def holding(coupon: str = SPRING) -> Request:
    """Return the wish for a quote with the coupon that is held for review."""
    return request(coupon=coupon, confirm=ConfirmMode.REVIEW, fallback=REJECT)


def held(rush: Rush, count: int) -> dict[IntentRef, float]:
    """Settle *count* quotes; return in how many ms the hold of each ends."""
    rush.accept(asking(count, named="held", asked=lambda _: holding()))
    rush.run()
    ready = rush.settled(Status.READY)
    assert len(ready) == count
    now = rush.scheduler.now_ns // MS
    return {one.ref: (one.held_until or 0) - now for one in ready}


@seeds
@pytest.mark.parametrize(
    ("rule", "why"),
    [
        (terms(units=9, shards=2), "coupon_sold_out"),
        (terms(units=13, shards=2, budget=900), "coupon_budget_spent"),
    ],
)
def test_limit_check_then_unguarded_increment(rule: CouponTerms, why: str, seed: int) -> None:
    """Race 1: many read "units left" at once and all take one; here the taking is the check."""
    rush = Rush(rule, seed=seed, batch=1, workers=12)
    rush.accept(asking(40))
    assert rush.run() == {Status.CONFIRMED: 9, why: 31}
    assert rush.books()[2:] == (9, (rule.budget or 0) - 900, 0, 900)
    assert rush.stack.dynamodb.counters.reasons["TransactionConflict"] > 0


@seeds
def test_release_after_expiry_overbooks(seed: int) -> None:
    """Race 2: a hold lapses, its unit goes to another, and the confirmation on its way succeeds too."""
    rush = Rush(terms(units=24, shards=3, uses=1), seed=seed)
    ends = held(rush, 24)
    chance = rush.scheduler.random
    for ref, in_ms in ends.items():
        rush.at(in_ms - chance.uniform(0, 25), lambda s, ref=ref: s.confirm(ref))  # type: ignore[misc]
        rush.at(in_ms + chance.uniform(-5, 10), lambda s, ref=ref: s.see(ref))  # type: ignore[misc]
        rush.at(in_ms + chance.uniform(0, 30), lambda s, ref=ref: s.see(ref))  # type: ignore[misc]
    rush.scheduler.run()
    first = rush.found()
    assert first[Status.CONFIRMED] + first["hold_lapsed"] == 24
    assert first[Status.CONFIRMED] > 0
    assert first["hold_lapsed"] > 0
    assert rush.books()[:3] == (first["hold_lapsed"], 0, first[Status.CONFIRMED])
    rush.accept(asking(24, named="next"))
    then = rush.run()
    assert then[Status.CONFIRMED] == 24
    assert rush.books()[:3] == (0, 0, 24)


@seeds
def test_double_release_on_cancel_and_sweep_at_once(seed: int) -> None:
    """Race 3: the customer cancels as the sweep finds the hold lapsed, and its unit comes back twice."""
    rush = Rush(terms(units=20, shards=2, uses=1, budget=2_000), seed=seed)
    ends = held(rush, 20)
    assert rush.books() == (0, 20, 0, 0, 2_000, 0)
    chance = rush.scheduler.random
    for ref, in_ms in ends.items():
        for _ in range(2):
            rush.at(in_ms + chance.uniform(0, 10), lambda s, ref=ref: s.cancel(ref))  # type: ignore[misc]
            rush.at(in_ms + chance.uniform(0, 10), lambda s, ref=ref: s.see(ref))  # type: ignore[misc]
    rush.at(max(ends.values()), lambda s: s.sweep(s.clock.now() + 60_000))
    rush.scheduler.run()
    found = rush.found()
    assert found["hold_lapsed"] + found["cancelled_by_customer"] == 20
    assert min(found["hold_lapsed"], found["cancelled_by_customer"]) > 0
    assert rush.books() == (20, 0, 0, 2_000, 0, 0)
    told = rush.services.counters.entries(terms(shards=2))
    released = [entry for entry in told if entry.kind is EntryKind.RELEASE]
    assert sum(shift.left for entry in released for shift in entry.shifts) == 20


@seeds
def test_a_code_is_used_twice_in_two_step_payment(seed: int) -> None:
    """Race 4: two carts pass the check with one code, both hold, and both are paid."""
    rule = terms(units=50, shards=2, unique=True)
    rush = Rush(rule, seed=seed, batch=1, workers=12)
    codes = [f"CODE{n}" for n in range(10)]
    for code in codes:
        rush.issue(code)
    refs = rush.accept(asking(40, asked=lambda n: holding(codes[n % 10])))
    assert rush.run() == {Status.READY: 10, "coupon_code_used": 30}
    for ref in refs:
        for at in (1, 3):
            rush.at(at, lambda s, ref=ref: s.confirm(ref))  # type: ignore[misc]
    rush.scheduler.run()
    orders = [one.order for one in rush.settled(Status.CONFIRMED) if one.order]
    used = Counter(one.unique for order in orders for one in order.redemptions)
    assert used == dict.fromkeys(codes, 1)
    offers = rush.stack.services().counters.offers(codes)
    assert all(
        offers[code] == Offer(terms=rule, unique=code, spent=offers[code].spent) for code in codes
    )
    assert all(offer.spent is not None for offer in offers.values())
    assert rush.books()[:3] == (40, 0, 10)


@seeds
def test_a_code_that_comes_back_is_used_once_more(seed: int) -> None:
    """Race 4, the other way: carts that are given up as others ask leave no code used twice or lost."""
    rush = Rush(terms(units=50, shards=2, unique=True), seed=seed, batch=1, workers=8)
    codes = [f"CODE{n}" for n in range(8)]
    for code in codes:
        rush.issue(code)
    refs = rush.accept(asking(8, named="first", asked=lambda n: holding(codes[n])))
    rush.run()
    for ref in refs:
        rush.at(rush.scheduler.random.uniform(0, 20), lambda s, ref=ref: s.cancel(ref))  # type: ignore[misc]
    wish = [request(coupon=code, fallback=REJECT) for code in codes]
    rush.accept(asking(32, named="second", asked=lambda n: wish[n % 8]))
    found = rush.run()
    orders = [one.order for one in rush.settled(Status.CONFIRMED) if one.order]
    used = Counter(one.unique for order in orders for one in order.redemptions)
    assert max(used.values()) == 1
    assert found["coupon_code_used"] == 32 - len(orders)
    offers = rush.stack.services().counters.offers(codes)
    assert {code for code, offer in offers.items() if offer.spent} == set(used)
    assert rush.books()[:3] == (50 - len(orders), 0, len(orders))


SPELLINGS = [
    "SPRING25",
    "spring25",
    " Spring25 ",
    "\uff33\uff30\uff32\uff29\uff2e\uff27\uff12\uff15",
    "spr\u200bing25",
    "S\u00adPRING25",
]


@seeds
def test_a_guest_gets_round_the_limit_with_many_keys_and_spellings(seed: int) -> None:
    """Race 5: one customer, many idempotency keys at once, and a code that is typed in many ways."""
    rush = Rush(terms(units=500, shards=4, uses=3), seed=seed, batch=1, workers=12)
    wish = [request(coupon=fold(spelling), fallback=REJECT) for spelling in SPELLINGS]
    rush.accept(asking(48, customers=1, asked=lambda n: wish[n % len(wish)]))
    assert rush.run() == {Status.CONFIRMED: 3, "coupon_customer_limit": 45}
    assert rush.books()[:3] == (497, 0, 3)


@seeds
def test_a_newcomer_has_many_first_orders_at_once(seed: int) -> None:
    """Race 5, with first orders: every worker finds that the customer never ordered, and one is right."""
    rush = Rush(terms(units=500, shards=4, first_order=True), seed=seed, batch=1, workers=12)
    rush.accept(asking(60, customers=3))
    assert rush.run() == {Status.CONFIRMED: 3, "coupon_first_order_only": 57}
    assert rush.books()[:3] == (497, 0, 3)


@seeds
def test_a_redelivered_batch_is_settled_twice(seed: int) -> None:
    """Each message comes three times, to three workers at once: one order each, and one unit."""
    rush = Rush(terms(units=40, shards=2, uses=1), seed=seed)
    rush.accept(asking(60))
    rush.waiting *= 3
    assert rush.run() == {Status.CONFIRMED: 40, "coupon_sold_out": 20}
    assert rush.books()[:3] == (0, 0, 40)


@seeds
def test_two_refund_one_order_at_once(seed: int) -> None:
    """Support and customer press the button together: what was paid goes back once, and so does stock."""
    rush = Rush(
        terms(units=30, shards=2, budget=9_000), stock(units=90), stocked=["tea"], seed=seed
    )
    refs = rush.accept(
        asking(30, asked=lambda _: request(line(quantity=3), coupon=SPRING, fallback=REJECT))
    )
    assert rush.run() == {Status.CONFIRMED: 30}
    chance = rush.scheduler.random
    part = (Part(line=1, quantity=2),)
    for ref in refs:
        for id_, parts in (("support", ()), ("customer", part), ("customer", part)):
            wish = Wish(id=id_, by=id_, why="cold", parts=parts)

            def ask(services: object, ref: IntentRef = ref, wish: Wish = wish) -> None:
                with suppress(RefundRefusedError):
                    services.refund(ref, wish)  # type: ignore[attr-defined]

            rush.at(chance.uniform(0, 15), ask)
    rush.scheduler.run()
    orders = [one.order for one in rush.settled(Status.REFUNDED) if one.order]
    assert len(orders) == 30
    assert all(order.refunded == order.total == 900 for order in orders)
    assert {len(order.refunds) for order in orders} == {1, 2}
    assert rush.books() == (30, 0, 0, 9_000, 0, 0)
    assert rush.books(stock().counter)[:3] == (90, 0, 0)
