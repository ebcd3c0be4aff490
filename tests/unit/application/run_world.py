"""A run in memory, whose keepers may die at any call."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from chalicelib.application.ask_run import AskRun
from chalicelib.application.check_run import CheckRun
from chalicelib.application.collect_run import CollectRun
from chalicelib.application.command_run import CommandRun, RunCommand
from chalicelib.application.feed_run import FeedRun
from chalicelib.application.keep_run import KeepRun, lease_ms
from chalicelib.application.lane_budget import LaneBudget, LaneTurns
from chalicelib.application.ports import Catalogues, Reader
from chalicelib.application.run_ports import Lane, ReadLine, Reports
from chalicelib.domain.catalogue import Catalogue
from chalicelib.domain.intent import Pending, Request, Status
from chalicelib.domain.model_use import NO_USE, ModelPrices, ModelUse
from chalicelib.domain.resolution import Line, Reading
from chalicelib.domain.run import Form, Plan, Run, RunState
from chalicelib.domain.run_line import Bad, Buy, Grant, LineFault, RunLine
from chalicelib.understanding.readers import MenuReaders
from tests.fakes.clock import START, FakeClock
from tests.fakes.queue import FakeQueue
from tests.fakes.runs import (
    FakeCustomers,
    FakeGrants,
    FakeKeepers,
    FakeLaneTime,
    FakePlantings,
    FakeReports,
    FakeRuns,
    FakeSources,
)
from tests.fakes.shop import Shop
from tests.unit.application.foreseeing import foresight

RUN = "run_1"
PRICES = ModelPrices(input=0.25, cached=0.025, output=2)


class Crash(BaseException):
    """What ends a Lambda: nothing catches it."""


class Mortal:
    """An adapter whose calls are counted, and of which the *fatal* ones die before or after."""

    def __init__(self, inner: Any, world: "World") -> None:
        self._inner = inner
        self._world = world

    def __getattr__(self, name: str) -> Any:
        member = getattr(self._inner, name)
        if not callable(member):
            return member

        def call(*args: Any, **kwargs: Any) -> Any:
            self._world.calls += 1
            number = self._world.calls
            if number == self._world.dies_before:
                raise Crash
            self._world.hang(number, after=False)
            answer = member(*args, **kwargs)
            if number == self._world.dies_after:
                raise Crash
            self._world.hang(number, after=True)
            return answer

        return call


class ReadOnce(MenuReaders):
    """The parser, which need not read a text of the tea house's again for each of some hundred runs."""

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[tuple[str, int], Reading] = {}

    def read(self, text: str, catalogue: Catalogue) -> Reading:
        """Return what *text* means."""
        key = text, catalogue.version
        if key not in self._known:
            self._known[key] = super().read(text, catalogue)
        return self._known[key]


READER = ReadOnce()


def parse_tea(content: bytes, form: Form, columns: Sequence[str]) -> RunLine:  # noqa: ARG001 (a port)
    """Return the line: a customer's tea, or a fault."""
    try:
        row = json.loads(content)
    except ValueError:
        return Bad(fault=LineFault.NOT_JSON)
    customer_id = row["customer"]
    if "code" in row:
        return Grant(customer_id=customer_id, code=row["code"])
    request = Request(lines=(Line(sku="tea", quantity=1),), expires_in_seconds=60)
    return Buy(customer_id=customer_id, request=request)


