"""Commands while everybody redeems: each returns soon, holds from then on, and loses no unit."""

from dataclasses import replace

import pytest

from chalicelib.domain.command import (
    CommandKind,
    paused,
    redefined,
    resharded,
    resumed,
    topped_up,
)
from chalicelib.domain.coupon import CouponTerms
from chalicelib.domain.discount import AmountOff
from chalicelib.domain.intent import CouponFallback, Status
from chalicelib.domain.terms import Terms
from simulation.faults import Effect, Fault, Faults
from simulation.scheduler import MS
from tests.simulation.rush import SPRING, Rush, asking
from tests.unit.domain.builders import request, terms

WORKERS = 10
SOON_MS = 3_000
"""Of virtual time, with ten workers that contend for two shards."""

seeds = pytest.mark.parametrize("seed", [1, 2])


def rushing(rule: CouponTerms, orders: int, seed: int) -> Rush:
    """Return a rush that has begun, with as many workers as there can be on few shards."""
    rush = Rush(rule, seed=seed, workers=WORKERS, batch=5)
    rush.accept(asking(orders))
    rush.start()
    return rush


def shards(rush: Rush) -> list[int]:
    """Return the version of each shard, as it stands."""
    found = rush.stack.services().counters.get(SPRING)
    assert found is not None
    return [shard.version for shard in found.shards]


@seeds
@pytest.mark.parametrize("at_ms", [1, 60])
def test_a_pause_in_the_middle_of_a_rush(seed: int, at_ms: int) -> None:
    """It returns within seconds, and not one order commits at the terms before once it has."""
    rush = rushing(terms(units=5_000, shards=2), 400, seed)
    took = rush.command(at_ms, CommandKind.PAUSE, paused)
    while not took:
        rush.scheduler.run(for_ms=1)
    at_return = rush.scheduler.now_ns // MS
    done = len(rush.settled(Status.CONFIRMED))
    assert took[0] < SOON_MS
    assert shards(rush) == [2, 2]
    rush.scheduler.run()
    found = rush.found()
    assert rush.books()[:3] == (5_000 - done, 0, done)
    assert found == {Status.CONFIRMED: done, "coupon_paused": 400 - done}
    assert found["coupon_paused"] > 0
    told = rush.services.counters.entries(terms(shards=2))
    assert all(entry.at <= at_return for entry in told)
    assert rush.stack.dynamodb.counters.reasons["TransactionConflict"] > 0


@seeds
def test_a_resume_lets_everybody_in_again(seed: int) -> None:
    """Who comes after it is served, by workers that still remembered the pause."""
    rush = rushing(terms(units=5_000, shards=2), 200, seed)
    rush.command(20, CommandKind.PAUSE, paused, "pause")
    rush.scheduler.run()
    before = rush.found()
    rush.command(0, CommandKind.RESUME, resumed, "resume")
    rush.scheduler.run(for_ms=1_500)
    rush.accept(asking(100, named="later"))
    after = rush.run()
    assert after[Status.CONFIRMED] == before[Status.CONFIRMED] + 100
    assert shards(rush) == [3, 3]


@seeds
@pytest.mark.parametrize("more", [30, 101])
def test_a_top_up_in_the_middle_of_a_rush(seed: int, more: int) -> None:
    """It returns within seconds, no unit is lost or issued twice, and the last new one is redeemed."""
    rush = rushing(terms(units=100, shards=2, budget=30_000), 100 + more, seed)
    took = rush.command(5, CommandKind.TOP_UP, lambda t: topped_up(t, more, 1_000))
    rush.scheduler.run()
    assert took[0] < SOON_MS
    total = 100 + more
    assert rush.found()[Status.CONFIRMED] >= 100
    rush.accept(asking(more, named="later"))
    assert rush.run()[Status.CONFIRMED] == total
    assert rush.books() == (0, 0, total, 31_000 - 100 * total, 0, 100 * total)


@seeds
def test_a_top_up_before_it_is_sold_out_turns_nobody_away(seed: int) -> None:
    """As many orders as there are units in the end: everybody who asks in time has one."""
    rush = rushing(terms(units=120, shards=2), 160, seed)
    rush.command(1, CommandKind.TOP_UP, lambda t: topped_up(t, 40, 0))
    rush.scheduler.run()
    assert rush.found() == {Status.CONFIRMED: 160}
    assert rush.books()[:3] == (0, 0, 160)


@seeds
@pytest.mark.parametrize(("before", "after"), [(1, 8), (2, 5)])
def test_more_shards_in_the_middle_of_a_rush(seed: int, before: int, after: int) -> None:
    """Units and money keep their sums, and nobody is told that it is sold out while one is left."""
    rush = rushing(terms(units=300, shards=before, budget=30_000), 300, seed)
    took = rush.command(1, CommandKind.ADD_SHARDS, lambda t: resharded(t, after))
    rush.scheduler.run()
    assert took[0] < SOON_MS * 2
    assert rush.found() == {Status.CONFIRMED: 300}
    assert rush.books() == (0, 0, 300, 0, 0, 30_000)
    assert shards(rush) == [2] * after


