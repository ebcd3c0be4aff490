"""Bulk work keeps to its lane, and shoppers' work to theirs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import pytest

from chalicelib.application.lane_rules import LaneRules
from chalicelib.application.live import answered_live
from chalicelib.application.ports import ModelReading, ModelResult, ModelUnavailable, Task
from chalicelib.application.resolve_intents import ResolveIntents
from chalicelib.application.run_ports import LANE_WAIT_SECONDS
from chalicelib.domain.admission import Answered
from chalicelib.domain.intent import Intent, IntentRef, Pending, Status, move
from chalicelib.domain.pace import RatePlan
from chalicelib.domain.resolution import Reading, ReadingMode
from chalicelib.domain.run import Form, ModelWay, Plan, Run, RunState, Source
from chalicelib.understanding.readers import MenuReaders
from tests.fakes.clock import START
from tests.fakes.runs import FakeRuns
from tests.fakes.shop import Shop
from tests.unit.application.steps import accepted
from tests.unit.domain.builders import NOW, intent, line, pending, request

RUN = "run_1"


@pytest.fixture
def shop() -> Shop:
    """Return a shop with one tea."""
    return Shop()


def of_run(shop: Shop) -> None:
    """Have every intent that the sweep finds be a run's."""
    due = shop.intents.due

    def marked(slot: int, since: int, until: int) -> Iterator[tuple[int, Intent | None]]:
        for at, one in due(slot, since, until):
            yield at, one and replace(one, run=RUN)

    shop.intents.due = marked


def swept(shop: Shop) -> dict[str, int]:
    """Sweep once."""
    return dict(shop.sweep(stop_at=shop.clock.now() + 1_000).outcomes)


def overdue(shop: Shop, *, text: str | None = None, turn: int = 0) -> None:
    """Have an intent of a run be on record whose message is nowhere, for so long as a lane may take."""
    now = shop.clock.now()
    shop.put(
        replace(
            intent(request(text=text) if text else request(line())),
            turn=turn,
            accepted_at=now,
            expires_at=now + 900_000,
            watch_at=now + LANE_WAIT_SECONDS * 1000,
        )
    )
    of_run(shop)
    shop.clock.turn(LANE_WAIT_SECONDS * 1000)


def test_the_sweep_sends_a_runs_lines_into_their_lane(shop: Shop) -> None:
    """Lines that are known go to the lane's settlements, texts to its intents; none to a live queue."""
    overdue(shop)
    assert swept(shop) == {"sent_again": 1}
    assert len(shop.bulk_settlements.sent) == 1
    assert not shop.settlements_queue.sent


def test_the_sweep_sends_a_runs_texts_into_their_lane(shop: Shop) -> None:
    """A text is to be understood first, in the lane too."""
    overdue(shop, text="a tea")
    assert swept(shop) == {"sent_again": 1}
    assert len(shop.bulk_intents.sent) == 1
    assert not shop.intents_queue.sent


def test_an_answered_question_is_live(shop: Shop) -> None:
    """Whoever answered us waits: their order does not stand in a run's queue."""
    overdue(shop, turn=1)
    assert swept(shop) == {"sent_again": 1}
    assert len(shop.settlements_queue.sent) == 1
    assert not shop.bulk_settlements.sent


def test_a_line_in_a_slow_lane_is_not_sent_twice(shop: Shop) -> None:
    """However short the live queues are, a line is given its lane's time."""
    now = shop.clock.now()
    early = replace(intent(), accepted_at=now, expires_at=now + 900_000, watch_at=now + 60_000)
    shop.put(early)
    of_run(shop)
    shop.clock.turn(LANE_WAIT_SECONDS * 1000 - 1)
    assert swept(shop) == {"queued": 1}
    assert not shop.bulk_settlements.sent


def test_the_gate_counts_shoppers_alone() -> None:
    """A run's answers say nothing of how long a shopper waits, unless its customer answered us."""
    live, bulk = pending(id_="in_1"), replace(pending(id_="in_2"), run=RUN)
    answered = replace(pending(id_="in_3", turn=1), run=RUN)
    all_ = [live, bulk, answered]
    changes = [move(one, Status.CONFIRMED, one.queued_at + 1_000) for one in all_]
    assert answered_live(all_, changes) == Answered(count=2, waited_ms=2_000)