@dataclass
class World:
    """A run, its keeper, and a lane that confirms whatever is in it."""

    plan: Plan
    content: bytes
    parse: ReadLine = parse_tea
    reader: Reader = READER
    calls: int = 0
    use: ModelUse = NO_USE
    dies_before: int = -1
    dies_after: int = -1
    hangs_at: int = -1
    hangs_after: bool = False
    meanwhile: Callable[["World"], None] = lambda _: None
    clock: FakeClock = field(default_factory=FakeClock)
    budget: LaneBudget = field(default_factory=lambda: LaneBudget(write_units=90_000))

    def __post_init__(self) -> None:
        self.lane_time = FakeLaneTime()
        self.runs, self.sources, self.reports = FakeRuns(), FakeSources(), FakeReports()
        self.plantings, self.grants, self.keepers = FakePlantings(), FakeGrants(), FakeKeepers()
        self.customers = FakeCustomers()
        self.lane = Lane(intents=FakeQueue(), settlements=FakeQueue())
        self.sources.files[self.plan.source.key] = self.content
        draft = Run(id=RUN, plan=self.plan, state=RunState.DRAFT, made_at=START, made_by="ops")
        self.runs.open(draft)
        self.catalogues: Catalogues = Shop().catalogues

    def say(self, command: RunCommand, *, drop: bool = False) -> Run:
        """Command the run."""
        rule = CommandRun(runs=self.runs, keepers=self.keepers, clock=self.clock)
        return rule(RUN, command, drop=drop)

    def keeper(self) -> KeepRun:
        """Return a keeper whose every call counts."""
        runs, reports = Mortal(self.runs, self), Mortal(self.reports, self)
        plantings = Mortal(self.plantings, self)
        lane = Lane(
            intents=Mortal(self.lane.intents, self), settlements=Mortal(self.lane.settlements, self)
        )
        customers = Mortal(self.customers, self)
        foresee = replace(
            foresight(self.catalogues, self.grants, self.clock),
            reader=self.reader,
            customers=customers,
        )
        check = CheckRun(foresee=foresee, reports=reports)
        return KeepRun(
            runs=runs,
            sources=Mortal(self.sources, self),
            plantings=plantings,
            lane=lane,
            check=check,
            feed=FeedRun(
                plantings=plantings,
                grants=self.grants,
                customers=customers,
                lane=lane,
                reports=reports,
                clock=self.clock,
            ),
            collect=CollectRun(reports=reports, prices=PRICES),
            clock=self.clock,
            turns=LaneTurns(budget=self.budget, time=Mortal(self.lane_time, self)),
            ask=self.ask(reports),
        )

    def ask(self, reports: Reports) -> AskRun | None:  # noqa: ARG002 (for who has one)
        """Return what asks the Batch API: there is none."""
        return None

    def hang(self, number: int, *, after: bool) -> None:
        """Have the keeper whose call that is stand still, if it is to, and others go on."""
        if number == self.hangs_at and after is self.hangs_after:
            self.hangs_at = -1
            self.meanwhile(self)

    def keep(self, seconds: int = 20) -> Run:
        """Have a keeper for so long, a new one after each crash, while the lane works."""
        self.keep_without_lane(seconds)
        self.work()
        return self.stands()

    def keep_without_lane(self, seconds: int = 20) -> None:
        """Have a keeper for so long, a new one after each crash."""
        try:
            kept = self.keeper()(RUN, self.parse, self.clock.now() + seconds * 1000)
            if kept.next_at is not None:
                self.clock.turn(max(kept.next_at - self.clock.now(), 0))
        except Crash:
            self.clock.turn(lease_ms(self.plan.source) + 1)

    def waiting(self) -> list[Pending]:
        """Return what waits in the lane."""
        queue: Any = self.lane.settlements
        return list(queue.sent)

    def stands(self) -> Run:
        """Return the run as it stands."""
        run = self.runs.get(RUN)
        assert run is not None
        return run

    def work(self) -> None:
        """Confirm all that waits in the lane, once each."""
        queue: Any = self.lane.settlements
        for pending in queue.sent:
            intent = self.plantings.intents[pending.ref]
            if intent.status is Status.ACCEPTED:
                self.plantings.intents[pending.ref] = replace(
                    intent, status=Status.CONFIRMED, model_use=self.use
                )
        queue.sent.clear()

    def finish(self) -> Run:
        """Keep the run until nothing is left to do."""
        for _ in range(200):
            run = self.keep()
            if not run.open:
                return run
        pytest.fail("the run does not come to its end")

    def rows(self) -> list[dict[str, Any]]:
        """Return the results."""
        run = self.stands()
        text = self.reports.text(f"runs/{RUN}/results", run.progress.results)
        return [json.loads(row) for row in text.splitlines()]
