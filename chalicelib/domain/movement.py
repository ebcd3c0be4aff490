"""What moves with an intent: units and money on shards, uses, codes.

Each move is worked out here from the order alone, so that what is taken, kept, given back
and refunded is one set of draws seen from four sides, and nothing is given back that was
not taken.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from chalicelib.domain.counter import stock_counter
from chalicelib.domain.intent import Change, Intent, Status
from chalicelib.domain.order import Draw, Order, Redemption
from chalicelib.domain.terms import Terms


class EntryKind(StrEnum):
    """Why units or money moved, in the ledger."""

    SETTLE = "settle"
    CONFIRM = "confirm"
    RELEASE = "release"
    REFUND = "refund"
    TOP_UP = "top_up"
    SPREAD = "spread"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """What changes on one shard, by column; units sum to nothing, and so does money."""

    counter: str
    shard: int
    left: int = 0
    held: int = 0
    redeemed: int = 0
    money_left: int = 0
    money_held: int = 0
    spent: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A customer's use of a coupon, counted (*by* 1, within *limit*) or given back (-1)."""

    code: str
    by: int
    limit: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class UniqueUse:
    """A unique code used (*taken*), or to be used again; *coupon* is whose code it is."""

    unique: str
    coupon: str
    taken: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstUse:
    """A customer's first order with a merchant, marked (*taken*) for a *coupon*, or unmarked."""

    merchant: str
    coupon: str
    taken: bool


Mark = Use | UniqueUse | FirstUse
"""What is on record beside the order and the shards, in an item of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A change of an intent, and all that has to happen together with it."""

    change: Change
    shifts: tuple[Shift, ...] = ()
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """What a shard must still be, for units to be taken: at terms no newer than *version*.

    *budgeted*: there must be money for what is taken; *allowed*: how many units each shard
    may have given out by now, where there is a plan.
    """

    version: int
    budgeted: bool = False
    allowed: tuple[int, ...] | None = None


def guard(terms: Terms, now: int) -> Guard:
    """Return what *terms* ask of a shard at *now*, in milliseconds."""
    return Guard(
        version=terms.version, budgeted=terms.budget is not None, allowed=terms.allowed(now)
    )


def taking(change: Change, merchant: str, limits: Mapping[str, int]) -> Move:
    """Return the move by which *change* makes an order, or holds one: its draws and its marks.

    *limits* are the uses per customer of those coupons that count them.
    """
    order = change.order
    if order is None or not (order.redemptions or order.stock):
        return Move(change=change)
    columns = {"left": -1, "held" if change.status is Status.READY else "redeemed": 1}
    return Move(
        change=change,
        shifts=shifts(order, merchant, **columns),
        marks=tuple(_marks(order.redemptions, merchant, limits)),
    )


def keeping(change: Change, held: Intent) -> Move:
    """Return the move that makes an order of what is *held*."""
    return Move(change=change, shifts=shifts(held.order, held.merchant, held=-1, redeemed=1))


def returning(change: Change, held: Intent) -> Move:
    """Return the move that gives back what is *held*: units, money, uses and codes."""
    redemptions = held.order.redemptions if held.order else ()
    return Move(
        change=change,
        shifts=shifts(held.order, held.merchant, held=-1, left=1),
        marks=tuple(unmarked(redemptions, held.merchant)),
    )


def shifts(order: Order | None, merchant: str, **columns: int) -> tuple[Shift, ...]:
    """Return the shifts that add so many times each draw of *order* to each column."""
    if order is None:
        return ()
    return tuple(shift_of(counter, draw, **columns) for counter, draw in _draws(order, merchant))


def shift_of(counter: str, draw: Draw, *, left: int = 0, held: int = 0, redeemed: int = 0) -> Shift:
    """Return the shift that adds so many times *draw* to each column, units and money alike."""
    return Shift(
        counter=counter,
        shard=draw.shard,
        left=left * draw.units,
        held=held * draw.units,
        redeemed=redeemed * draw.units,
        money_left=left * draw.money,
        money_held=held * draw.money,
        spent=redeemed * draw.money,
    )


def _draws(order: Order, merchant: str) -> Iterator[tuple[str, Draw]]:
    for redemption in order.redemptions:
        for draw in redemption.draws:
            yield redemption.code, draw
    for stocked in order.stock:
        for draw in stocked.draws:
            yield stock_counter(merchant, stocked.sku), draw


def _marks(
    redemptions: tuple[Redemption, ...], merchant: str, limits: Mapping[str, int]
) -> Iterator[Mark]:
    for redemption in redemptions:
        code = redemption.code
        if redemption.counted:
            yield Use(code=code, by=1, limit=limits[code])
        if redemption.unique is not None:
            yield UniqueUse(unique=redemption.unique, coupon=code, taken=True)
    yield from _first(redemptions, merchant, taken=True)


def unmarked(redemptions: Sequence[Redemption], merchant: str) -> Iterator[Mark]:
    """Yield what takes the marks of *redemptions* off the record again."""
    for redemption in redemptions:
        code = redemption.code
        if redemption.counted:
            yield Use(code=code, by=-1)
        if redemption.unique is not None:
            yield UniqueUse(unique=redemption.unique, coupon=code, taken=False)
    yield from _first(redemptions, merchant, taken=False)


def _first(redemptions: Sequence[Redemption], merchant: str, *, taken: bool) -> Iterator[Mark]:
    """Yield the one mark of an order's first use: no transaction writes an item twice."""
    first = next((one.code for one in redemptions if one.first), None)
    if first is not None:
        yield FirstUse(merchant=merchant, coupon=first, taken=taken)
