from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.coupon import ANY, Offer
from chalicelib.domain.discount import AmountOff, Percent
from chalicelib.domain.errors import IllegalMoveError, RefundRefusedError
from chalicelib.domain.intent import Intent, Status
from chalicelib.domain.movement import FirstUse, Move, UniqueUse, Use
from chalicelib.domain.order import Draw, Order
from chalicelib.domain.refund import Part, Wish, refunding
from tests.unit.domain.builders import NOW, intent, line, pending, request, stock, terms
from tests.unit.domain.settled import known, placed, want

ALL = frozenset({ANY})
COLUMNS = ("left", "held", "redeemed", "money_left", "money_held", "spent")
LINES = (line(quantity=3), line("cake", 2), line(quantity=4))


def bought(**more: bool) -> Intent:
    """Return an order of seven stocked teas on two lines and two cakes, drawn from several shards."""
    one = terms("ONE", off=Percent(basis_points=3_333), uses=2, budget=10**6, combines_with=ALL)
    two = terms("TWO", off=AmountOff(amount=101), unique=True, combines_with=ALL, **more)
    asked = pending(request(*LINES, coupon=("ONE", "MINE")))
    wanted = want(asked, known(one, Offer(terms=two, unique="MINE"), stocks=[stock()]))
    first, second, _ = wanted.claims
    return placed(
        wanted,
        (
            (Draw(shard=2, money=7), Draw(shard=0, units=0, money=first.money - 7)),
            (Draw(shard=1, money=second.money),),
            (Draw(shard=3, units=5), Draw(shard=0, units=2)),
        ),
    )


def wish(*parts: Part, id_: str = "r1", restock: bool = True) -> Wish:
    """Return the wish to refund *parts*, or all that is left."""
    return Wish(id=id_, by="support", why="cold", parts=parts, restock=restock)


def after(one: Intent, made: Move) -> Intent:
    """Return the intent once *made* is committed."""
    turn = made.change.next_turn
    assert turn is not None
    return replace(one, status=made.change.status, order=made.change.order, turn=turn)


def moved(moves: Sequence[Move]) -> Counter[tuple[str, int, str]]:
    """Return what *moves* add to each column of each shard."""
    total: Counter[tuple[str, int, str]] = Counter()
    for shift in (shift for made in moves for shift in made.shifts):
        for column in COLUMNS:
            if getattr(shift, column):
                total[shift.counter, shift.shard, column] += getattr(shift, column)
    return total


def order(one: Intent) -> Order:
    """Return the order that *one* has to have."""
    assert one.order is not None
    return one.order


UNITS = [number for number, of in enumerate(LINES, start=1) for _ in range(of.quantity)]


@st.composite
def splits(draw: st.DrawFn) -> list[Wish]:
    """Return some way of refunding every unit of the order, a few at a time."""
    units = draw(st.permutations(UNITS))
    cuts = sorted(draw(st.sets(st.integers(1, len(units) - 1), max_size=5)))
    bounds = zip([0, *cuts], [*cuts, len(units)], strict=True)
    return [
        wish(*(Part(line=n, quantity=q) for n, q in Counter(units[a:b]).items()), id_=f"r{a}")
        for a, b in bounds
    ]


def refunded(one: Intent, wishes: Sequence[Wish]) -> tuple[Intent, list[Move]]:
    """Return the intent after *wishes*, one after another, and what each moved."""
    moves: list[Move] = []
    for asked in wishes:
        made = refunding(one, asked, NOW)
        moves.append(made)
        one = after(one, made)
    return one, moves


@given(splits())
def test_refunds_of_all_parts_come_to_one_whole_refund(wishes: list[Wish]) -> None:
    """However it is split: the same money back, and the same units and money on the same shards."""
    one, moves = refunded(bought(), wishes)
    whole = refunding(bought(), wish(), NOW)
    assert one.status is Status.REFUNDED
    assert order(one).refunded == order(bought()).total == order(after(one, whole)).refunded
    assert moved(moves) == moved([whole])
    assert [mark for made in moves for mark in made.marks] == list(whole.marks)
    assert [made.marks for made in moves[:-1]] == [()] * (len(moves) - 1)


