"""The keepers' worker, and the sweep's call for each open run."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib.application.call_keepers import CallKeepers
from chalicelib.application.keep_run import Kept
from chalicelib.application.run_ports import ReadLine
from chalicelib.application.sweep import Swept
from chalicelib.bootstrap import install
from chalicelib.domain.errors import StoreUnavailableError
from chalicelib.domain.intent import Reason
from chalicelib.domain.pace import RatePlan
from chalicelib.domain.run import Form, Plan, Run, RunState, Source
from chalicelib.domain.run_line import Buy
from chalicelib.entrypoints import application
from rushline_testing.lambdas import TIMEOUT_MS, Context
from tests.fakes import FakeClock
from tests.fakes.clock import START
from tests.fakes.runs import FakeKeepers, FakeRuns
from tests.unit.entrypoints.test_schedules import EVENT


@dataclass
class Keeping:
    """A keep use case that answers as told, and notes what it was told."""

    next_at: int | None = None
    fed: int = 0
    error: Exception | None = None
    more: dict[str, Any] = field(default_factory=dict)
    calls: list[tuple[str, int]] = field(default_factory=list)
    parse: ReadLine | None = None
    due: int = 0

    def __call__(self, run_id: str, parse: ReadLine, stop_at: int, due: int = 0) -> Kept:
        """Note the call."""
        self.due = due
        self.calls.append((run_id, stop_at))
        self.parse = parse
        if self.error is not None:
            raise self.error
        return Kept(**{"run": None, "next_at": self.next_at, "fed": self.fed, **self.more})


@dataclass
class Stage:
    """The services behind the worker and the schedule."""

    clock: FakeClock = field(default_factory=FakeClock)
    keepers: FakeKeepers = field(default_factory=FakeKeepers)
    runs: FakeRuns = field(default_factory=FakeRuns)
    keep_run: Keeping = field(default_factory=Keeping)
    url: str = "https://queue.example/runs"

    def open(self) -> None:
        """Have the app use them."""
        services: Any = SimpleNamespace(
            clock=self.clock,
            keepers=self.keepers,
            keep_run=self.keep_run,
            sweep=lambda stop_at: Swept(outcomes={}, finished=stop_at > 0, errors=()),
            settings=SimpleNamespace(runs_queue_url=self.url),
            call_keepers=CallKeepers(runs=self.runs, keepers=self.keepers),
        )
        install(services)

    def keep(self, body: str) -> list[str]:
        """Deliver a message to the worker; return what has to stay in the queue."""
        record = {"messageId": "7", "receiptHandle": "handle", "body": body}
        worker: Any = application.keep
        deadline = self.clock.now() + TIMEOUT_MS["keep"]
        context = Context(function_name="keep", clock=self.clock, deadline=deadline)
        failures = worker({"Records": [record]}, context)
        return [failure["itemIdentifier"] for failure in failures["batchItemFailures"]]

    def sweep(self) -> dict[str, int]:
        """Run the schedule."""
        function: Any = application.sweep
        context = Context(
            function_name="sweep", clock=self.clock, deadline=self.clock.now() + 55_000
        )
        return dict(function(EVENT, context))


@pytest.fixture
def stage() -> Iterator[Stage]:
    """Return a stage that is open."""
    opened = Stage()
    opened.open()
    yield opened
    install(None)


@pytest.mark.parametrize(
    ("in_ms", "delay_ms"),
    [(-5, 0), (0, 0), (2_500, 2_500), (900_000, 900_000), (86_400_000, 900_000)],
)
def test_the_next_keeper_is_called_when_the_run_wants_one(
    stage: Stage, in_ms: int, delay_ms: int
) -> None:
    """At once where that is over already, in a quarter of an hour where it is later than that."""
    stage.keep_run.next_at = stage.clock.now() + in_ms
    assert stage.keep('{"run": "run_1"}') == []
    assert stage.keepers.called == [("run_1", delay_ms)]


def test_a_keeper_knows_for_which_moment_it_was_called(stage: Stage) -> None:
    """As the one before named it: by that the run tells it from others who come too early."""
    stage.keep_run.next_at = stage.clock.now() + 60_000
    stage.keep('{"run": "run_1"}')
    assert stage.keep_run.due == 0
    assert stage.keepers.due == [stage.keep_run.next_at]
    stage.keep(json.dumps({"run": "run_1", "due": stage.keep_run.next_at}))
    assert stage.keep_run.due == stage.keep_run.next_at


def test_a_keeper_stops_before_its_lambda_is_ended(stage: Stage) -> None:
    """Half a minute before, so that a slice that is under way is recorded."""
    stage.keep('{"run": "run_1"}')
    assert stage.keep_run.calls == [("run_1", START + TIMEOUT_MS["keep"] - 30_000)]


def test_a_keeper_reads_lines_as_they_are_on_the_wire(stage: Stage) -> None:
    """It is given the parser of the files' lines."""
    stage.keep('{"run": "run_1"}')
    assert stage.keep_run.parse is not None
    line = json.dumps({"customer_id": "c1", "text": "tea"}).encode()
    assert isinstance(stage.keep_run.parse(line, Form.JSON_LINES, ()), Buy)


