from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from chalicelib.domain.discount import (
    AmountOff,
    BuyGet,
    Discount,
    FreeItem,
    Payable,
    Percent,
    taken_off,
)
from chalicelib.domain.money import BASIS_POINTS, share

SKUS = ("tea", "cake", "wine")
KINDS = {"percent": Percent, "amount": AmountOff, "free_item": FreeItem, "buy_get": BuyGet}
CODEC: TypeAdapter[Discount] = TypeAdapter(Discount)
basis_points = st.integers(0, BASIS_POINTS)


def payable(sku: str, quantity: int, amount: int, *, eligible: bool = True) -> Payable:
    """Return a line that the coupon is for, unless said otherwise."""
    return Payable(sku=sku, quantity=quantity, amount=amount, eligible=eligible)


def orders(lines: int, quantity: int, amount: int) -> st.SearchStrategy[list[Payable]]:
    """Return orders of so many lines at most; some lines cost nothing, some don't divide."""
    line = st.builds(
        Payable,
        sku=st.sampled_from(SKUS),
        quantity=st.integers(1, quantity),
        amount=st.integers(0, amount),
        eligible=st.booleans(),
    )
    return st.lists(line, max_size=lines)


def buy_gets(most: int) -> st.SearchStrategy[BuyGet]:
    """Return rules that buy and get up to so many units."""
    return st.builds(
        BuyGet,
        buy=st.integers(1, most),
        get=st.integers(1, most),
        get_skus=st.frozensets(st.sampled_from(SKUS)),
        basis_points=basis_points,
        times_max=st.none() | st.integers(1, most),
    )


percents = st.builds(Percent, basis_points=basis_points, cap=st.none() | st.integers(0, 10**6))
amounts_off = st.builds(AmountOff, amount=st.integers(0, 10**7))
free_items = st.builds(FreeItem, quantity=st.integers(1, 100))
discounts = percents | amounts_off | free_items | buy_gets(100)
large_orders = orders(50, 1_000, 10**6)


@given(discount=discounts, lines=large_orders)
def test_no_line_loses_more_than_it_costs_nor_one_that_the_coupon_is_not_for(
    discount: Discount, lines: list[Payable]
) -> None:
    """Each line has a part between nothing and its amount; out of reach, it is nothing."""
    parts = taken_off(discount, lines)
    assert all(0 <= part <= line.amount for part, line in zip(parts, lines, strict=True))
    got = discount.get_skus if isinstance(discount, BuyGet) else frozenset()
    for part, line in zip(parts, lines, strict=True):
        if not line.eligible and line.sku not in got:
            assert part == 0


@given(percent=percents, lines=large_orders)
def test_a_percentage_is_rounded_once_and_capped(percent: Percent, lines: list[Payable]) -> None:
    """The parts sum to the share of the sum, or to the cap where that is less."""
    whole = share(sum(line.amount for line in lines if line.eligible), percent.basis_points)
    expected = whole if percent.cap is None else min(whole, percent.cap)
    assert sum(taken_off(percent, lines)) == expected


@given(off=amounts_off, lines=large_orders)
def test_an_amount_is_given_whole_or_to_the_end_of_the_lines(
    off: AmountOff, lines: list[Payable]
) -> None:
    """The parts sum to the amount, or to what the eligible lines cost where that is less."""
    reach = sum(line.amount for line in lines if line.eligible)
    assert sum(taken_off(off, lines)) == min(off.amount, reach)


def test_an_amount_is_shared_out_in_proportion() -> None:
    """Of 10 off lines at 600 and 300, the first bears 7: it has the larger remainder."""
    lines = [payable("tea", 2, 600), payable("wine", 1, 900, eligible=False)]
    assert taken_off(AmountOff(amount=10), [*lines, payable("cake", 1, 300)]) == (7, 0, 3)


@given(rule=st.builds(FreeItem, quantity=st.integers(1, 8)), lines=orders(4, 3, 9))
def test_free_items_are_the_dearest_units(rule: FreeItem, lines: list[Payable]) -> None:
    """Units laid out one by one, dearest first and earlier first, give the same parts."""
    units = [i for i, line in enumerate(lines) for _ in range(line.quantity) if line.eligible]
    free = sorted(units, key=lambda i: -unit_price(lines[i]))[: rule.quantity]
    assert taken_off(rule, lines) == worth(lines, free)


