"""Shards that are added while others draw: the plan is kept, and nothing is spread twice."""

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.domain.command import CommandKind, resharded, topped_up
from chalicelib.domain.counter import Transfer
from chalicelib.domain.coupon import CouponTerms, Pacing
from chalicelib.domain.drawing import Room
from tests.fakes.clock import START
from tests.fakes.shop import Shop
from tests.fakes.tables import obey
from tests.unit.application.steps import accepted, reasons
from tests.unit.domain.builders import terms

CODE = "SPRING25"
HOUR_MS = 3_600_000


def paced(units: int, shards: int, each: int) -> CouponTerms:
    """Return terms that give out so many each hour."""
    plan = Pacing(units=each, every_seconds=3_600)
    return terms(units=units, shards=shards, pacing=plan, starts_at=START)


def widen(shop: Shop, shards: int, after_each: Callable[[int], object]) -> None:
    """Add shards, with something happening after each transfer between them."""
    services = shop.tables.services()
    transfer: Any = services.counters.transfer
    moved = 0

    def watched(*args: Any) -> bool:
        nonlocal moved
        done: bool = transfer(*args)
        moved += 1
        after_each(moved)
        return done

    services.counters.transfer = watched  # type: ignore[assignment,method-assign]
    obey(services, CODE, lambda current: resharded(current, shards), "wider")


@pytest.mark.parametrize("given", [0, 30, 70, 99, 100])
def test_the_plan_is_kept_while_shards_are_added(given: int) -> None:
    """Whatever was given out before, and however greedy the workers are between two transfers."""
    shop = Shop()
    shop.tables.define(paced(400, 4, 100))
    shop.worker(0)(accepted(shop, given))
    widen(shop, 8, lambda n: shop.worker(n)(accepted(shop, 60, first=1_000 * n)))
    shop.worker(5)(accepted(shop, 200, first=900_000))
    assert shop.total("redeemed") == 100


def test_a_transfer_whose_answer_was_lost_is_made_once() -> None:
    """Made again it changes nothing, so that units stay even."""
    shop = Shop()
    shop.tables.define(terms(units=400, shards=4))
    services = shop.tables.services()
    transfer: Any = services.counters.transfer

    def twice(*args: Any) -> bool:
        transfer(*args)
        done: bool = transfer(*args)
        return done

    services.counters.transfer = twice  # type: ignore[assignment,method-assign]
    obey(services, CODE, lambda current: resharded(current, 8), "wider")
    left = [shard.left for shard in shop.shards()]
    assert (sum(left), max(left) - min(left)) == (400, 0)


def test_small_top_ups_lie_where_the_plan_gives_them_out() -> None:
    """A unit at a time comes to as even shards as all at once."""
    shop = Shop()
    shop.tables.define(paced(8, 8, 4))
    for n in range(8):
        shop.tables.command(CODE, lambda t: topped_up(t, 1, 0), CommandKind.TOP_UP, f"t{n}")
    assert [shard.left for shard in shop.shards()] == [2] * 8
    shop.clock.turn(2 * HOUR_MS)
    shop.worker(0)(accepted(shop, 12))
    assert shop.total("redeemed") == 12


def test_a_unit_that_crosses_while_shards_are_read_is_not_sold_out() -> None:
    """It is seen on neither shard, again and again; but somebody gained, so no word on it yet."""
    shop = Shop()
    shop.tables.define(terms(units=2, shards=2))
    shop.tables.lay(CODE, [1, 0])
    worker = shop.worker(0)
    other = shop.tables.services().counters
    read: Any = other.shards
    full = crossed = 0

    def torn(current: Any) -> Any:
        nonlocal full, crossed
        empty = 1 - full
        crossed += 1
        first = read(current)[empty]
        crossing = Transfer(giver=full, taker=empty, units=1)
        assert other.transfer(CODE, crossing, f"cross-{crossed}", shop.clock.now())
        second = read(current)[full]
        full = empty
        return tuple(sorted((first, second), key=lambda shard: shard.number))

    worker.services.counters.shards = torn  # type: ignore[assignment,method-assign]
    worker.services.settle.draw.beliefs[CODE, 1] = {0: Room(0)}
    settled = worker(accepted(shop, 1))
    assert (reasons(shop), len(settled.again), shop.total("left")) == ({}, 1, 1)
