import pytest

from chalicelib.domain.coupon import ANY
from chalicelib.domain.discount import AmountOff
from chalicelib.domain.intent import CouponFallback, Request, Status
from simulation.dynamodb.service import Call
from simulation.faults import Effect, Fault, Faults
from tests.simulation.rush import Rush, asking
from tests.unit.domain.builders import line, request, stock, terms

ALL = frozenset({ANY})


def test_a_rush_is_never_oversold_and_strands_no_unit() -> None:
    """More orders than units: each unit is redeemed once, and everybody else is told."""
    rush = Rush(terms(units=300, shards=4, uses=1))
    rush.accept(asking(500))
    assert rush.run() == {Status.CONFIRMED: 300, "coupon_sold_out": 200}
    assert rush.books()[:3] == (0, 0, 300)
    assert rush.stack.dynamodb.counters.reasons["TransactionConflict"] > 0


def test_who_is_in_time_gets_the_last_unit() -> None:
    """As many orders as units: nobody is told that it is sold out, whatever shard the last is on."""
    rush = Rush(terms(units=150, shards=8))
    rush.accept(asking(150))
    assert rush.run() == {Status.CONFIRMED: 150}
    assert rush.books()[:3] == (0, 0, 150)


def test_a_budget_is_spent_to_the_last_order_that_it_covers() -> None:
    """Money on every shard is found, and no minor unit of it is spent twice."""
    rush = Rush(terms(units=500, shards=8, budget=10_099))
    rush.accept(asking(200))
    assert rush.run() == {Status.CONFIRMED: 100, "coupon_budget_spent": 100}
    assert rush.books() == (400, 0, 100, 99, 0, 10_000)


def test_stock_and_two_coupons_are_drawn_together_or_not_at_all() -> None:
    """Orders of all three counters: each holds out as long as its own units do, and all balance."""
    one = terms(units=60, shards=4, combines_with=ALL, uses=1, off=AmountOff(amount=10))
    two = terms("TWO", units=90, shards=2, combines_with=ALL, budget=10**6)
    rush = Rush(one, two, stock(units=200, shards=4), stocked=["tea"])

    def asked(_: int) -> Request:
        return request(
            line(quantity=2), coupon=("SPRING25", "TWO"), fallback=CouponFallback.FULL_PRICE
        )

    rush.accept(asking(120, asked=asked))
    assert rush.run() == {Status.CONFIRMED: 100, "out_of_stock": 20}
    units = [rush.books(name)[:3] for name in ("SPRING25", "TWO", "stock/tea-house/tea")]
    assert units == [(0, 0, 60), (0, 0, 90), (0, 0, 200)]
    orders = [one.order for one in rush.settled(Status.CONFIRMED) if one.order]
    assert sum(len(order.redemptions) for order in orders) == 150


def test_the_same_seed_gives_the_same_run() -> None:
    """Call for call; another seed gives another."""

    def trace(seed: int) -> list[Call] | None:
        rush = Rush(terms(units=100, uses=1), seed=seed)
        rush.accept(asking(150))
        rush.run()
        return rush.stack.dynamodb.trace

    assert trace(3) == trace(3)
    assert trace(3) != trace(4)


@pytest.mark.parametrize("seed", [5, 6])
def test_units_balance_whatever_fails(seed: int) -> None:
    """Errors, lost answers and dying workers: as many redeemed as confirmed, and never too many."""
    faults = Faults(
        Fault(effect=Effect.FAIL, rate=0.03),
        Fault(effect=Effect.LOSE_ANSWER, rate=0.03),
        Fault(effect=Effect.CRASH_AFTER, operation="TransactWriteItems", rate=0.1),
        Fault(effect=Effect.CRASH_BEFORE, operation="TransactWriteItems", rate=0.1),
        seed=seed,
    )
    rush = Rush(terms(units=200, uses=1, budget=10**6), faults=faults)
    rush.accept(asking(300))
    assert rush.run() == {Status.CONFIRMED: 200, "coupon_sold_out": 100}
    assert rush.crashes > 0
    assert rush.books() == (0, 0, 200, 980_000, 0, 20_000)
