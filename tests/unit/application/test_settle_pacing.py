from typing import Any

import pytest

from chalicelib.domain.command import CommandKind, resharded
from chalicelib.domain.coupon import CouponTerms, Pacing
from chalicelib.domain.discount import AmountOff
from tests.fakes.clock import START
from tests.fakes.shop import Shop
from tests.unit.application.steps import accepted, held, reasons, statuses
from tests.unit.domain.builders import terms

HOUR_MS = 3_600_000


@pytest.fixture
def shop() -> Shop:
    """Return a shop with one tea."""
    return Shop()


def paced(units: int, *, shards: int = 3, each: int = 4, **more: Any) -> CouponTerms:
    """Return a coupon that gives out *each* units an hour, from now on."""
    pacing = Pacing(units=each, every_seconds=3_600)
    return terms(units=units, shards=shards, pacing=pacing, starts_at=START, **more)


def test_what_is_not_given_out_yet_is_told_with_its_time(shop: Shop) -> None:
    """Four this hour; the fifth is told when there will be more, and gets it then."""
    shop.tables.define(paced(10))
    worker = shop.worker(0)
    worker(accepted(shop, 5))
    assert statuses(shop) == {"confirmed": 4, "rejected": 1}
    (reason,) = [one.reason for one in shop.on_record.values() if one.reason]
    assert reason.code == "coupon_not_yet"
    assert reason.detail == "Coupon SPRING25 gives out more at 2026-02-02T03:40:00Z."
    shop.clock.turn(HOUR_MS)
    worker(accepted(shop, 5, first=10))
    assert statuses(shop) == {"confirmed": 8, "rejected": 2}


@pytest.mark.parametrize("shards", [1, 3, 8, 64])
def test_several_workers_give_out_exactly_the_plan(shop: Shop, shards: int) -> None:
    """Hour by hour, whoever asks where: as much as was planned by then, and no more."""
    shop.tables.define(paced(30, shards=shards, each=7))
    workers = [shop.worker(home) for home in (0, 1, 5)]
    for hour, planned in enumerate([7, 14, 21, 28, 30, 30]):
        for number, worker in enumerate(workers):
            worker(accepted(shop, 4, first=1_000 * hour + 100 * number))
        assert shop.total("redeemed") == planned
        shop.clock.turn(HOUR_MS)
    assert set(reasons(shop)) == {"coupon_not_yet", "coupon_sold_out"}


def test_what_is_not_taken_in_one_hour_is_there_in_the_next(shop: Shop) -> None:
    """The plan says how much by when, not how fast."""
    shop.tables.define(paced(20))
    shop.worker(0)(accepted(shop, 1))
    shop.clock.turn(2 * HOUR_MS)
    shop.worker(1)(accepted(shop, 20, first=10))
    assert shop.total("redeemed") == 12


def test_a_unit_that_comes_back_may_be_given_again_in_its_hour(shop: Shop) -> None:
    """A cancelled quote counts for nothing against the plan."""
    shop.tables.define(paced(20, each=1))
    (quote,) = held(shop, 1)
    shop.worker(0)(accepted(shop, 1, first=5))
    assert reasons(shop) == {"coupon_not_yet": 1}
    shop.cancel(quote)
    shop.worker(0)(accepted(shop, 1, first=6))
    assert shop.total("redeemed") == 1


@pytest.mark.parametrize("taken", [3, 8, 16])
@pytest.mark.parametrize("shards", [3, 4, 9])
def test_added_shards_give_out_no_more_than_the_plan(shop: Shop, taken: int, shards: int) -> None:
    """What the old shards gave out is counted against the new ones too, to the unit."""
    shop.tables.define(paced(40, shards=2, each=taken))
    shop.worker(0)(accepted(shop, taken))
    shop.tables.command("SPRING25", lambda t: resharded(t, shards), CommandKind.ADD_SHARDS, "wider")
    shop.clock.turn(1_000)
    shop.worker(1)(accepted(shop, 9, first=100))
    assert shop.total("redeemed") == taken
    shop.clock.turn(HOUR_MS)
    shop.worker(2)(accepted(shop, 40, first=200))
    assert shop.total("redeemed") == 2 * taken


def test_money_is_drawn_from_a_shard_that_has_given_out_its_part(shop: Shop) -> None:
    """The plan counts units: money that lies with none of them is not stranded by it."""
    shop.tables.define(
        paced(40, shards=2, each=4, off=AmountOff(amount=60), budget=400, currency="USD")
    )
    worker = shop.worker(0)
    worker(accepted(shop, 2))
    shop.tables.lay("SPRING25", [18, 20])
    drain(shop, shard=0, taken=5)
    drain(shop, shard=1, money_left=20)
    worker(accepted(shop, 1, first=10))
    assert statuses(shop) == {"confirmed": 3}


def drain(shop: Shop, shard: int, **columns: int) -> None:
    """Have a shard stand otherwise than its own draws would leave it."""
    items = [
        {**item, **{name: {"N": str(amount)} for name, amount in columns.items()}}
        for item in shop.tables.dynamodb.contents("CouponsTable")
        if item["code"]["S"] == f"SPRING25#{shard:02d}" and item["part"]["S"] == "units"
    ]
    shop.tables.dynamodb.seed("CouponsTable", items)
