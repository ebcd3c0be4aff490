from collections.abc import Callable
from dataclasses import replace
from itertools import count, islice
from typing import Any

import pytest

from chalicelib.adapters.clients import Clients
from chalicelib.adapters.dynamodb.run_items import PAGE_IDS, run_key
from chalicelib.adapters.dynamodb.runs import DynamoRuns
from chalicelib.application.run_ports import Runs
from chalicelib.domain.intent import Reason
from chalicelib.domain.pace import Pace, RatePlan
from chalicelib.domain.run import (
    BadLines,
    Check,
    Cursor,
    Form,
    Listed,
    ModelWay,
    Place,
    Plan,
    Progress,
    Report,
    Run,
    RunState,
    Seal,
    Source,
    Whom,
)
from rushline_testing.resources import create
from simulation.dynamodb.times import INSTANT
from simulation.scheduler import Scheduler
from simulation.stack import Stack
from tests.fakes.runs import FakeRuns
from tests.unit.adapters.stores import Intercepted
from tests.unit.domain.builders import NOW

_stacks = count(1)
LEASE_MS = 60_000


class AnswersLost:
    """A client whose every first answer is lost, so that each call is made twice."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Return the call, made twice."""
        call = getattr(self._client, name)

        def twice(**parameters: Any) -> Any:
            call(**parameters)
            return call(**parameters)

        return twice


@pytest.fixture(params=["dynamodb", "simulation", "answers lost", "memory"])
def runs(request: pytest.FixtureRequest, aws: Clients) -> Runs:
    """Return the adapter over moto's AWS and the simulated one, and the fake that unit tests trust."""
    match request.param:
        case "dynamodb":
            made = create(aws, f"runs-{next(_stacks)}")
            return DynamoRuns(client=aws.dynamodb, table=made.control_table)
        case "memory":
            return FakeRuns()
        case name:
            stack = Stack(Scheduler(epoch_ms=NOW), times=INSTANT)
            client: Any = stack.services().clients.dynamodb
            lossy: Any = AnswersLost(client)
            return DynamoRuns(
                client=lossy if name == "answers lost" else client, table="ControlTable"
            )


def draft(run_id: str = "run_1", **more: Any) -> Run:
    """Return a run that was just made."""
    plan = Plan(
        name="gift",
        merchant="tea-house",
        source=Source(key="runs/run_1/source", form=Form.CSV, gzip=True),
        rate=RatePlan(per_second=0.5, opens_at=NOW, closes_at=NOW + 9, daily_cap=7),
        coupon="SPRING25",
        bad_lines=BadLines.REFUSE,
        model=ModelWay.BATCH,
        customers=Whom.KNOWN,
        answer_within_seconds=60,
    )
    return Run(id=run_id, plan=plan, state=RunState.DRAFT, made_at=NOW, made_by="ann", **more)


def progress(lines: int = 3) -> Progress:
    """Return a progress of which nothing is as it began."""
    return Progress(
        seal=Seal(etag='"abc"', size=9),
        pace=Pace(since=NOW, sent=3, day=20_000, sent_today=2),
        fed=Cursor(offset=30, lines=lines),
        ended=True,
        queued=2,
        faults={"not_json": 1},
        listed=Listed(collected=Place(offset=12, rows=2)),
        outcomes={"confirmed": 1},
        discounts=4,
        model_microdollars=5,
        results=Report(closed=1, open_bytes=8),
    )


CHECK = Check(
    cursor=Cursor(offset=1, lines=1),
    seal=Seal(etag='"abc"', size=9),
    found={"items": 1},
    faults={"invalid": 2},
    total=400,
    report=Report(open_bytes=3),
)


def taken(runs: Runs, now: int = NOW) -> Run:
    """Return the run as a keeper takes it."""
    run = runs.take("run_1", now, LEASE_MS)
    assert run is not None
    return run


