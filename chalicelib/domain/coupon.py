"""Coupons: what a code grants, to whom, when, and what it takes off an order."""

import unicodedata
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal

from chalicelib.domain.money import allocate, share
from chalicelib.domain.order import Order

SHARDS_MAX = 64
"""So that reading a whole coupon stays one query and a definition one transaction."""


class CouponState(StrEnum):
    """Whether units may be redeemed. Written on every shard, so a pause is strict."""

    ACTIVE = "active"
    PAUSED = "paused"


class Unavailable(StrEnum):
    """Why a coupon can't be had for an order; stable, for programs."""

    UNKNOWN = "coupon_unknown"
    NOT_STARTED = "coupon_not_started"
    ENDED = "coupon_ended"
    PAUSED = "coupon_paused"
    SOLD_OUT = "coupon_sold_out"
    CUSTOMER_LIMIT = "coupon_customer_limit"
    MINIMUM_SPEND = "coupon_minimum_spend"
    NOT_ELIGIBLE = "coupon_not_eligible"
    NO_DISCOUNT = "coupon_no_discount"
    OTHER_MERCHANT = "coupon_other_merchant"
    OTHER_CURRENCY = "coupon_other_currency"


@dataclass(frozen=True, slots=True, kw_only=True)
class Percent:
    """So many basis points off the eligible lines (2,500 is 25 %)."""

    basis_points: int
    kind: Literal["percent"] = "percent"


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountOff:
    """A fixed amount off the eligible lines, never more than they cost."""

    amount: int
    currency: str
    kind: Literal["amount"] = "amount"


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponTerms:
    """The rule of a coupon. Amounts in minor units, times in milliseconds since the epoch.

    *version* grows with each redefinition: a shard that has seen a newer one refuses
    redemptions at older terms. *skus* empty means every item. *units* is the number ever
    issued, spread over *shards*. *uses_per_customer* None means no limit.
    """

    code: str
    version: int
    off: Percent | AmountOff
    units: int
    shards: int
    uses_per_customer: int | None = None
    starts_at: int | None = None
    ends_at: int | None = None
    minimum_spend: int = 0
    skus: frozenset[str] = frozenset()
    merchant: str | None = None
    state: CouponState = CouponState.ACTIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """A part of a coupon's units; left + held + redeemed never changes but by issuing more."""

    number: int
    left: int
    held: int
    redeemed: int
    spent: int
    """Minor units given away by the redeemed units."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coupon:
    """A coupon's terms and all of its shards, as they stood when read."""

    terms: CouponTerms
    shards: tuple[Shard, ...]


def fold(code: str) -> str:
    """Return the one spelling of a promotion code: compatibility-normalised, upper case.

    So that "spring25", "Spring25 " and the same in full-width letters name one coupon.
    """
    return unicodedata.normalize("NFKC", code).strip().upper()


def split_units(units: int, shards: int) -> tuple[int, ...]:
    """Spread *units* evenly over *shards*, earlier shards one more where it doesn't go up."""
    return tuple(units // shards + (number < units % shards) for number in range(shards))


def discounted(order: Order, terms: CouponTerms, now: int, merchant: str) -> Order | Unavailable:
    """Return *order* with the coupon's discount on its lines, or why it can't have it.

    Pure: draws no unit. The discount is shared over the eligible lines in proportion to
    what they cost; none goes below zero. Times in milliseconds.
    """
    refusal = _window(terms, now) or _scope(order, terms, merchant)
    if refusal:
        return refusal
    eligible = [
        line.subtotal if not terms.skus or line.sku in terms.skus else 0 for line in order.lines
    ]
    reach = sum(eligible)
    match terms.off:
        case Percent(basis_points=basis_points):
            off = share(reach, basis_points)
        case AmountOff(amount=amount):
            off = min(amount, reach)
    if not off:
        return Unavailable.NO_DISCOUNT if any(eligible) else Unavailable.NOT_ELIGIBLE
    parts = allocate(off, eligible)
    lines = (replace(line, discount=part) for line, part in zip(order.lines, parts, strict=True))
    return replace(order, lines=tuple(lines))


def _window(terms: CouponTerms, now: int) -> Unavailable | None:
    if terms.state is CouponState.PAUSED:
        return Unavailable.PAUSED
    if terms.starts_at is not None and now < terms.starts_at:
        return Unavailable.NOT_STARTED
    if terms.ends_at is not None and now >= terms.ends_at:
        return Unavailable.ENDED
    return None


def _scope(order: Order, terms: CouponTerms, merchant: str) -> Unavailable | None:
    if terms.merchant not in (None, merchant):
        return Unavailable.OTHER_MERCHANT
    if isinstance(terms.off, AmountOff) and terms.off.currency != order.currency:
        return Unavailable.OTHER_CURRENCY
    if order.subtotal < terms.minimum_spend:
        return Unavailable.MINIMUM_SPEND
    return None
