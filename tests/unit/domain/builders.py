"""Small values of the domain to test with: a menu, a request, a coupon, an order."""

from chalicelib.domain.catalogue import Catalogue, Item, Option, OptionGroup, Select, catalogue_of
from chalicelib.domain.counter import Shard, StockTerms
from chalicelib.domain.coupon import CouponTerms
from chalicelib.domain.discount import Discount, Percent
from chalicelib.domain.intent import (
    ConfirmMode,
    CouponFallback,
    Intent,
    IntentRef,
    Pending,
    Promise,
    Request,
    Status,
)
from chalicelib.domain.resolution import ChosenOption, Line

NOW = 1_800_000_000_000

SIZE = OptionGroup(
    group="size",
    select=Select.ONE,
    values=(
        Option(value="small", name="small", price_delta=-50),
        Option(value="large", name="large", price_delta=75),
    ),
)
EXTRAS = OptionGroup(
    group="extras",
    select=Select.MANY,
    values=(Option(value="honey", name="honey", price_delta=30), Option(value="ice", name="ice")),
)


def menu(*stocked: str, **prices: int) -> Catalogue:
    """Return a tea house's menu; *prices* are its items, tea at 400 and cake at 333 if none.

    Of those *stocked* there are only so many.
    """
    items = prices or {"tea": 400, "cake": 333}
    return catalogue_of(
        "tea-house",
        3,
        "USD",
        tuple(
            Item(
                sku=sku,
                name=sku.title(),
                unit_price=price,
                option_groups=("size", "extras"),
                stocked=sku in stocked,
            )
            for sku, price in items.items()
        ),
        (SIZE, EXTRAS),
    )


def line(sku: str = "tea", quantity: int = 1, *options: tuple[str, str]) -> Line:
    """Return an order line with *options* as pairs of group and value."""
    chosen = tuple(ChosenOption(group=group, value=value) for group, value in options)
    return Line(sku=sku, quantity=quantity, options=chosen)


def terms(
    code: str = "SPRING25",
    *,
    off: Discount | None = None,
    units: int = 100,
    shards: int = 4,
    version: int = 1,
    uses: int | None = None,
    **more: object,
) -> CouponTerms:
    """Return a coupon of 25 % unless said otherwise."""
    return CouponTerms(
        code=code,
        version=version,
        off=off or Percent(basis_points=2_500),
        units=units,
        shards=shards,
        uses_per_customer=uses,
        **more,  # type: ignore[arg-type]
    )


def request(
    *lines: Line,
    text: str | None = None,
    coupon: str | tuple[str, ...] | None = None,
    confirm: ConfirmMode = ConfirmMode.AUTO,
    fallback: CouponFallback = CouponFallback.ASK,
    max_total: int | None = None,
) -> Request:
    """Return what a customer asks for: one tea unless said otherwise."""
    return Request(
        text=text,
        lines=lines or (() if text else (line(),)),
        coupons=(coupon,) if isinstance(coupon, str) else coupon or (),
        confirm=confirm,
        if_coupon_unavailable=fallback,
        max_total=max_total,
        expires_in_seconds=900,
    )


def pending(
    asked: Request | None = None, *, id_: str = "in_1", customer: str = "alice", turn: int = 0
) -> Pending:
    """Return an intent on its way."""
    return Pending(
        ref=IntentRef(customer_id=customer, id=id_),
        turn=turn,
        merchant="tea-house",
        request=asked or request(),
        accepted_at=NOW,
        expires_at=NOW + 900_000,
    )


def intent(
    asked: Request | None = None,
    *,
    id_: str = "in_1",
    customer: str = "alice",
    status: Status = Status.ACCEPTED,
    turn: int = 0,
    **more: object,
) -> Intent:
    """Return an intent on record."""
    return Intent(
        ref=IntentRef(customer_id=customer, id=id_),
        fingerprint="f" * 64,
        status=status,
        turn=turn,
        merchant="tea-house",
        request=asked or request(),
        promise=Promise(position=1, estimated_wait_seconds=1, expires_at=NOW + 900_000),
        accepted_at=NOW,
        expires_at=NOW + 900_000,
        watch_at=NOW + 60_000,
        **more,  # type: ignore[arg-type]
    )


def stock(sku: str = "tea", *, units: int = 100, shards: int = 4, **more: object) -> StockTerms:
    """Return the terms of an item's stock."""
    return StockTerms(
        merchant="tea-house",
        sku=sku,
        units=units,
        shards=shards,
        **{"version": 1, **more},  # type: ignore[arg-type]
    )


def shard(number: int = 0, *, left: int = 0, money_left: int = 0, **more: int) -> Shard:
    """Return a shard on which nothing was taken yet, unless *more* says so."""
    columns = {"held": 0, "redeemed": 0, "money_held": 0, "spent": 0, "taken": 0, **more}
    issued = left + columns["held"] + columns["redeemed"]
    budget = money_left + columns["money_held"] + columns["spent"]
    opened = {"opened": issued, "issued": issued, "funded": budget, "budget": budget}
    rest = {"version": 1, "moves": 0, "gains": 0, **opened, **columns}
    return Shard(number=number, left=left, money_left=money_left, **rest)
