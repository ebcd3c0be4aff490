from typing import Any

import pytest

from chalicelib.domain.command import CommandKind, topped_up
from chalicelib.domain.coupon import CouponTerms
from chalicelib.domain.discount import Percent
from chalicelib.domain.intent import ConfirmMode
from tests.fakes.shop import Shop
from tests.unit.application.steps import accepted, reasons, statuses
from tests.unit.domain.builders import line, terms


@pytest.fixture
def shop() -> Shop:
    """Return a shop with one tea."""
    return Shop()


def half_off(budget: int, *, shards: int = 4, units: int = 100, **more: Any) -> CouponTerms:
    """Return a coupon of half the price, of which a tea costs 200, with so much to give."""
    off = Percent(basis_points=5_000)
    return terms(off=off, budget=budget, currency="USD", units=units, shards=shards, **more)


@pytest.mark.parametrize("shards", [1, 3, 7, 16])
def test_a_budget_is_spent_to_the_last_order_that_it_covers(shop: Shop, shards: int) -> None:
    """Money in parts on many shards still pays for as many orders as it does in all."""
    shop.tables.define(half_off(1_000, shards=shards))
    for start in range(0, 8, 2):
        shop.worker(start)(accepted(shop, 2, first=10 * start))
    assert statuses(shop) == {"confirmed": 5, "rejected": 3}
    assert shop.total("spent") == 1_000
    assert reasons(shop) == {"coupon_budget_spent": 3}
    assert all(shard.balances for shard in shop.shards())


def test_a_discount_is_drawn_from_the_money_of_several_shards(shop: Shop) -> None:
    """One order takes what it needs of each, and its unit once."""
    shop.tables.define(half_off(200, shards=4))
    (one,) = accepted(shop, 1)
    shop.worker(0)([one])
    order = shop.on_record[one.ref].order
    assert order is not None
    (redemption,) = order.redemptions
    assert [draw.money for draw in redemption.draws] == [50] * 4
    assert sum(draw.units for draw in redemption.draws) == 1


def test_units_on_one_shard_and_money_on_another_make_a_redemption(shop: Shop) -> None:
    """Neither is stranded for lying apart from the other."""
    shop.tables.define(half_off(400, shards=2, units=2))
    shop.tables.lay("SPRING25", [2, 0])
    shop.worker(0)(accepted(shop, 2))
    assert statuses(shop) == {"confirmed": 2}
    assert [shard.money_left for shard in shop.shards()] == [0, 0]


def test_a_small_order_gets_what_a_big_one_can_not(shop: Shop) -> None:
    """What is left of the budget is for whoever it covers, though they stand behind."""
    shop.tables.define(half_off(500))
    (big,) = accepted(shop, 1, line(quantity=3))
    small = accepted(shop, 3, first=5)
    shop.worker(0)([big, *small])
    assert statuses(shop) == {"confirmed": 2, "rejected": 2}
    assert shop.total("money_left") == 100


def test_money_that_is_held_comes_back_with_the_unit(shop: Shop) -> None:
    """A quote ties its money up; cancelled, it can be spent on another."""
    shop.tables.define(half_off(200))
    (quote,) = accepted(shop, 1, confirm=ConfirmMode.REVIEW)
    shop.worker(0)([quote])
    assert (shop.total("money_held"), shop.total("money_left")) == (200, 0)
    shop.cancel(quote.ref)
    assert (shop.total("money_held"), shop.total("money_left")) == (0, 200)
    shop.worker(1)(accepted(shop, 1, first=5))
    assert shop.total("spent") == 200


def test_money_that_is_added_can_be_spent(shop: Shop) -> None:
    """A budget topped up grants again, without more units."""
    shop.tables.define(half_off(200))
    worker = shop.worker(0)
    worker(accepted(shop, 2))
    shop.tables.command("SPRING25", lambda t: topped_up(t, 0, 200), CommandKind.TOP_UP, "more")
    worker(accepted(shop, 2, first=5))
    assert statuses(shop) == {"confirmed": 2, "rejected": 2}
    assert (shop.total("spent"), shop.total("budget")) == (400, 400)


def test_without_a_budget_what_was_spent_is_still_written_down(shop: Shop) -> None:
    """Only units are limited, and the money that went is known."""
    shop.tables.define(terms(units=2))
    shop.worker(0)(accepted(shop, 3))
    assert statuses(shop) == {"confirmed": 2, "rejected": 1}
    assert (shop.total("spent"), shop.total("money_left")) == (200, -200)
