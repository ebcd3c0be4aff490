"""See how a run stands: one view for the API and the command line."""

from collections import Counter
from dataclasses import dataclass, field

from chalicelib.application.ports import Catalogues, Clock
from chalicelib.application.run_ports import Reports, Runs
from chalicelib.domain.errors import RunNotFoundError
from chalicelib.domain.intent import Reason, Status
from chalicelib.domain.pace import RatePlan, done_at, measured
from chalicelib.domain.run import Check, Counts, ModelWay, Progress, Report, Run, RunState
from chalicelib.domain.run_line import LineFault

_COUNTED = frozenset({"confirmed", "granted", "needs_input", "expired", "cancelled"})
_FAULTS = frozenset(LineFault)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomesView:
    """What became of the lines that were collected. All of it together is *collected*.

    *rejected* by reason. *failed* are those whose intent is gone; *invalid* those that were
    faults; *others* the outcomes that have no name here.
    """

    collected: int
    confirmed: int
    granted: int
    needs_input: int
    expired: int
    cancelled: int
    failed: int
    invalid: int
    rejected: Counts = field(default_factory=dict)
    others: Counts = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CostView:
    """What a run has cost: *discounts* in minor units of *currency*, the model in millionths of a dollar."""

    model_microdollars: int
    discounts: int
    currency: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PutOffView:
    """Lines that were put off for the Batch API: how many are *waiting*, and how batches ended."""

    waiting: int
    ends: Counts


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckView:
    """What a dry run has found so far: *found* and *faults* by name.

    *total* is what the priced lines cost, less *discounts*; both in minor units.
    """

    complete: bool
    lines: int
    found: Counts
    faults: Counts
    total: int
    discounts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunView:
    """A run as it is shown; times in milliseconds since the epoch.

    *rate_now* is lines a second over the last half to whole minute, 0 while nothing is fed.
    *share* is the part of the source that was read, and *eta* when the rest will be at the rate
    now: neither is known of a packed file that was not checked, nor the *eta* while lines wait for
    a batch. *put_off* is None of a run that asks no Batch API. *finished* says that nothing will
    change any more, *drop* that what was fed and not settled when it was cancelled is dropped.
    """

    id: str
    name: str
    merchant: str
    coupon: str | None
    state: RunState
    reason: Reason | None
    finished: bool
    drop: bool
    made_at: int
    made_by: str
    started_at: int | None
    finished_at: int | None
    lines_read: int
    queued: int
    faults: Counts
    put_off: PutOffView | None
    outcomes: OutcomesView
    rate: RatePlan
    rate_now: float
    share: float | None
    eta: int | None
    cost: CostView
    check: CheckView | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportView:
    """Where a report's parts are for a while, in order. *complete*: no row will come any more."""

    complete: bool
    parts: tuple[str, ...]


def view_of(run: Run, now: int, currency: str | None) -> RunView:
    """Return *run* as it is shown at *now*; *currency* is its merchant's."""
    progress = run.progress
    share = _share(run)
    rate_now = measured(progress.pace, now) if run.feeds else 0.0
    eta = None
    if share and rate_now and not progress.put_off.waiting:
        left = progress.fed.lines / share - progress.fed.lines
        eta = done_at(run.plan.rate, progress.pace, now, left, rate_now)
    return RunView(
        id=run.id,
        name=run.plan.name,
        merchant=run.plan.merchant,
        coupon=run.plan.coupon,
        state=run.state,
        reason=run.reason,
        finished=run.finished_at is not None,
        drop=run.drop,
        made_at=run.made_at,
        made_by=run.made_by,
        started_at=run.started_at,
        finished_at=run.finished_at,
        lines_read=progress.fed.lines,
        queued=progress.queued,
        faults=progress.faults,
        put_off=_put_off(run),
        outcomes=_outcomes(progress),
        rate=run.plan.rate,
        rate_now=round(rate_now, 3),
        share=share,
        eta=eta,
        cost=CostView(
            model_microdollars=progress.model_microdollars,
            discounts=progress.discounts,
            currency=currency,
        ),
        check=_check(run.check),
    )


def _share(run: Run) -> float | None:
    """Return how much of the source was fed, by its lines where they were counted, else by its bytes."""
    progress, check = run.progress, run.check
    if progress.ended:
        return 1.0
    if progress.seal is None:
        return None
    counted = check is not None and check.complete and check.seal == progress.seal
    if check is not None and counted and check.cursor.lines and not check.faults.keys() - _FAULTS:
        return min(progress.fed.lines / check.cursor.lines, 1.0)
    if run.plan.source.gzip or not progress.seal.size:
        return None
    return min(progress.fed.offset / progress.seal.size, 1.0)


def _outcomes(progress: Progress) -> OutcomesView:
    counts: Counter[str] = Counter()
    rejected: Counter[str] = Counter()
    for name, count in progress.outcomes.items():
        outcome, _, reason = name.partition(":")
        counts[outcome] += count
        if outcome == Status.REJECTED:
            rejected[reason] += count
    named = {*_COUNTED, "missing", "invalid", Status.REJECTED.value}
    return OutcomesView(
        collected=progress.collected,
        **{name: counts[name] for name in _COUNTED},
        failed=counts["missing"],
        invalid=counts["invalid"],
        rejected=dict(rejected),
        others={name: count for name, count in counts.items() if name not in named},
    )


def _put_off(run: Run) -> PutOffView | None:
    if run.plan.model is not ModelWay.BATCH:
        return None
    put_off = run.progress.put_off
    # Those of a run that is over wait for nothing any more.
    return PutOffView(waiting=0 if run.is_over else put_off.waiting, ends=put_off.ends)


def _check(check: Check | None) -> CheckView | None:
    if check is None:
        return None
    return CheckView(
        complete=check.complete,
        lines=check.cursor.lines,
        found=check.found,
        faults=check.faults,
        total=check.total,
        discounts=check.discounts,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SeeRun:
    """Show runs, their results and what their checks found."""

    runs: Runs
    reports: Reports
    catalogues: Catalogues
    clock: Clock

    def __call__(self, run_id: str) -> RunView:
        """Return the run as it stands. Raises `RunNotFoundError`."""
        return self.view(self._found(run_id))

    def view(self, run: Run) -> RunView:
        """Return *run* as it is shown now."""
        menu = self.catalogues.current(run.plan.merchant)
        return view_of(run, self.clock.now(), menu.currency if menu else None)

    def results(self, run_id: str) -> ReportView:
        """Return where the results are: a line for each line that was collected, in their order."""
        run = self._found(run_id)
        complete = run.finished_at is not None
        return self._report(run, "results", run.progress.results, complete=complete)

    def faults(self, run_id: str) -> ReportView:
        """Return where the faults are that the run's check found; none before there was one."""
        run = self._found(run_id)
        report = run.check.report if run.check else Report()
        complete = run.check is not None and run.check.complete
        return self._report(run, "check", report, complete=complete)

    def _report(self, run: Run, name: str, report: Report, *, complete: bool) -> ReportView:
        parts = self.reports.addresses(f"runs/{run.id}/{name}", report)
        return ReportView(complete=complete, parts=tuple(parts))

    def _found(self, run_id: str) -> Run:
        run = self.runs.get(run_id)
        if run is None:
            msg = "there is no such run"
            raise RunNotFoundError(msg)
        return run
