"""A model behind a breaker: what several workers and a failing table make of it."""

from collections.abc import Callable, Sequence

import pytest

from chalicelib.application.breaker_port import UnreadableBreakerError
from chalicelib.application.guarded_model import FAIR_TIMEOUT_MS, GuardedModel
from chalicelib.application.ports import (
    Lack,
    ModelReading,
    ModelResult,
    ModelUnavailable,
    ModelUnusable,
    Task,
)
from chalicelib.domain.breaker import CLOSED, FAILURES_MIN, LOOK_AGAIN_MS, WINDOW_MS, Phase
from chalicelib.domain.errors import StoreUnavailableError
from chalicelib.domain.model_use import ModelUse
from chalicelib.domain.resolution import Reading
from tests.fakes import FakeClock
from tests.fakes.breaker import FakeBreaker
from tests.unit.domain.builders import line, menu

UNSURE = Reading(lines=(), certain=False)
ONE_CALL = ModelUse(calls=1)
READ = ModelReading(Reading(lines=(line(),), certain=True), ONE_CALL)
DOWN = ModelUnavailable("HTTP 500", use=ONE_CALL)
LIMITED = ModelUnavailable("HTTP 429", retry_after_ms=7_000, use=ONE_CALL)
UNBUILT = ModelUnavailable("ClientError", lack=Lack.UNBUILT)
WELL = ModelUnavailable("just well again", retry_after_ms=1, lack=Lack.BUSY)
REJECTED = ModelUnusable("HTTP 400", use=ONE_CALL, judged=False)
SAYS_NOTHING = [
    REJECTED,
    ModelUnusable("nothing on a long menu is a candidate", judged=False),
    ModelUnavailable("no time left", lack=Lack.UNASKED),
    ModelUnavailable("being asked", retry_after_ms=1_000, lack=Lack.BUSY),
]
OPEN_MS = 5_000


class Answering:
    """A model that gives one answer to all, and counts."""

    def __init__(self) -> None:
        self.answer: ModelResult = READ
        self.asked = 0
        self.meanwhile: Callable[[], object] | None = None

    def read_all(self, tasks: Sequence[Task]) -> Sequence[ModelResult]:
        """Answer; what happens meanwhile, happens once."""
        self.asked += len(tasks)
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile:
            meanwhile()
        return [self.answer for _ in tasks]


