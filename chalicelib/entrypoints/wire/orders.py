"""An order as its customer sees it: what was priced, what coupons took off, what went back."""

from chalicelib.domain.order import Order, PricedLine
from chalicelib.domain.resolution import Amount as OptionAmount
from chalicelib.entrypoints.wire.base import Wire
from chalicelib.entrypoints.wire.times import Time, rfc3339


class OptionRefOut(Wire):
    """An option, by its group and value."""

    group: str
    value: str


class OptionOut(OptionRefOut):
    """An option on an order line."""

    amount: OptionAmount | None = None


class LineDiscountOut(Wire):
    """What one coupon takes off a line."""

    code: str
    amount: int


class LineOut(Wire):
    """An order line and what it costs, in minor units; *unit_price* includes the options.

    *refunded* is how many of its units were.
    """

    sku: str
    name: str
    quantity: int
    unit_price: int
    options: tuple[OptionOut, ...]
    without: tuple[OptionRefOut, ...]
    subtotal: int
    discount: int
    discounts: tuple[LineDiscountOut, ...]
    total: int
    refunded: int


class OrderCouponOut(Wire):
    """A coupon in an order, what it takes off, and the code of its own that redeemed it, if one did."""

    code: str
    discount: int
    unique_code: str | None = None


class RefundOut(Wire):
    """Money that went back."""

    amount: int
    at: Time
    reason: str


class OrderOut(Wire):
    """Priced lines and their sums, in minor units of *currency*; *refunded* is what went back."""

    currency: str
    catalogue_version: int
    lines: tuple[LineOut, ...]
    subtotal: int
    discount: int
    total: int
    refunded: int
    coupons: tuple[OrderCouponOut, ...]
    refunds: tuple[RefundOut, ...]


def order_out(order: Order) -> OrderOut:
    """Return the order as it is shown to its customer."""
    return OrderOut(
        currency=order.currency,
        catalogue_version=order.catalogue_version,
        lines=tuple(_line_out(line) for line in order.lines),
        subtotal=order.subtotal,
        discount=order.discount,
        total=order.total,
        refunded=order.refunded,
        coupons=tuple(
            OrderCouponOut(code=one.code, discount=one.discount, unique_code=one.unique)
            for one in order.redemptions
        ),
        refunds=tuple(
            RefundOut(amount=one.amount, at=rfc3339(one.at), reason=one.why)
            for one in order.refunds
        ),
    )


def _line_out(line: PricedLine) -> LineOut:
    return LineOut(
        sku=line.sku,
        name=line.name,
        quantity=line.quantity,
        unit_price=line.unit_price,
        options=tuple(
            OptionOut(group=o.group, value=o.value, amount=o.amount) for o in line.options
        ),
        without=tuple(OptionRefOut(group=o.group, value=o.value) for o in line.without),
        subtotal=line.subtotal,
        discount=line.discount,
        discounts=tuple(
            LineDiscountOut(code=part.code, amount=part.amount) for part in line.discounts
        ),
        total=line.total,
        refunded=line.refunded,
    )
