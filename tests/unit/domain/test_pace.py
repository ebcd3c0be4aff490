from functools import reduce

import pytest

from chalicelib.domain.pace import DAY_MS, Pace, RatePlan, done_at, fed, measured

START = 1_770_000_000_000


def fed_each(plan: RatePlan, times: list[int], lines: int) -> Pace:
    """Return the pace after so many *lines* were fed at each of *times* (ms after the start)."""
    return reduce(lambda pace, at: fed(plan, pace, START + at, lines), times, Pace(since=START))


@pytest.mark.parametrize("seconds", [10, 60, 600])
def test_a_steady_rate_is_measured(seconds: int) -> None:
    """Five lines each hundred milliseconds are fifty a second, however long it has gone on."""
    plan = RatePlan(per_second=50)
    pace = fed_each(plan, list(range(100, seconds * 1000 + 1, 100)), 5)
    assert measured(pace, START + seconds * 1000) == pytest.approx(50, rel=0.03)


def test_a_feeder_that_is_too_slow_is_not_said_to_keep_the_plan() -> None:
    """What is planned and what was done are two things: ten a second, where fifty were wanted."""
    plan = RatePlan(per_second=50)
    pace = fed_each(plan, list(range(1_000, 300_001, 1_000)), 10)
    assert measured(pace, START + 300_000) == pytest.approx(10, rel=0.05)


def test_the_rate_is_of_late() -> None:
    """A minute after the rate changed, nothing of the old one is left."""
    plan = RatePlan(per_second=1_000)
    slow = list(range(1_000, 300_001, 1_000))
    pace = fed_each(plan, slow, 10)
    for at in range(301_000, 365_000, 1_000):
        pace = fed(plan, pace, START + at, 200)
    assert measured(pace, START + 365_000) == pytest.approx(200, rel=0.1)


def test_a_feeder_that_stopped_slows_down() -> None:
    """The longer nothing is fed, the less is said; before anything was, nothing is."""
    pace = fed_each(RatePlan(per_second=50), list(range(1_000, 120_001, 1_000)), 50)
    rates = [measured(pace, START + at) for at in (120_000, 180_000, 600_000)]
    assert rates == sorted(rates, reverse=True)
    assert rates[-1] < 10
    assert measured(Pace(since=0), START) == 0
    assert measured(Pace(since=START), START) == 0


def test_a_daily_cap_puts_the_end_off() -> None:
    """Two days and a half of it are done in the middle of the third day."""
    midnight = START // DAY_MS * DAY_MS
    plan = RatePlan(per_second=10, daily_cap=1_000)
    pace = Pace(since=midnight, day=midnight // DAY_MS, sent_today=1_000)
    at = done_at(plan, pace, midnight + 1, 2_500, 10)
    assert at == midnight + 3 * DAY_MS + 50_000
    assert done_at(plan, Pace(since=midnight), midnight, 500, 10) == midnight + 50_000
    assert done_at(RatePlan(per_second=10), pace, midnight, 2_500, 10) == midnight + 250_000
