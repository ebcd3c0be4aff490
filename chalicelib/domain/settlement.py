"""Settlement: what becomes of an intent whose lines are known.

Pure: prices come from the catalogue, discounts from the coupon's terms, and the result
is a change to record, or a wish for a coupon unit that `drawing` then shares out.
"""

from dataclasses import dataclass, replace

from chalicelib.domain.catalogue import Catalogue
from chalicelib.domain.coupon import CouponTerms, Unavailable, discounted
from chalicelib.domain.intent import (
    Change,
    ConfirmMode,
    CouponFallback,
    Pending,
    Reason,
    Status,
    move,
)
from chalicelib.domain.money import in_words
from chalicelib.domain.order import Order, Redemption
from chalicelib.domain.pricing import Unpriceable, price
from chalicelib.domain.resolution import Choice, Question, QuestionCode

_WORDS = {
    Unavailable.UNKNOWN: "There is no coupon {code}.",
    Unavailable.NOT_STARTED: "Coupon {code} has not started yet.",
    Unavailable.ENDED: "Coupon {code} has ended.",
    Unavailable.PAUSED: "Coupon {code} is paused.",
    Unavailable.SOLD_OUT: "Coupon {code} is sold out.",
    Unavailable.CUSTOMER_LIMIT: "You have used coupon {code} as often as it allows.",
    Unavailable.MINIMUM_SPEND: "The order is below the minimum for coupon {code}.",
    Unavailable.NOT_ELIGIBLE: "Coupon {code} is for other items.",
    Unavailable.NO_DISCOUNT: "Coupon {code} takes nothing off this order.",
    Unavailable.OTHER_MERCHANT: "Coupon {code} is another merchant's.",
    Unavailable.OTHER_CURRENCY: "Coupon {code} is in another currency.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An order that wants one unit of a coupon: at its *full* price and *reduced* by it."""

    pending: Pending
    terms: CouponTerms
    full: Order
    reduced: Order


def propose(
    pending: Pending, catalogue: Catalogue, terms: CouponTerms | None, now: int, hold_seconds: int
) -> Change | Wanted:
    """Return what becomes of *pending* at *catalogue*'s prices: a change, or a wish for a unit.

    *terms* are those of the coupon it names, None if there is no such coupon.
    """
    if now >= pending.expires_at:
        return expired(pending, now)
    order = price(pending.request.lines, catalogue)
    if isinstance(order, Unpriceable):
        reason = Reason(code="not_on_the_menu", detail="; ".join(order.faults))
        return move(pending, Status.REJECTED, now, reason=reason)
    if pending.request.coupon is None:
        return _priced(pending, order, now, hold_seconds)
    return _couponed(pending, order, terms, now, hold_seconds)


def expired(pending: Pending, now: int) -> Change:
    """Return the change for an intent whose deadline passed before it could be answered."""
    reason = Reason(code="deadline_passed", detail="It could not be settled by its deadline.")
    return move(pending, Status.EXPIRED, now, reason=reason)


def granted(wanted: Wanted, shard: int, now: int, hold_seconds: int) -> Change:
    """Return the change for an order that gets its unit from *shard*."""
    redemption = Redemption(
        code=wanted.terms.code,
        shard=shard,
        discount=wanted.reduced.discount,
        counted=wanted.terms.uses_per_customer is not None,
    )
    order = replace(wanted.reduced, redemption=redemption)
    return _placed(wanted.pending, order, now, hold_seconds)


def without_coupon(
    pending: Pending, full: Order, why: Unavailable, now: int, hold_seconds: int
) -> Change:
    """Return what becomes of an order whose coupon can't be had, as its customer asked.

    The price never changes silently: by default the customer is asked.
    """
    code = pending.request.coupon or ""
    words = _WORDS[why].format(code=code)
    price_in_words = in_words(full.total, full.currency)
    match pending.request.if_coupon_unavailable:
        case CouponFallback.REJECT:
            return move(pending, Status.REJECTED, now, reason=Reason(code=why, detail=words))
        case CouponFallback.FULL_PRICE:
            return _priced(pending, full, now, hold_seconds)
        case CouponFallback.ASK:
            choice = Choice(
                id="full_price",
                label=f"Order at the full price of {price_in_words}",
                lines=pending.request.lines,
                max_total=full.total,
            )
            question = Question(
                code=QuestionCode.COUPON_UNAVAILABLE,
                prompt=f"{words} Order at the full price of {price_in_words}?",
                choices=(choice,),
            )
            reason = Reason(code=why, detail=words)
            return move(pending, Status.NEEDS_INPUT, now, question=question, reason=reason)


def _couponed(
    pending: Pending, order: Order, terms: CouponTerms | None, now: int, hold_seconds: int
) -> Change | Wanted:
    if terms is None:
        return without_coupon(pending, order, Unavailable.UNKNOWN, now, hold_seconds)
    reduced = discounted(order, terms, now, pending.merchant)
    if isinstance(reduced, Unavailable):
        return without_coupon(pending, order, reduced, now, hold_seconds)
    if _over(pending, reduced):
        return _ask_total(pending, reduced, now)
    return Wanted(pending=pending, terms=terms, full=order, reduced=reduced)


def _priced(pending: Pending, order: Order, now: int, hold_seconds: int) -> Change:
    if _over(pending, order):
        return _ask_total(pending, order, now)
    return _placed(pending, order, now, hold_seconds)


def _over(pending: Pending, order: Order) -> bool:
    limit = pending.request.max_total
    return limit is not None and order.total > limit


def _ask_total(pending: Pending, order: Order, now: int) -> Change:
    total = in_words(order.total, order.currency)
    choice = Choice(
        id="accept_total",
        label=f"Order for {total}",
        lines=pending.request.lines,
        max_total=order.total,
    )
    question = Question(
        code=QuestionCode.OVER_MAX_TOTAL,
        prompt=f"The order comes to {total}, over the limit that was given. Order all the same?",
        choices=(choice,),
    )
    return move(pending, Status.NEEDS_INPUT, now, question=question)


def _placed(pending: Pending, order: Order, now: int, hold_seconds: int) -> Change:
    match pending.request.confirm:
        case ConfirmMode.AUTO:
            return move(pending, Status.CONFIRMED, now, order=order)
        case ConfirmMode.REVIEW:
            until = now + hold_seconds * 1000
            return move(pending, Status.READY, now, order=order, held_until=until)
