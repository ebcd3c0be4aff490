import json
from collections.abc import Callable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib.application.reconcile import Reconciled
from chalicelib.application.sweep import Swept
from chalicelib.bootstrap import install
from chalicelib.domain.errors import StoreUnavailableError
from chalicelib.entrypoints import application
from chalicelib.entrypoints.schedules import OutOfBalanceError
from rushline_testing.lambdas import TIMEOUT_MS, Context
from tests.fakes import FakeClock

EVENT = {
    "version": "0",
    "id": "1",
    "account": "123456789012",
    "region": "us-east-1",
    "detail": {},
    "detail-type": "Scheduled Event",
    "source": "aws.events",
    "time": "2026-02-02T02:40:00Z",
    "resources": [],
}


class Sweeping:
    """A sweep that finds what it is told to, and notes when it is to stop."""

    def __init__(self) -> None:
        self.swept = Swept(outcomes={}, finished=True, errors=())
        self.stop_at = 0

    def __call__(self, stop_at: int) -> Swept:
        """Note the time."""
        self.stop_at = stop_at
        return self.swept


@pytest.fixture
def clock() -> FakeClock:
    """Return a clock that stands still."""
    return FakeClock()


@pytest.fixture
def sweeping(clock: FakeClock) -> Iterator[Sweeping]:
    """Return the use case behind the schedule."""
    use_case = Sweeping()
    services: Any = SimpleNamespace(
        sweep=use_case, clock=clock, settings=SimpleNamespace(runs_queue_url="")
    )
    install(services)
    yield use_case
    install(None)


def run(clock: FakeClock, left_ms: int = TIMEOUT_MS["sweep"]) -> Mapping[str, int]:
    """Have the schedule call its function, which has so much time left."""
    context = Context(function_name="sweep", clock=clock, deadline=clock.now() + left_ms)
    function: Any = application.sweep
    answer: Mapping[str, int] = function(EVENT, context)
    return answer


@pytest.mark.parametrize(
    ("left_ms", "sweeps_ms"), [(55_000, 45_000), (10_001, 1), (10_000, 0), (300, 0)]
)
def test_a_sweep_stops_ten_seconds_before_its_lambda_is_ended(
    sweeping: Sweeping, clock: FakeClock, left_ms: int, sweeps_ms: int
) -> None:
    """So that it can say where it stopped; with less than that left it begins nothing."""
    run(clock, left_ms)
    assert sweeping.stop_at == clock.now() + sweeps_ms


def test_what_a_sweep_did_is_counted_by_name(
    sweeping: Sweeping, clock: FakeClock, written: Callable[[], str]
) -> None:
    """Each outcome is a metric of its own, which an alarm can watch, and the function's answer."""
    sweeping.swept = Swept(outcomes={"sent_again": 3, "ended": 2}, finished=True, errors=())
    assert run(clock) == {"sent_again": 3, "ended": 2}
    (metric,) = [json.loads(found) for found in written().splitlines() if '"_aws"' in found]
    assert metric["swept_sent_again"] == [3.0]
    assert metric["swept_ended"] == [2.0]
    assert {m["Name"] for m in metric["_aws"]["CloudWatchMetrics"][0]["Metrics"]} == {
        "swept_sent_again",
        "swept_ended",
    }


def test_each_error_that_nobody_foresaw_is_logged(
    sweeping: Sweeping, clock: FakeClock, written: Callable[[], str]
) -> None:
    """By its type and where it was met; what it says may quote a customer and is left out."""
    errors = (ZeroDivisionError("SECRET-VALUE"), StoreUnavailableError("SECRET-VALUE"))
    sweeping.swept = Swept(outcomes={"failed": 2}, finished=True, errors=errors)
    run(clock)
    text = written()
    logged = [json.loads(found) for found in text.splitlines() if '"unexpected error"' in found]
    assert [(entry["error"], entry["at"], entry["level"]) for entry in logged] == [
        ("ZeroDivisionError", "sweep", "ERROR"),
        ("StoreUnavailableError", "sweep", "ERROR"),
    ]
    assert "SECRET-VALUE" not in text


@pytest.mark.parametrize(("finished", "warnings"), [(True, 0), (False, 1)])
def test_a_sweep_that_did_not_get_through_says_so(
    sweeping: Sweeping,
    clock: FakeClock,
    written: Callable[[], str],
    finished: bool,  # noqa: FBT001 (a parameter of the test)
    warnings: int,
) -> None:
    """Once, with what it did get done; one that finished has nothing to say."""
    sweeping.swept = Swept(outcomes={"ended": 9}, finished=finished, errors=())
    run(clock)
    logged = [json.loads(found) for found in written().splitlines() if '"WARNING"' in found]
    assert len(logged) == warnings
    assert all(entry["outcomes"] == {"ended": 9} for entry in logged)


class Reconciling:
    """A reconciliation that finds what it is told to."""

    def __init__(self, *found: Reconciled) -> None:
        self.found = found
        self.stop_at = 0

    def __call__(self, stop_at: int) -> Iterator[Reconciled]:
        """Note the time, and find it."""
        self.stop_at = stop_at
        return iter(self.found)


def found(*faults: str, **more: bool) -> Reconciled:
    """Return a counter as it was found."""
    return Reconciled(counter="SPRING25", shards=(), faults=faults, **more)


def reconcile(clock: FakeClock, use_case: Reconciling) -> Mapping[str, int]:
    """Have the schedule call its function."""
    services: Any = SimpleNamespace(reconcile=use_case, clock=clock)
    install(services)
    deadline = clock.now() + TIMEOUT_MS["reconcile"]
    context = Context(function_name="reconcile", clock=clock, deadline=deadline)
    function: Any = application.reconcile
    try:
        counts: Mapping[str, int] = function(EVENT, context)
    finally:
        install(None)
    return counts


def test_what_balances_is_counted(clock: FakeClock) -> None:
    """What was looked at, and what moved all the while; it stops before its function is ended."""
    use_case = Reconciling(found(), found(moving=True))
    counts = {"reconciled": 2, "moving": 1, "skipped": 0, "out_of_balance": 0}
    assert reconcile(clock, use_case) == counts
    assert use_case.stop_at == clock.now() + TIMEOUT_MS["reconcile"] - 10_000


def test_what_does_not_balance_fails_for_the_alarm(
    clock: FakeClock, written: Callable[[], str]
) -> None:
    """Each fault is in the log with its counter, and all counters are looked at before it fails."""
    with pytest.raises(OutOfBalanceError):
        reconcile(clock, Reconciling(found("shard 1 does not balance"), found()))
    log = written()
    assert "shard 1 does not balance" in log
    assert '"reconcile_reconciled":[2.0]' in log.replace(" ", "")


def test_what_the_time_did_not_do_for_is_counted(
    clock: FakeClock, written: Callable[[], str]
) -> None:
    """It is no balance and no fault, and has a metric of its own."""
    counts = reconcile(clock, Reconciling(found(), found(skipped=True), found(skipped=True)))
    assert counts == {"reconciled": 1, "moving": 0, "skipped": 2, "out_of_balance": 0}
    assert '"reconcile_skipped":[2.0]' in written().replace(" ", "")