@seeds
def test_commands_of_many_at_once_are_obeyed_one_after_another(seed: int) -> None:
    """Each makes a version of its own, each top-up issues its units once, and all are on record."""
    rush = rushing(terms(units=100, shards=2), 300, seed)
    for n in range(4):
        rush.command(n, CommandKind.TOP_UP, lambda t: topped_up(t, 10, 0), f"more-{n}")
        rush.command(n, CommandKind.TOP_UP, lambda t: topped_up(t, 10, 0), f"more-{n}")
    rush.command(2, CommandKind.ADD_SHARDS, lambda t: resharded(t, 4), "wider")
    rush.scheduler.run()
    commands = rush.services.counters.commands(SPRING)
    assert [command.version for command in commands] == [1, 2, 3, 4, 5, 6]
    assert {command.id for command in commands} == {
        "define", "wider", "more-0", "more-1", "more-2", "more-3",
    }  # fmt: skip
    rush.accept(asking(140, named="later"))
    rush.run()
    assert rush.books()[:3] == (0, 0, 140)


@seeds
def test_commands_hold_whatever_fails_beneath_them(seed: int) -> None:
    """Errors and lost answers under orders and commands alike: the books balance, to the unit."""
    rush = rushing(terms(units=100, shards=2, uses=1), 260, seed)
    rush.stack.dynamodb.faults = Faults(
        Fault(effect=Effect.FAIL, rate=0.05),
        Fault(effect=Effect.LOSE_ANSWER, rate=0.05),
        seed=seed,
    )
    rush.command(5, CommandKind.TOP_UP, lambda t: topped_up(t, 50, 0), "more")
    rush.command(30, CommandKind.ADD_SHARDS, lambda t: resharded(t, 4), "wider")
    rush.scheduler.run()
    rush.accept(asking(150, named="later"))
    rush.run()
    assert rush.books()[:3] == (0, 0, 150)
    assert len(rush.settled(Status.CONFIRMED)) == 150


@seeds
def test_nothing_is_sold_at_a_discount_that_was_replaced(seed: int) -> None:
    """Once the new terms are in force, an order that was priced before them is priced anew."""
    rush = rushing(terms(units=5_000, shards=2), 400, seed)

    def cheaper(now: Terms) -> object:
        assert isinstance(now, CouponTerms)
        return redefined(now, replace(now, off=AmountOff(amount=1)))

    took = rush.command(40, CommandKind.DEFINE, cheaper)  # type: ignore[arg-type]
    while not took:
        rush.scheduler.run(for_ms=1)
    dear = [one.order.discount for one in rush.settled(Status.CONFIRMED) if one.order]
    rush.scheduler.run()
    assert rush.found() == {Status.CONFIRMED: 400}
    assert rush.books()[5] == sum(dear) + (400 - len(dear))


@seeds
def test_an_order_that_lost_one_coupon_is_not_sold_the_other_at_old_terms(seed: int) -> None:
    """It was priced before the change and comes back among those priced after it: it is priced anew."""
    one = terms(units=5_000, shards=2, combines_with=frozenset({"*"}))
    gone = terms("GONE", units=40, shards=1, combines_with=frozenset({"*"}), uses=1)
    rush = Rush(one, gone, seed=seed, workers=WORKERS, batch=10)
    both = request(coupon=(SPRING, "GONE"), fallback=CouponFallback.FULL_PRICE)
    just = request(coupon=SPRING, fallback=CouponFallback.FULL_PRICE)
    rush.accept(asking(400, customers=40, asked=lambda n: both if n % 3 else just))
    rush.start()
    took = rush.command(
        60,
        CommandKind.DEFINE,
        lambda now: redefined(now, replace(one, off=AmountOff(amount=1))),
    )
    while not took:
        rush.scheduler.run(for_ms=1)
    dear = {one.ref for one in rush.settled(Status.CONFIRMED)}
    rush.scheduler.run()
    orders = [one for one in rush.settled(Status.CONFIRMED) if one.ref not in dear]
    assert len(orders) + len(dear) == 400
    assert orders
    for order in (one.order for one in orders):
        assert order is not None
        assert [r.discount for r in order.redemptions if r.code == SPRING] == [1]
    rush.books()
    rush.books("GONE")


def test_a_pause_wins_against_a_worker_for_each_of_many_shards() -> None:
    """On 64 shards and against 64 workers with full batches it returns within a second or two."""
    workers = 64
    rush = Rush(terms(units=100_000, shards=64), seed=1, workers=workers, batch=49)
    rush.accept(asking(workers * 49 * 2))
    rush.start()
    took = rush.command(20, CommandKind.PAUSE, paused)
    while not took:
        rush.scheduler.run(for_ms=20)
    done = len(rush.settled(Status.CONFIRMED))
    assert took[0] < SOON_MS
    assert 0 < done < workers * 49 * 2
    rush.scheduler.run()
    assert rush.books()[:3] == (100_000 - done, 0, done)
