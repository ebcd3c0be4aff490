"""What a keeper does about its run's feeding: waits until a slice is due and may be fed, and begins it."""

from dataclasses import replace

from chalicelib.application.feed_run import FeedRun
from chalicelib.application.keep_batches import KeptBatches
from chalicelib.application.keep_results import POLL_MS
from chalicelib.application.lane_budget import LaneTurns
from chalicelib.application.listed_lines import Lines
from chalicelib.application.run_ports import ReadLine, Sources
from chalicelib.application.run_reading import Reading
from chalicelib.application.shortfall import Shortfall, is_far
from chalicelib.domain.pace import Due, Pace, begun, due, slice_for
from chalicelib.domain.run import Plan, Progress, Run, Seal

SLICE_MAX = 500
"""Lines between two checkpoints at most: what is done again after a crash."""

SLICE_SECONDS = 10
"""A slow run's slice is what so many seconds earn it, so that its calls are shared too."""

LANE_MAX = 10_000
"""Messages in the lane at which a run waits: what the lane's workers answer in some minutes."""


class KeptFeed:
    """One keeper's feeding. It changes no run: what it returns is to be recorded by the keeper."""

    def __init__(
        self, rule: FeedRun, sources: Sources, turns: LaneTurns, batches: KeptBatches
    ) -> None:
        self._rule = rule
        self._sources = sources
        self._turns = turns
        self._batches = batches
        self._reading: Reading | None = None
        self._begun: Lines | None = None
        self._turn_at = 0
        self._shortfall = Shortfall()

    @property
    def is_behind(self) -> bool:
        """Whether the run was due faster than it was fed."""
        return self._shortfall.is_behind

    def slice_of(self, plan: Plan) -> int:
        """Return how many lines are fed together."""
        most = min(SLICE_MAX, self._turns.lines_max)
        return slice_for(plan.rate, most, SLICE_SECONDS)

    def slice_ms(self, plan: Plan) -> int:
        """Return how long a slice takes to be earned, up to `SLICE_SECONDS`."""
        earned_ms = int(self.slice_of(plan) * 1000 / plan.rate.per_second)
        return min(earned_ms, SLICE_SECONDS * 1000)

    def paced(self, run: Run, now: int) -> Run:
        """Return *run*, its pace counted from when it was started, if it was not fed before."""
        pace = begun(run.progress.pace, run.started_at or now)
        return replace(run, progress=replace(run.progress, pace=pace))

    def allowed(self, run: Run, now: int) -> Due:
        """Return what the run's plan allows at *now*."""
        return due(run.plan.rate, run.progress.pace, now, self.slice_of(run.plan))

    def may(self, run: Run, allowed: Due, now: int) -> bool:
        """Whether the lines that are *allowed* are to be fed now; then the lane has a turn for them."""
        rate = run.plan.rate
        if not allowed.lines and not is_far(rate, allowed.at - now, self.slice_of(run.plan)):
            return False
        if allowed.lines and self._has_lines(run) and self._has_turn(allowed.lines, now):
            return True
        self._shortfall.hold()
        return False

    def begin(self, run: Run, seal: Seal, most: int, parse: ReadLine) -> Progress:
        """Begin a slice of lines that were put off while some are ready, else of the next."""
        slice_ = self._batches.begin(run, most, parse)
        if slice_ is None:
            if self._reading is None:
                self._reading = Reading(self._sources, run.plan, seal, run.progress.feeding)
            putting_off = self._batches.putting_off(run)
            slice_ = self._rule.begin(run, self._reading, most, parse, putting_off)
        progress, self._begun = slice_
        return progress

    def finish(self, run: Run, parse: ReadLine) -> Progress:
        """Have the slice fed that was begun: whatever became of the run since, or of who began it."""
        lines = self._rule.begun(run, parse) if self._begun is None else self._begun
        progress = self._rule.finish(run, lines)
        self._begun = None
        return progress

    def fed(self, before: Pace, after: Pace, now: int) -> None:
        """Take note that the run was fed at *now*, and what that did to its pace."""
        self._shortfall.feed(before, after, now)

    def next_at(self, run: Run, now: int) -> int | None:
        """Return when something may be to be fed (ms), None if nothing will without a batch."""
        if not self._has_lines(run):
            closes_at = run.plan.rate.closes_at
            return None if closes_at is None else max(closes_at, now + 1)
        if self._turn_at > now:
            return self._turn_at
        allowed = self.allowed(run, now)
        return now + POLL_MS if allowed.lines else allowed.at

    def _has_lines(self, run: Run) -> bool:
        """Whether the run has a line to be fed that waits for no batch."""
        progress = run.progress
        ready = not progress.ended or progress.put_off.ready > progress.put_off.fed.rows
        return ready and not self._batches.holds(run)

    def _has_turn(self, lines: int, now: int) -> bool:
        """Whether the lane takes *lines* more, of all those that are fed."""
        if self._lane_is_long():
            return False
        self._turn_at = self._turns.take(lines, now)
        return self._turn_at <= now

    def _lane_is_long(self) -> bool:
        lane = self._rule.lane
        return lane.intents.depth().waiting + lane.settlements.depth().waiting >= LANE_MAX
