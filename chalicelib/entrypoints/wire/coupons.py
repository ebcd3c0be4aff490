"""A coupon's rule as it is defined."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import ConfigDict, Field, WithJsonSchema, WrapValidator, model_validator

from chalicelib.domain.command import UNITS_MAX
from chalicelib.domain.counter import SHARDS_MAX
from chalicelib.domain.coupon import ANY, CouponTerms, Pacing
from chalicelib.domain.discount import AmountOff, Discount, FreeItem, Percent
from chalicelib.domain.money import AMOUNT_MAX
from chalicelib.entrypoints.wire.base import (
    Amount,
    CouponCode,
    Currency,
    Many,
    Merchant,
    OneOf,
    Reason,
    Wire,
    exactly_one,
)
from chalicelib.entrypoints.wire.discounts import BuyGetIn, FreeItemSpec, PercentIn, Skus
from chalicelib.entrypoints.wire.times import Moment

USES_MAX = 10**6
RANK_MAX = 1_000
COMBINED_MAX = 100

UNITS_PER_SHARD = 1_000
SHARDS_DEFAULT_MAX = 16
"""Without a word on shards there is one for each 1,000 units, up to this many."""

Units = Annotated[int, Field(ge=1, le=UNITS_MAX)]
Money = Annotated[int, Field(ge=1, le=AMOUNT_MAX)]
Shards = Annotated[int, Field(ge=1, le=SHARDS_MAX)]
SHARDS_WORDS = (
    "Parts that the units are spread over, so that many orders can draw at once; by default"
    f" one for each {UNITS_PER_SHARD} units, up to {SHARDS_DEFAULT_MAX}."
)


class Every(StrEnum):
    """How often a plan gives out units."""

    SECOND = "second"
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"


SECONDS = {Every.SECOND: 1, Every.MINUTE: 60, Every.HOUR: 3_600, Every.DAY: 86_400}


class PacingSpec(Wire):
    """*units* more are given out at the start of every second, minute, hour or day."""

    units: Units
    every: OneOf[Every]


def _any_or_codes(value: Any, codes: Any) -> Any:  # noqa: ANN401 (any JSON; pydantic's handler)
    return (ANY,) if value == ANY else codes(value)


CombinesWith = Annotated[
    Many[CouponCode],
    Field(max_length=COMBINED_MAX),
    WrapValidator(_any_or_codes),
    WithJsonSchema(
        {
            "anyOf": [
                {"const": ANY},
                {"type": "array", "maxItems": COMBINED_MAX, "items": {"type": "string"}},
            ]
        }
    ),
]
"""Codes of coupons, or "*" for all of them."""


class CouponIn(Wire):
    """A coupon's rule. Amounts are in minor units of *currency*."""

    model_config = ConfigDict(
        json_schema_extra=exactly_one(
            percent="number", amount_off="integer", free_item="object", buy_get="object"
        )
    )

    percent: PercentIn | None = Field(default=None, description="Per cent off, such as 12.5.")
    cap: Money | None = Field(default=None, description="With percent: never more off than this.")
    amount_off: Money | None = None
    free_item: FreeItemSpec | None = None
    buy_get: BuyGetIn | None = None
    currency: Currency | None = Field(
        default=None, description="Needed with cap, amount_off, budget and minimum_spend."
    )
    units: Units = Field(description="How often it can be redeemed in all.")
    budget: Money | None = Field(
        default=None, description="What it may take off in all; by default only units count."
    )
    shards: Shards | None = Field(default=None, description=SHARDS_WORDS)
    pacing: PacingSpec | None = Field(
        default=None, description="A plan by which units are given out, from starts_at on."
    )
    uses_per_customer: Annotated[int, Field(ge=1, le=USES_MAX)] | None = None
    first_order_only: bool = Field(
        default=False, description="Only for a customer's first order with the merchant."
    )
    unique_codes: bool = Field(
        default=False, description="Redeemed by codes of its own, each once, not by its name."
    )
    starts_at: Moment | None = None
    ends_at: Moment | None = None
    minimum_spend: Amount = Field(default=0, description="Before any discount.")
    skus: Skus = Field(
        default=(), description="The items it is for; none named: every item but the excluded."
    )
    excluded_skus: Skus = ()
    merchant: Merchant | None = None
    combines_with: CombinesWith = Field(
        default=(),
        description='Coupons that may stand beside it in an order, each of which has to name it too; "*" for all.',
    )
    rank: Annotated[int, Field(ge=-RANK_MAX, le=RANK_MAX)] = Field(
        default=0, description="Of combined coupons the lower rank is applied first."
    )
    give_back_on_refund: bool = Field(
        default=True, description="Whether a refund gives back the budget's money, unit, use, code."
    )
    reason: Reason | None = Field(default=None, description="Why, for the record.")

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        faults = tuple(self._faults())
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def _faults(self) -> Iterator[str]:
        kinds = (self.percent, self.amount_off, self.free_item, self.buy_get)
        if sum(kind is not None for kind in kinds) != 1:
            yield "give exactly one of percent, amount_off, free_item and buy_get"
        if self.cap is not None and self.percent is None:
            yield "cap goes with percent"
        if self.currency is None and self._has_amounts():
            yield "currency is required with cap, amount_off, budget and minimum_spend"
        if None not in (self.starts_at, self.ends_at) and self.starts_at >= self.ends_at:  # type: ignore[operator]
            yield "ends_at must be after starts_at"
        if self.pacing is not None and self.starts_at is None:
            yield "pacing needs starts_at"
        if set(self.skus) & set(self.excluded_skus):
            yield "an item is named in skus and in excluded_skus"
        if self.buy_get is not None and set(self.buy_get.get_skus) & set(self.excluded_skus):
            yield "an item is named in buy_get.get_skus and in excluded_skus"

    def _has_amounts(self) -> bool:
        amounts = (self.cap, self.amount_off, self.budget)
        return self.minimum_spend > 0 or any(amount is not None for amount in amounts)

    def terms(self, code: str, shards: int | None = None) -> CouponTerms:
        """Return the terms of the coupon *code*, on *shards* where this says nothing of them."""
        return CouponTerms(
            code=code,
            version=1,
            off=self._off(),
            units=self.units,
            shards=self.shards or shards or default_shards(self.units),
            budget=self.budget,
            currency=self.currency,
            pacing=self._pacing(),
            uses_per_customer=self.uses_per_customer,
            first_order=self.first_order_only,
            unique=self.unique_codes,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            minimum_spend=self.minimum_spend,
            skus=frozenset(self.skus),
            excluded=frozenset(self.excluded_skus),
            merchant=self.merchant,
            combines_with=frozenset(self.combines_with),
            rank=self.rank,
            returns=self.give_back_on_refund,
        )

    def _pacing(self) -> Pacing | None:
        if self.pacing is None:
            return None
        return Pacing(units=self.pacing.units, every_seconds=SECONDS[self.pacing.every])

    def _off(self) -> Discount:
        if self.amount_off is not None:
            return AmountOff(amount=self.amount_off)
        if self.free_item is not None:
            return FreeItem(quantity=self.free_item.quantity)
        if self.buy_get is not None:
            return self.buy_get.off()
        return Percent(basis_points=self.percent or 0, cap=self.cap)


def default_shards(units: int) -> int:
    """Return how many shards *units* are spread over, where nobody said."""
    return min(max(-(-units // UNITS_PER_SHARD), 1), SHARDS_DEFAULT_MAX)
