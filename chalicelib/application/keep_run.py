"""Keep a run going: check, feed and collect it in turns, until the time or the run is over."""

from contextlib import suppress
from dataclasses import dataclass, replace

from chalicelib.application.ask_run import AskRun
from chalicelib.application.check_run import CheckRun
from chalicelib.application.collect_run import Collecting, CollectRun
from chalicelib.application.feed_run import FeedRun
from chalicelib.application.keep_batches import KeptBatches
from chalicelib.application.keep_results import POLL_MS, KeptResults
from chalicelib.application.listed_lines import Lines
from chalicelib.application.ports import Clock
from chalicelib.application.run_ports import (
    LIST_GONE,
    Lane,
    Plantings,
    ReadLine,
    Runs,
    Sources,
    SourceUnusableError,
)
from chalicelib.application.run_reading import Reading
from chalicelib.domain.errors import StoreUnavailableError
from chalicelib.domain.intent import Reason
from chalicelib.domain.pace import begun, due, slice_for
from chalicelib.domain.run import (
    BadLines,
    Check,
    Cursor,
    Progress,
    Run,
    RunState,
    Seal,
    advance,
)

SLICE_MAX = 500
"""Lines between two checkpoints at most: what is done again after a crash."""

SLICE_SECONDS = 5
"""A slow run's slice is what so many seconds earn it, so that its calls are shared too."""

LANE_MAX = 10_000
"""Messages in the lane at which a run waits: what the lane's workers answer in some minutes."""

LEASE_MS = 120_000
IDLE_MS = 20_000
"""A run with nothing to do for longer is left to its next keeper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a keeper leaves: *next_at* is when the run wants one again, None if never.

    *fed* and *collected* are the lines that it fed and collected.
    """

    run: Run | None
    next_at: int | None
    fed: int = 0
    collected: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepRun:
    """One keeper at a time, by a lease; whoever comes next goes on where the last one recorded."""

    runs: Runs
    sources: Sources
    plantings: Plantings
    lane: Lane
    check: CheckRun
    feed: FeedRun
    collect: CollectRun
    clock: Clock
    ask: AskRun | None = None
    """Has texts read in batches; None where there is no Batch API."""

    def __call__(self, run_id: str, parse: ReadLine, stop_at: int) -> Kept:
        """Work on the run until *stop_at* (ms) at most. Does nothing where somebody else does.

        Safe to call at any time and after any crash: nothing is fed twice or left out.
        """
        run = self.runs.take(run_id, self.clock.now(), LEASE_MS)
        if run is None:
            return Kept(run=None, next_at=None)
        return _Keeper(self, run, parse).keep(stop_at)


_MISSING = SourceUnusableError("source_missing", "There is no file.")
_CHANGED = SourceUnusableError("source_changed", "The file is not the one that was checked.")


class _LostError(Exception):
    """The run is somebody else's by now."""


