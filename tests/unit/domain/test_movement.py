from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.coupon import ANY, Offer
from chalicelib.domain.discount import AmountOff
from chalicelib.domain.intent import ConfirmMode, Intent, Status, move
from chalicelib.domain.movement import (
    FirstUse,
    Guard,
    Mark,
    Shift,
    UniqueUse,
    Use,
    guard,
    keeping,
    returning,
    taking,
)
from chalicelib.domain.order import Draw
from chalicelib.domain.settlement import Wanted, granted
from tests.unit.domain.builders import NOW, line, pending, request, stock, terms
from tests.unit.domain.settled import drawn, known, order_of, placed, want

ALL = frozenset({ANY})
COLUMNS = ("left", "held", "redeemed", "money_left", "money_held", "spent")


def wanted(
    *, confirm: ConfirmMode = ConfirmMode.AUTO, codes: tuple[str, ...] = ("PERSONAL", "TWO")
) -> Wanted:
    """Return an order of stocked tea with a unique code and a counted coupon for a first order."""
    one = terms("ONE", uses=3, unique=True, combines_with=ALL, budget=10**6)
    two = terms("TWO", off=AmountOff(amount=90), uses=1, first_order=True, combines_with=ALL)
    asked = request(line(quantity=3), line("cake"), coupon=codes, confirm=confirm)
    offers = (Offer(terms=one, unique="PERSONAL"), two)
    return want(pending(asked), known(*offers, stocks=[stock()]))


@st.composite
def split(draw: st.DrawFn, units: int, money: int) -> tuple[Draw, ...]:
    """Return some way of drawing *units* and *money* on a few shards."""
    count = draw(st.integers(1, 4))
    of_units = sorted(draw(st.lists(st.integers(0, units), min_size=count - 1, max_size=count - 1)))
    of_money = sorted(draw(st.lists(st.integers(0, money), min_size=count - 1, max_size=count - 1)))
    return tuple(
        Draw(shard=shard, units=to - at, money=paid_to - paid_at)
        for shard, (at, to, paid_at, paid_to) in enumerate(
            zip([0, *of_units], [*of_units, units], [0, *of_money], [*of_money, money], strict=True)
        )
    )


@st.composite
def draws(draw: st.DrawFn) -> tuple[tuple[Draw, ...], ...]:
    """Return draws for each claim of `wanted`."""
    return tuple(draw(split(claim.units, claim.money)) for claim in wanted().claims)


def summed(*shifts: Iterable[Shift]) -> dict[tuple[str, int], tuple[int, ...]]:
    """Return the sum of *shifts* for each counter and shard, column by column; all-zero ones not."""
    total: Counter[tuple[str, int, str]] = Counter()
    for some in shifts:
        for shift in some:
            for column in COLUMNS:
                total[shift.counter, shift.shard, column] += getattr(shift, column)
    places = {(counter, shard) for counter, shard, _ in total}
    rows = {place: tuple(total[*place, column] for column in COLUMNS) for place in places}
    return {place: row for place, row in rows.items() if any(row)}


def held(some: Sequence[tuple[Draw, ...]]) -> tuple[Intent, tuple[Shift, ...], tuple[Mark, ...]]:
    """Return an intent that holds *some* draws, and what holding it moved."""
    asked = wanted(confirm=ConfirmMode.REVIEW)
    change = granted(asked, some, NOW)
    made = taking(change, "tea-house", asked.limits)
    return placed(asked, some), made.shifts, made.marks


@given(draws())
def test_what_moves_is_neither_made_nor_lost(some: tuple[tuple[Draw, ...], ...]) -> None:
    """On each shard units sum to nothing over the columns, and so does money."""
    one, shifts, _ = held(some)
    kept = keeping(move(one, Status.CONFIRMED, NOW), one).shifts
    given_back = returning(move(one, Status.LAPSED, NOW), one).shifts
    for shift in (*shifts, *kept, *given_back):
        assert shift.left + shift.held + shift.redeemed == 0
        assert shift.money_left + shift.money_held + shift.spent == 0


