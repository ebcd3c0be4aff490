import pytest

from chalicelib.domain.answers import Answer
from chalicelib.domain.coupon import ANY
from chalicelib.domain.discount import AmountOff
from chalicelib.domain.intent import CouponFallback, Status
from tests.fakes.shop import Shop
from tests.unit.application.steps import accepted, codes_of, reasons, statuses
from tests.unit.domain.builders import line, terms

BOTH = ("FIVE", "TENTH")


@pytest.fixture
def shop() -> Shop:
    """Return a shop with two coupons that combine: five off first, then a tenth."""
    shop = Shop()
    shop.tables.define(
        terms("FIVE", off=AmountOff(amount=5), combines_with=frozenset({"TENTH"}), rank=1)
    )
    shop.tables.define(terms("TENTH", combines_with=frozenset({ANY}), rank=2, units=2, shards=2))
    return shop


def use_up(shop: Shop) -> None:
    """Have nothing left of the second coupon."""
    shop.tables.lay("TENTH", [0, 0])


def test_an_order_draws_on_all_of_its_coupons_or_on_none(shop: Shop) -> None:
    """Two of three get both; the third, for whom one is gone, takes nothing of the other."""
    shop.worker(0)(accepted(shop, 3, coupon=BOTH))
    assert statuses(shop) == {"confirmed": 2, "rejected": 1}
    assert shop.total("redeemed", "FIVE") == shop.total("redeemed", "TENTH") == 2
    assert shop.total("left", "FIVE") == 98


def test_each_coupon_is_charged_with_what_it_took_off(shop: Shop) -> None:
    """Five first, and then a quarter of what is left to pay."""
    shop.worker(0)(accepted(shop, 1, coupon=BOTH))
    assert shop.total("spent", "FIVE") == 5
    assert shop.total("spent", "TENTH") == 99
    (order,) = [one.order for one in shop.on_record.values()]
    assert order is not None
    assert order.total == 400 - 5 - 99


def test_a_coupon_that_can_not_be_had_is_asked_about(shop: Shop) -> None:
    """The question names the price with what is left of the coupons, and the answer orders at it."""
    use_up(shop)
    (one,) = accepted(shop, 1, coupon=BOTH, fallback=CouponFallback.ASK)
    worker = shop.worker(0)
    worker([one])
    stands = shop.on_record[one.ref]
    assert stands.question is not None
    assert stands.reason is not None
    assert stands.reason.code == "coupon_sold_out"
    assert "without it, for 3.95 USD" in stands.question.prompt
    assert [choice.id for choice in stands.question.choices] == ["without_coupon"]
    assert shop.total("left", "FIVE") == 100
    answered = shop.answer(one.ref, Answer(fingerprint="yes", choice="without_coupon"))
    worker([answered.pending])
    assert shop.status(one.ref) is Status.CONFIRMED
    assert codes_of(shop, one.ref) == ["FIVE"]


def test_who_takes_the_full_price_goes_on_with_the_coupons_that_are_left(shop: Shop) -> None:
    """One that is gone leaves the others, in the same delivery."""
    use_up(shop)
    (one,) = accepted(shop, 1, coupon=BOTH, fallback=CouponFallback.FULL_PRICE)
    settled = shop.worker(0)([one])
    assert [change.status for change in settled.changes] == [Status.CONFIRMED]
    assert codes_of(shop, one.ref) == ["FIVE"]


def test_coupon_by_coupon_until_none_is_left(shop: Shop) -> None:
    """With both gone it is the full price, if that was wished for."""
    use_up(shop)
    shop.tables.lay("FIVE", [0] * 4)
    (one,) = accepted(shop, 1, coupon=BOTH, fallback=CouponFallback.FULL_PRICE)
    shop.worker(0)([one])
    order = shop.on_record[one.ref].order
    assert order is not None
    assert (order.total, order.redemptions) == (400, ())


def test_who_wants_all_or_nothing_is_refused_for_one(shop: Shop) -> None:
    """The reason names the coupon that it is about."""
    use_up(shop)
    (one,) = accepted(shop, 1, coupon=BOTH)
    shop.worker(0)([one])
    reason = shop.on_record[one.ref].reason
    assert reason is not None
    assert reason.code == "coupon_sold_out"
    assert "TENTH" in reason.detail


def test_coupons_that_do_not_combine_are_told_and_the_first_is_kept(shop: Shop) -> None:
    """Both have to say so; at the full price the lower rank stands."""
    shop.tables.define(terms("ALONE", rank=3))
    shop.worker(0)(accepted(shop, 1, coupon=("FIVE", "ALONE")))
    assert reasons(shop) == {"coupon_not_combinable": 1}
    (two,) = accepted(
        shop, 1, coupon=("ALONE", "FIVE"), fallback=CouponFallback.FULL_PRICE, first=5
    )
    shop.worker(0)([two])
    assert codes_of(shop, two.ref) == ["FIVE"]


def test_orders_with_and_without_a_common_coupon_share_a_batch(shop: Shop) -> None:
    """Each gets what it asked for, whatever its neighbours wanted."""
    batch = [
        *accepted(shop, 5, coupon="FIVE"),
        *accepted(shop, 2, coupon=BOTH, first=10),
        *accepted(shop, 3, line(), coupon=None, first=20),
        *accepted(shop, 1, coupon="NOPE", first=30),
    ]
    settled = shop.worker(0)(batch)
    assert not settled.again
    assert statuses(shop) == {"confirmed": 10, "rejected": 1}
    assert shop.total("redeemed", "FIVE") == 7
    assert shop.total("redeemed", "TENTH") == 2