def started(runs: Runs) -> Run:
    """Return a run that was made and started."""
    made = runs.open(draft())
    return runs.change(made, replace(made, state=RunState.RUNNING, started_at=NOW))


def stands(runs: Runs) -> Run:
    """Return the run as it stands."""
    run = runs.get("run_1")
    assert run is not None
    return run


def test_a_run_is_made_once(runs: Runs) -> None:
    """Who makes it again gets the one that stands, with all that it was made of."""
    assert runs.get("run_1") is None
    assert runs.open(draft()) == draft()
    assert runs.open(replace(draft(), made_by="bob")) == draft()
    assert runs.get("run_1") == draft()


def test_all_runs_are_listed_the_latest_first(runs: Runs) -> None:
    """However many there are."""
    assert list(runs.all()) == []
    for n in range(230):
        runs.open(draft(f"run_{n:03}"))
    later = replace(draft("run_later"), made_at=NOW + 1)
    runs.open(later)
    listed = list(runs.all())
    assert listed[0] == later
    assert sorted(run.id for run in listed[1:]) == [f"run_{n:03}" for n in range(230)]


def test_the_open_runs_are_those_that_a_keeper_has_work_for(runs: Runs) -> None:
    """From the command that opens a run until it is done; a draft that was checked is done for now."""
    for n in range(150):
        runs.open(draft(f"run_other{n:03}"))
    assert opened(runs) == []
    made = runs.open(draft())
    checking = runs.change(made, replace(made, check=Check()))
    assert opened(runs) == ["run_1"]
    kept = taken(runs)
    assert runs.end(kept, replace(kept, check=replace(CHECK, complete=True))) is not None
    assert opened(runs) == []
    draft_again = stands(runs)
    running = runs.change(draft_again, replace(draft_again, state=RunState.RUNNING))
    assert (checking.open, running.open, opened(runs)) == (True, True, ["run_1"])
    kept = taken(runs, NOW + LEASE_MS)
    assert runs.end(kept, replace(kept, state=RunState.COMPLETED, finished_at=NOW)) is not None
    assert opened(runs) == []


def opened(runs: Runs) -> list[str]:
    """Return the ids of the open runs."""
    return [run.id for run in runs.all_open()]


def test_a_run_that_is_opened_while_it_is_struck_off_is_listed() -> None:
    """Whoever comes between: the keeper that ends a check, and the operator who starts the run."""
    stack = Stack(Scheduler(epoch_ms=NOW), times=INSTANT)
    client: Any = Intercepted(stack.services().clients.dynamodb)
    runs = DynamoRuns(client=client, table="ControlTable")
    calls = 0
    for fatal in count(1):
        made = runs.open(draft(f"run_{fatal}"))
        checking = runs.change(made, replace(made, check=Check()))
        kept = runs.take(made.id, NOW, LEASE_MS)
        assert kept is not None
        calls = 0

        def between(name: str, _: object, fatal: int = fatal, checking: Run = checking) -> None:
            nonlocal calls
            calls += name != "batch_get_item"
            if calls == fatal:
                calls += 1
                client.before = lambda *_: None
                started = replace(checking, state=RunState.RUNNING)
                DynamoRuns(client=client, table="ControlTable").change(checking, started)

        client.before = between
        runs.end(kept, replace(kept, check=replace(CHECK, complete=True)))
        client.before = lambda *_: None
        if calls < fatal:
            break
        assert runs.get(made.id) is not None
        assert made.id in opened(runs), fatal
    assert fatal > 3


def test_a_run_that_is_struck_off_while_it_is_opened_is_listed() -> None:
    """The keeper ends the check of it in the middle of the operator's command."""
    stack = Stack(Scheduler(epoch_ms=NOW), times=INSTANT)
    client: Any = Intercepted(stack.services().clients.dynamodb)
    runs = DynamoRuns(client=client, table="ControlTable")
    made = runs.open(draft())
    checking = runs.change(made, replace(made, check=Check()))
    kept = taken(runs)

    def between(_: str, call: dict[str, Any]) -> None:
        if call["Key"] == run_key("run_1"):
            client.before = lambda *_: None
            assert runs.end(kept, replace(kept, check=replace(CHECK, complete=True))) is not None
            assert opened(runs) == []

    client.before = between
    runs.change(checking, replace(checking, state=RunState.RUNNING))
    assert opened(runs) == ["run_1"]