@given(draws())
def test_to_hold_and_give_back_comes_to_nothing(some: tuple[tuple[Draw, ...], ...]) -> None:
    """Every column of every shard stands where it stood, and every mark is off the record."""
    one, shifts, marks = held(some)
    back = returning(move(one, Status.CANCELLED, NOW), one)
    assert summed(shifts, back.shifts) == {}
    assert {_opposite(mark) for mark in marks} == set(back.marks)


def _opposite(mark: Mark) -> Mark:
    match mark:
        case Use():
            return replace(mark, by=-mark.by, limit=0)
        case _:
            return replace(mark, taken=not mark.taken)


@given(draws())
def test_to_hold_and_keep_is_to_take_at_once(some: tuple[tuple[Draw, ...], ...]) -> None:
    """A quote that is confirmed has moved what an order confirmed at once would have."""
    one, shifts, marks = held(some)
    kept = keeping(move(one, Status.CONFIRMED, NOW), one)
    asked = wanted()
    at_once = taking(granted(asked, some, NOW), "tea-house", asked.limits)
    assert summed(shifts, kept.shifts) == summed(at_once.shifts)
    assert (kept.marks, marks) == ((), at_once.marks)


@given(draws())
def test_an_order_takes_just_what_it_claims(some: tuple[tuple[Draw, ...], ...]) -> None:
    """Each counter loses the claim's units and money, all of it to what is redeemed."""
    asked = wanted()
    moved = taking(granted(asked, some, NOW), "tea-house", asked.limits)
    for claim in asked.claims:
        mine = [shift for shift in moved.shifts if shift.counter == claim.counter]
        assert sum(shift.left for shift in mine) == -claim.units
        assert sum(shift.redeemed for shift in mine) == claim.units
        assert sum(shift.money_left for shift in mine) == -claim.money
        assert sum(shift.spent for shift in mine) == claim.money


def test_marks_name_the_customer_s_uses_the_code_and_the_first_order() -> None:
    """Each is marked once, within its own limit."""
    asked = wanted()
    moved = taking(granted(asked, drawn(asked), NOW), "tea-house", asked.limits)
    assert set(moved.marks) == {
        Use(code="ONE", by=1, limit=3),
        UniqueUse(unique="PERSONAL", coupon="ONE", taken=True),
        Use(code="TWO", by=1, limit=1),
        FirstUse(merchant="tea-house", coupon="TWO", taken=True),
    }


def test_two_coupons_for_a_first_order_mark_it_once() -> None:
    """Both stand for one first order: an item is never written twice, neither taken nor given back."""
    rules = [terms(code, first_order=True, combines_with=ALL) for code in "AB"]
    asked = want(pending(request(coupon=("A", "B"), confirm=ConfirmMode.REVIEW)), known(*rules))
    one = placed(asked)
    taken = taking(granted(asked, drawn(asked), NOW), "tea-house", asked.limits).marks
    back = returning(move(one, Status.LAPSED, NOW), one).marks
    assert [mark.taken for mark in (*taken, *back) if isinstance(mark, FirstUse)] == [True, False]


@pytest.mark.parametrize("status", [Status.CONFIRMED, Status.REJECTED])
def test_a_change_that_claims_nothing_moves_nothing(status: Status) -> None:
    """Neither a plain order nor a refusal touches a counter."""
    order = order_of(tea=400) if status is Status.CONFIRMED else None
    moved = taking(move(pending(), status, NOW, order=order), "tea-house", {})
    assert (moved.shifts, moved.marks) == ((), ())


def test_a_guard_is_what_the_terms_ask_of_a_shard() -> None:
    """Their version; the money only where there is a budget; the plan only where there is one."""
    assert guard(terms(version=4), NOW) == Guard(version=4)
    assert guard(terms(budget=0), NOW) == Guard(version=1, budgeted=True)
    assert guard(stock(version=2), NOW) == Guard(version=2)
