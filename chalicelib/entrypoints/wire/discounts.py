"""What a coupon takes off, on the wire: per cent, an amount, free items, buy some and get some."""

from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema

from chalicelib.domain.discount import BuyGet
from chalicelib.domain.money import BASIS_POINTS
from chalicelib.entrypoints.wire.base import Many, Name, Wire

SKUS_MAX = 500
QUANTITY_MAX = 1_000
TIMES_MAX = 1_000

Skus = Annotated[Many[Name], Field(max_length=SKUS_MAX)]
Quantity = Annotated[int, Field(ge=1, le=QUANTITY_MAX)]


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


def percent_out(points: int) -> float | int:
    """Return *points* as the percentage that they are, whole where it is whole."""
    whole, part = divmod(points, BASIS_POINTS // 100)
    return points / (BASIS_POINTS // 100) if part else whole


PercentIn = Annotated[
    int,
    BeforeValidator(basis_points),
    WithJsonSchema(
        {"type": "number", "exclusiveMinimum": 0, "maximum": 100, "multipleOf": 0.01},
        mode="validation",
    ),
]
"""A percentage as clients say it; basis points inside."""


class FreeItemSpec(Wire):
    """The dearest units are free, up to *quantity* of them."""

    quantity: Quantity = 1


class BuyGetIn(Wire):
    """For each *buy* units bought, *get* units are *percent* off: the cheapest of *get_skus*."""

    buy: Quantity
    get: Quantity
    get_skus: Skus = Field(
        default=(),
        description="The items to get; none named: the items that the coupon is for, whole sets.",
    )
    percent: PercentIn = Field(
        default=BASIS_POINTS, description="Off what is got.", json_schema_extra={"default": 100}
    )
    times_max: Annotated[int, Field(ge=1, le=TIMES_MAX)] | None = Field(
        default=None, description="Sets in one order; by default as many as there are."
    )

    def off(self) -> BuyGet:
        """Return the discount as the domain knows it."""
        return BuyGet(
            buy=self.buy,
            get=self.get,
            get_skus=frozenset(self.get_skus),
            basis_points=self.percent,
            times_max=self.times_max,
        )


class BuyGetOut(Wire):
    """For each *buy* units bought, *get* units are *percent* off: the cheapest of *get_skus*."""

    buy: int
    get: int
    get_skus: tuple[str, ...]
    percent: float | int
    times_max: int | None = None


def buy_get_out(rule: BuyGet) -> BuyGetOut:
    """Return the rule as it is shown."""
    return BuyGetOut(
        buy=rule.buy,
        get=rule.get,
        get_skus=tuple(sorted(rule.get_skus)),
        percent=percent_out(rule.basis_points),
        times_max=rule.times_max,
    )
