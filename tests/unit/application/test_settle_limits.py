import pytest

from chalicelib.domain.coupon import ANY
from chalicelib.domain.intent import ConfirmMode, CouponFallback, Status
from chalicelib.domain.refund import Wish
from tests.fakes.shop import Shop
from tests.unit.application.steps import accepted, before, codes_of, held, reasons, statuses
from tests.unit.domain.builders import terms


@pytest.fixture
def shop() -> Shop:
    """Return a shop with one tea."""
    return Shop()


def whole(id_: str = "r1") -> Wish:
    """Return the wish for all of an order's money."""
    return Wish(id=id_, by="staff", why="sorry")


def test_a_customer_s_orders_in_one_batch_share_their_limit(shop: Shop) -> None:
    """Of three at once with a limit of two, two are granted and one is told why."""
    shop.tables.define(terms(uses=2))
    shop.worker(0)(accepted(shop, 3, customer="alice"))
    assert statuses(shop) == {"confirmed": 2, "rejected": 1}
    assert reasons(shop) == {"coupon_customer_limit": 1}
    assert shop.tables.uses("alice", "SPRING25") == 2


def test_who_has_no_use_left_costs_the_others_nothing(shop: Shop) -> None:
    """One who is barred leaves the transaction, and the rest of it is made."""
    shop.tables.define(terms(uses=1))
    shop.worker(0)(accepted(shop, 1, customer="alice"))
    batch = [*accepted(shop, 1, customer="alice", first=5), *accepted(shop, 3, first=10)]
    shop.worker(1)(batch)
    assert statuses(shop) == {"confirmed": 4, "rejected": 1}
    assert shop.total("redeemed") == 4


def test_a_use_that_is_given_back_may_be_used_again(shop: Shop) -> None:
    """By a cancelled quote, and by a refund of the whole order."""
    shop.tables.define(terms(uses=1))
    (quote,) = held(shop, 1, customer="alice")
    assert shop.tables.uses("alice", "SPRING25") == 1
    shop.cancel(quote)
    (order,) = accepted(shop, 1, customer="alice", first=1)
    shop.worker(0)([order])
    shop.refund(order.ref, whole())
    assert shop.tables.uses("alice", "SPRING25") == 0
    shop.worker(0)(accepted(shop, 1, customer="alice", first=2))
    assert statuses(shop) == {"cancelled": 1, "refunded": 1, "confirmed": 1}


def test_a_unique_code_is_redeemed_once(shop: Shop) -> None:
    """The next who comes with it is told that it was used; the coupon itself can't be named."""
    shop.tables.define(terms(unique=True))
    shop.issue("SPRING25", "ABC123")
    (one,) = accepted(shop, 1, coupon="ABC123")
    shop.worker(0)([one])
    shop.worker(0)(accepted(shop, 1, coupon="ABC123", first=5))
    shop.worker(0)(accepted(shop, 1, coupon="SPRING25", first=6))
    assert shop.codes("SPRING25") == {"ABC123": one.ref.id}
    assert reasons(shop) == {"coupon_code_used": 1, "coupon_needs_unique_code": 1}
    assert shop.total("redeemed") == 1


@pytest.mark.parametrize("fallback", [CouponFallback.REJECT, CouponFallback.FULL_PRICE])
def test_of_two_intents_with_one_code_one_gets_it(shop: Shop, fallback: CouponFallback) -> None:
    """In one batch, with a neighbour who has another code of the coupon."""
    shop.tables.define(terms(unique=True))
    shop.issue("SPRING25", "ABC123", "XYZ789")
    batch = [
        *accepted(shop, 2, coupon="ABC123", fallback=fallback),
        *accepted(shop, 1, coupon="XYZ789", first=5),
    ]
    settled = shop.worker(0)(batch)
    assert not settled.again
    assert shop.total("redeemed") == 2
    assert all(shop.codes("SPRING25").values())
    if fallback is CouponFallback.REJECT:
        assert reasons(shop) == {"coupon_code_used": 1}
    else:
        assert statuses(shop) == {"confirmed": 3}


def test_of_two_workers_with_one_code_one_gets_it(shop: Shop) -> None:
    """Both saw it unused, and the store lets one of them."""
    shop.tables.define(terms(unique=True))
    shop.issue("SPRING25", "ABC123")
    batch = accepted(shop, 2, coupon="ABC123")
    other = shop.worker(1)
    before(shop.ledger, "commit", lambda *_: other(batch[1:]))
    shop.worker(0)(batch[:1])
    assert shop.codes("SPRING25") == {"ABC123": batch[1].ref.id}
    assert statuses(shop) == {"confirmed": 1, "rejected": 1}
    assert reasons(shop) == {"coupon_code_used": 1}


def test_a_code_that_a_quote_held_can_be_used_when_it_is_cancelled(shop: Shop) -> None:
    """Held, it is used; given back, it is as new."""
    shop.tables.define(terms(unique=True))
    shop.issue("SPRING25", "ABC123")
    (quote,) = accepted(shop, 1, coupon="ABC123", confirm=ConfirmMode.REVIEW)
    shop.worker(0)([quote])
    shop.worker(0)(accepted(shop, 1, coupon="ABC123", first=5))
    assert statuses(shop) == {"ready": 1, "rejected": 1}
    shop.cancel(quote.ref)
    assert shop.codes("SPRING25") == {"ABC123": None}
    (other,) = accepted(shop, 1, coupon="ABC123", first=6)
    shop.worker(0)([other])
    assert shop.codes("SPRING25") == {"ABC123": other.ref.id}


