import pytest

from chalicelib.domain.coupon import Unavailable
from chalicelib.domain.intent import Change, ConfirmMode, CouponFallback, Status
from chalicelib.domain.resolution import QuestionCode
from chalicelib.domain.settlement import Wanted, granted, propose, without_coupon
from tests.unit.domain.builders import NOW, line, menu, pending, request, terms

HOLD = 600


def changed(result: Change | Wanted) -> Change:
    """Return the change that *result* has to be."""
    assert isinstance(result, Change)
    return result


def wanted(result: Change | Wanted) -> Wanted:
    """Return the wish that *result* has to be."""
    assert isinstance(result, Wanted)
    return result


def test_an_order_without_a_coupon_is_confirmed_at_the_menu_s_price() -> None:
    """The price is the catalogue's, whatever else the intent says."""
    change = changed(propose(pending(), menu(), None, NOW, HOLD))
    assert change.status is Status.CONFIRMED
    assert change.order is not None
    assert change.order.total == 400


def test_review_holds_the_quote_for_its_time() -> None:
    """Asked to review, the order waits as a quote that stands until its hold ends."""
    asked = request(confirm=ConfirmMode.REVIEW)
    change = changed(propose(pending(asked), menu(), None, NOW, HOLD))
    assert (change.status, change.held_until) == (Status.READY, NOW + 600_000)


def test_a_deadline_passed_is_an_end_whatever_was_asked() -> None:
    """At its deadline an intent expires, and not a millisecond before."""
    late = pending()
    assert changed(propose(late, menu(), None, late.expires_at, HOLD)).status is Status.EXPIRED
    assert (
        changed(propose(late, menu(), None, late.expires_at - 1, HOLD)).status is Status.CONFIRMED
    )


def test_what_is_not_on_the_menu_is_rejected_with_its_faults() -> None:
    """An item that is not sold ends the intent, and the reason names it."""
    change = changed(propose(pending(request(line("wine"))), menu(), None, NOW, HOLD))
    assert change.status is Status.REJECTED
    assert change.reason is not None
    assert (change.reason.code, "wine" in change.reason.detail) == ("not_on_the_menu", True)


def test_a_coupon_that_applies_wants_a_unit_before_anything_is_recorded() -> None:
    """A discount is a wish until a unit is drawn for it."""
    result = wanted(propose(pending(request(coupon="SPRING25")), menu(), terms(), NOW, HOLD))
    assert (result.full.total, result.reduced.total) == (400, 300)
    change = granted(result, 2, NOW, HOLD)
    assert change.order is not None
    assert change.order.redemption is not None
    assert (change.order.redemption.shard, change.order.redemption.discount) == (2, 100)


@pytest.mark.parametrize(
    ("fallback", "status"),
    [
        (CouponFallback.ASK, Status.NEEDS_INPUT),
        (CouponFallback.REJECT, Status.REJECTED),
        (CouponFallback.FULL_PRICE, Status.CONFIRMED),
    ],
)
def test_without_its_coupon_an_order_becomes_what_its_customer_said(
    fallback: CouponFallback, status: Status
) -> None:
    """Nobody pays more than they agreed to because a coupon was gone."""
    asked = pending(request(coupon="NOPE", fallback=fallback))
    assert changed(propose(asked, menu(), None, NOW, HOLD)).status is status


def test_an_unknown_coupon_is_told_by_its_name() -> None:
    """The reason for asking says which coupon and why, and offers the full price."""
    change = changed(propose(pending(request(coupon="NOPE")), menu(), None, NOW, HOLD))
    assert change.reason is not None
    assert change.reason.code == Unavailable.UNKNOWN
    assert change.question is not None
    assert change.question.code is QuestionCode.COUPON_UNAVAILABLE
    assert "NOPE" in change.question.prompt
    assert change.question.choices[0].max_total == 400


def test_a_limit_on_the_total_is_asked_about_never_passed() -> None:
    """Over its customer's limit an order is a question; at the limit it is an order."""
    over = changed(propose(pending(request(max_total=399)), menu(), None, NOW, HOLD))
    assert over.status is Status.NEEDS_INPUT
    assert over.question is not None
    assert over.question.code is QuestionCode.OVER_MAX_TOTAL
    at = changed(propose(pending(request(max_total=400)), menu(), None, NOW, HOLD))
    assert at.status is Status.CONFIRMED


def test_the_limit_is_on_what_is_paid() -> None:
    """A coupon may bring an order under the limit, and losing it brings the question."""
    asked = pending(request(coupon="SPRING25", max_total=300, fallback=CouponFallback.FULL_PRICE))
    result = wanted(propose(asked, menu(), terms(), NOW, HOLD))
    refused = without_coupon(asked, result.full, Unavailable.SOLD_OUT, NOW, HOLD)
    assert refused.status is Status.NEEDS_INPUT