@given(splits(), st.integers(1, 5))
def test_nothing_is_given_back_that_was_not_taken(wishes: list[Wish], count: int) -> None:
    """At every moment each shard has had back at most what it gave, in units, money and stock."""
    one = bought()
    _, moves = refunded(one, wishes[:count])
    given_back = moved(moves)
    taken: Counter[tuple[str, int, str]] = Counter()
    for redemption in order(one).redemptions:
        for draw in redemption.draws:
            taken[redemption.code, draw.shard, "left"] += draw.units
            taken[redemption.code, draw.shard, "money_left"] += draw.money
    for stocked in order(one).stock:
        for draw in stocked.draws:
            taken[stock().counter, draw.shard, "left"] += draw.units
    for place, amount in given_back.items():
        if place[2] in ("left", "money_left"):
            assert 0 <= amount <= taken[place]
    assert all(
        shift.left + shift.redeemed == shift.money_left + shift.spent == 0
        for made in moves
        for shift in made.shifts
    )


@given(splits())
def test_each_refund_is_on_record_with_its_part_of_what_was_paid(wishes: list[Wish]) -> None:
    """Amounts are never negative and sum to the total; each takes a turn, so none is made twice."""
    one, _ = refunded(bought(), wishes)
    assert [refund.id for refund in order(one).refunds] == [asked.id for asked in wishes]
    assert all(refund.amount >= 0 for refund in order(one).refunds)
    assert one.turn == len(wishes)


def test_a_coupon_that_does_not_return_keeps_unit_money_and_code() -> None:
    """Its terms when it was redeemed decide, and the other coupon goes back all the same."""
    made = refunding(bought(returns=False), wish(), NOW)
    assert {shift.counter for shift in made.shifts} == {"ONE", stock().counter}
    assert made.marks == (Use(code="ONE", by=-1),)
    assert (
        UniqueUse(unique="MINE", coupon="TWO", taken=False)
        in refunding(bought(), wish(), NOW).marks
    )


@pytest.mark.parametrize(("kept", "freed"), [((), 1), (("A",), 0), (("B",), 0)])
def test_a_first_order_stays_one_while_a_coupon_for_it_is_kept(
    kept: tuple[str, ...], freed: int
) -> None:
    """The mark goes once, and only where every coupon that asked for it goes back."""
    rules = [
        terms(code, first_order=True, combines_with=ALL, returns=code not in kept) for code in "AB"
    ]
    one = placed(want(pending(request(coupon=("A", "B"))), known(*rules)))
    marks = refunding(one, wish(), NOW).marks
    assert sum(isinstance(mark, FirstUse) for mark in marks) == freed


def test_what_is_not_put_back_on_sale_stays_sold() -> None:
    """Of seven teas three came back broken: the later four go to the shards, and only those."""
    broken = wish(Part(line=1, quantity=3), restock=False)
    one, moves = refunded(bought(), [broken, wish(id_="r2")])
    stocked = {place: n for place, n in moved(moves).items() if place[0] == stock().counter}
    assert sum(n for (_, _, column), n in stocked.items() if column == "left") == 4
    assert order(one).stock[0].returned == 4


@pytest.mark.parametrize(
    "parts",
    [
        (Part(line=0, quantity=1),),
        (Part(line=4, quantity=1),),
        (Part(line=-1, quantity=1),),
        (Part(line=1, quantity=4),),
        (Part(line=1, quantity=0),),
        (Part(line=1, quantity=-1),),
        (Part(line=2, quantity=2), Part(line=2, quantity=1)),
    ],
)
def test_more_than_is_left_can_not_be_refunded(parts: tuple[Part, ...]) -> None:
    """A part that the order does not have is refused, in one piece or in several."""
    with pytest.raises(RefundRefusedError):
        refunding(bought(), wish(*parts), NOW)


def test_what_was_refunded_is_not_refunded_again() -> None:
    """Not the same part, and nothing after the whole."""
    one = after(bought(), refunding(bought(), wish(Part(line=2, quantity=2)), NOW))
    assert one.status is Status.CONFIRMED
    with pytest.raises(RefundRefusedError):
        refunding(one, wish(Part(line=2, quantity=1)), NOW)
    whole = after(one, refunding(one, wish(), NOW))
    with pytest.raises(IllegalMoveError):
        refunding(whole, wish(), NOW)


@pytest.mark.parametrize("status", [Status.ACCEPTED, Status.READY, Status.CANCELLED])
def test_only_an_order_is_refunded(status: Status) -> None:
    """A hold is released and an intent cancelled; money goes back of orders alone."""
    with pytest.raises(IllegalMoveError):
        refunding(intent(status=status), wish(), NOW)


def test_an_order_without_any_coupon_gives_nothing_back_but_its_money() -> None:
    """The full price goes back, in a move that touches no counter."""
    one = intent(status=Status.CONFIRMED, order=replace(order(bought()), redemptions=(), stock=()))
    made = refunding(one, wish(), NOW)
    assert (made.shifts, made.marks) == ((), ())
