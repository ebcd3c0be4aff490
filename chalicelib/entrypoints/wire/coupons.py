"""Coupons on the wire: the rule that is defined, and the count that is shown."""

from decimal import Decimal
from typing import Annotated, Self

from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from chalicelib.domain.coupon import (
    SHARDS_MAX,
    AmountOff,
    Coupon,
    CouponState,
    CouponTerms,
    Percent,
)
from chalicelib.domain.money import AMOUNT_MAX, BASIS_POINTS
from chalicelib.entrypoints.wire.base import (
    Amount,
    Currency,
    Many,
    Merchant,
    Name,
    Wire,
    exactly_one,
)
from chalicelib.entrypoints.wire.times import Moment, Time, rfc3339

UNITS_MAX = 10**9
USES_MAX = 10**6
SKUS_MAX = 500

UNITS_PER_SHARD = 1_000
SHARDS_DEFAULT_MAX = 16
"""Without a word on shards there is one for each 1,000 units, up to this many."""


def basis_points(value: object) -> int:
    """Return the basis points of a percentage above 0 and up to 100, with at most two decimals."""
    msg = "it is a number above 0 and up to 100, with at most two decimals"
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError(msg)  # noqa: TRY004 (pydantic makes a fault of a ValueError only)
    if not 0 < value <= 100:  # noqa: PLR2004 (per cent)
        raise ValueError(msg)
    # Bounded above by now, so a tiny exponent is all that is left to make this costly.
    if isinstance(value, Decimal) and value < Decimal("0.01"):
        raise ValueError(msg)
    points = value * (BASIS_POINTS // 100)
    if points != int(points):
        raise ValueError(msg)
    return int(points)


PercentIn = Annotated[
    int,
    BeforeValidator(basis_points),
    WithJsonSchema(
        {"type": "number", "exclusiveMinimum": 0, "maximum": 100, "multipleOf": 0.01},
        mode="validation",
    ),
]


class AmountOffSpec(Wire):
    """A fixed amount off, in minor units."""

    amount: Annotated[int, Field(ge=1, le=AMOUNT_MAX)]
    currency: Currency


class CouponIn(Wire):
    """A coupon's rule."""

    model_config = ConfigDict(json_schema_extra=exactly_one(percent="number", amount_off="object"))

    percent: PercentIn | None = Field(default=None, description="Per cent off, such as 12.5.")
    amount_off: AmountOffSpec | None = None
    units: Annotated[int, Field(ge=1, le=UNITS_MAX)] = Field(
        description="How often it can be redeemed in all."
    )
    shards: Annotated[int, Field(ge=1, le=SHARDS_MAX)] | None = Field(
        default=None,
        description="Parts that the units are spread over, so that many orders can redeem at"
        f" once; by default one for each {UNITS_PER_SHARD} units, up to {SHARDS_DEFAULT_MAX}.",
    )
    uses_per_customer: Annotated[int, Field(ge=1, le=USES_MAX)] | None = None
    starts_at: Moment | None = None
    ends_at: Moment | None = None
    minimum_spend: Amount = Field(default=0, description="In minor units, before the discount.")
    skus: Annotated[Many[Name], Field(max_length=SKUS_MAX)] = Field(
        default=(), description="The items it is for; none named: every item."
    )
    merchant: Merchant | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if (self.percent is None) == (self.amount_off is None):
            msg = "give exactly one of percent and amount_off"
            raise ValueError(msg)
        both = self.starts_at is not None and self.ends_at is not None
        if both and self.starts_at >= self.ends_at:  # type: ignore[operator]
            msg = "ends_at must be after starts_at"
            raise ValueError(msg)
        return self

    def terms(self, code: str) -> CouponTerms:
        """Return the terms of the coupon *code*, as if it were new."""
        return CouponTerms(
            code=code,
            version=1,
            off=self._off(),
            units=self.units,
            shards=self.shards or default_shards(self.units),
            uses_per_customer=self.uses_per_customer,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            minimum_spend=self.minimum_spend,
            skus=frozenset(self.skus),
            merchant=self.merchant,
        )

    def _off(self) -> Percent | AmountOff:
        if self.amount_off is not None:
            return AmountOff(amount=self.amount_off.amount, currency=self.amount_off.currency)
        return Percent(basis_points=self.percent or 0)


class UnitsOut(Wire):
    """Where a coupon's units are: left + held + redeemed is issued."""

    issued: int
    left: int
    held: int
    redeemed: int


class CouponOut(Wire):
    """A coupon: its rule, its state and its count; *spent* in minor units, by what was redeemed."""

    code: str
    version: int
    state: CouponState
    percent: float | int | None = None
    amount_off: AmountOffSpec | None = None
    units: UnitsOut
    spent: int
    shards: int
    uses_per_customer: int | None = None
    starts_at: Time | None = None
    ends_at: Time | None = None
    minimum_spend: int
    skus: tuple[str, ...]
    merchant: str | None = None


def default_shards(units: int) -> int:
    """Return how many shards *units* are spread over, where nobody said."""
    return min(-(-units // UNITS_PER_SHARD), SHARDS_DEFAULT_MAX)


def coupon_out(coupon: Coupon) -> CouponOut:
    """Return the coupon as it stands."""
    terms = coupon.terms
    percent: float | int | None = None
    amount_off: AmountOffSpec | None = None
    match terms.off:
        case Percent(basis_points=points):
            whole, part = divmod(points, BASIS_POINTS // 100)
            percent = points / (BASIS_POINTS // 100) if part else whole
        case AmountOff(amount=amount, currency=currency):
            amount_off = AmountOffSpec(amount=amount, currency=currency)
    return CouponOut(
        code=terms.code,
        version=terms.version,
        state=terms.state,
        percent=percent,
        amount_off=amount_off,
        units=UnitsOut(
            issued=terms.units,
            left=sum(shard.left for shard in coupon.shards),
            held=sum(shard.held for shard in coupon.shards),
            redeemed=sum(shard.redeemed for shard in coupon.shards),
        ),
        spent=sum(shard.spent for shard in coupon.shards),
        shards=terms.shards,
        uses_per_customer=terms.uses_per_customer,
        starts_at=None if terms.starts_at is None else rfc3339(terms.starts_at),
        ends_at=None if terms.ends_at is None else rfc3339(terms.ends_at),
        minimum_spend=terms.minimum_spend,
        skus=tuple(sorted(terms.skus)),
        merchant=terms.merchant,
    )
