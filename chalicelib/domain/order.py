"""An order: lines with their prices, a discount shared out to them, and a total."""

from dataclasses import dataclass

from chalicelib.domain.resolution import ChosenOption, OptionRef


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedLine:
    """An order line and what it costs, in minor units; *unit_price* includes the options."""

    sku: str
    name: str
    quantity: int
    unit_price: int
    options: tuple[ChosenOption, ...] = ()
    without: tuple[OptionRef, ...] = ()
    discount: int = 0

    @property
    def subtotal(self) -> int:
        """Return the line's price before its discount."""
        return self.unit_price * self.quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Redemption:
    """The coupon unit that an order draws: from which shard, and what it is worth."""

    code: str
    shard: int
    discount: int
    counted: bool
    """Whether the coupon limits uses, so that this one stands on the customer's count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Priced lines in one currency, at one version of the catalogue.

    The lines' discounts sum to *discount* exactly, and *total* is what the customer pays.
    Amounts are what the merchant's catalogue says; Rushline adds no tax.
    """

    currency: str
    catalogue_version: int
    lines: tuple[PricedLine, ...]
    redemption: Redemption | None = None

    @property
    def subtotal(self) -> int:
        """Return the sum of the lines before any discount."""
        return sum(line.subtotal for line in self.lines)

    @property
    def discount(self) -> int:
        """Return what the coupon takes off."""
        return sum(line.discount for line in self.lines)

    @property
    def total(self) -> int:
        """Return what the customer pays."""
        return self.subtotal - self.discount
