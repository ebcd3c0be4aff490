"""Coupons as they are shown: the rule, the state and the count."""

from collections.abc import Sequence

from chalicelib.application.counter_ports import Counter
from chalicelib.domain.counter import CounterState
from chalicelib.domain.coupon import ANY, CouponTerms
from chalicelib.domain.discount import AmountOff, BuyGet, Discount, FreeItem, Percent
from chalicelib.domain.errors import CouponNotFoundError
from chalicelib.entrypoints.wire.base import Wire
from chalicelib.entrypoints.wire.counts import MoneyOut, UnitsOut, money_out, units_out
from chalicelib.entrypoints.wire.coupons import SECONDS, PacingSpec
from chalicelib.entrypoints.wire.discounts import (
    BuyGetOut,
    FreeItemSpec,
    buy_get_out,
    percent_out,
)
from chalicelib.entrypoints.wire.times import Time, rfc3339


class OffOut(Wire):
    """What a coupon takes off: one of these, and *cap* with a percentage."""

    percent: float | int | None = None
    cap: int | None = None
    amount_off: int | None = None
    free_item: FreeItemSpec | None = None
    buy_get: BuyGetOut | None = None


class CouponOut(OffOut):
    """A coupon: its rule, its state and its count. Amounts in minor units of *currency*."""

    code: str
    version: int
    state: CounterState
    currency: str | None = None
    units: UnitsOut
    money: MoneyOut
    shards: int
    pacing: PacingSpec | None = None
    uses_per_customer: int | None = None
    first_order_only: bool
    unique_codes: bool
    starts_at: Time | None = None
    ends_at: Time | None = None
    minimum_spend: int
    skus: tuple[str, ...]
    excluded_skus: tuple[str, ...]
    merchant: str | None = None
    combines_with: str | tuple[str, ...]
    rank: int
    give_back_on_refund: bool


class ListedOut(Wire):
    """A coupon in a list."""

    code: str
    state: CounterState


class CouponsOut(Wire):
    """A page of coupons, by code; no *next_cursor* on the last."""

    coupons: tuple[ListedOut, ...]
    next_cursor: str | None = None


def coupon_out(coupon: Counter) -> CouponOut:
    """Return the coupon as it stands."""
    terms = coupon.terms
    if not isinstance(terms, CouponTerms):
        msg = "there is no such coupon"
        raise CouponNotFoundError(msg)
    return CouponOut(
        **dict(_off_out(terms.off)),
        code=terms.code,
        version=terms.version,
        state=terms.state,
        currency=terms.currency,
        units=units_out(coupon.shards),
        money=money_out(coupon.shards, budgeted=terms.budget is not None),
        shards=terms.shards,
        pacing=_pacing_out(terms),
        uses_per_customer=terms.uses_per_customer,
        first_order_only=terms.first_order,
        unique_codes=terms.unique,
        starts_at=_time(terms.starts_at),
        ends_at=_time(terms.ends_at),
        minimum_spend=terms.minimum_spend,
        skus=tuple(sorted(terms.skus)),
        excluded_skus=tuple(sorted(terms.excluded)),
        merchant=terms.merchant,
        combines_with=ANY if ANY in terms.combines_with else tuple(sorted(terms.combines_with)),
        rank=terms.rank,
        give_back_on_refund=terms.returns,
    )


def coupons_out(terms: Sequence[CouponTerms], next_cursor: str | None) -> CouponsOut:
    """Return a page of coupons."""
    listed = tuple(ListedOut(code=one.code, state=one.state) for one in terms)
    return CouponsOut(coupons=listed, next_cursor=next_cursor)


def _off_out(off: Discount) -> OffOut:
    match off:
        case Percent(basis_points=points, cap=cap):
            return OffOut(percent=percent_out(points), cap=cap)
        case AmountOff(amount=amount):
            return OffOut(amount_off=amount)
        case FreeItem(quantity=quantity):
            return OffOut(free_item=FreeItemSpec(quantity=quantity))
        case BuyGet():
            return OffOut(buy_get=buy_get_out(off))


def _pacing_out(terms: CouponTerms) -> PacingSpec | None:
    plan = terms.pacing
    if plan is None:
        return None
    every = next(name for name, seconds in SECONDS.items() if seconds == plan.every_seconds)
    return PacingSpec(units=plan.units, every=every)


def _time(at: int | None) -> str | None:
    return None if at is None else rfc3339(at)