def test_the_dearest_is_said_by_unit_and_not_by_line() -> None:
    """Three teas at 300 cost more than a cake at 500, which is the one that is free."""
    lines = [payable("tea", 3, 900), payable("cake", 1, 500)]
    assert taken_off(FreeItem(), lines) == (0, 500)
    assert taken_off(FreeItem(quantity=2), lines) == (300, 500)


@pytest.mark.parametrize(
    ("rule", "lines", "parts"),
    [
        (BuyGet(buy=2, get=1), [payable("tea", 2, 600)], (0,)),
        (BuyGet(buy=2, get=1), [payable("tea", 5, 1500)], (300,)),
        (BuyGet(buy=2, get=1), [payable("tea", 6, 1800)], (600,)),
        (BuyGet(buy=2, get=3), [payable("tea", 4, 1200)], (0,)),
        (BuyGet(buy=2, get=1), [payable("tea", 2, 600), payable("cake", 1, 500)], (300, 0)),
        (BuyGet(buy=1, get=1), [payable("tea", 1, 300), payable("cake", 1, 300)], (300, 0)),
        (BuyGet(buy=1, get=1, times_max=2), [payable("tea", 9, 900)], (200,)),
        (BuyGet(buy=1, get=1, basis_points=5_000), [payable("tea", 2, 602)], (151,)),
        (BuyGet(buy=1, get=2), [payable("tea", 3, 100)], (66,)),
        (BuyGet(buy=1, get=1), [payable("tea", 1, 0), payable("tea", 1, 0)], (0, 0)),
    ],
)
def test_the_same_goods_are_bought_and_got_in_whole_sets(
    rule: BuyGet, lines: list[Payable], parts: tuple[int, ...]
) -> None:
    """Of n units, n // (buy + get) sets are made, and their cheapest units are got."""
    assert taken_off(rule, lines) == parts


def test_fewer_units_than_a_set_gives_are_given_where_the_goods_are_named() -> None:
    """Of "buy 2 teas, get 3 cakes", an order with one cake has that one free."""
    rule = BuyGet(buy=2, get=3, get_skus=frozenset({"cake"}))
    cake = payable("cake", 1, 500, eligible=False)
    assert taken_off(rule, [payable("tea", 2, 600), cake]) == (0, 500)
    assert taken_off(rule, [payable("tea", 1, 300), cake]) == (0, 0)


def test_what_can_only_be_bought_is_bought_first() -> None:
    """The tea pays for the cheap cake, and no cake that pays is got as well."""
    rule = BuyGet(buy=2, get=1, get_skus=frozenset({"cake"}))
    cakes = payable("cake", 2, 400)
    assert taken_off(rule, [payable("tea", 1, 300), cakes]) == (0, 200)
    assert taken_off(rule, [cakes]) == (0,)
    assert taken_off(rule, [payable("cake", 1, 100), cakes]) == (100, 0)


def test_units_are_compared_exactly() -> None:
    """A third of 100 is dearer than 33, though neither gives more than 33."""
    third, cake = payable("tea", 3, 100), payable("cake", 1, 33)
    assert taken_off(FreeItem(), [cake, third]) == (0, 33)
    assert taken_off(BuyGet(buy=2, get=1), [third, cake]) == (0, 33)


def test_no_more_is_bought_than_what_is_got_takes() -> None:
    """One of two cheap cakes pays for the other; both don't pay for one dear wine."""
    rule = BuyGet(buy=1, get=1, get_skus=frozenset({"cake", "wine"}))
    lines = [payable("wine", 1, 900, eligible=False), payable("cake", 2, 200)]
    assert taken_off(rule, lines) == (0, 100)


@settings(max_examples=500)
@given(
    rule=buy_gets(3),
    lines=orders(4, 3, 9).filter(lambda lines: sum(line.quantity for line in lines) <= 7),
)
def test_buy_and_get_is_what_trying_everything_finds(rule: BuyGet, lines: list[Payable]) -> None:
    """Each unit bought, got or left alone, in every way: most got, then cheapest, then earliest."""
    full = replace(rule, basis_points=BASIS_POINTS)
    expected = worth(lines, best(rule, lines))
    assert taken_off(full, lines) == expected
    assert sum(taken_off(rule, lines)) == share(sum(expected), rule.basis_points)