@pytest.mark.parametrize(("run", "counted"), [(RUN, 0), (None, 3)])
def test_settling_a_run_leaves_the_gate_alone(shop: Shop, run: str | None, counted: int) -> None:
    """The use case that settles both counts the one."""
    batch = [replace(one, run=run) for one in accepted(shop, 3, coupon=None)]
    assert len(shop.worker(0)(batch).changes) == 3
    assert shop.control.answered().count == counted


def made(state: RunState, *, drop: bool = False, model: ModelWay = ModelWay.NOW) -> Run:
    """Return a run in *state*."""
    plan = Plan(
        name="gift",
        merchant="tea-house",
        source=Source(key="file", form=Form.JSON_LINES),
        rate=RatePlan(per_second=1),
        model=model,
    )
    return Run(id=RUN, plan=plan, state=state, made_at=START, made_by="olga", drop=drop)


def line_of_run(shop: Shop, text: str = "a tea") -> Pending:
    """Put a run's text on record; return its message."""
    now = shop.clock.now()
    ref = IntentRef(customer_id="alice", id=f"in_{text}")
    one = replace(intent(request(text=text)), ref=ref, accepted_at=now, expires_at=now + 900_000)
    shop.put(one)
    return replace(one.pending, run=RUN)


def resolver(shop: Shop, runs: FakeRuns) -> ResolveIntents:
    """Return what resolves the lane."""
    services = shop.services()
    services.runs, services.reader = runs, MenuReaders()
    return services.bulk_resolve


@pytest.mark.parametrize(
    ("state", "drop", "status"),
    [
        (RunState.CANCELLED, True, Status.CANCELLED),
        (RunState.CANCELLED, False, Status.ACCEPTED),
        (RunState.RUNNING, False, Status.ACCEPTED),
        (RunState.PAUSED, False, Status.ACCEPTED),
    ],
)
def test_a_dropped_run_s_texts_are_cancelled(
    shop: Shop,
    state: RunState,
    drop: bool,  # noqa: FBT001 (the parameter's point)
    status: Status,
) -> None:
    """With a reason, and none goes on to be settled; those of another run go on in the lane."""
    runs = FakeRuns({RUN: made(state, drop=drop)})
    delivery = line_of_run(shop)
    resolver(shop, runs)([delivery])
    stands = shop.on_record[delivery.ref]
    assert stands.status is status
    assert (stands.reason is not None and stands.reason.code) == (drop and "run_dropped")
    assert len(shop.bulk_settlements.sent) == (not drop)
    assert not shop.settlements_queue.sent


def items_of_run(shop: Shop, name: str) -> Pending:
    """Put a line of items of the run on record and return its delivery."""
    now, ref = shop.clock.now(), IntentRef(customer_id="alice", id=f"in_{name}")
    one = replace(intent(request(line())), ref=ref, accepted_at=now, expires_at=now + 900_000)
    shop.put(one)
    return replace(one.pending, run=RUN)


@pytest.mark.parametrize("drop", [True, False])
def test_a_dropped_run_s_items_are_cancelled(
    shop: Shop,
    drop: bool,  # noqa: FBT001 (the parameter's point)
) -> None:
    """Unless they were settled before, however often they are delivered; a live customer's never are."""
    runs = FakeRuns({RUN: made(RunState.RUNNING, drop=False)})
    services = shop.services()
    services.runs = runs
    stop_at = shop.clock.now() + 60_000
    before, later = items_of_run(shop, "before"), items_of_run(shop, "later")
    live = replace(items_of_run(shop, "live"), run=None)
    services.bulk_settle([before], stop_at)
    runs.runs[RUN] = made(RunState.CANCELLED, drop=drop)
    shop.clock.turn(1_000)
    settled = services.bulk_settle([before, later, live], stop_at)
    assert not settled.again
    stands = shop.on_record[later.ref]
    assert stands.status is (Status.CANCELLED if drop else Status.CONFIRMED)
    assert (stands.reason is not None and stands.reason.code) == (drop and "run_dropped")
    assert shop.on_record[before.ref].status is Status.CONFIRMED
    assert shop.on_record[live.ref].status is Status.CONFIRMED