def test_no_item_grows_with_the_runs() -> None:
    """Their ids come in pages, of which a list reads as many as it is asked for; and none is lost."""
    stack = Stack(Scheduler(epoch_ms=NOW), times=INSTANT)
    client: Any = Intercepted(stack.services().clients.dynamodb)
    runs = DynamoRuns(client=client, table="ControlTable")
    for n in range(3 * PAGE_IDS + 1):
        runs.open(replace(draft(f"run_{n:04}"), made_at=NOW + n))
    sizes = [
        len(item["ids"]["SS"]) for item in stack.dynamodb.contents("ControlTable") if "ids" in item
    ]
    assert sorted(sizes) == [1, PAGE_IDS, PAGE_IDS, PAGE_IDS]
    client.calls.clear()
    assert [run.id for run in islice(runs.all(), 2)] == ["run_0300", "run_0299"]
    assert len(client.made("batch_get_item")) == 2
    assert [run.made_at - NOW for run in runs.all()] == list(range(3 * PAGE_IDS, -1, -1))
    client.calls.clear()
    assert list(runs.all_open()) == []
    assert [name for name, _ in client.calls] == ["get_item"]


def test_another_plan_of_a_draft_is_for_another_keeper(runs: Runs) -> None:
    """Its check is gone, and whoever checks the old one's file writes nothing more."""
    made = runs.open(draft())
    runs.change(made, replace(made, check=Check()))
    kept = taken(runs)
    other = replace(made.plan, source=replace(made.plan.source, key="other", size=7))
    changed = runs.change(made, replace(made, plan=other))
    assert (changed.plan, changed.check) == (other, None)
    assert changed.token > kept.token
    assert runs.end(kept, replace(kept, check=CHECK)) is None
    assert stands(runs) == changed
    running = runs.change(changed, replace(changed, state=RunState.RUNNING))
    assert runs.change(made, replace(made, check=None)) == running


def test_a_command_changes_the_state_that_it_was_given_for(runs: Runs) -> None:
    """Said twice it changes nothing more, and too late nothing at all."""
    made = runs.open(draft())
    running = replace(made, state=RunState.RUNNING, started_at=NOW, check=Check())
    assert runs.change(made, running) == running
    assert runs.change(made, running) == running
    reason = Reason(code="cancelled", detail="An operator cancelled the run.")
    gone = replace(made, state=RunState.CANCELLED, reason=reason, drop=True, finished_at=NOW + 1)
    assert runs.change(made, gone) == running
    gone = replace(running, state=RunState.CANCELLED, reason=reason, drop=True, check=None)
    assert runs.change(running, gone) == gone
    assert runs.get("run_1") == gone


def test_a_command_leaves_alone_what_the_keeper_writes(runs: Runs) -> None:
    """Its progress, its check and its token are those that it wrote last."""
    made = runs.open(draft(check=Check()))
    kept = taken(runs)
    assert runs.end(kept, replace(kept, check=CHECK)) is not None
    assert runs.record(kept, progress(), NOW) is not None
    running = replace(made, state=RunState.RUNNING, started_at=NOW)
    changed = runs.change(made, running)
    assert changed == replace(running, check=CHECK, progress=progress(), token=kept.token)