def best(rule: BuyGet, lines: Sequence[Payable]) -> tuple[int, ...]:
    """Return the line of each unit that is got, in the best of all allowed ways."""
    return min(
        allowed(rule, lines),
        key=lambda got: (-len(got), sum(unit_price(lines[i]) for i in got), got),
    )


def allowed(rule: BuyGet, lines: Sequence[Payable]) -> Iterator[tuple[int, ...]]:
    """Yield the units got, by line, of every way to deal with each unit that the rule allows."""
    units = [i for i, line in enumerate(lines) for _ in range(line.quantity)]
    for fates in product(*(fate(rule, lines[i]) for i in units)):
        got = tuple(i for i, chosen in zip(units, fates, strict=True) if chosen == "got")
        paid = fates.count("bought") // rule.buy
        sets = paid if rule.times_max is None else min(paid, rule.times_max)
        whole = bool(rule.get_skus) or len(got) % rule.get == 0
        if whole and len(got) <= sets * rule.get:
            yield got


def fate(rule: BuyGet, line: Payable) -> Iterator[str]:
    """Yield what may become of a unit of *line*."""
    yield "left"
    if line.eligible:
        yield "bought"
    if line.sku in rule.get_skus or (line.eligible and not rule.get_skus):
        yield "got"


def unit_price(line: Payable) -> Fraction:
    """Return what a unit costs, exactly."""
    return Fraction(line.amount, line.quantity)


def worth(lines: Sequence[Payable], units: Sequence[int]) -> tuple[int, ...]:
    """Return what *units*, each named by its line, cost a line, rounded down."""
    return tuple(int(unit_price(line) * units.count(i)) for i, line in enumerate(lines))


@given(discount=discounts, price=st.integers(0, 10**6), quantity=st.integers(1, 999))
def test_one_more_of_the_only_item_never_lowers_the_discount(
    discount: Discount, price: int, quantity: int
) -> None:
    """With one price in the order, a discount only grows with the quantity."""
    less, more = (
        sum(taken_off(discount, [payable("tea", n, n * price)])) for n in (quantity, quantity + 1)
    )
    assert less <= more


@given(
    rule=buy_gets(5),
    prices=st.lists(st.integers(0, 99), min_size=1, max_size=5),
    bought=st.integers(1, 20),
)
def test_buying_more_of_what_is_not_got_never_lowers_the_discount(
    rule: BuyGet, prices: list[int], bought: int
) -> None:
    """Where other goods are got than are bought, what more is bought can only give more."""
    rule = replace(rule, get_skus=frozenset({"cake"}))
    cakes = [payable("cake", 3, 3 * price, eligible=False) for price in prices]
    less, more = (
        sum(taken_off(rule, [*cakes, payable("tea", n, n)])) for n in (bought, bought + 1)
    )
    assert less <= more


@given(rule=buy_gets(4), prices=st.lists(st.integers(0, 99), max_size=6), times=st.integers(1, 3))
def test_a_higher_limit_of_sets_never_lowers_the_discount(
    rule: BuyGet, prices: list[int], times: int
) -> None:
    """A coupon that may be used more often on an order is worth no less."""
    lines = [payable(SKUS[i % 3], 2, 2 * price) for i, price in enumerate(prices)]
    less, more = (
        sum(taken_off(replace(rule, times_max=limit), lines)) for limit in (times, times + 1)
    )
    assert less <= more


@given(discount=discounts, kind=st.sampled_from(sorted(KINDS)))
def test_a_discount_is_known_by_its_kind_when_read_back(discount: Discount, kind: str) -> None:
    """Written as JSON and read as any of them, it is the same; under another kind, never this."""
    assert type(discount) is KINDS[discount.kind]
    assert CODEC.validate_json(CODEC.dump_json(discount)) == discount
    renamed = CODEC.dump_python(discount) | {"kind": kind}
    with suppress(ValidationError):
        assert type(CODEC.validate_python(renamed)) is KINDS[kind]
