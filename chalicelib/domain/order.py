"""An order: lines with their prices, discounts shared out to them, and a total."""

from dataclasses import dataclass

from chalicelib.domain.resolution import ChosenOption, OptionRef


@dataclass(frozen=True, slots=True, kw_only=True)
class LineDiscount:
    """What one coupon takes off a line, in minor units."""

    code: str
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedLine:
    """An order line and what it costs, in minor units; *unit_price* includes the options."""

    sku: str
    name: str
    quantity: int
    unit_price: int
    options: tuple[ChosenOption, ...] = ()
    without: tuple[OptionRef, ...] = ()
    discounts: tuple[LineDiscount, ...] = ()
    refunded: int = 0
    """Units whose money went back."""

    @property
    def subtotal(self) -> int:
        """Return the line's price before its discounts."""
        return self.unit_price * self.quantity

    @property
    def discount(self) -> int:
        """Return what the coupons take off."""
        return sum([discount.amount for discount in self.discounts])

    @property
    def total(self) -> int:
        """Return what the customer pays for the line."""
        return self.unit_price * self.quantity - self.discount

    def reduced(self, discount: LineDiscount) -> "PricedLine":
        """Return the line with *discount* taken off beside those before it."""
        return PricedLine(
            sku=self.sku,
            name=self.name,
            quantity=self.quantity,
            unit_price=self.unit_price,
            options=self.options,
            without=self.without,
            discounts=(*self.discounts, discount),
            refunded=self.refunded,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """What an order takes from one shard of a counter."""

    shard: int
    units: int = 1
    money: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Redemption:
    """A coupon's unit in an order: what it is worth, and the shards that it is drawn from.

    The draws' money sums to *discount*. *counted*: it stands on the customer's count of
    uses. *unique* is the code of its own, if it has one. *first*: it stands for the
    customer's first order. *returns*: a refund of the whole order gives it back.
    """

    code: str
    discount: int
    draws: tuple[Draw, ...] = ()
    counted: bool = False
    unique: str | None = None
    first: bool = False
    returns: bool = True

    def drawn(self, draws: tuple[Draw, ...]) -> "Redemption":
        """Return the redemption with its *draws*."""
        return Redemption(
            code=self.code,
            discount=self.discount,
            draws=draws,
            counted=self.counted,
            unique=self.unique,
            first=self.first,
            returns=self.returns,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Stocked:
    """Units of an item that an order takes from its merchant's stock."""

    sku: str
    draws: tuple[Draw, ...]
    returned: int = 0
    """Units that went back on sale."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """Money that went back of an order: *amount* in minor units, *at* in milliseconds."""

    id: str
    amount: int
    at: int
    by: str
    why: str
    fingerprint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Priced lines in one currency, at one version of the catalogue.

    The lines' discounts sum to *discount* exactly, and *total* is what the customer pays.
    Amounts are what the merchant's catalogue says; Rushline adds no tax.
    """

    currency: str
    catalogue_version: int
    lines: tuple[PricedLine, ...]
    redemptions: tuple[Redemption, ...] = ()
    stock: tuple[Stocked, ...] = ()
    refunds: tuple[Refund, ...] = ()

    @property
    def refunded(self) -> int:
        """Return the money that went back."""
        return sum(refund.amount for refund in self.refunds)

    @property
    def subtotal(self) -> int:
        """Return the sum of the lines before any discount."""
        return sum(line.subtotal for line in self.lines)

    @property
    def discount(self) -> int:
        """Return what the coupons take off."""
        return sum(line.discount for line in self.lines)

    @property
    def total(self) -> int:
        """Return what the customer pays."""
        return self.subtotal - self.discount