class World:
    """A model, its breaker and two workers."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.shared = FakeBreaker()
        self.model = Answering()
        self.one = self.worker()
        self.two = self.worker()

    def worker(self) -> GuardedModel:
        """Return another worker."""
        return GuardedModel(self.model, shared=self.shared, clock=self.clock, jitter=lambda: 0.0)

    def break_down(self) -> None:
        """Have the first worker find the model down."""
        self.model.answer = DOWN
        self.one.read_all(tasks(FAILURES_MIN))
        self.model.asked = 0


def tasks(count: int = 1, timeout_ms: int = 10_000) -> list[Task]:
    """Return so many texts to read."""
    return [
        Task(text=f"text {n}", catalogue=menu(), hint=UNSURE, timeout_ms=timeout_ms)
        for n in range(count)
    ]


def held(ms: int) -> ModelUnavailable:
    """Return what a text gets that is not sent."""
    return ModelUnavailable("breaker open", retry_after_ms=ms, lack=Lack.HELD)


@pytest.fixture
def world() -> World:
    """Return a world where all is well."""
    return World()


def test_a_healthy_day_costs_no_write(world: World) -> None:
    """Answers, refusals and some failures pass through as they are, and nothing is written."""
    for answer in (READ, ModelUnusable("refused", use=ONE_CALL), DOWN):
        world.model.answer = answer
        assert world.one.read_all(tasks(FAILURES_MIN - 1)) == [answer] * (FAILURES_MIN - 1)
    assert (world.shared.moves, world.one.take_moves()) == (0, [])


def test_one_worker_s_finding_serves_all(world: World) -> None:
    """Once one found it down, another sends nothing, and says for how long."""
    world.break_down()
    assert world.two.read_all(tasks(3)) == [held(OPEN_MS)] * 3
    assert world.model.asked == 0
    assert [move.phase for move in world.one.take_moves()] == [Phase.OPEN]
    assert world.one.take_moves() == []


def test_a_limit_with_a_time_opens_it_at_once_and_as_long(world: World) -> None:
    """One answer of 429 with Retry-After is enough for all."""
    world.model.answer = LIMITED
    assert world.one.read_all(tasks()) == [LIMITED]
    assert world.two.read_all(tasks()) == [held(7_000)]


def test_after_its_time_one_tries_and_the_others_wait(world: World) -> None:
    """While the trial is under way, neither worker sends anything else."""
    world.break_down()
    world.clock.turn(OPEN_MS)
    seen: list[Sequence[ModelResult]] = []
    world.model.answer = READ
    world.model.meanwhile = lambda: seen.append(world.two.read_all(tasks(2)))
    assert world.one.read_all(tasks(3)) == [READ, WELL, WELL]
    assert seen == [[held(LOOK_AGAIN_MS)] * 2]
    assert world.model.asked == 1
    assert world.two.read_all(tasks(2)) == [READ, READ]


def test_the_trial_is_the_text_with_the_most_time(world: World) -> None:
    """So that a model that is only slow is not taken for one that is down."""
    world.break_down()
    world.clock.turn(OPEN_MS)
    world.model.answer = READ
    mixed = [*tasks(1, 600), *tasks(1, 10_000), *tasks(1, 900)]
    assert world.one.read_all(mixed) == [WELL, READ, WELL]


def test_a_trial_that_fails_opens_it_for_longer(world: World) -> None:
    """And everybody waits for that."""
    world.break_down()
    world.clock.turn(OPEN_MS)
    assert world.one.read_all(tasks(2)) == [DOWN, held(2 * OPEN_MS)]
    assert world.two.read_all(tasks()) == [held(2 * OPEN_MS)]


def test_a_worker_that_dies_on_trial_holds_nobody_up_for_long(world: World) -> None:
    """Its lease ends, and another tries."""
    world.break_down()
    world.clock.turn(OPEN_MS)
    world.shared.move(world.shared.stands.on_trial(world.clock.now(), 15_000))
    world.model.answer = READ
    assert world.two.read_all(tasks()) == [held(LOOK_AGAIN_MS)]
    world.clock.turn(15_000)
    assert world.two.read_all(tasks()) == [READ]


@pytest.mark.parametrize("said", SAYS_NOTHING)
def test_what_says_nothing_of_the_model_moves_nothing(world: World, said: ModelResult) -> None:
    """Neither open nor closed: no call was made, or its endpoint would not have the request."""
    world.model.answer = said
    world.one.read_all(tasks(20))
    assert world.shared.moves == 0


@pytest.mark.parametrize("said", SAYS_NOTHING)
def test_a_trial_that_says_nothing_leaves_it_open(world: World, said: ModelResult) -> None:
    """It is not closed in mid-outage, nor opened for longer: whoever is next may try at once."""
    world.break_down()
    openings = world.shared.stands.openings
    world.clock.turn(OPEN_MS)
    world.model.answer = said
    assert world.one.read_all(tasks(2)) == [said, held(1)]
    assert world.shared.stands.phase is not Phase.CLOSED
    assert world.shared.stands.openings == openings
    assert [move.phase for move in world.one.take_moves()] == [Phase.OPEN, Phase.TRIAL, Phase.TRIAL]
    world.model.answer = READ
    assert world.two.read_all(tasks()) == [READ]


def test_no_text_without_a_fair_time_is_tried_on(world: World) -> None:
    """Its failure would say little, and an open breaker would stay open for it."""
    world.break_down()
    moves = world.shared.moves
    world.clock.turn(OPEN_MS)
    short = tasks(2, FAIR_TIMEOUT_MS - 1)
    assert world.one.read_all(short) == [held(LOOK_AGAIN_MS)] * 2
    assert (world.model.asked, world.shared.moves) == (0, moves)


def test_a_model_that_can_not_be_built_opens_it(world: World) -> None:
    """A wrong key or address has its alarm, though no call is ever made."""
    world.model.answer = UNBUILT
    world.one.read_all(tasks(FAILURES_MIN))
    assert world.two.read_all(tasks()) == [held(OPEN_MS)]
    world.clock.turn(OPEN_MS)
    assert world.two.read_all(tasks()) == [UNBUILT]
    assert world.one.read_all(tasks()) == [held(2 * OPEN_MS)]


def test_a_shared_failure_is_one_failure(world: World) -> None:
    """Texts that shared a call have no use of their own, and don't count it again."""
    shared = ModelUnavailable("HTTP 500")
    world.model.answer = shared
    world.one.read_all(tasks(20))
    assert world.shared.moves == 0