def test_one_keeper_at_a_time(runs: Runs) -> None:
    """Until its lease is over, whose end it moves with each record, or until it lets go."""
    runs.open(draft())
    assert runs.take("nobody", NOW, LEASE_MS) is None
    first = taken(runs)
    assert runs.take("run_1", NOW + LEASE_MS - 1, LEASE_MS) is None
    assert runs.record(first, first.progress, NOW + 2 * LEASE_MS) is not None
    assert runs.take("run_1", NOW + LEASE_MS, LEASE_MS) is None
    second = taken(runs, NOW + 2 * LEASE_MS)
    assert second.token > first.token
    runs.release(first, None)
    assert runs.take("run_1", NOW + 2 * LEASE_MS, LEASE_MS) is None
    runs.release(second, None)
    assert taken(runs, NOW + 2 * LEASE_MS).token > second.token


def test_a_run_that_waits_is_taken_once_when_its_time_has_come(runs: Runs) -> None:
    """However many keepers are called meanwhile; one may come a second too early."""
    runs.open(draft())
    runs.release(taken(runs), NOW + 60_000)
    assert runs.take("run_1", NOW + 58_999, LEASE_MS) is None
    again = taken(runs, NOW + 59_000)
    runs.release(again, NOW + 120_000)
    assert runs.take("run_1", NOW + 60_000, LEASE_MS, NOW + 119_999) is None
    assert runs.take("run_1", NOW + 60_000, LEASE_MS, NOW + 120_000) is not None


def test_a_command_ends_a_run_s_waiting(runs: Runs) -> None:
    """Its keeper need not wait for the moment that the one before has named."""
    made = runs.open(draft())
    runs.release(taken(runs), NOW + 60_000)
    runs.change(made, replace(made, state=RunState.RUNNING, started_at=NOW))
    assert taken(runs, NOW + 1).state is RunState.RUNNING


def test_only_the_newest_keeper_writes(runs: Runs) -> None:
    """What one writes that was taken over from is refused, and nothing of it is kept."""
    started(runs)
    first, second = taken(runs), taken(runs, NOW + LEASE_MS)
    assert runs.record(first, progress(), NOW) is None
    assert runs.end(first, replace(first, state=RunState.COMPLETED)) is None
    assert stands(runs) == second
    written = runs.record(second, progress(), NOW)
    assert written == replace(second, progress=progress())
    assert runs.record(second, progress(), NOW) == written
    assert stands(runs) == written


def test_a_keeper_ends_what_no_operator_changed(runs: Runs) -> None:
    """Where an operator was first, the keeper learns what they want; else it is as it says."""
    running = started(runs)
    kept = taken(runs)
    paused = runs.change(running, replace(running, state=RunState.PAUSED))
    reason = Reason(code="source_empty", detail="There is no line in the file.")
    failed = replace(kept, state=RunState.FAILED, reason=reason, finished_at=NOW, check=CHECK)
    assert runs.end(kept, failed) == paused
    assert runs.change(paused, replace(paused, state=RunState.RUNNING)) == kept
    assert runs.end(kept, failed) == failed
    assert runs.end(kept, failed) == failed
    assert stands(runs) == failed


def test_a_run_that_cannot_be_read_hides_no_other() -> None:
    """An entry of another build, or one by hand, is named and passed over."""
    client: Any = Stack(Scheduler(epoch_ms=NOW), times=INSTANT).services().clients.dynamodb
    runs = DynamoRuns(client=client, table="ControlTable")
    for name in ("run_1", "run_2", "run_3", "run_4"):
        runs.open(draft(name))
    for name, attribute, value in (
        ("run_2", "planned", {"S": "{}"}),
        ("run_3", "#state", {"S": "dreaming"}),
    ):
        client.update_item(
            TableName="ControlTable",
            Key={"name": {"S": f"run#{name}"}},
            UpdateExpression=f"SET {attribute} = :value",
            ExpressionAttributeValues={":value": value},
            **({"ExpressionAttributeNames": {"#state": "state"}} if "#" in attribute else {}),
        )
    unreadable: list[str] = []
    assert {run.id for run in runs.all(unreadable.append)} == {"run_1", "run_4"}
    assert sorted(unreadable) == ["run#run_2", "run#run_3"]
