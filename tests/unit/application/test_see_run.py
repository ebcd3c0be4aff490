from dataclasses import replace
from typing import Any

import pytest

from chalicelib.application.see_run import RunView, view_of
from chalicelib.domain.intent import Status
from chalicelib.domain.pace import Pace, RatePlan, fed
from chalicelib.domain.run import (
    Check,
    Cursor,
    Form,
    ModelWay,
    Place,
    Plan,
    Progress,
    PutOff,
    Run,
    RunState,
    Seal,
    Source,
)
from tests.fakes.clock import START

SEAL = Seal(etag="1", size=10_000)


def run(*, gzip: bool = False, check: Check | None = None, **progress: Any) -> Run:
    """Return a run that is being fed ten lines a second, and 100 lines of 10 bytes are."""
    rate = RatePlan(per_second=10)
    source = Source(key="file", form=Form.JSON_LINES, gzip=gzip)
    pace = Pace(since=START)
    for second in range(1, 11):
        pace = fed(rate, pace, START + second * 1000, 10)
    ours = {"seal": SEAL, "pace": pace, "fed": Cursor(offset=1_000, lines=100)}
    return Run(
        id="run_1",
        plan=Plan(name="gift", merchant="tea-house", source=source, rate=rate),
        state=RunState.RUNNING,
        made_at=START,
        made_by="olga",
        started_at=START,
        check=check,
        progress=Progress(**{**ours, **progress}),
    )


def seen(of: Run) -> RunView:
    """Return the run as it is shown ten seconds after it began."""
    return view_of(of, START + 10_000, "USD")


def test_every_outcome_is_counted_once() -> None:
    """Whatever an intent's status and reason, the sums are those of what was collected."""
    names = [f"{status}{reason}" for status in Status for reason in ("", ":why")]
    names += ["granted", "invalid", "missing"]
    outcomes = seen(run(outcomes=dict.fromkeys(names, 3))).outcomes
    named = (
        outcomes.confirmed,
        outcomes.granted,
        outcomes.needs_input,
        outcomes.expired,
        outcomes.cancelled,
        outcomes.failed,
        outcomes.invalid,
    )
    counted = sum(named) + sum(outcomes.rejected.values()) + sum(outcomes.others.values())
    assert counted == 3 * len(names)
    assert outcomes.rejected == {"": 3, "why": 3}
    assert (outcomes.confirmed, outcomes.failed, outcomes.invalid) == (6, 3, 3)
    assert set(outcomes.others) == {"accepted", "paying", "ready", "lapsed", "refunded"}


def test_the_end_is_foretold_by_the_bytes_of_a_plain_file() -> None:
    """A tenth of the bytes in ten seconds: ninety more."""
    view = seen(run())
    assert (view.share, view.rate_now, view.eta) == (0.1, 10, START + 100_000)


def test_nothing_is_foretold_of_a_packed_file() -> None:
    """Its bytes are not those that were fed."""
    view = seen(run(gzip=True))
    assert (view.share, view.eta) == (None, None)


@pytest.mark.parametrize("gzip", [True, False])
def test_a_check_counts_the_lines(gzip: bool) -> None:  # noqa: FBT001 (the parameter's point)
    """After a check of that very file the share is of lines, packed or not."""
    check = Check(cursor=Cursor(lines=400, offset=1), complete=True, seal=SEAL)
    assert seen(run(gzip=gzip, check=check)).share == 0.25
    other = replace(check, seal=Seal(etag="2", size=1))
    assert seen(run(gzip=True, check=other)).share is None
    stopped = replace(check, faults={"source_broken": 1})
    assert seen(run(gzip=True, check=stopped)).share is None


@pytest.mark.parametrize(
    ("state", "waiting"), [(RunState.RUNNING, 3), (RunState.PAUSED, 3), (RunState.CANCELLED, 0)]
)
def test_lines_that_wait_for_a_batch_are_told(state: RunState, waiting: int) -> None:
    """Of a run that asks the Batch API, until they are fed; while they wait no end is foretold."""
    lines = PutOff(count=5, fed=Place(rows=2), ends={"expired": 1})
    of = replace(run(put_off=lines), state=state)
    view = seen(replace(of, plan=replace(of.plan, model=ModelWay.BATCH)))
    assert view.put_off is not None
    assert (view.put_off.waiting, view.put_off.ends, view.eta) == (waiting, {"expired": 1}, None)
    assert seen(run()).put_off is None


@pytest.mark.parametrize(
    "state", [RunState.PAUSED, RunState.CANCELLED, RunState.FAILED, RunState.COMPLETED]
)
def test_what_is_not_fed_has_no_rate(state: RunState) -> None:
    """Neither a rate nor an end is foretold of a run that stands still."""
    view = seen(replace(run(), state=state))
    assert (view.rate_now, view.eta) == (0, None)


def test_a_run_that_was_fed_whole_is_whole() -> None:
    """All of it was fed, whatever its bytes say."""
    view = seen(run(gzip=True, ended=True))
    assert (view.share, view.rate_now, view.eta) == (1, 0, None)
