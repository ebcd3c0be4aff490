"""What workers that share a memory ask the model, while they crash and their calls get lost."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.adapters.dynamodb.readings import DynamoReadings
from chalicelib.application.ports import (
    ModelReading,
    ModelResult,
    ModelUnavailable,
    Task,
)
from chalicelib.application.reading_key import plain_form
from chalicelib.application.remembered_model import LEASE_MARGIN_MS, RememberedModel
from chalicelib.domain.catalogue import Catalogue
from chalicelib.domain.resolution import Reading
from rushline_testing.faults import CrashError
from simulation.dynamodb.times import Times
from simulation.faults import Effect, Fault, Faults
from simulation.scheduler import Scheduler
from simulation.stack import Stack
from tests.unit.domain.builders import line, menu

TIMEOUT_MS = 4_000
HIDDEN_MS = 30_000
"""How long the messages of a worker that died are hidden."""

TEXTS = ("two teas", " Two  TEAS.", "a cake", "A cake!", "a cake?", "tea\ncake", "tea cake")
HINT = Reading(lines=(), certain=False)
MENUS = (menu(), replace(menu(), version=4))


def quantity(text: str, catalogue: Catalogue) -> int:
    """Return what tells one prompt's answer from all others'."""
    plain = sorted({plain_form(one) for one in TEXTS})
    return 1 + plain.index(text) + len(plain) * (catalogue.version - MENUS[0].version)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call to the model, and when it can't be under way any more."""

    prompt: int
    began: int
    over: int


class Slow:
    """A model that takes its time, is down at times, and whose caller may die meanwhile."""

    def __init__(self, stack: Stack, chance: Random, trouble: float) -> None:
        self.stack = stack
        self.chance = chance
        self.trouble = trouble
        self.calls: list[Call] = []

    def read_all(self, tasks: Sequence[Task]) -> Sequence[ModelResult]:
        """Read each, all by one time."""
        began = self.stack.clock.now()
        takes_ms = self.chance.randrange(1, TIMEOUT_MS + 500)
        down = self.chance.random() < self.trouble
        for task in tasks:
            over = began + min(takes_ms, task.timeout_ms)
            prompt = quantity(task.text, task.catalogue)
            self.calls.append(Call(prompt=prompt, began=began, over=over))
        self.stack.clock.sleep(min(takes_ms, *(task.timeout_ms for task in tasks)))
        if self.chance.random() < self.trouble:
            msg = "died while the model was thinking"
            raise CrashError(msg)
        if down:
            return [ModelUnavailable("down") for _ in tasks]
        return [self._read(task, takes_ms) for task in tasks]

    def _read(self, task: Task, takes_ms: int) -> ModelResult:
        if takes_ms > task.timeout_ms:
            return ModelUnavailable("timed out")
        read = line("tea", quantity(task.text, task.catalogue))
        return ModelReading(Reading(lines=(read,), certain=self.chance.random() < 0.7))


