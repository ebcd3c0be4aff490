"""Refunds: which part of an order's money goes back, and what its counters get back with it.

Whole or line by line, as often as there is something left. What one refund gives back is
the difference of two sums, so that many small refunds come to exactly what one would.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from chalicelib.domain.counter import stock_counter
from chalicelib.domain.errors import RefundRefusedError
from chalicelib.domain.intent import Intent, Status, move
from chalicelib.domain.movement import FirstUse, Mark, Move, Shift, shift_of, shifts, unmarked
from chalicelib.domain.order import Draw, Order, PricedLine, Refund, Stocked

REFUNDS_MAX = 50
"""Refunds by line of one order, which keeps them all. What is left can be refunded always."""

HOLDING = frozenset({Status.READY, Status.PAYING})
TAKING = HOLDING | {Status.CONFIRMED, Status.REFUNDED}
"""States whose orders have taken something of the counters they name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """So many of an order line, by its number from 1."""

    line: int
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A refund that is asked for: of *parts* (none named: all that is left), by whom and why.

    *id* names it: a second of one id is a repeat, if it has the same *fingerprint*. With
    *restock*, what is counted goes back on sale.
    """

    id: str
    by: str
    why: str
    parts: tuple[Part, ...] = ()
    restock: bool = True
    fingerprint: str = ""


def refunding(intent: Intent, wish: Wish, now: int) -> Move:
    """Return the move that refunds what *wish* asks for of an order, at *now* (ms).

    The money of a coupon's budget goes back in proportion; its unit, the customer's use and
    the code when the whole order has been refunded; each if the coupon's terms said so when
    it was redeemed. Raises `IllegalMoveError` where there is no order, and
    `RefundRefusedError` for more than is left of it.
    """
    change = move(intent, Status.REFUNDED, now)
    before = intent.order
    if before is None:
        msg = "there is no order"
        raise RefundRefusedError(msg)
    if wish.parts and len(before.refunds) >= REFUNDS_MAX:
        msg = f"an order has at most {REFUNDS_MAX} refunds by line: refund what is left"
        raise RefundRefusedError(msg)
    lines = _refunded(before, wish.parts)
    amount = sum(_paid_back(line) for line in lines) - sum(map(_paid_back, before.lines))
    refund = Refund(
        id=wish.id,
        amount=amount,
        at=now,
        by=wish.by,
        why=wish.why,
        fingerprint=wish.fingerprint,
    )
    after = replace(before, lines=lines, refunds=(*before.refunds, refund))
    whole = all(line.refunded == line.quantity for line in lines)
    if not whole:
        change = move(intent, Status.CONFIRMED, now)
    back = [*_coupons_back(before, after, whole=whole)]
    if wish.restock:
        back += _stock_back(before, after, intent.merchant)
        after = _restocked(after, before)
    return Move(
        change=replace(change, order=after, next_turn=intent.turn + 1),
        shifts=tuple(back),
        marks=tuple(_marks_back(after, intent.merchant)) if whole else (),
    )


def standing(intent: Intent) -> Iterator[Shift]:
    """Yield what the order of *intent* has taken and not given back, draw by draw."""
    order = intent.order
    if order is None or intent.status not in TAKING:
        return
    columns = {"held" if intent.status in HOLDING else "redeemed": 1}
    yield from shifts(order, intent.merchant, **columns)
    whole_order = replace(order, lines=tuple(replace(line, refunded=0) for line in order.lines))
    back = [*_coupons_back(whole_order, order, whole=intent.status is Status.REFUNDED)]
    for stocked in order.stock:
        back += _units(stocked, 0, stocked.returned, intent.merchant)
    for shift in back:
        yield replace(shift, left=0, money_left=0)


def _refunded(order: Order, parts: Sequence[Part]) -> tuple[PricedLine, ...]:
    if not parts:
        if all(line.refunded == line.quantity for line in order.lines):
            msg = "nothing is left to be refunded"
            raise RefundRefusedError(msg)
        return tuple(replace(line, refunded=line.quantity) for line in order.lines)
    lines = list(order.lines)
    for part in parts:
        if not 1 <= part.line <= len(lines):
            msg = f"the order has no line {part.line}"
            raise RefundRefusedError(msg)
        line = lines[part.line - 1]
        left = line.quantity - line.refunded
        if not 1 <= part.quantity <= left:
            msg = f"of line {part.line}, {left} are left to be refunded"
            raise RefundRefusedError(msg)
        lines[part.line - 1] = replace(line, refunded=line.refunded + part.quantity)
    return tuple(lines)


def _paid_back(line: PricedLine) -> int:
    """Return what went back of what the customer paid for *line*."""
    return line.total * line.refunded // line.quantity


def _discount_back(order: Order, code: str) -> int:
    return sum(
        discount.amount * line.refunded // line.quantity
        for line in order.lines
        for discount in line.discounts
        if discount.code == code
    )


def _coupons_back(before: Order, after: Order, *, whole: bool) -> Iterator[Shift]:
    for redemption in before.redemptions:
        if not redemption.returns:
            continue
        code = redemption.code
        back = _slice(
            [draw.money for draw in redemption.draws],
            _discount_back(before, code),
            _discount_back(after, code),
        )
        for draw, money in zip(redemption.draws, back, strict=True):
            given = Draw(shard=draw.shard, units=draw.units if whole else 0, money=money)
            if given.units or given.money:
                yield shift_of(code, given, redeemed=-1, left=1)


def _stock_back(before: Order, after: Order, merchant: str) -> Iterator[Shift]:
    for stocked in before.stock:
        more = _units_back(after, stocked.sku) - _units_back(before, stocked.sku)
        yield from _units(stocked, stocked.returned, stocked.returned + more, merchant)


def _units(stocked: Stocked, start: int, end: int, merchant: str) -> Iterator[Shift]:
    """Yield the shifts that give back the units of *stocked* from *start* to *end*, laid end to end."""
    back = _slice([draw.units for draw in stocked.draws], start, end)
    for draw, units in zip(stocked.draws, back, strict=True):
        if units:
            given = Draw(shard=draw.shard, units=units)
            yield shift_of(stock_counter(merchant, stocked.sku), given, redeemed=-1, left=1)


def _restocked(after: Order, before: Order) -> Order:
    stock = tuple(
        replace(
            stocked,
            returned=stocked.returned
            + _units_back(after, stocked.sku)
            - _units_back(before, stocked.sku),
        )
        for stocked in after.stock
    )
    return replace(after, stock=stock)


def _units_back(order: Order, sku: str) -> int:
    return sum(line.refunded for line in order.lines if line.sku == sku)


def _slice(amounts: Sequence[int], start: int, end: int) -> list[int]:
    """Return how much of each of *amounts*, laid end to end, lies between *start* and *end*."""
    parts = []
    at = 0
    for amount in amounts:
        parts.append(max(min(end, at + amount) - max(start, at), 0))
        at += amount
    return parts


def _marks_back(order: Order, merchant: str) -> Iterator[Mark]:
    """Yield the marks that go; a first order stays one where a coupon that asked for it is kept."""
    given_back = [one for one in order.redemptions if one.returns]
    stays = any(one.first and not one.returns for one in order.redemptions)
    for mark in unmarked(given_back, merchant):
        if not (stays and isinstance(mark, FirstUse)):
            yield mark
