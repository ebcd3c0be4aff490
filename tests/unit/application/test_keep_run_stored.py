"""The keeper over its real adapters, on simulated tables, queues and objects."""

import gzip
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from chalicelib.adapters.codec import PENDING
from chalicelib.adapters.dynamodb import plantings
from chalicelib.adapters.dynamodb.grants import DynamoGrants
from chalicelib.adapters.dynamodb.keys import unique_key
from chalicelib.adapters.dynamodb.lane_time import DynamoLaneTime
from chalicelib.adapters.dynamodb.plantings import DynamoPlantings
from chalicelib.adapters.dynamodb.runs import DynamoRuns
from chalicelib.adapters.run_files import S3Sources
from chalicelib.adapters.run_reports import S3Reports
from chalicelib.adapters.sqs import SqsQueue
from chalicelib.application.backoff import Backoff
from chalicelib.application.check_run import CheckRun
from chalicelib.application.collect_run import CollectRun
from chalicelib.application.command_run import CommandRun, RunCommand
from chalicelib.application.feed_run import FeedRun
from chalicelib.application.keep_run import KeepRun, lease_ms
from chalicelib.application.lane_budget import LaneBudget, LaneTurns
from chalicelib.application.run_ports import Lane
from chalicelib.domain.intent import Status, move
from chalicelib.domain.pace import RatePlan
from chalicelib.domain.run import Form, Plan, Run, RunState, Source
from simulation.objects import S3Client
from simulation.queue import Queue, SqsClient
from simulation.scheduler import Scheduler
from tests.fakes.clock import START, FakeClock
from tests.fakes.runs import FakeCustomers, FakeGrants, FakeKeepers
from tests.fakes.shop import Shop
from tests.fakes.tables import Tables
from tests.unit.application.foreseeing import foresight
from tests.unit.application.run_world import PRICES, RUN, Crash, parse_tea

BUCKET, KEY = "files", "runs/run_1/source"
RESULTS = f"runs/{RUN}/results"
WORKED_PER_SECOND = 1_200


class Working(FakeClock):
    """A clock that has somebody work while time passes."""

    def __init__(self) -> None:
        super().__init__()
        self.work: Callable[[int], None] = lambda _: None

    def sleep(self, ms: int) -> None:
        """Let time pass, and the others work."""
        super().sleep(ms)
        self.work(ms)


@dataclass
class Calls:
    """A client whose calls take time and count, with others', and of which one may be fatal."""

    inner: Any
    clock: FakeClock
    call_ms: int
    made: Counter[str]
    fatal: dict[str, int]

    def __getattr__(self, name: str) -> Any:
        """Return the call, which may never come back."""
        call = getattr(self.inner, name)

        def counted(**parameters: Any) -> Any:
            self.made[name] += 1
            number = self.made.total()
            if number == self.fatal.get("before"):
                raise Crash
            answer = call(**parameters)
            if self.call_ms:
                self.clock.sleep(self.call_ms)
            if number == self.fatal.get("after"):
                raise Crash
            return answer

        return counted


