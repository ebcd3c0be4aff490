from typing import Any

import pytest

from chalicelib.domain.counter import StockTerms
from chalicelib.domain.discount import Percent
from chalicelib.domain.errors import (
    IllegalMoveError,
    IntentNotFoundError,
    RefundRefusedError,
    StoreUnavailableError,
)
from chalicelib.domain.intent import ConfirmMode, IntentRef, Status
from chalicelib.domain.refund import Part, Wish
from chalicelib.domain.refusal import Refusal
from tests.fakes.shop import Shop
from tests.unit.application.steps import Counted, accepted, before
from tests.unit.domain.builders import line, terms

CAKES = StockTerms(merchant="tea-house", sku="cake", version=1, units=9, shards=2)


@pytest.fixture
def shop() -> Shop:
    """Return a shop with nine cakes and a coupon of half, with 1,000 to give."""
    shop = Shop()
    half = Percent(basis_points=5_000)
    shop.tables.define(terms(off=half, budget=1_000, currency="USD", uses=1, units=5))
    shop.tables.define(CAKES)
    return shop


def ordered(shop: Shop, *, customer: str = "alice", first: int = 0) -> IntentRef:
    """Have two teas and a cake be ordered with the coupon: 1,100 less 550."""
    (one,) = accepted(shop, 1, line(quantity=2), line("cake"), customer=customer, first=first)
    shop.worker(0)([one])
    assert shop.status(one.ref) is Status.CONFIRMED
    return one.ref


def wish(id_: str, *parts: tuple[int, int], restock: bool = True) -> Wish:
    """Return the wish for a refund of so many of some lines, or of all."""
    named = tuple(Part(line=number, quantity=quantity) for number, quantity in parts)
    return Wish(id=id_, by="staff", why="cold", parts=named, restock=restock)


def refunds(shop: Shop, ref: IntentRef) -> list[tuple[str, int]]:
    """Return the refunds of an order, by name and amount."""
    order = shop.on_record[ref].order
    assert order is not None
    return [(refund.id, refund.amount) for refund in order.refunds]


def books(shop: Shop) -> dict[str, int]:
    """Return what is on the shards of the coupon and of the cakes."""
    names = ("left", "redeemed", "money_left", "spent")
    return {name: shop.total(name) for name in names} | {"cakes": shop.total("left", CAKES.counter)}


def test_a_refund_of_the_whole_order_gives_everything_back(shop: Shop) -> None:
    """Unit, money, use and cake, as if it had not been."""
    stood = books(shop)
    ref = ordered(shop)
    refunded = shop.refund(ref, wish("r1"))
    assert refunded.status is Status.REFUNDED
    assert refunds(shop, ref) == [("r1", 550)]
    assert books(shop) == stood
    assert shop.tables.uses("alice", "SPRING25") == 0


def test_a_second_refund_of_one_id_is_a_repeat(shop: Shop) -> None:
    """Whole or in part, it changes nothing and is told as it is on record."""
    ref = ordered(shop)
    part = wish("r1", (1, 1))
    first = shop.refund(ref, part)
    stood = books(shop)
    assert shop.refund(ref, part) == first
    assert books(shop) == stood
    last = shop.refund(ref, wish("r2"))
    assert shop.refund(ref, wish("r2")) == last
    assert refunds(shop, ref) == [("r1", 200), ("r2", 350)]


def test_line_by_line_comes_to_what_one_refund_would(shop: Shop) -> None:
    """The parts sum to the whole, and the unit comes back with the last of them."""
    stood = books(shop)
    ref = ordered(shop)
    shop.refund(ref, wish("r1", (1, 1)))
    assert shop.status(ref) is Status.CONFIRMED
    assert books(shop) == stood | {"left": 4, "redeemed": 1, "money_left": 650, "spent": 350} | {
        "cakes": 8
    }
    shop.refund(ref, wish("r2", (2, 1)))
    shop.refund(ref, wish("r3", (1, 1)))
    assert shop.status(ref) is Status.REFUNDED
    assert sum(amount for _, amount in refunds(shop, ref)) == 550
    assert books(shop) == stood


def test_of_two_refunds_at_once_no_line_is_refunded_twice(shop: Shop) -> None:
    """Who comes second is told that nothing is left of it."""
    ref = ordered(shop)
    before(shop.ledger, "commit", lambda *_: shop.refund(ref, wish("r1", (1, 2))))
    with pytest.raises(RefundRefusedError):
        shop.refund(ref, wish("r2", (1, 1)))
    assert refunds(shop, ref) == [("r1", 400)]


def test_of_two_refunds_at_once_of_different_lines_both_are_made(shop: Shop) -> None:
    """The second is worked out anew from what the first left."""
    stood = books(shop)
    ref = ordered(shop)
    before(shop.ledger, "commit", lambda *_: shop.refund(ref, wish("r1", (1, 2))))
    refunded = shop.refund(ref, wish("r2", (2, 1)))
    assert refunded.status is Status.REFUNDED
    assert refunds(shop, ref) == [("r1", 400), ("r2", 150)]
    assert books(shop) == stood


