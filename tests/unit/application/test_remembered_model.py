from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import count

import pytest

from chalicelib.application.ports import (
    Lack,
    ModelReading,
    ModelResult,
    ModelUnavailable,
    ModelUnusable,
    Task,
)
from chalicelib.application.reading_ports import BeingAsked, Claimed, Known, Remembered
from chalicelib.application.remembered_model import (
    LEASE_MARGIN_MS,
    NOTHING,
    STORE_REST_MS,
    WAIT_MS,
    RememberedModel,
)
from chalicelib.domain.errors import StoreUnavailableError
from chalicelib.domain.model_use import NO_USE, ModelUse
from chalicelib.domain.resolution import Line, Reading
from tests.fakes import FakeClock, FakeReadings
from tests.unit.domain.builders import line, menu

TIMEOUT_MS = 10_000
KEEP_MS, DOUBT_MS = 86_400_000, 60_000
CALL = ModelUse(calls=1, input_tokens=900)
TEA = Reading(lines=(line("tea", 2),), certain=True)
OFF_THE_MENU = Reading(lines=(Line(sku="secret words", quantity=1),), certain=True)


def asked_by_another(ms: int) -> ModelUnavailable:
    """Return what a text gets that somebody else is asking."""
    return ModelUnavailable("being asked", retry_after_ms=ms, lack=Lack.BUSY)


def asked_in_vain(ms: int | None) -> ModelUnavailable:
    """Return what a text gets that rests; for a moment is not said."""
    return ModelUnavailable("asked in vain", retry_after_ms=ms, lack=Lack.HELD)


class Said:
    """A model that says the same of each text, and takes *takes_ms* for it."""

    def __init__(self, clock: FakeClock, result: ModelResult) -> None:
        self.clock = clock
        self.result = result
        self.takes_ms = 0
        self.asked: list[Task] = []
        self.meanwhile: Callable[[], object] = lambda: None

    def read_all(self, tasks: Sequence[Task]) -> Sequence[ModelResult]:
        """Say it."""
        self.asked.extend(tasks)
        self.meanwhile()
        self.clock.turn(self.takes_ms)
        return [self.result for _ in tasks]


class World:
    """A store of readings and workers around it."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.readings = FakeReadings(self.clock)
        self.model = Said(self.clock, ModelReading(TEA, use=CALL))
        self._owners = count(1)

    def worker(self, asked: str = "model 1") -> RememberedModel:
        """Return another worker."""
        return RememberedModel(
            model=self.model,
            readings=self.readings,
            clock=self.clock,
            owner=lambda: f"owner-{next(self._owners)}",
            asked=asked,
            keep_ms=KEEP_MS,
            doubt_ms=DOUBT_MS,
        )

    @property
    def the_known(self) -> Known:
        """What stands under the one key."""
        (known,) = self.readings.known.values()
        return known


@pytest.fixture
def world() -> World:
    """Return a world in which nothing was asked."""
    return World()


def task(text: str = "two teas", timeout_ms: int = TIMEOUT_MS, rest: str | None = None) -> Task:
    """Return a text to read."""
    hint = Reading(lines=(), certain=False, candidates=("tea",), rest=rest)
    return Task(text=text, catalogue=menu(), hint=hint, timeout_ms=timeout_ms)


def test_what_was_said_is_not_asked_again(world: World) -> None:
    """Another worker answers it from memory, at no use, until its time is over."""
    assert world.worker().read_all([task()]) == [ModelReading(TEA, use=CALL)]
    world.clock.turn(KEEP_MS - 1)
    assert world.worker().read_all([task("  Two TEAS!")]) == [ModelReading(TEA, use=NO_USE)]
    assert len(world.model.asked) == 1
    world.clock.turn(1)
    assert world.worker().read_all([task()]) == [ModelReading(TEA, use=CALL)]


def test_texts_that_differ_in_a_code_alone_are_one(world: World) -> None:
    """The model sees no code, and so no customer's own."""
    world.worker().read_all([task("two teas, use ANN-7731", rest="two teas,  , ")])
    world.worker().read_all([task("two teas, use BOB-4410", rest="two teas,  , ")])
    world.worker().read_all([task()])
    assert [asked.text for asked in world.model.asked] == ["two teas"]


def test_the_model_is_shown_what_the_key_is_made_of(world: World) -> None:
    """One key is one prompt, so that nobody can phrase a text to speak for another."""
    world.worker().read_all([task(" TWO\tteas. ", timeout_ms=7_000)])
    assert world.model.asked == [replace(task("two teas"), timeout_ms=7_000)]


def test_another_model_or_prompt_is_asked_anew(world: World) -> None:
    """What an earlier one said does not count for it."""
    for asked in ("model 1", "model 2", "model 1"):
        world.worker(asked).read_all([task()])
    assert len(world.model.asked) == 2