@dataclass
class Stored:
    """A run over real adapters, and a lane that confirms what is in it."""

    plan: Plan
    content: bytes
    made: Counter[str] = field(default_factory=Counter)
    fatal: dict[str, int] = field(default_factory=dict)
    call_ms: int = 0

    def __post_init__(self) -> None:
        self.clock = Working()
        self.tables = Tables(self.clock)
        scheduler = Scheduler()
        self.queues = [Queue(url=url, scheduler=scheduler) for url in ("texts", "ready")]
        self.sqs: Any = SqsClient(scheduler, self.queues, call_ms=0)
        self.s3: Any = S3Client(scheduler, call_ms=0)
        self.dynamodb: Any = self.tables._clients.dynamodb
        self.s3.put_object(Bucket=BUCKET, Key=KEY, Body=self.content)
        self.runs = DynamoRuns(client=self.dynamodb, table="ControlTable")
        self.runs.open(
            Run(id=RUN, plan=self.plan, state=RunState.DRAFT, made_at=START, made_by="ops")
        )
        self.shop = Shop()
        self.worked_ms = 0
        self.clock.work = self.work

    def keeper(self) -> KeepRun:
        """Return a keeper in a container of its own, whose every call to AWS counts."""
        dynamodb, s3, sqs = (
            Calls(client, self.clock, self.call_ms, self.made, self.fatal)
            for client in (self.dynamodb, self.s3, self.sqs)
        )
        backoff = Backoff(attempts_max=3, base_ms=1, ceiling_ms=1, jitter=lambda: 0.5)
        patience: Any = {"clock": self.clock, "backoff": backoff}
        orders: Any = {"client": dynamodb, "table": "OrdersTable", "retention_days": 30}
        planted = DynamoPlantings(**orders, **patience)
        grants: Any = {"client": dynamodb, "table": "CouponsTable"}
        bucket: Any = {"bucket": BUCKET, "client": s3}
        queue: Any = {"client": sqs, "clock": self.clock, "grouped": True}
        lane = Lane(
            intents=SqsQueue(url="texts", **queue), settlements=SqsQueue(url="ready", **queue)
        )
        reports = S3Reports(**bucket)
        runs: Any = {"client": dynamodb, "table": "ControlTable"}
        return KeepRun(
            runs=DynamoRuns(**runs),
            sources=S3Sources(**bucket),
            plantings=planted,
            lane=lane,
            check=CheckRun(
                foresee=foresight(self.shop.catalogues, FakeGrants(), self.clock), reports=reports
            ),
            feed=FeedRun(
                plantings=planted,
                grants=DynamoGrants(**grants, **patience),
                customers=FakeCustomers(),
                lane=lane,
                reports=reports,
                clock=self.clock,
            ),
            collect=CollectRun(reports=reports, prices=PRICES),
            clock=self.clock,
            turns=LaneTurns(budget=LaneBudget(write_units=90_000), time=DynamoLaneTime(**runs)),
        )

    def finish(self, seconds: int = 20) -> Run:
        """Start the run, and have keepers keep it to its end, a new one after each crash."""
        CommandRun(runs=self.runs, keepers=FakeKeepers(), clock=self.clock)(RUN, RunCommand.START)
        for _ in range(200):
            try:
                kept = self.keeper()(RUN, parse_tea, self.clock.now() + seconds * 1000)
                if kept.next_at is not None:
                    self.clock.sleep(max(kept.next_at - self.clock.now(), 0))
            except Crash:
                self.clock.sleep(lease_ms(self.plan.source) + 1)
            run = self.runs.get(RUN)
            assert run is not None
            if not run.open:
                return run
        pytest.fail("the run does not come to its end")

    def work(self, ms: int) -> None:
        """Confirm what waits in the lane, as much as there is time for."""
        self.worked_ms += ms
        room = self.worked_ms * WORKED_PER_SECOND // 1_000
        self.worked_ms -= room * 1_000 // WORKED_PER_SECOND
        while room > 0 and (messages := self.queues[1].receive(min(room, 10))):
            room -= len(messages)
            for message in messages:
                pending = PENDING.load(message.body)
                self.tables.intents.apply(move(pending, Status.CONFIRMED, self.clock.now()))
                self.queues[1].delete(message.receipt_handle)

    def rows(self, run: Run) -> list[dict[str, Any]]:
        """Return the results."""
        report, found = run.progress.results, b""
        for number in range(report.closed + bool(report.open_bytes)):
            key = f"{RESULTS}/{number:05}.jsonl"
            body: bytes = self.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
            found += body if number < report.closed else body[: report.open_bytes]
        return [json.loads(row) for row in found.splitlines()]

    def issue(self, code: str) -> None:
        """Lay down a unique code."""
        item = {**unique_key(code), "coupon": {"S": "SPRING25"}, "state": {"S": "issued"}}
        self.dynamodb.put_item(TableName="CouponsTable", Item=item)


def stored(lines: list[dict[str, Any] | None], per_second: float, *, packed: bool) -> Stored:
    """Return a run of *lines*, none of them for a bad one."""
    rows = [b"nonsense" if row is None else json.dumps(row).encode() for row in lines]
    content = b"".join(row + b"\n" for row in rows)
    source = Source(key=KEY, form=Form.JSON_LINES, gzip=packed)
    rate = RatePlan(per_second=per_second)
    plan = Plan(name="gift", merchant="tea-house", source=source, rate=rate)
    return Stored(plan, gzip.compress(content) if packed else content)


