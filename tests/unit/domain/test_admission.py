from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.admission import Answered, Gate, Tally, admit, estimate, measured_rate
from chalicelib.domain.errors import TooBusyError


def test_the_wait_is_the_queue_over_the_rate() -> None:
    """Behind 99 others at 10 a second, the hundredth is answered after ten seconds."""
    place = estimate(99, Gate(rate_per_second=10))
    assert (place.position, place.estimated_wait_seconds) == (100, 10)


def test_what_can_not_be_answered_in_time_is_not_accepted() -> None:
    """Four fifths of the deadline may be spent waiting; beyond that the answer is when to return."""
    gate = Gate(rate_per_second=10)
    assert admit(799, gate, 100).estimated_wait_seconds == 80
    with pytest.raises(TooBusyError) as refused:
        admit(1_799, gate, 100)
    assert refused.value.retry_after_seconds == 100


@given(waiting=st.integers(0, 10**9), rate=st.floats(0, 10**6), deadline=st.integers(30, 86_400))
def test_a_refused_caller_who_waits_as_told_finds_room(
    waiting: int, rate: float, deadline: int
) -> None:
    """Retry-After is within its bounds, and long enough for the queue to have drained, or the bound."""
    gate = Gate(rate_per_second=rate)
    try:
        admit(waiting, gate, deadline)
    except TooBusyError as refused:
        after = refused.retry_after_seconds
        assert 1 <= after <= 900
        if after < 900:
            drained = ceil(max(rate, 0.1) * after)
            admit(max(waiting - drained, 0), gate, deadline)


def minute(count: int, waited_seconds: int, *waiting: int) -> tuple[Tally, Tally]:
    """Return the tallies round a minute in which *count* were answered after so long each."""
    before, after = waiting
    answered = Answered(count=count, waited_ms=count * waited_seconds * 1000)
    return (
        Tally(at=0, answered=Answered(), waiting=before),
        Tally(at=60_000, answered=answered, waiting=after),
    )


def test_a_busy_minute_is_measured() -> None:
    """What was answered while others waited is the rate, above the floor or below."""
    assert measured_rate(*minute(1_200, 30, 50, 40), last=99, floor=50) == 20
    assert measured_rate(*minute(12_000, 30, 50, 40), last=99, floor=50) == 200


@pytest.mark.parametrize(
    "idle",
    [
        minute(30, 30, 50, 0),
        minute(30, 30, 0, 50),
        # A message happens to be seen at both ends, but nobody waits for long.
        minute(4, 1, 1, 1),
    ],
)
def test_an_idle_minute_says_nothing(idle: tuple[Tally, Tally]) -> None:
    """Demand is not capacity: the last figure stands, and recovers to the floor."""
    assert measured_rate(*idle, last=99, floor=50) == 99
    assert measured_rate(*idle, last=20, floor=50) == 50


def test_a_stalled_minute_is_half_believed() -> None:
    """With a queue at both ends and nobody answered, less and less can be promised soon."""
    rate = 99.0
    for _ in range(3):
        slower = measured_rate(*minute(0, 0, 5, 9), last=rate, floor=50)
        assert slower == rate / 2
        rate = slower
    assert measured_rate(*minute(0, 0, 5, 9), last=0.1, floor=50) == 0.1