class Rush:
    """Workers with batches of few texts, each of which comes again until it has its answer."""

    def __init__(self, seed: int, *, trouble: float, faults: Faults) -> None:
        self.scheduler = Scheduler(seed=seed)
        self.stack = Stack(self.scheduler, times=Times(jitter=0.5))
        self.stack.dynamodb.faults = faults
        self.chance = Random(seed)  # noqa: S311 (chance that can be repeated)
        self.model = Slow(self.stack, self.chance, trouble)
        self.answers: list[tuple[Task, ModelResult]] = []
        self.died = 0

    def worker(self) -> RememberedModel:
        """Return a worker that was just started."""
        client = self.stack.services().clients.dynamodb
        return RememberedModel(
            model=self.model,
            readings=DynamoReadings(client=client, table="ReadingsTable", clock=self.stack.clock),
            clock=self.stack.clock,
            owner=lambda: f"{self.chance.getrandbits(64):x}",
            asked="model 1",
            keep_ms=60_000,
            doubt_ms=10_000,
        )

    def run(self, workers: int, batches: int) -> None:
        """Have everything answered."""
        for _ in range(workers):
            self.scheduler.spawn(lambda: self._live(batches), in_ms=self.chance.random() * 3_000)
        self.scheduler.run()

    def _live(self, batches: int) -> None:
        model = self.worker()
        for _ in range(batches):
            batch = [
                Task(
                    text=self.chance.choice(TEXTS),
                    catalogue=self.chance.choice(MENUS),
                    hint=HINT,
                    timeout_ms=TIMEOUT_MS,
                )
                for _ in range(self.chance.randrange(1, 5))
            ]
            while batch:
                try:
                    batch = self._read(model, batch)
                except CrashError:
                    self.died += 1
                    model = self.worker()
                    self.stack.clock.sleep(HIDDEN_MS)

    def _read(self, model: RememberedModel, batch: list[Task]) -> list[Task]:
        """Have *batch* read; return what must come again, when it does."""
        again: list[Task] = []
        wait_ms = 0
        for task, result in zip(batch, model.read_all(batch), strict=True):
            if isinstance(result, ModelUnavailable):
                again.append(task)
                wait_ms = max(wait_ms, result.retry_after_ms or 2_000)
            else:
                self.answers.append((task, result))
        if again:
            self.stack.clock.sleep(wait_ms)
        return again

    def check_answers(self) -> None:
        """See that each answer is the one to its own prompt."""
        for task, result in self.answers:
            assert isinstance(result, ModelReading)
            (read,) = result.reading.lines
            assert read.quantity == quantity(plain_form(task.text), task.catalogue)

    def overlapping(self) -> list[tuple[Call, Call]]:
        """Return the pairs of calls about one prompt that were under way at one time."""
        by_prompt: dict[int, list[Call]] = {}
        for call in self.model.calls:
            by_prompt.setdefault(call.prompt, []).append(call)
        return [
            (one, other)
            for calls in by_prompt.values()
            for number, one in enumerate(calls)
            for other in calls[number + 1 :]
            if one.began < other.over and other.began < one.over
        ]


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    workers=st.integers(2, 12),
    trouble=st.sampled_from([0.0, 0.1, 0.3]),
)
def test_no_two_ask_the_same_at_once(seed: int, workers: int, trouble: float) -> None:
    """Whoever dies, and wherever: one call a text at a time, and everybody is answered rightly."""
    crashes = [
        Fault(effect=effect, operation=operation, rate=trouble / 5)
        for effect in (Effect.CRASH_BEFORE, Effect.CRASH_AFTER)
        for operation in ("PutItem", "UpdateItem", "BatchGetItem")
    ]
    rush = Rush(seed, trouble=trouble, faults=Faults(*crashes, seed=seed))
    rush.run(workers, batches=4)
    rush.check_answers()
    assert rush.overlapping() == []


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32), trouble=st.sampled_from([0.02, 0.2, 1.0]))
def test_a_table_in_trouble_keeps_nobody_from_an_answer(seed: int, trouble: float) -> None:
    """Calls that fail or lose their answers cost calls to the model; every answer is still right."""
    faults = [
        Fault(effect=Effect.FAIL, rate=trouble),
        Fault(effect=Effect.LOSE_ANSWER, rate=trouble),
        Fault(effect=Effect.CRASH_AFTER, rate=trouble / 10),
    ]
    rush = Rush(seed, trouble=0.1, faults=Faults(*faults, seed=seed))
    rush.run(6, batches=3)
    rush.check_answers()


def test_a_text_that_everybody_sends_is_asked_once() -> None:
    """Hundred workers with one text at one moment: one call, and few reads and writes of its key."""
    rush = Rush(1, trouble=0.0, faults=Faults())
    everybody = 100
    task = Task(text="two teas", catalogue=MENUS[0], hint=HINT, timeout_ms=TIMEOUT_MS)

    def live() -> None:
        model, batch = rush.worker(), [task] * 10
        while batch:
            batch = rush._read(model, batch)

    for _ in range(everybody):
        rush.scheduler.spawn(live)
    began = rush.stack.clock.now()
    rush.scheduler.run()
    assert len(rush.model.calls) == 1
    assert len(rush.answers) == everybody * 10
    calls = rush.stack.dynamodb.counters.calls
    assert calls["PutItem"] == everybody + 1, "each claims once, in the first moment"
    seconds = (rush.stack.clock.now() - began) / 1000
    assert calls["BatchGetItem"] <= everybody * (seconds + 1)
    assert seconds * 1000 < TIMEOUT_MS + LEASE_MARGIN_MS


def test_a_text_that_everybody_sends_in_an_outage_is_let_rest() -> None:
    """Told to wait ten minutes, hundred workers look twice each, and not once a second."""
    rush = Rush(1, trouble=0.0, faults=Faults())
    everybody, told_ms = 100, 600_000
    task = Task(text="two teas", catalogue=MENUS[0], hint=HINT, timeout_ms=TIMEOUT_MS)
    deliveries = 0

    def limited(tasks: Sequence[Task]) -> Sequence[ModelResult]:
        rush.model.calls.extend([Call(prompt=0, began=0, over=0) for _ in tasks])
        rush.stack.clock.sleep(500)
        return [ModelUnavailable("HTTP 429", retry_after_ms=told_ms) for _ in tasks]

    def live() -> None:
        nonlocal deliveries
        model, ends = rush.worker(), rush.stack.clock.now() + 60_000
        while rush.stack.clock.now() < ends:
            (result,) = model.read_all([task])
            assert isinstance(result, ModelUnavailable)
            deliveries += 1
            rush.stack.clock.sleep(result.retry_after_ms or 2_000)

    rush.model.read_all = limited  # type: ignore[method-assign]
    for _ in range(everybody):
        rush.scheduler.spawn(live)
    rush.scheduler.run()
    assert len(rush.model.calls) == 1
    assert deliveries <= 2 * everybody
