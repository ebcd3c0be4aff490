from dataclasses import replace

import pytest

from chalicelib.domain.answers import Answer
from chalicelib.domain.command import CommandKind, paused, topped_up
from chalicelib.domain.counter import StockTerms, stock_counter
from chalicelib.domain.intent import ConfirmMode, CouponFallback, Intent, IntentRef, Status
from chalicelib.domain.resolution import QuestionCode
from tests.fakes.shop import Shop
from tests.unit.application.steps import accepted, reasons, statuses
from tests.unit.domain.builders import line, terms

CAKES = stock_counter("tea-house", "cake")
PIES = stock_counter("tea-house", "pie")


@pytest.fixture
def shop() -> Shop:
    """Return a shop with five cakes, on two shards."""
    shop = Shop()
    shop.tables.define(stock("cake", 5))
    return shop


def stock(sku: str, units: int) -> StockTerms:
    """Return the terms of so many of an item."""
    return StockTerms(merchant="tea-house", sku=sku, version=1, units=units, shards=2)


def asked(shop: Shop, ref: IntentRef) -> Intent:
    """Return an intent that waits for an answer about stock."""
    stands = shop.on_record[ref]
    assert stands.status is Status.NEEDS_INPUT
    assert stands.question is not None
    assert stands.question.code is QuestionCode.OUT_OF_STOCK
    return stands


def test_stock_is_sold_to_the_last_and_not_beyond(shop: Shop) -> None:
    """Five of eight get a cake, over all shards; the others are asked, for it is out of stock."""
    shop.worker(0)(accepted(shop, 8, line("cake"), coupon=None))
    assert statuses(shop) == {"confirmed": 5, "needs_input": 3}
    assert (shop.total("left", CAKES), shop.total("redeemed", CAKES)) == (0, 5)
    assert reasons(shop) == {"out_of_stock": 3}


def test_who_wants_more_than_there_is_may_take_what_there_is(shop: Shop) -> None:
    """The question says how many there are, and yes buys those."""
    (one,) = accepted(shop, 1, line("cake", 7), line(), coupon=None)
    worker = shop.worker(0)
    worker([one])
    question = asked(shop, one.ref).question
    assert question is not None
    assert question.prompt == "There are only 5 Cake left. Take 5 Cake?"
    answered = shop.answer(one.ref, Answer(fingerprint="yes", choice="what_there_is"))
    worker([answered.pending])
    order = shop.on_record[one.ref].order
    assert order is not None
    assert [(bought.sku, bought.quantity) for bought in order.lines] == [("cake", 5), ("tea", 1)]
    assert shop.total("left", CAKES) == 0


def test_what_is_gone_may_be_left_out(shop: Shop) -> None:
    """The rest of the order is offered without it; alone, there is nothing to offer."""
    shop.tables.lay(CAKES, [0, 0])
    (both,) = accepted(shop, 1, line("cake"), line(), coupon=None)
    (alone,) = accepted(shop, 1, line("cake"), coupon=None, first=5)
    shop.worker(0)([both, alone])
    question = asked(shop, both.ref).question
    assert question is not None
    assert question.prompt == "Cake is sold out. Order without Cake?"
    assert question.choices[0].lines == (line(),)
    question = asked(shop, alone.ref).question
    assert question is not None
    assert question.choices == ()


def test_two_lines_of_one_item_are_counted_together(shop: Shop) -> None:
    """Three and three are six, of which there are five: the second line gets what is left."""
    (one,) = accepted(shop, 1, line("cake", 3), line("cake", 3), coupon=None)
    shop.worker(0)([one])
    question = asked(shop, one.ref).question
    assert question is not None
    assert [some.quantity for some in question.choices[0].lines] == [3, 2]


def test_a_smaller_order_is_served_where_a_bigger_one_can_not_be(shop: Shop) -> None:
    """Nobody waits behind one who wants too much."""
    (big,) = accepted(shop, 1, line("cake", 6), coupon=None)
    small = accepted(shop, 2, line("cake", 2), coupon=None, first=5)
    shop.worker(0)([big, *small])
    assert statuses(shop) == {"confirmed": 2, "needs_input": 1}
    question = asked(shop, big.ref).question
    assert question is not None
    assert "only 1 Cake left" in question.prompt


def test_what_was_never_put_in_stock_or_is_paused_is_not_sold(shop: Shop) -> None:
    """No pie without a count of pies, and none while their sale is paused."""
    batch = accepted(shop, 2, line("pie"), coupon=None)
    shop.worker(0)(batch[:1])
    shop.tables.define(stock("pie", 5))
    shop.tables.command(PIES, paused, CommandKind.PAUSE, "p")
    shop.worker(0)(batch[1:])
    assert reasons(shop) == {"out_of_stock": 1, "item_paused": 1}
    assert shop.total("left", PIES) == 5


def test_a_delivery_of_more_is_sold_at_once(shop: Shop) -> None:
    """A worker that knows the stock to be gone finds what was put in since."""
    worker = shop.worker(0)
    worker(accepted(shop, 6, line("cake"), coupon=None))
    shop.tables.command(CAKES, lambda t: topped_up(t, 2, 0), CommandKind.TOP_UP, "more")
    worker(accepted(shop, 3, line("cake"), coupon=None, first=10))
    assert statuses(shop) == {"confirmed": 7, "needs_input": 2}


def test_coupon_and_stock_are_drawn_together_or_not_at_all(shop: Shop) -> None:
    """Where the cakes run out no coupon is used, and where the coupons do no cake is taken."""
    shop.tables.define(terms(units=3))
    shop.worker(0)(accepted(shop, 4, line("cake")))
    assert statuses(shop) == {"confirmed": 3, "rejected": 1}
    assert shop.total("left", CAKES) == 2
    many = accepted(shop, 3, line("cake"), fallback=CouponFallback.FULL_PRICE, first=10)
    shop.worker(1)(many)
    assert statuses(shop) == {"confirmed": 5, "rejected": 1, "needs_input": 1}
    assert shop.total("redeemed") == 3


def test_a_quote_holds_its_cakes_and_gives_them_back(shop: Shop) -> None:
    """Held ones can't be sold to others until the quote is cancelled."""
    (quote,) = accepted(
        shop, 1, line("cake", 4), line("cake"), coupon=None, confirm=ConfirmMode.REVIEW
    )
    shop.worker(0)([quote])
    assert (shop.total("held", CAKES), shop.total("left", CAKES)) == (5, 0)
    (other,) = accepted(shop, 1, line("cake"), coupon=None, first=5)
    shop.worker(0)([other])
    asked(shop, other.ref)
    shop.cancel(quote.ref)
    assert (shop.total("held", CAKES), shop.total("left", CAKES)) == (0, 5)


def test_one_who_wants_two_counted_items_takes_both_or_neither(shop: Shop) -> None:
    """No cake is set aside for an order that can't have its pie."""
    shop.tables.define(replace(stock("pie", 1)))
    batch = accepted(shop, 2, line("cake"), line("pie"), coupon=None)
    shop.worker(0)(batch)
    assert statuses(shop) == {"confirmed": 1, "needs_input": 1}
    assert shop.total("left", CAKES) == 4