def mixed(*, packed: bool) -> Stored:
    """Return a slow run of orders, grants and a bad line."""
    lines: list[dict[str, Any] | None] = [{"customer": f"c{n}"} for n in range(40)]
    lines[7] = None
    lines += [{"customer": f"c{n}", "code": f"CODE{n % 15}"} for n in range(20)]
    one = stored(lines, 4, packed=packed)
    for n in range(14):
        one.issue(f"CODE{n}")
    return one


def calls_of_a_run(*, packed: bool) -> int:
    """Return how many calls a whole run makes that nothing disturbs."""
    one = mixed(packed=packed)
    one.finish()
    return one.made.total()


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_keeper_may_die_at_any_call_to_aws(
    moment: str,
    packed: bool,  # noqa: FBT001 (a parameter)
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whatever call it dies at, no line is lost, none is fed twice and each has one row."""
    monkeypatch.setattr(plantings, "TRANSACTION_ITEMS_MAX", 7)
    expected = Counter(confirmed=39, invalid=1, granted=14, code_taken=5, code_unknown=1)
    for call in range(1, calls_of_a_run(packed=packed) + 1):
        one = mixed(packed=packed)
        one.fatal[moment] = call
        run = one.finish()
        where = (moment, call)
        assert run.state is RunState.COMPLETED, where
        assert len(one.tables.on_record) == 39, where
        rows = one.rows(run)
        assert [row["line"] for row in rows] == list(range(1, 61)), where
        assert Counter(row["outcome"] for row in rows) == expected, where
        assert run.progress.outcomes == expected, where


@pytest.mark.parametrize("kind", ["orders", "grants"])
def test_a_line_costs_few_calls(kind: str) -> None:
    """SQS, DynamoDB and S3 together, from the file to the results, at a thousand lines a second."""
    lines: list[dict[str, Any] | None] = [{"customer": f"c{n}"} for n in range(10_000)]
    if kind == "grants":
        lines = [{"customer": f"c{n}", "code": f"CODE{n}"} for n in range(10_000)]
    one = stored(lines, 1_000, packed=False)
    if kind == "grants":
        for n in range(10_000):
            one.issue(f"CODE{n}")
    one.call_ms = 4
    run = one.finish(60)
    assert run.progress.outcomes == {"granted" if kind == "grants" else "confirmed": 10_000}
    assert one.made.total() / 10_000 <= 0.15, one.made


class Slow:
    """S3 of which each piece of the source takes long, and which others keep the run meanwhile."""

    def __init__(self, inner: Any, one: Stored, piece_ms: int) -> None:
        self._inner, self._one, self._piece_ms = inner, one, piece_ms
        self.deep = 0

    def __getattr__(self, name: str) -> Any:
        """Return the call."""
        call = getattr(self._inner, name)
        if name != "get_object":
            return call

        def got(**parameters: Any) -> Any:
            if parameters["Key"] == KEY:
                self._one.clock.sleep(self._piece_ms)
                self._called()
            return call(**parameters)

        return got

    def _called(self) -> None:
        """Have the sweep call a keeper."""
        if self.deep < 3:
            self.deep += 1
            self._one.keeper()(RUN, parse_tea, self._one.clock.now() + 270_000)
            self.deep -= 1


def test_a_file_that_takes_long_to_unpack_is_fed_all_the_same() -> None:
    """Whoever is called meanwhile takes the run from nobody: each keeper would begin anew, for ever."""
    one = stored([{"customer": f"c{n}"} for n in range(20)], 4, packed=True)
    one.s3 = Slow(one.s3, one, 125_000)
    CommandRun(runs=one.runs, keepers=FakeKeepers(), clock=one.clock)(RUN, RunCommand.START)
    kept = one.keeper()(RUN, parse_tea, one.clock.now() + 270_000)
    assert kept.run is not None
    assert kept.fed == 20
