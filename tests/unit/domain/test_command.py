from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.command import (
    UNITS_MAX,
    Amend,
    Amendment,
    ended,
    extended,
    paused,
    redefined,
    resharded,
    resumed,
    topped_up,
)
from chalicelib.domain.counter import SHARDS_MAX, CounterState
from chalicelib.domain.errors import CommandRefusedError, CouponFixedError
from chalicelib.domain.terms import Terms
from tests.unit.domain.builders import NOW, stock, terms

BUDGETED = terms(budget=1_000)
PAUSED = CounterState.PAUSED

COMMANDS: list[tuple[Amend, Terms]] = [
    (paused, BUDGETED),
    (paused, stock()),
    (resumed, terms(state=PAUSED)),
    (lambda t: extended(t, NOW, NOW - 1), terms(ends_at=5)),
    (lambda t: ended(t, NOW), terms()),
    (lambda t: topped_up(t, 5, 70), BUDGETED),
    (lambda t: topped_up(t, 5, 0), stock()),
    (lambda t: resharded(t, 9), terms()),
    (lambda t: redefined(t, terms(minimum_spend=5)), terms()),
]


@pytest.mark.parametrize(("amend", "before"), COMMANDS)
def test_a_command_changes_what_it_says_and_issues_nothing_unseen(
    amend: Amend, before: Terms
) -> None:
    """What the terms gain in units and money is what the amendment issues; the version is not its own."""
    after = amend(before)
    assert after.terms != before
    assert after.terms.version == before.version
    assert after.terms.units - before.units == after.units
    assert (after.terms.budget or 0) - (before.budget or 0) == after.money


@pytest.mark.parametrize(
    "again",
    [
        paused,
        resumed,
        lambda t: extended(t, NOW, NOW - 1),
        lambda t: ended(t, NOW),
        lambda t: resharded(t, 9),
    ],
)
def test_a_command_obeyed_changes_nothing_more(again: Amend) -> None:
    """Every command but a top-up comes to the same the second time."""
    once = again(terms()).terms
    assert again(once) == Amendment(terms=once)


def test_a_pause_and_a_resume_leave_the_terms_as_they_were() -> None:
    """Nothing but the state changes, for a coupon and for stock."""
    for before in (BUDGETED, stock()):
        assert resumed(paused(before).terms).terms == before
        assert paused(before).terms.state is PAUSED


def test_what_has_ended_is_not_ended_later() -> None:
    """An end that was passed stays; one to come is brought forward."""
    assert ended(terms(ends_at=NOW - 5), NOW).terms == terms(ends_at=NOW - 5)
    assert ended(terms(ends_at=NOW + 5), NOW).terms == terms(ends_at=NOW)


@given(units=st.integers(0, 10**6), money=st.integers(0, 10**6))
def test_a_top_up_adds_to_what_was_ever_issued(units: int, money: int) -> None:
    """Terms and issue agree, with a budget and without."""
    more = topped_up(BUDGETED, units, money)
    assert more.terms == terms(units=100 + units, budget=1_000 + money)
    assert topped_up(stock(), units, 0).terms == stock(units=100 + units)


def refused(*commands: Callable[[], object]) -> None:
    """See that each of *commands* is refused."""
    for command in commands:
        with pytest.raises(CommandRefusedError):
            command()


def test_a_command_that_can_not_be_obeyed_is_refused() -> None:
    """Money without a budget, units past the limit, fewer or too many shards, an end before the start."""
    refused(
        lambda: topped_up(terms(), 1, 5),
        lambda: topped_up(stock(), 1, 5),
        lambda: topped_up(terms(), UNITS_MAX, 0),
        lambda: resharded(terms(shards=4), 3),
        lambda: resharded(terms(), SHARDS_MAX + 1),
        lambda: extended(terms(), NOW, NOW),
        lambda: extended(terms(starts_at=NOW), NOW, NOW - 1),
        lambda: extended(stock(), NOW, NOW - 1),
        lambda: ended(stock(), NOW),
    )
    assert topped_up(terms(), UNITS_MAX - 100, 0).terms.units == UNITS_MAX
    assert resharded(terms(), SHARDS_MAX).terms.shards == SHARDS_MAX


@pytest.mark.parametrize("fixed", [{"units": 5}, {"shards": 5}, {"budget": 5}])
def test_what_is_counted_can_not_be_redefined(fixed: dict[str, int]) -> None:
    """Units, budget and shards have commands of their own, and the refusal names what was meant."""
    (name,) = fixed
    with pytest.raises(CouponFixedError, match=name):
        redefined(terms(), terms(**fixed))  # type: ignore[arg-type]


def test_a_definition_leaves_a_pause_in_force() -> None:
    """New terms of a paused coupon are paused terms: only a resume resumes."""
    now = terms(version=7, state=PAUSED)
    after = redefined(now, terms(minimum_spend=5)).terms
    assert after == terms(version=7, state=PAUSED, minimum_spend=5)