def test_lines_that_were_fed_are_counted(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    """As one metric, where there were any."""
    stage.keep('{"run": "run_1"}')
    assert "run_lines" not in capsys.readouterr().out
    stage.keep_run.fed = 700
    stage.keep('{"run": "run_1"}')
    told = [json.loads(row) for row in capsys.readouterr().out.splitlines()]
    assert [one["run_lines_fed"] for one in told if "run_lines_fed" in one] == [[700.0]]


def test_nobody_is_called_for_what_is_over_or_somebody_elses(stage: Stage) -> None:
    """Where the run wants no keeper, or has one, the call was enough."""
    assert stage.keep('{"run": "run_1"}') == []
    assert stage.keepers.called == []


@pytest.mark.parametrize("error", [StoreUnavailableError("x"), ZeroDivisionError("x")])
def test_a_call_that_fails_stays_in_its_queue(
    stage: Stage, error: Exception, written: Callable[[], str]
) -> None:
    """It is delivered again in a minute, counted, and the error is in the log."""
    stage.keep_run.error = error
    assert stage.keep('{"run": "run_1"}') == ["7"]
    assert stage.keepers.hidden == [("handle", 60)]
    told = written()
    assert ("ZeroDivisionError" in told) is isinstance(error, ZeroDivisionError)
    assert "run_keeper_failed" in told


def test_a_call_that_cannot_be_hidden_stays_in_its_queue(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, written: Callable[[], str]
) -> None:
    """It comes late, and that is in the log."""

    def broken(*_: object) -> None:
        raise StoreUnavailableError

    monkeypatch.setattr(stage.keepers, "put_off", broken)
    stage.keep_run.error = ZeroDivisionError("x")
    assert stage.keep('{"run": "run_1"}') == ["7"]
    assert "hide" in written()


def test_a_store_that_does_not_answer_is_told_once(
    stage: Stage, written: Callable[[], str]
) -> None:
    """With AWS's word for it, and as a metric; the next keeper is called all the same."""
    stage.keep_run.more = {"cause": StoreUnavailableError("SlowDown")}
    stage.keep_run.next_at = stage.clock.now() + 2_000
    assert stage.keep('{"run": "run_1"}') == []
    assert stage.keepers.called == [("run_1", 2_000)]
    lines = [line for line in written().splitlines() if "SlowDown" in line]
    assert len(lines) == 1
    assert json.loads(lines[0])["correlation_id"] == "run_1"


@pytest.mark.parametrize(
    ("state", "reason"), [(RunState.COMPLETED, None), (RunState.FAILED, "source_missing")]
)
def test_an_end_is_told(
    stage: Stage, written: Callable[[], str], state: RunState, reason: str | None
) -> None:
    """In the log with its reason, and as a metric by state."""
    on_record(stage, state)
    run = stage.runs.runs["run_0"]
    why = Reason(code=reason, detail="x") if reason else None
    stage.keep_run.more = {"run": replace(run, reason=why), "ended": True}
    stage.keep('{"run": "run_0"}')
    told = [json.loads(line) for line in written().splitlines()]
    (said,) = [line for line in told if line.get("message") == "run ended"]
    assert (said["state"], said["reason"]) == (state, reason or "none")
    (counted,) = [line for line in told if "run_ended" in line]
    assert (counted["run_ended"], counted["state"]) == ([1.0], state)


def test_a_run_that_is_behind_is_counted(stage: Stage, written: Callable[[], str]) -> None:
    """Once an invocation, and not otherwise."""
    stage.keep('{"run": "run_1"}')
    stage.keep_run.more = {"behind": True}
    stage.keep('{"run": "run_1"}')
    told = [json.loads(line) for line in written().splitlines()]
    assert [line["run_behind"] for line in told if "run_behind" in line] == [[1.0]]


@pytest.mark.parametrize("body", ["", "[]", "{", '{"run": 7}', "[" * 100_000])
def test_what_is_no_call_goes_to_the_dead_letters(stage: Stage, body: str) -> None:
    """No run is kept for it."""
    assert stage.keep(body) == ["7"]
    assert stage.keep_run.calls == []


def on_record(stage: Stage, *states: RunState) -> None:
    """Put a run in each of *states* on record, ended where its state is an end."""
    source = Source(key="file", form=Form.JSON_LINES)
    for number, state in enumerate(states):
        plan = Plan(name=str(number), merchant="m", source=source, rate=RatePlan(per_second=1))
        run = Run(id=f"run_{number}", plan=plan, state=state, made_at=number, made_by="olga")
        ended = state in {RunState.COMPLETED, RunState.FAILED}
        stage.runs.open(replace(run, finished_at=1) if ended else run)


def test_each_minute_a_keeper_is_called_for_each_open_run(stage: Stage) -> None:
    """Whether or not it has one; not for drafts, pauses and what has ended."""
    on_record(stage, *RunState)
    assert stage.sweep() == {"keepers_called": 2}
    states = {stage.runs.runs[run_id].state for run_id, _ in stage.keepers.called}
    assert states == {RunState.RUNNING, RunState.CANCELLED}


def test_a_run_that_cannot_be_read_stops_no_other(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, written: Callable[[], str]
) -> None:
    """It is named in the log and counted, each minute."""
    on_record(stage, RunState.RUNNING)
    every = stage.runs.all_open

    def some(unreadable: Callable[[str], None]) -> Iterator[Run]:
        unreadable("run#broken")
        return every()

    monkeypatch.setattr(stage.runs, "all_open", some)
    assert stage.sweep() == {"keepers_called": 1}
    assert "run#broken" in (told := written())
    assert "run_unreadable" in told


def test_where_no_runs_are_fed_nobody_is_called(stage: Stage) -> None:
    """Without a queue of their own, the sweep is what it was."""
    on_record(stage, RunState.RUNNING)
    stage.url = ""
    stage.open()
    assert stage.sweep() == {}
    assert stage.keepers.called == []


def test_a_sweep_is_not_undone_by_a_call_that_fails(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, written: Callable[[], str]
) -> None:
    """It has swept; the next minute calls again."""

    def broken(*_: object) -> None:
        raise StoreUnavailableError

    on_record(stage, RunState.RUNNING)
    monkeypatch.setattr(stage.keepers, "call", broken)
    assert stage.sweep() == {}
    assert "StoreUnavailableError" in written()