@pytest.mark.parametrize(
    ("result", "kept", "lasts_ms"),
    [
        (ModelReading(TEA), TEA, KEEP_MS),
        (ModelReading(replace(TEA, certain=False)), replace(TEA, certain=False), DOUBT_MS),
        (ModelReading(Reading(lines=(), certain=True)), NOTHING, DOUBT_MS),
        (ModelReading(OFF_THE_MENU), NOTHING, DOUBT_MS),
        (ModelReading(replace(TEA, coupon="A-7", rest="b", candidates=("c",))), TEA, KEEP_MS),
        (ModelUnusable("refused: Ann is ill"), NOTHING, DOUBT_MS),
    ],
)
def test_what_is_kept_is_on_the_menu_and_nothing_else(
    world: World, result: ModelResult, kept: Reading, lasts_ms: int
) -> None:
    """Doubts and refusals for a short time, and no word that the menu does not have."""
    world.model.result = result
    assert world.worker().read_all([task()]) == [result]
    assert world.the_known == Remembered(reading=kept, until=world.clock.now() + lasts_ms)
    assert world.worker().read_all([task()]) == [ModelReading(kept)]


def test_an_outage_is_not_remembered(world: World) -> None:
    """Others are kept from trying for a moment; then the model is asked anew."""
    world.model.result = down = ModelUnavailable("HTTP 500", use=CALL)
    assert world.worker().read_all([task()]) == [down]
    assert world.worker().read_all([task()]) == [asked_in_vain(None)]
    world.clock.turn(WAIT_MS)
    world.model.result = ModelReading(TEA)
    assert world.worker().read_all([task()]) == [ModelReading(TEA)]


@pytest.mark.parametrize(
    "failure",
    [
        ModelUnavailable("HTTP 429", retry_after_ms=600_000, use=CALL),
        ModelUnavailable("breaker open", retry_after_ms=600_000, lack=Lack.HELD),
    ],
)
def test_who_asks_what_rests_waits_as_long_as_the_model_said(
    world: World, failure: ModelUnavailable
) -> None:
    """Whoever comes meanwhile: no thousand of them asks, or looks, each second."""
    world.model.result = failure
    assert world.worker().read_all([task()]) == [failure]
    assert world.worker().read_all([task()]) == [asked_in_vain(600_000)]
    world.clock.turn(599_000)
    assert world.worker().read_all([task()]) == [asked_in_vain(None)]
    assert len(world.model.asked) == 1
    world.clock.turn(1_000)
    world.worker().read_all([task()])
    assert len(world.model.asked) == 2


@pytest.mark.parametrize(
    "result",
    [
        ModelUnusable("HTTP 400", use=CALL, judged=False),
        ModelUnusable("nothing on a long menu is a candidate", judged=False),
        ModelUnavailable("no time left", lack=Lack.UNASKED),
        ModelUnavailable("just well again", retry_after_ms=1, lack=Lack.BUSY),
    ],
)
def test_what_says_nothing_of_the_text_is_not_kept(world: World, result: ModelResult) -> None:
    """A misconfiguration is no doubt about a text, and others may ask at once."""
    world.model.result = result
    assert world.worker().read_all([task()]) == [result]
    world.model.result = ModelReading(TEA)
    assert world.worker().read_all([task()]) == [ModelReading(TEA)]


def test_a_batch_s_answer_is_kept_only_if_it_says_something(world: World) -> None:
    """Learning one that judged no text leaves what was known; one that did is remembered."""
    worker = world.worker()
    key, _ = worker.shown(task())
    for nothing in (ModelUnusable("HTTP 400", judged=False), ModelUnavailable("no choices")):
        worker.learn(key, nothing, menu())
        assert worker.recall_all([task()]) == [None]
    worker.learn(key, ModelUnusable("refused"), menu())
    assert worker.recall_all([task()]) == [ModelReading(NOTHING)]


def test_who_only_recalls_waits_for_who_asks_and_for_nobody_else(world: World) -> None:
    """Of a text that was asked in vain nothing is known: no answer is on its way."""
    world.model.result = ModelUnavailable("HTTP 429", retry_after_ms=60_000, use=CALL)
    recalled: list[ModelResult | None] = []
    another = world.worker()
    world.model.meanwhile = lambda: recalled.extend(another.recall_all([task()]))
    world.worker().read_all([task()])
    assert recalled == [asked_by_another(WAIT_MS)]
    assert another.recall_all([task()]) == [None]


def test_what_another_asks_is_waited_for(world: World) -> None:
    """A second worker makes no call meanwhile, and finds the answer when it looks again."""
    another = world.worker()
    asked: list[ModelResult] = []

    def another_asks() -> None:
        asked.extend(another.read_all([task()]))

    world.model.meanwhile = another_asks
    world.worker().read_all([task()])
    assert asked == [asked_by_another(WAIT_MS)]
    assert world.worker().read_all([task()]) == [ModelReading(TEA)]
    assert len(world.model.asked) == 1


