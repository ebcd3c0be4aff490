"""What coupons make of an order: which may stand together, in what order, with what result."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from chalicelib.domain.counter import CounterState
from chalicelib.domain.coupon import CouponTerms, Offer, Unavailable
from chalicelib.domain.discount import Payable, taken_off
from chalicelib.domain.order import LineDiscount, Order, Redemption


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A coupon, by the code that was given, that an order can't have, and why."""

    code: str
    why: Unavailable


def combined(
    order: Order, offers: Sequence[Offer], now: int, merchant: str, *, newcomer: bool
) -> Order | Refused:
    """Return *order* with the discounts of all of *offers* on its lines, or the first refused.

    Pure: draws no unit. Coupons are applied by rank, then by code, each to what the ones
    before it left to pay; no line goes below zero. Limits that concern the order (minimum
    spend) look at its full price. Times in milliseconds.
    """
    ranked = offers
    if len(offers) > 1:
        ranked = sorted(offers, key=lambda offer: (offer.terms.rank, offer.terms.code))
        if refused := _standing_together(ranked):
            return refused
    for offer in ranked:
        why = _refusal(order, offer, now, merchant, newcomer=newcomer)
        applied = why or _applied(order, offer)
        if isinstance(applied, Unavailable):
            return Refused(code=offer.given, why=applied)
        order = applied
    return order


def barred(offer: Offer, now: int) -> Unavailable | None:
    """Return why no order whatever can have *offer* at *now*; None if that depends on the order."""
    return _spent(offer) or _window(offer.terms, now)


def _standing_together(ranked: Sequence[Offer]) -> Refused | None:
    for index, offer in enumerate(ranked):
        for other in ranked[:index]:
            if other.terms.code == offer.terms.code or not other.terms.combines(offer.terms):
                return Refused(code=offer.given, why=Unavailable.NOT_COMBINABLE)
    return None


def _refusal(
    order: Order, offer: Offer, now: int, merchant: str, *, newcomer: bool
) -> Unavailable | None:
    terms = offer.terms
    if spent := _spent(offer):
        return spent
    if terms.first_order and not newcomer:
        return Unavailable.FIRST_ORDER
    return _window(terms, now) or _scope(terms, order, merchant)


def _spent(offer: Offer) -> Unavailable | None:
    if offer.terms.unique and offer.unique is None:
        return Unavailable.NEEDS_CODE
    return offer.spent


def _window(terms: CouponTerms, now: int) -> Unavailable | None:
    if terms.state is CounterState.PAUSED:
        return Unavailable.PAUSED
    if terms.starts_at is not None and now < terms.starts_at:
        return Unavailable.NOT_STARTED
    if terms.ends_at is not None and now >= terms.ends_at:
        return Unavailable.ENDED
    return None


def _scope(terms: CouponTerms, order: Order, merchant: str) -> Unavailable | None:
    if terms.merchant not in (None, merchant):
        return Unavailable.OTHER_MERCHANT
    if terms.currency not in (None, order.currency):
        return Unavailable.OTHER_CURRENCY
    if terms.minimum_spend and order.subtotal < terms.minimum_spend:
        return Unavailable.MINIMUM_SPEND
    return None


def _applied(order: Order, offer: Offer) -> Order | Unavailable:
    terms = offer.terms
    payable = [
        Payable(
            sku=line.sku,
            quantity=line.quantity,
            amount=line.total,
            eligible=terms.eligible(line.sku),
        )
        for line in order.lines
    ]
    parts = taken_off(terms.off, payable)
    if not any(parts):
        some = any(line.eligible for line in payable)
        return Unavailable.NO_DISCOUNT if some else Unavailable.NOT_ELIGIBLE
    lines = tuple(
        line.reduced(LineDiscount(code=terms.code, amount=part)) if part else line
        for line, part in zip(order.lines, parts, strict=True)
    )
    redemption = _redemption(terms, offer.unique, sum(parts))
    return replace(order, lines=lines, redemptions=(*order.redemptions, redemption))


def _redemption(terms: CouponTerms, unique: str | None, discount: int) -> Redemption:
    return Redemption(
        code=terms.code,
        discount=discount,
        counted=terms.uses_per_customer is not None,
        unique=unique,
        first=terms.first_order,
        returns=terms.returns,
    )