class Asked:
    """A model that knows a tea when it is asked."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def read_all(self, tasks: Sequence[Task]) -> Sequence[ModelResult]:
        """Note what is asked."""
        self.texts += [task.text for task in tasks]
        return [ModelReading(Reading(lines=(line(),), certain=True)) for _ in tasks]


@pytest.mark.parametrize("mode", list(ReadingMode))
@pytest.mark.parametrize("way", [ModelWay.NOW, ModelWay.NEVER])
def test_a_run_may_do_without_the_model(shop: Shop, way: ModelWay, mode: ReadingMode) -> None:
    """Then what the parser can't settle is a question at once, whoever reads a shopper's texts."""
    model, runs = Asked(), FakeRuns({RUN: made(RunState.RUNNING, model=way)})
    clear, unclear = line_of_run(shop), line_of_run(shop, "one flurble")
    resolve = replace(resolver(shop, runs), model=model, mode=mode)
    asks = way is ModelWay.NOW and mode is not ReadingMode.PARSER_ONLY
    resolve([clear])
    assert len(shop.bulk_settlements.sent) == 1
    resolve([unclear])
    assert shop.on_record[unclear.ref].status is (Status.ACCEPTED if asks else Status.NEEDS_INPUT)
    assert ("one flurble" in model.texts) == asks
    assert way is ModelWay.NOW or model.texts == []


class Remembers:
    """A memory that knows what it is given, of the texts that the parser can't settle."""

    def __init__(self, known: Mapping[str, ModelResult]) -> None:
        self.known = known

    def recall_all(self, tasks: Sequence[Task]) -> Sequence[ModelResult | None]:
        """Return what is known."""
        return [self.known.get(task.text) for task in tasks]


def test_a_batch_s_texts_are_recalled_and_not_asked(shop: Shop) -> None:
    """What it answered is ordered, what it did not is a question; a memory that fails is tried again."""
    model, runs = Asked(), FakeRuns({RUN: made(RunState.RUNNING, model=ModelWay.BATCH)})
    sure = ModelReading(Reading(lines=(line(),), certain=True))
    doubt = ModelReading(Reading(lines=(line(),), certain=False))
    down = ModelUnavailable("no memory", retry_after_ms=5_000)
    known: dict[str, ModelResult] = {
        "one flurble": sure,
        "two flurbles": doubt,
        "three flurbles": down,
    }
    texts = [*known, "four flurbles"]
    lines = [line_of_run(shop, text) for text in texts]
    resolve = replace(resolver(shop, runs), model=model, recall=Remembers(known))
    resolved = resolve(lines)
    assert [one.ref for one in shop.bulk_settlements.sent] == [lines[0].ref]
    stands = [shop.on_record[one.ref].status for one in lines]
    asked = Status.NEEDS_INPUT
    assert stands == [Status.ACCEPTED, asked, Status.ACCEPTED, asked]
    assert list(resolved.again) == [lines[2].ref]
    assert model.texts == []


def test_a_customers_answer_may_be_read_by_the_model(shop: Shop) -> None:
    """A run says how its own texts are read; who answers our question is a live customer."""
    runs = FakeRuns({RUN: made(RunState.RUNNING, model=ModelWay.NEVER)})
    rules = LaneRules(runs=runs, clock=shop.clock)
    of_it = replace(pending(), run=RUN)
    assert rules.model_way(of_it) is ModelWay.NEVER
    assert rules.model_way(replace(of_it, turn=1)) is ModelWay.NOW
    assert rules.model_way(pending()) is ModelWay.NOW


def test_a_run_is_looked_at_once_a_second() -> None:
    """However many lines come by; what was dropped is never looked at again."""

    class Counting(FakeRuns):
        looks = 0

        def get(self, run_id: str) -> Run | None:
            self.looks += 1
            return super().get(run_id)

    shop = Shop()
    runs = Counting({RUN: made(RunState.RUNNING, drop=False)})
    rules = LaneRules(runs=runs, clock=shop.clock)
    is_dropped = rules.is_dropped
    of_it = replace(pending(), run=RUN, expires_at=NOW)
    for _ in range(20):
        assert not is_dropped(of_it)
        assert rules.model_way(of_it) is ModelWay.NOW
        shop.clock.turn(100)
    assert runs.looks == 2
    runs.runs[RUN] = made(RunState.CANCELLED, drop=True)
    shop.clock.turn(1_000)
    assert [is_dropped(of_it) for _ in range(5)] == [True] * 5
    shop.clock.turn(60_000)
    assert is_dropped(of_it)
    assert runs.looks == 3
    assert not is_dropped(pending())
    assert not is_dropped(replace(of_it, turn=1))
