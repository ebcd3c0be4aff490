"""Runs as they are shown."""

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field

from chalicelib.application.run_ports import Upload
from chalicelib.application.see_run import CheckView, PutOffView, ReportView, RunView
from chalicelib.domain.intent import Reason
from chalicelib.domain.run import Run, RunState
from chalicelib.entrypoints.wire.base import Wire
from chalicelib.entrypoints.wire.times import Time, rfc3339

Counts = dict[str, int]


class RunReasonOut(Wire):
    """Why a run ended as it did: *code* for programs."""

    code: str
    detail: str


class RunRateOut(Wire):
    """How fast lines are fed, as planned."""

    per_second: float
    opens_at: Time | None = None
    closes_at: Time | None = None
    daily_cap: int | None = None


class RunOutcomesOut(Wire):
    """What became of the lines that were collected, which are all of these together."""

    collected: int
    confirmed: int
    granted: int
    needs_input: int
    expired: int
    cancelled: int
    failed: int = Field(description="Lines whose intent is gone.")
    invalid: int = Field(description="Lines that were faults.")
    rejected: Counts = Field(description="By reason.")
    others: Counts = Field(description="Outcomes that have no name here, by their own.")


class RunCostOut(Wire):
    """What a run has cost so far, as far as it was collected."""

    model_microdollars: int
    discounts: int = Field(description="In minor units of currency.")
    currency: str | None = None


class RunPutOffOut(Wire):
    """Lines that were put off, for their texts go through the provider's Batch API."""

    waiting: int = Field(description="Lines that were put off and are not fed yet.")
    ends: Counts = Field(description="How batches ended, in the provider's words or ours.")


class RunCheckOut(Wire):
    """What a dry run has found so far."""

    complete: bool
    lines: int
    found: Counts = Field(
        description="Good lines: items, text, unsure (the model's), grant, and full_price (an order"
        " that can't have its coupon, and says that it takes the full price)."
    )
    faults: Counts = Field(description="Bad lines, by their fault.")
    total: int = Field(
        description="What the lines that were priced cost, less discounts, in minor units."
    )
    discounts: int = Field(description="What coupons take off them, in minor units.")


class UploadOut(Wire):
    """Where the file is to be PUT: one address, or one for each *part_bytes* of it.

    With an *upload_id*, the upload has to be completed.
    """

    upload_id: str | None = None
    part_bytes: int
    urls: tuple[str, ...]


class RunOut(Wire):
    """A run as it stands."""

    id: str
    name: str
    merchant: str
    coupon: str | None = None
    state: RunState
    reason: RunReasonOut | None = None
    finished: bool = Field(description="Nothing of it will change any more.")
    drop: bool = Field(description="It was cancelled with what was not understood yet.")
    made_at: Time
    made_by: str
    started_at: Time | None = None
    finished_at: Time | None = None
    lines_read: int
    queued: int
    faults: Counts = Field(description="Lines that were not fed, by their fault.")
    put_off: RunPutOffOut | None = Field(
        default=None, description="Only of a run that asks the Batch API."
    )
    outcomes: RunOutcomesOut
    rate: RunRateOut
    rate_now: float = Field(description="Lines a second over the last half to whole minute.")
    share: Annotated[float, Field(ge=0, le=1)] | None = Field(
        default=None, description="How much of the source was fed, where that is known."
    )
    eta: Time | None = Field(default=None, description="When all is fed, at the rate now.")
    cost: RunCostOut
    check: RunCheckOut | None = None
    upload: UploadOut | None = None


class ListedRunOut(Wire):
    """A run in a list."""

    id: str
    name: str
    merchant: str
    state: RunState
    made_at: Time
    lines_read: int


class RunsOut(Wire):
    """A page of runs, the latest made first; no *next_cursor* on the last."""

    runs: tuple[ListedRunOut, ...]
    next_cursor: str | None = None


class PartOut(Wire):
    """A part of a report: JSON Lines, at an address that is good for a while."""

    url: str


class ReportOut(Wire):
    """A report's parts, in order. Once it is *complete*, no row will come any more."""

    complete: bool
    parts: tuple[PartOut, ...]


def run_out(view: RunView, upload: Upload | None = None) -> RunOut:
    """Return the run as it is shown, with where its file is to be put."""
    outcomes, rate, cost = view.outcomes, view.rate, view.cost
    return RunOut(
        id=view.id,
        name=view.name,
        merchant=view.merchant,
        coupon=view.coupon,
        state=view.state,
        reason=_reason_out(view.reason),
        finished=view.finished,
        drop=view.drop,
        made_at=rfc3339(view.made_at),
        made_by=view.made_by,
        started_at=_time(view.started_at),
        finished_at=_time(view.finished_at),
        lines_read=view.lines_read,
        queued=view.queued,
        faults=dict(view.faults),
        put_off=_put_off_out(view.put_off),
        outcomes=RunOutcomesOut(
            collected=outcomes.collected,
            confirmed=outcomes.confirmed,
            granted=outcomes.granted,
            needs_input=outcomes.needs_input,
            expired=outcomes.expired,
            cancelled=outcomes.cancelled,
            failed=outcomes.failed,
            invalid=outcomes.invalid,
            rejected=dict(outcomes.rejected),
            others=dict(outcomes.others),
        ),
        rate=RunRateOut(
            per_second=rate.per_second,
            opens_at=_time(rate.opens_at),
            closes_at=_time(rate.closes_at),
            daily_cap=rate.daily_cap,
        ),
        rate_now=view.rate_now,
        share=view.share,
        eta=_time(view.eta),
        cost=RunCostOut(
            model_microdollars=cost.model_microdollars,
            discounts=cost.discounts,
            currency=cost.currency,
        ),
        check=_check_out(view.check),
        upload=_upload_out(upload),
    )


def runs_out(runs: Iterable[Run], next_cursor: str | None) -> RunsOut:
    """Return a page of runs."""
    listed = tuple(
        ListedRunOut(
            id=run.id,
            name=run.plan.name,
            merchant=run.plan.merchant,
            state=run.state,
            made_at=rfc3339(run.made_at),
            lines_read=run.progress.fed.lines,
        )
        for run in runs
    )
    return RunsOut(runs=listed, next_cursor=next_cursor)


def report_out(report: ReportView) -> ReportOut:
    """Return where a report's parts are."""
    parts = tuple(PartOut(url=url) for url in report.parts)
    return ReportOut(complete=report.complete, parts=parts)


def _reason_out(reason: Reason | None) -> RunReasonOut | None:
    return None if reason is None else RunReasonOut(code=reason.code, detail=reason.detail)


def _put_off_out(put_off: PutOffView | None) -> RunPutOffOut | None:
    if put_off is None:
        return None
    return RunPutOffOut(waiting=put_off.waiting, ends=dict(put_off.ends))


def _check_out(check: CheckView | None) -> RunCheckOut | None:
    if check is None:
        return None
    return RunCheckOut(
        complete=check.complete,
        lines=check.lines,
        found=dict(check.found),
        faults=dict(check.faults),
        total=check.total,
        discounts=check.discounts,
    )


def _upload_out(upload: Upload | None) -> UploadOut | None:
    if upload is None:
        return None
    return UploadOut(upload_id=upload.upload_id, part_bytes=upload.part_bytes, urls=upload.urls)


def _time(at: int | None) -> str | None:
    return None if at is None else rfc3339(at)
