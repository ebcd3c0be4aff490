"""Discounts: what each kind of coupon takes off which lines of an order.

A line's units are counted, never laid out one by one, so the work grows with the lines
of an order and not with its quantities.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from chalicelib.domain.money import BASIS_POINTS, allocate, share


@dataclass(frozen=True, slots=True, kw_only=True)
class Percent:
    """So many basis points off the eligible lines (2,500 is 25 %), but at most *cap*."""

    basis_points: int
    cap: int | None = None
    kind: Literal["percent"] = "percent"


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountOff:
    """A fixed amount off the eligible lines, never more than they cost."""

    amount: int
    kind: Literal["amount"] = "amount"


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeItem:
    """The dearest eligible units of the order are free, up to *quantity* of them."""

    quantity: int = 1
    kind: Literal["free_item"] = "free_item"


@dataclass(frozen=True, slots=True, kw_only=True)
class BuyGet:
    """For each *buy* eligible units bought, *get* units are *basis_points* off.

    The units got are the cheapest ones of *get_skus*, whether or not the coupon is for
    those too. Where they run out, the last set has fewer. *get_skus* empty means the
    eligible units themselves, and then only whole sets count: of "buy 2, get 1", five
    units make one set. A unit is either bought or got, never both. An order has at most
    *times_max* sets; None means no limit.
    """

    buy: int
    get: int
    get_skus: frozenset[str] = frozenset()
    basis_points: int = BASIS_POINTS
    times_max: int | None = None
    kind: Literal["buy_get"] = "buy_get"


Discount = Percent | AmountOff | FreeItem | BuyGet
"""What a coupon can take off; amounts and counts are not negative, basis points at most a whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payable:
    """An order line as a discount sees it: what it still costs, and whether it is eligible.

    Its *quantity* units, at least one, are worth the same: *amount* need not divide by it.
    """

    sku: str
    quantity: int
    amount: int
    eligible: bool

    @property
    def unit(self) -> Fraction:
        """Return what one unit costs, exactly."""
        return Fraction(self.amount, self.quantity)


def taken_off(discount: Discount, lines: Sequence[Payable]) -> tuple[int, ...]:
    """Return what *discount* takes off each of *lines*, in their order.

    No line loses more than it costs. The discount is rounded once, on the sum of what
    it reaches, and shared out in proportion; between equal lines the earlier comes first.
    """
    match discount:
        case Percent(basis_points=basis_points, cap=cap):
            reach = _eligible(lines)
            off = share(sum(reach), basis_points)
            off = off if cap is None else min(off, cap)
        case AmountOff(amount=amount):
            reach = _eligible(lines)
            off = min(amount, sum(reach))
        case FreeItem(quantity=quantity):
            reach = _worth(lines, _dearest(lines, quantity))
            off = sum(reach)
        case BuyGet(basis_points=basis_points):
            reach = _worth(lines, _got(discount, lines))
            off = share(sum(reach), basis_points)
    return allocate(off, reach)


def _eligible(lines: Sequence[Payable]) -> list[int]:
    return [line.amount if line.eligible else 0 for line in lines]


def _worth(lines: Sequence[Payable], units: Sequence[int]) -> list[int]:
    """Return what *units* of each line cost, rounded down: all of a line are its amount."""
    return [line.amount * n // line.quantity for line, n in zip(lines, units, strict=True)]


def _dearest(lines: Sequence[Payable], quantity: int) -> list[int]:
    """Return how many units of each line are among the *quantity* dearest eligible ones."""
    units = [0] * len(lines)
    left = quantity
    for i in sorted(range(len(lines)), key=lambda i: -lines[i].unit):
        if lines[i].eligible:
            units[i] = min(lines[i].quantity, left)
            left -= units[i]
    return units


def _got(rule: BuyGet, lines: Sequence[Payable]) -> list[int]:
    """Return how many units of each line are got.

    Units that can only be bought are bought first, so that *spare* of those that could be
    either may be got. Taking the cheapest first is then exact: "at most so many in all,
    and at most so many of these" is a matroid, on which the greedy choice is the least.
    """
    gettable = [line.sku in rule.get_skus if rule.get_skus else line.eligible for line in lines]
    buy_only, get_only, either = (
        sum(
            line.quantity
            for line, got in zip(lines, gettable, strict=True)
            if (line.eligible, got) == roles
        )
        for roles in ((True, False), (False, True), (True, True))
    )
    sets = _sets(rule, buy_only, get_only, either)
    spare = either - max(0, sets * rule.buy - buy_only)
    left = sets * rule.get
    units = [0] * len(lines)
    for i in sorted(range(len(lines)), key=lambda i: lines[i].unit):
        if gettable[i]:
            units[i] = min(lines[i].quantity, left, spare if lines[i].eligible else left)
            left -= units[i]
            spare -= units[i] if lines[i].eligible else 0
    return units


def _sets(rule: BuyGet, buy_only: int, get_only: int, either: int) -> int:
    """Return the greatest number of sets whose bought and got units can be kept apart.

    By Hall's theorem that takes three things: enough units to buy, enough to get, and
    enough of all for both. The last set may lack *missing* units, and still has one.
    """
    missing = rule.get - 1 if rule.get_skus else 0
    sets = min(
        (buy_only + either) // rule.buy,
        (get_only + either + missing) // rule.get,
        (buy_only + get_only + either + missing) // (rule.buy + rule.get),
    )
    return sets if rule.times_max is None else min(sets, rule.times_max)