def test_a_trial_that_outlasts_its_lease_says_nothing(world: World) -> None:
    """By then another one tries, and it is that one's finding that counts."""
    world.break_down()
    world.clock.turn(OPEN_MS)

    def take_over() -> None:
        world.clock.turn(20_000)
        world.shared.move(world.shared.stands.on_trial(world.clock.now(), 15_000))

    world.model.answer = READ
    world.model.meanwhile = take_over
    world.one.read_all(tasks())
    assert world.shared.stands.phase is Phase.TRIAL


def test_a_call_without_a_fair_time_is_no_evidence(world: World) -> None:
    """Nor is one that was never made."""
    world.model.answer = DOWN
    world.one.read_all(tasks(20, FAIR_TIMEOUT_MS - 1))
    world.model.answer = ModelUnavailable("RuntimeError")
    world.one.read_all(tasks(20))
    assert world.shared.moves == 0


def test_what_was_seen_before_it_was_closed_is_forgotten(world: World) -> None:
    """Failures from before an outage that is over don't open it again."""
    world.model.answer = DOWN
    world.two.read_all(tasks(FAILURES_MIN - 1))
    world.break_down()
    world.clock.turn(OPEN_MS)
    world.model.answer = READ
    world.one.read_all(tasks())
    assert OPEN_MS < WINDOW_MS
    world.model.answer = DOWN
    world.two.read_all(tasks())
    assert world.shared.stands.phase is Phase.CLOSED


@pytest.mark.parametrize("open_before", [True, False])
def test_a_table_that_is_down_stops_nobody(world: World, *, open_before: bool) -> None:
    """What can't be read counts as closed, and what can't be written is let be."""
    if open_before:
        world.break_down()
    world.shared.down = True
    world.model.answer = DOWN
    for _ in range(3):
        assert world.two.read_all(tasks(FAILURES_MIN)) == [DOWN] * FAILURES_MIN
    world.model.answer = READ
    assert world.two.read_all(tasks()) == [READ]


def test_a_table_that_fails_at_the_trial_s_begin_stops_nobody(world: World) -> None:
    """Who can't claim the trial because nobody can asks as though there were no breaker."""
    world.break_down()
    world.clock.turn(OPEN_MS)
    read = world.shared.read

    def read_and_fail() -> object:
        stands = read()
        world.shared.down = True
        return stands

    world.shared.read = read_and_fail  # type: ignore[method-assign,assignment]
    world.model.answer = READ
    assert world.two.read_all(tasks(2)) == [READ, READ]


def test_a_table_that_hangs_is_asked_once_a_second(world: World) -> None:
    """Each try may take seconds, which a batch has better use for."""
    reads: list[int] = []

    def hang() -> object:
        reads.append(world.clock.now())
        msg = "no answer"
        raise TimeoutError(msg)

    world.shared.read = hang  # type: ignore[method-assign,assignment]
    for _ in range(5):
        world.one.read_all(tasks())
    world.clock.turn(1_000)
    world.one.read_all(tasks())
    assert len(reads) == 2


def test_the_first_error_of_a_row_is_there_for_the_log(world: World) -> None:
    """A right that is lacking is said once, and again when it is lost again."""
    for _ in range(2):
        world.shared.down = True
        for _ in range(3):
            world.one.read_all(tasks())
            world.clock.turn(1_000)
        (error,) = world.one.take_errors()
        assert type(error) is StoreUnavailableError
        world.shared.down = False
        world.one.read_all(tasks())
        assert world.one.take_errors() == []


def test_a_form_that_is_unknown_counts_as_closed_and_is_replaced(world: World) -> None:
    """After a rollback the breaker still works: it is moved on from the version that stands."""
    world.shared.stands = CLOSED.opened(world.clock.now(), 0).closed()
    read, version = world.shared.read, world.shared.stands.version

    def unreadable() -> object:
        if world.shared.stands.version > version:
            return read()
        raise UnreadableBreakerError(version)

    world.shared.read = unreadable  # type: ignore[method-assign,assignment]
    world.model.answer = DOWN
    assert world.one.read_all(tasks(FAILURES_MIN)) == [DOWN] * FAILURES_MIN
    assert world.two.read_all(tasks()) == [held(OPEN_MS)]
    assert [type(error) for error in world.one.take_errors()] == [UnreadableBreakerError]


def test_no_text_no_look(world: World) -> None:
    """A batch that the parser settles costs no read."""
    world.shared.down = True
    assert world.one.read_all([]) == []