class _Keeper:
    def __init__(self, rule: KeepRun, run: Run, parse: ReadLine) -> None:
        self._rule = rule
        self._run = run
        self._before = run.progress
        self._parse = parse
        self._checking: Reading | None = None
        self._feeding: Reading | None = None
        self._slice: Lines | None = None
        self._batches = KeptBatches(rule.ask, rule.feed)
        now = rule.clock.now()
        self._results = KeptResults(rule.collect, self._collector, now)
        self._renew_at = now + LEASE_MS // 2

    def keep(self, stop_at: int) -> Kept:
        clock = self._rule.clock
        try:
            while self._run.open:
                now = clock.now()
                if now >= stop_at:
                    break
                if now >= self._renew_at:
                    self._record(self._run.progress)
                if self._step(now):
                    continue
                wait = self._idle_until(now) - now
                if now + wait >= stop_at or wait > IDLE_MS:
                    break
                clock.sleep(max(wait, 1))
            self._write_what_is_left()
            next_at = self._idle_until(clock.now()) if self._run.open else None
            self._rule.runs.release(self._run)
        except _LostError:
            return self._kept(None, None)
        except StoreUnavailableError:
            with suppress(StoreUnavailableError):
                self._rule.runs.release(self._run)
            return self._kept(self._run, clock.now() + POLL_MS)
        return self._kept(self._run, next_at)

    def _kept(self, run: Run | None, next_at: int | None) -> Kept:
        before, after = self._before, self._run.progress
        return Kept(
            run=run,
            next_at=next_at,
            fed=after.fed.lines - before.fed.lines,
            collected=after.collected - before.collected,
        )

    def _step(self, now: int) -> bool:
        """Do what is due; return whether there was anything."""
        try:
            if self._run.progress.is_half_fed:
                self._finish_slice()
            if self._run.checks:
                self._check()
                return True
            did = self._look_after_batches(now)
            did = (self._run.feeds and self._feed(now)) or did
            did = self._gather(now) or did
        except SourceUnusableError as error:
            self._give_up(error)
            return True
        return self._finish() or did

    def _check(self) -> None:
        check = self._run.check or Check()
        if self._checking is None:
            seal = check.seal or self._sealed()
            check = replace(check, seal=seal)
            self._checking = self._reading(seal, check.cursor)
        check = self._rule.check(self._run, check, self._checking, SLICE_MAX, self._parse)
        self._end(replace(self._run, check=check))
        if self._run.check != check:
            self._checking = None

    def _is_cleared(self) -> bool:
        """Whether the run's lines may be fed; if not, have them checked first, or fail."""
        run, check = self._run, self._run.check
        if run.plan.bad_lines is not BadLines.REFUSE:
            return True
        if check is None or check.seal is None:
            # Nothing was checked, or there was no file yet.
            self._end(replace(run, check=Check()))
        elif not check.clean:
            self._end(self._failed(run, "bad_lines", "The source has bad lines."))
        else:
            return True
        return False

    def _feed(self, now: int) -> bool:
        """Feed a slice if one is due; return whether there was anything to do."""
        if not self._is_cleared():
            return True
        run, rate = self._run, self._run.plan.rate
        run = replace(
            run,
            progress=replace(run.progress, pace=begun(run.progress.pace, run.started_at or now)),
        )
        self._run = run
        most = slice_for(rate, SLICE_MAX, SLICE_SECONDS)
        allowed = due(rate, run.progress.pace, now, most)
        if allowed.over:
            self._end(self._failed(run, "window_closed", "The window closed before the last line."))
            return True
        if not allowed.lines or not self._has_lines() or self._lane_is_long():
            return False
        progress, self._slice = self._begun(allowed.lines)
        self._record(progress)
        if progress.is_half_fed:
            self._finish_slice()
        return True

    def _begun(self, most: int) -> tuple[Progress, Lines]:
        """Begin a slice of lines that were put off while some are ready, else of the next."""
        seal = self._run.progress.seal or self._sealed()
        self._run = run = replace(self._run, progress=replace(self._run.progress, seal=seal))
        late = self._batches.begin(run, most, self._parse)
        if late is not None:
            return late
        self._feeding = self._feeding or self._reading(seal, run.progress.feeding)
        putting_off = self._batches.putting_off(run)
        return self._rule.feed.begin(run, self._feeding, most, self._parse, putting_off)

    def _finish_slice(self) -> None:
        """Have the slice fed that was begun: whatever became of the run since, or of who began it."""
        run, feed = self._run, self._rule.feed
        lines = feed.begun(run, self._parse) if self._slice is None else self._slice
        self._record(feed.finish(run, lines))
        self._slice = None

    def _look_after_batches(self, now: int) -> bool:
        """Do what is due about the run's batches; return whether there was anything."""
        progress = self._batches.step(self._run, now)
        if progress is not None:
            self._record(progress)
        return progress is not None

    def _has_lines(self) -> bool:
        """Whether the run has a line to be fed that waits for no batch."""
        progress = self._run.progress
        ready = not progress.ended or progress.put_off.ready > progress.put_off.fed.rows
        return ready and not self._batches.holds(self._run)

    def _lane_is_long(self) -> bool:
        lane = self._rule.lane
        return lane.intents.depth().waiting + lane.settlements.depth().waiting >= LANE_MAX

    def _gather(self, now: int) -> bool:
        did = self._results.gather(self._run, self._parse, now)
        if self._results.is_full(self._run, now):
            self._flush()
        return did

    def _collector(self) -> Collecting:
        feed = self._rule.feed
        return Collecting(self._rule.plantings, feed.grants, feed.reports, self._run)

    def _flush(self) -> None:
        progress = self._results.written(self._run)
        if progress is not None:
            self._record(progress)
            self._results.begin_anew(self._run.progress, self._rule.clock.now())

    def _write_what_is_left(self) -> None:
        try:
            self._flush()
        except SourceUnusableError as error:
            self._give_up(error)

    def _finish(self) -> bool:
        """End a run of which everything is collected; return whether it was."""
        run = self._run
        if run.feeds or run.collects or run.state is RunState.PAUSED:
            return False
        if self._batches.is_awaited(run):
            return False
        if run.state is RunState.RUNNING and not run.progress.fed.lines:
            run = self._failed(run, "source_empty", "There is no line in the file.")
        elif run.state is RunState.RUNNING:
            run = replace(run, state=advance(run.state, RunState.COMPLETED))
        self._end(replace(run, finished_at=self._rule.clock.now()))
        return True

    def _sealed(self) -> Seal:
        seal = self._rule.sources.seal(self._run.plan.source)
        if seal is None:
            raise _MISSING
        check = self._run.check
        if check is not None and check.seal not in {None, seal}:
            raise _CHANGED
        return seal

    def _reading(self, seal: Seal, cursor: Cursor) -> Reading:
        return Reading(self._rule.sources, self._run.plan, seal, cursor)

    def _give_up(self, error: SourceUnusableError) -> None:
        """End what can't be read any further.

        What was fed is still collected, from the run's own lists: unless one of these is gone.
        """
        run = self._run
        if run.check is not None and run.checks:
            check = replace(run.check, complete=True, faults={**run.check.faults, error.code: 1})
            run = replace(run, check=check)
        if run.state in {RunState.RUNNING, RunState.PAUSED}:
            run = self._failed(run, error.code, error.detail)
        if error.code == LIST_GONE and run.state is not RunState.DRAFT:
            self._batches.call_off(run)
            reason = Reason(code=error.code, detail=error.detail)
            run = replace(run, reason=reason, finished_at=self._rule.clock.now())
        self._end(run)

    def _failed(self, run: Run, code: str, detail: str) -> Run:
        return replace(
            run,
            state=advance(run.state, RunState.FAILED),
            reason=Reason(code=code, detail=detail),
        )

    def _record(self, progress: Progress) -> None:
        """Record *progress*, and hold the run for longer: whoever only waits does so too."""
        now = self._rule.clock.now()
        self._stands(self._rule.runs.record(self._run, progress, now + LEASE_MS))
        self._renew_at = now + LEASE_MS // 2

    def _end(self, after: Run) -> None:
        self._stands(self._rule.runs.end(self._run, after))

    def _stands(self, run: Run | None) -> None:
        if run is None:
            raise _LostError
        self._run = run

    def _idle_until(self, now: int) -> int:
        """Return when there may be something to do again."""
        run = self._run
        times = [now + 1 if run.checks else now + IDLE_MS * 3]
        if run.feeds:
            most = slice_for(run.plan.rate, SLICE_MAX, SLICE_SECONDS)
            allowed = due(run.plan.rate, run.progress.pace, now, most)
            if self._has_lines():
                times.append(now + POLL_MS if allowed.lines else allowed.at)
            elif run.plan.rate.closes_at is not None:
                times.append(max(run.plan.rate.closes_at, now + 1))
        batch_at = self._batches.next_at(run)
        if batch_at is not None:
            times.append(max(batch_at, now + 1))
        if run.collects:
            times.append(max(self._results.poll_at, now + 1))
        return min(times)