@pytest.mark.parametrize("timeout_ms", [500, TIMEOUT_MS])
def test_a_claim_outlives_the_models_time_and_its_dead_owner_by_little(
    world: World, timeout_ms: int
) -> None:
    """While the model may still answer nobody else asks; a crashed worker is not waited for long."""

    def die() -> None:
        raise KeyboardInterrupt

    world.model.meanwhile = die
    with pytest.raises(KeyboardInterrupt):
        world.worker().read_all([task(timeout_ms=timeout_ms)])
    world.model.meanwhile = lambda: None
    world.clock.turn(timeout_ms + LEASE_MARGIN_MS - 1)
    asked = [asked_by_another(1)]
    assert world.worker().read_all([task()]) == asked
    world.clock.turn(1)
    assert world.worker().read_all([task()]) == [ModelReading(TEA, use=CALL)]


def test_a_batch_asks_each_text_once(world: World) -> None:
    """Equal ones share the call, the longest of their times, and its use once."""
    tasks = [
        task(timeout_ms=3_000),
        task("a cake"),
        task("Two teas.", timeout_ms=9_000),
        task("a cake"),
    ]
    results = world.worker().read_all(tasks)
    read, shared = ModelReading(TEA, use=CALL), ModelReading(TEA, use=NO_USE)
    assert results == [read, read, shared, shared]
    assert [(one.text, one.timeout_ms) for one in world.model.asked] == [
        ("two teas", 9_000),
        ("a cake", TIMEOUT_MS),
    ]


def test_a_batch_asks_only_what_is_not_known(world: World) -> None:
    """Memory, another's call and the model each give their part, in the order of the tasks."""
    world.worker().read_all([task("known")])
    asked: list[ModelResult] = []

    def another_asks() -> None:
        world.model.meanwhile = lambda: None
        asked.extend(world.worker().read_all([task("new"), task("known"), task("newest")]))

    world.model.meanwhile = another_asks
    world.worker().read_all([task("new")])
    assert asked == [
        asked_by_another(WAIT_MS),
        ModelReading(TEA, use=NO_USE),
        ModelReading(TEA, use=CALL),
    ]
    assert [one.text for one in world.model.asked] == ["known", "new", "newest"]


def test_no_text_is_no_call(world: World) -> None:
    """An empty batch wants nothing of anybody."""
    world.readings.down = True
    assert world.worker().read_all([]) == []
    assert world.model.asked == []


def test_without_the_store_the_model_is_asked_as_if_nothing_were_known(world: World) -> None:
    """A store that is down costs calls, and no intent; equal texts of a batch still share one."""
    world.readings.down = True
    worker = world.worker()
    read, shared = ModelReading(TEA, use=CALL), ModelReading(TEA, use=NO_USE)
    assert worker.read_all([task(), task()]) == [read, shared]
    assert worker.read_all([task()]) == [read]


def test_a_store_that_failed_is_left_alone_for_a_while(world: World) -> None:
    """One that hangs costs a worker one call in a while, and not one for each text."""
    calls: list[str] = []
    recall = world.readings.recall

    def hang(keys: Sequence[str]) -> dict[str, Known]:
        calls.extend(keys)
        world.clock.turn(6_000)
        raise StoreUnavailableError

    world.readings.recall = hang  # type: ignore[method-assign,assignment]
    worker = world.worker()
    worker.read_all([task("one"), task("two")])
    worker.read_all([task("three")])
    assert len(calls) == 2
    assert world.readings.known == {}
    world.readings.recall = recall  # type: ignore[method-assign]
    world.clock.turn(STORE_REST_MS)
    worker.read_all([task("four")])
    assert len(world.readings.known) == 1


def test_the_models_time_is_what_looking_left_of_it(world: World) -> None:
    """A slow store takes nothing from beyond the deadline."""

    def slow(key: str, owner: str, until: int) -> Claimed:  # noqa: ARG001 (the port's)
        world.clock.turn(2_000)
        return Claimed()

    world.readings.claim = slow  # type: ignore[method-assign]
    world.worker().read_all([task()])
    assert [one.timeout_ms for one in world.model.asked] == [TIMEOUT_MS - 2_000]


def test_a_store_that_fails_between_two_claims_loses_neither_text(world: World) -> None:
    """What was claimed and what was not are both asked."""
    claim = world.readings.claim

    def once(key: str, owner: str, until: int) -> Claimed | Known:
        world.readings.claim = fail  # type: ignore[method-assign]
        return claim(key, owner, until)

    def fail(key: str, owner: str, until: int) -> Claimed:  # noqa: ARG001 (the port's)
        raise StoreUnavailableError

    world.readings.claim = once  # type: ignore[method-assign]
    assert world.worker().read_all([task("one"), task("two")]) == [ModelReading(TEA, use=CALL)] * 2


def test_an_answer_that_could_not_be_kept_is_given_all_the_same(world: World) -> None:
    """The store may go down while the model is thinking; the claim then runs out by itself."""

    def go_down() -> None:
        world.readings.down = True

    world.model.meanwhile = go_down
    assert world.worker().read_all([task()]) == [ModelReading(TEA, use=CALL)]
    assert isinstance(world.the_known, BeingAsked)


def test_use_adds_up() -> None:
    """Calls and tokens, each with its own."""
    one = ModelUse(calls=1, input_tokens=20, cached_tokens=15, output_tokens=3)
    two = ModelUse(calls=2, input_tokens=40, cached_tokens=30, output_tokens=6)
    assert one + one + NO_USE == two
