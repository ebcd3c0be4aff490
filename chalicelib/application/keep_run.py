"""Keep a run going: check, feed and collect it in turns, until the time or the run is over."""

from contextlib import suppress
from dataclasses import dataclass, replace

from chalicelib.application.ask_run import AskRun
from chalicelib.application.check_run import CheckRun
from chalicelib.application.collect_run import Collecting, CollectRun
from chalicelib.application.feed_run import FeedRun
from chalicelib.application.keep_batches import KeptBatches
from chalicelib.application.keep_feed import SLICE_MAX, KeptFeed
from chalicelib.application.keep_results import POLL_MS, KeptResults
from chalicelib.application.lane_budget import LaneTurns
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
from chalicelib.domain.run import (
    BadLines,
    Check,
    Progress,
    Run,
    RunState,
    Seal,
    Source,
    advance,
)

LEASE_MS = 120_000
PACKED_LEASE_MS = 330_000
"""Longer than a keeper can live. A packed file is unpacked from its beginning before the first line
is fed, and who loses the run meanwhile would have done so for nothing, as would the next."""

IDLE_MS = 20_000
"""A run with nothing to do for longer is left to its next keeper."""


def lease_ms(source: Source) -> int:
    """Return how long a run of *source* is a keeper's own, from when it last recorded."""
    return PACKED_LEASE_MS if source.gzip else LEASE_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a keeper leaves: *next_at* is when the run wants one again, None if never.

    *fed* and *collected* are the lines that it fed and collected. *cause* is why it broke off,
    if a store did not answer. *ended* says that the run failed or was completed while it was kept,
    *behind* that it was due faster than this keeper could feed it.
    """

    run: Run | None
    next_at: int | None
    fed: int = 0
    collected: int = 0
    cause: StoreUnavailableError | None = None
    ended: bool = False
    behind: bool = False


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
    turns: LaneTurns
    ask: AskRun | None = None
    """Has texts read in batches; None where there is no Batch API."""

    def __call__(self, run_id: str, parse: ReadLine, stop_at: int, due: int = 0) -> Kept:
        """Work on the run until *stop_at* (ms) at most. Does nothing where somebody else does.

        *due* is the moment (ms) for which the keeper was called, if the run has named one. Safe to call at any time and after any crash: nothing is fed twice or left out.
        """
        run = self.runs.take(run_id, self.clock.now(), LEASE_MS, due)
        if run is None:
            return Kept(run=None, next_at=None)
        return _Keeper(self, run, parse).keep(stop_at)


_ENDS = frozenset({RunState.COMPLETED, RunState.FAILED})
_MISSING = SourceUnusableError("source_missing", "There is no file.")
_CHANGED = SourceUnusableError("source_changed", "The file is not the one that was checked.")


class _LostError(Exception):
    """The run is somebody else's by now."""


class _MovedError(Exception):
    """An operator has moved the run on: what was read of its file was not begun."""


class _Keeper:
    def __init__(self, rule: KeepRun, run: Run, parse: ReadLine) -> None:
        self._rule = rule
        self._run = run
        self._taken = run
        self._parse = parse
        self._checking: Reading | None = None
        self._batches = KeptBatches(rule.ask, rule.feed)
        self._feeding = KeptFeed(rule.feed, rule.sources, rule.turns, self._batches)
        now = rule.clock.now()
        self._results = KeptResults(rule.collect, self._collector, now)
        self._lease_ms = lease_ms(run.plan.source)
        # Whoever took the run did not know yet that its lease is to be longer.
        is_short = self._lease_ms > LEASE_MS
        self._renew_at = now + (0 if is_short else LEASE_MS // 2)

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
            self._rule.runs.release(self._run, next_at)
        except _LostError:
            return self._kept(None, None)
        except _MovedError:
            next_at = clock.now() if self._run.open else None
            self._rule.runs.release(self._run, next_at)
        except StoreUnavailableError as error:
            next_at = clock.now() + POLL_MS
            with suppress(StoreUnavailableError):
                self._rule.runs.release(self._run, next_at)
            return self._kept(self._run, next_at, error)
        return self._kept(self._run, next_at)

    def _kept(
        self, run: Run | None, next_at: int | None, cause: StoreUnavailableError | None = None
    ) -> Kept:
        before, after = self._taken.progress, self._run.progress
        return Kept(
            run=run,
            next_at=next_at,
            fed=after.fed.lines - before.fed.lines,
            collected=after.collected - before.collected,
            cause=cause,
            ended=self._run.state is not self._taken.state and self._run.state in _ENDS,
            behind=self._feeding.is_behind,
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
            self._checking = Reading(self._rule.sources, self._run.plan, seal, check.cursor)
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
        feeding = self._feeding
        self._run = run = feeding.paced(self._run, now)
        allowed = feeding.allowed(run, now)
        if allowed.over:
            self._end(self._failed(run, "window_closed", "The window closed before the last line."))
            return True
        if not feeding.may(run, allowed, now):
            return False
        before = run.progress.pace
        seal = run.progress.seal or self._sealed()
        self._run = run = replace(run, progress=replace(run.progress, seal=seal))
        self._license(feeding.begin(run, seal, allowed.lines, self._parse))
        if self._run.progress.is_half_fed:
            self._finish_slice()
        feeding.fed(before, self._run.progress.pace, self._rule.clock.now())
        return True

    def _finish_slice(self) -> None:
        self._record(self._feeding.finish(self._run, self._parse))

    def _look_after_batches(self, now: int) -> bool:
        """Do what is due about the run's batches; return whether there was anything."""
        progress = self._batches.step(self._run, now)
        if progress is not None:
            self._record(progress)
        return progress is not None

    def _gather(self, now: int) -> bool:
        least_ms = self._feeding.slice_ms(self._run.plan)
        did = self._results.gather(self._run, self._parse, now, least_ms)
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
        self._stands(self._rule.runs.record(self._run, progress, now + self._lease_ms))
        self._renew_at = now + self._lease_ms // 2

    def _license(self, progress: Progress) -> None:
        """Record that a slice is begun, unless an operator has paused or cancelled the run meanwhile."""
        lease_until = self._rule.clock.now() + self._lease_ms
        self._stands(self._rule.runs.record(self._run, progress, lease_until, standing=True))
        if self._run.state is not RunState.RUNNING:
            raise _MovedError

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
        feed_at = self._feeding.next_at(run, now) if run.feeds else None
        if feed_at is not None:
            times.append(feed_at)
        batch_at = self._batches.next_at(run)
        if batch_at is not None:
            times.append(max(batch_at, now + 1))
        if run.collects:
            times.append(max(self._results.poll_at, now + 1))
        return min(times)
