"""How fast a run is fed: so many lines a second, in a window, up to a daily cap."""

from dataclasses import dataclass, replace

DAY_MS = 86_400_000
BACKLOG_SECONDS = 2
"""What a feeder that was held up may catch up with at once, in seconds of its rate."""

PER_SECOND_MIN, PER_SECOND_MAX = 0.001, 2_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RatePlan:
    """Lines a second, between *opens_at* and *closes_at* (milliseconds), so many a UTC day."""

    per_second: float
    opens_at: int | None = None
    closes_at: int | None = None
    daily_cap: int | None = None


MARK_MS = 30_000
"""At least so long lies between two marks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """How many lines were *sent* in all at a moment, for measuring from."""

    at: int
    sent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """What was fed: *sent* lines since *since*, and *sent_today* on the UTC day *day*.

    *since* follows a feeder that was held up, so that it owes nothing; *earlier* and *later*
    stay where they were set, and tell how fast it went.
    """

    since: int
    sent: int = 0
    day: int = 0
    sent_today: int = 0
    earlier: Mark | None = None
    later: Mark | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """How many *lines* may be fed now; with none, *at* is when there will be some.

    *over* says that the window has closed: there will never be any.
    """

    lines: int
    at: int
    over: bool = False


def due(plan: RatePlan, pace: Pace, now: int, slice_: int) -> Due:
    """Return what *plan* allows at *now*, in slices of up to *slice_* lines.

    A slice is fed once it is due whole: the rate holds over any time longer than a slice's.
    """
    if plan.closes_at is not None and now >= plan.closes_at:
        return Due(lines=0, at=plan.closes_at, over=True)
    if plan.opens_at is not None and now < plan.opens_at:
        return Due(lines=0, at=plan.opens_at)
    room = slice_
    if plan.daily_cap is not None:
        room = min(room, plan.daily_cap - _today(pace, now))
        if room <= 0:
            return Due(lines=0, at=(now // DAY_MS + 1) * DAY_MS)
    earned = int((now - pace.since) * plan.per_second / 1000) - pace.sent
    if earned >= room:
        return Due(lines=room, at=now)
    return Due(lines=0, at=pace.since + _ms_for(pace.sent + room, plan))


def begun(pace: Pace, now: int) -> Pace:
    """Return *pace*, counted from *now* if nothing was fed yet."""
    return pace if pace.since else replace(pace, since=now)


def fed(plan: RatePlan, pace: Pace, now: int, lines: int) -> Pace:
    """Return *pace* after *lines* were fed at *now*.

    What a feeder missed while it was held up for long is not made up for: a run that was
    paused for an hour goes on at its rate, not with an hour's lines at once.
    """
    sent = pace.sent + lines
    earned = (now - pace.since) * plan.per_second / 1000
    most = plan.per_second * BACKLOG_SECONDS
    since = pace.since
    if earned - sent > most:
        since = now - _ms_for(sent + most, plan)
    earlier, later = pace.earlier, pace.later or Mark(at=pace.since, sent=pace.sent)
    if now - later.at >= MARK_MS:
        earlier, later = later, Mark(at=now, sent=sent)
    return replace(
        pace,
        since=since,
        sent=sent,
        day=now // DAY_MS,
        sent_today=_today(pace, now) + lines,
        earlier=earlier,
        later=later,
    )


def measured(pace: Pace, now: int) -> float:
    """Return the lines a second that were fed of late: over the last half to whole minute.

    Over less where the first line was fed later than that; over more where slices are further
    apart, and for half a minute after a pause, which then counts as well.
    """
    start = pace.earlier or pace.later
    if start is None or now <= start.at:
        return 0.0
    return (pace.sent - start.sent) * 1000 / (now - start.at)


def done_at(plan: RatePlan, pace: Pace, now: int, lines: float, per_second: float) -> int:
    """Return when *lines* more will have been fed at *per_second*, a daily cap reckoned with."""
    if plan.daily_cap is None:
        return now + int(lines * 1000 / per_second)
    left_today = max(plan.daily_cap - _today(pace, now), 0)
    if lines <= left_today:
        return now + int(lines * 1000 / per_second)
    days, rest = divmod(lines - left_today, plan.daily_cap)
    midnight = (now // DAY_MS + 1) * DAY_MS
    return midnight + int(days) * DAY_MS + int(rest * 1000 / per_second)


def slice_for(plan: RatePlan, slice_max: int, seconds: float) -> int:
    """Return how many lines to feed together: what *seconds* earn, from one to *slice_max*."""
    return max(1, min(slice_max, int(plan.per_second * seconds)))


def _ms_for(lines: float, plan: RatePlan) -> int:
    """Return the milliseconds in which *plan* earns *lines*, rounded up."""
    return -int(-lines * 1000 // plan.per_second)


def _today(pace: Pace, now: int) -> int:
    return pace.sent_today if pace.day == now // DAY_MS else 0