def test_of_one_refund_twice_at_once_one_is_made(shop: Shop) -> None:
    """The second finds the first on record, which is what was wished for."""
    ref = ordered(shop)
    before(shop.ledger, "commit", lambda *_: shop.refund(ref, wish("r1")))
    assert shop.refund(ref, wish("r1")).status is Status.REFUNDED
    assert refunds(shop, ref) == [("r1", 550)]


def test_an_answer_that_was_lost_is_a_repeat(shop: Shop) -> None:
    """The store took it and did not say so: asked again, it is on record once."""
    ref = ordered(shop)
    commit = shop.ledger.commit

    def lost(*given: Any) -> Any:
        commit(*given)
        shop.ledger.commit = commit
        raise StoreUnavailableError

    shop.ledger.commit = lost
    with pytest.raises(StoreUnavailableError):
        shop.refund(ref, wish("r1", (1, 1)))
    shop.refund(ref, wish("r1", (1, 1)))
    assert refunds(shop, ref) == [("r1", 200)]


def test_what_is_not_there_is_not_refunded(shop: Shop) -> None:
    """No such line, more than there are, nothing left, another's order: and nothing changes."""
    ref = ordered(shop)
    stood = books(shop)
    for parts in ([(3, 1)], [(0, 1)], [(1, 3)], [(1, 0)], [(1, 2), (1, 1)]):
        with pytest.raises(RefundRefusedError):
            shop.refund(ref, wish("r1", *parts))
    with pytest.raises(IntentNotFoundError):
        shop.refund(IntentRef(customer_id="mallory", id=ref.id), wish("r1"))
    assert books(shop) == stood
    shop.refund(ref, wish("r1"))
    with pytest.raises(IllegalMoveError):
        shop.refund(ref, wish("r2"))


def test_only_an_order_is_refunded(shop: Shop) -> None:
    """A quote is cancelled instead."""
    (quote,) = accepted(shop, 1, confirm=ConfirmMode.REVIEW)
    shop.worker(0)([quote])
    with pytest.raises(IllegalMoveError):
        shop.refund(quote.ref, wish("r1"))
    assert shop.total("held") == 1


def test_what_was_eaten_does_not_go_back_on_sale(shop: Shop) -> None:
    """Without restocking only money, unit and use come back."""
    ref = ordered(shop)
    shop.refund(ref, wish("r1", restock=False))
    assert shop.total("left", CAKES.counter) == 8
    assert shop.total("redeemed", CAKES.counter) == 1
    assert shop.total("left") == 5


def test_cakes_go_back_to_the_shards_that_they_came_from(shop: Shop) -> None:
    """Refund by refund, each shard gets back what it gave and no more."""
    shop.tables.lay(CAKES.counter, [2, 2])
    (one,) = accepted(shop, 1, line("cake", 4), coupon=None)
    shop.worker(0)([one])
    for number, lefts in enumerate([[1, 0], [2, 0], [2, 1], [2, 2]]):
        shop.refund(one.ref, wish(f"r{number}", (1, 1)))
        assert [shard.left for shard in shop.shards(CAKES.counter)] == lefts
    order = shop.on_record[one.ref].order
    assert order is not None
    assert [stocked.returned for stocked in order.stock] == [4]


def test_a_coupon_that_does_not_return_keeps_what_it_gave(shop: Shop) -> None:
    """Its terms at redemption say so, and the customer gets back only what they paid."""
    shop.tables.define(terms("KEEPS", returns=False, uses=1))
    (one,) = accepted(shop, 1, coupon="KEEPS", customer="bob", first=5)
    shop.worker(0)([one])
    shop.refund(one.ref, wish("r1"))
    assert refunds(shop, one.ref) == [("r1", 300)]
    assert (shop.total("redeemed", "KEEPS"), shop.total("spent", "KEEPS")) == (1, 100)
    assert shop.tables.uses("bob", "KEEPS") == 1


def test_what_others_refund_without_end_is_for_later(shop: Shop) -> None:
    """Attempts are limited, and repeating it is safe."""
    ref = ordered(shop)
    Counted(shop, [Refusal(moved=frozenset({ref}))] * 3)
    with pytest.raises(StoreUnavailableError):
        shop.refund(ref, wish("r1"))
    shop.refund(ref, wish("r1"))
    assert refunds(shop, ref) == [("r1", 550)]


def test_money_that_came_from_several_shards_goes_back_to_them(shop: Shop) -> None:
    """Each gets back what it gave, and every shard balances all the while."""
    ordered(shop)
    ref = ordered(shop, customer="bob", first=1) if shop.total("money_left") >= 550 else None
    assert ref is None
    (small,) = accepted(shop, 1, line(quantity=2), customer="bob", first=1)
    shop.worker(0)([small])
    order = shop.on_record[small.ref].order
    assert order is not None
    assert len(order.redemptions[0].draws) > 1
    for number in (1, 2):
        shop.refund(small.ref, wish(f"r{number}", (1, 1)))
        assert all(shard.balances for shard in shop.shards())
    assert shop.total("money_left") == 450