def test_a_revoked_code_is_told_as_such(shop: Shop) -> None:
    """It draws nothing."""
    shop.tables.define(terms(unique=True))
    shop.issue("SPRING25", "ABC123", state="revoked")
    shop.worker(0)(accepted(shop, 1, coupon="ABC123"))
    assert reasons(shop) == {"coupon_code_revoked": 1}
    assert shop.total("left") == 100


def test_two_codes_of_one_coupon_do_not_combine(shop: Shop) -> None:
    """Not even of a coupon that combines with all others."""
    shop.tables.define(terms(unique=True, combines_with=frozenset({ANY})))
    shop.issue("SPRING25", "ABC123", "XYZ789")
    shop.worker(0)(accepted(shop, 1, coupon=("ABC123", "XYZ789")))
    assert reasons(shop) == {"coupon_not_combinable": 1}


def test_of_first_orders_at_once_one_is_the_first(shop: Shop) -> None:
    """In one batch and in two workers' hands: the store lets one of them."""
    shop.tables.define(terms(first_order=True))
    batch = accepted(shop, 3, customer="alice")
    other = shop.worker(1)
    before(shop.ledger, "commit", lambda *_: other(batch[2:]))
    shop.worker(0)(batch[:2])
    assert statuses(shop) == {"confirmed": 1, "rejected": 2}
    assert reasons(shop) == {"coupon_first_order_only": 2}
    assert shop.total("redeemed") == 1


def test_who_has_an_order_already_is_no_newcomer(shop: Shop) -> None:
    """Whether or not a coupon was part of it; a refund of it makes them one again."""
    shop.tables.define(terms(first_order=True))
    (plain,) = accepted(shop, 1, coupon=None, customer="alice")
    shop.worker(0)([plain])
    shop.worker(0)(accepted(shop, 1, customer="alice", first=5))
    assert reasons(shop) == {"coupon_first_order_only": 1}
    shop.refund(plain.ref, whole())
    shop.worker(0)(accepted(shop, 1, customer="alice", first=6))
    assert statuses(shop) == {"refunded": 1, "rejected": 1, "confirmed": 1}


def test_a_first_order_that_is_refunded_whole_is_given_back(shop: Shop) -> None:
    """The next is the first again."""
    shop.tables.define(terms(first_order=True))
    (first,) = accepted(shop, 1, customer="alice")
    shop.worker(0)([first])
    shop.refund(first.ref, whole())
    shop.worker(0)(accepted(shop, 1, customer="alice", first=5))
    assert statuses(shop) == {"refunded": 1, "confirmed": 1}


def test_an_order_may_have_two_coupons_for_newcomers(shop: Shop) -> None:
    """They share one mark of the first order, which is given back once."""
    for code in ("ONE", "TWO"):
        shop.tables.define(terms(code, first_order=True, combines_with=frozenset({ANY})))
    (quote,) = accepted(
        shop, 1, coupon=("ONE", "TWO"), customer="alice", confirm=ConfirmMode.REVIEW
    )
    shop.worker(0)([quote])
    assert shop.status(quote.ref) is Status.READY
    shop.cancel(quote.ref)
    (order,) = accepted(shop, 1, coupon=("ONE", "TWO"), customer="alice", first=5)
    shop.worker(0)([order])
    assert codes_of(shop, order.ref) == ["ONE", "TWO"]
    shop.refund(order.ref, whole())
    shop.worker(0)(accepted(shop, 1, coupon="TWO", customer="alice", first=6))
    assert statuses(shop) == {"cancelled": 1, "refunded": 1, "confirmed": 1}


def test_a_first_order_that_one_coupon_keeps_stays_the_first(shop: Shop) -> None:
    """A refund gives the mark back only where every coupon that stands for it is given back."""
    shop.tables.define(terms("ONE", first_order=True, combines_with=frozenset({ANY})))
    shop.tables.define(
        terms("TWO", first_order=True, combines_with=frozenset({ANY}), returns=False)
    )
    (order,) = accepted(shop, 1, coupon=("ONE", "TWO"), customer="alice")
    shop.worker(0)([order])
    shop.refund(order.ref, whole())
    shop.worker(0)(accepted(shop, 1, coupon="ONE", customer="alice", first=5))
    assert reasons(shop) == {"coupon_first_order_only": 1}


def test_who_there_is_no_time_to_look_up_comes_again(shop: Shop) -> None:
    """However often their coupon is looked at: each of a batch is answered or delivered again."""
    shop.tables.define(terms(first_order=True))
    for customer in ("ann", "bob", "cy"):
        shop.worker(0)(accepted(shop, 1, coupon=None, customer=customer, first=ord(customer[0])))
    batch = [
        accepted(shop, 1, customer=customer, first=1_000 + n)[0]
        for n, customer in enumerate(("ann", "bob", "cy"))
    ]
    look = shop.intents.has_ordered

    def slow(*name: str) -> bool:
        shop.clock.sleep(400)
        found: bool = look(*name)
        return found

    shop.intents.has_ordered = slow
    settled = shop.worker(0, seconds=1)(batch)
    answered = {change.ref for change in settled.changes} | settled.again
    assert {pending.ref for pending in batch} == answered
