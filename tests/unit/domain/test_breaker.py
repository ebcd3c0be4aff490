"""The shared breaker: never two trials at once, and it always comes back."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from chalicelib.domain.breaker import (
    CALLS_MAX,
    CLOSED,
    FAILURES_MIN,
    LOOK_AGAIN_MS,
    OPEN_MS_BASE,
    OPEN_MS_MAX,
    WINDOW_MS,
    Breaker,
    Evidence,
    Phase,
)
from tests.fakes.breaker import FakeBreaker

NOW = 1_800_000_000_000
LEASE_MS = 15_000
WORKERS = 3


def test_it_opens_for_longer_each_time_and_no_longer_than_a_minute() -> None:
    """Five seconds, ten, twenty, forty, and then a minute; closing begins anew."""
    breaker = CLOSED
    waits = []
    for _ in range(6):
        breaker = breaker.opened(NOW, jitter=0)
        waits.append(breaker.wait_ms(NOW))
    assert waits == [5_000, 10_000, 20_000, 40_000, OPEN_MS_MAX, OPEN_MS_MAX]
    assert breaker.closed().opened(NOW, jitter=0).wait_ms(NOW) == OPEN_MS_BASE


def test_jitter_takes_up_to_half_off_but_never_of_what_was_told() -> None:
    """The endpoint's own word is kept to the millisecond."""
    assert CLOSED.opened(NOW, jitter=0.999).wait_ms(NOW) == 2_502
    assert CLOSED.opened(NOW, jitter=0.999, told_ms=7_000).wait_ms(NOW) == 7_000


def test_each_move_is_a_version() -> None:
    """So that a move from what was read long ago is refused."""
    moves = [CLOSED.opened(NOW, 0)]
    moves.append(moves[-1].on_trial(NOW, LEASE_MS))
    moves.append(moves[-1].given_back(NOW))
    moves.append(moves[-1].on_trial(NOW, LEASE_MS))
    moves.append(moves[-1].closed())
    assert [breaker.version for breaker in moves] == [1, 2, 3, 4, 5]
    assert moves[-1] == Breaker(version=5)


def test_a_trial_that_is_given_back_may_be_followed_at_once() -> None:
    """By whoever is next, while nobody but who tries may ask; and what it says of the past stays."""
    trial = CLOSED.opened(NOW, 0).on_trial(NOW + OPEN_MS_BASE, LEASE_MS)
    back = trial.given_back(NOW + OPEN_MS_BASE + 1)
    assert (back.phase, back.openings) == (Phase.TRIAL, 1)
    assert back.wait_ms(NOW + OPEN_MS_BASE + 1) == 0


def test_who_waits_for_a_trial_looks_again_soon() -> None:
    """Its outcome is known in seconds; only the lease's end lets another one try."""
    trial = CLOSED.opened(NOW, 0).on_trial(NOW, LEASE_MS)
    assert trial.wait_ms(NOW) == LOOK_AGAIN_MS
    assert trial.wait_ms(NOW + LEASE_MS - 1) == 1
    assert trial.wait_ms(NOW + LEASE_MS) == 0


@pytest.mark.parametrize(
    ("outcomes", "damning"),
    [
        ([True] * (FAILURES_MIN - 1), False),
        ([True] * FAILURES_MIN, True),
        ([True] * FAILURES_MIN + [False] * FAILURES_MIN, True),
        ([True] * FAILURES_MIN + [False] * (FAILURES_MIN + 1), False),
        ([True] * 10 + [False] * CALLS_MAX, False),
        ([], False),
    ],
)
def test_enough_failures_and_half_of_the_latest_are_damning(
    outcomes: list[bool], *, damning: bool
) -> None:
    """Some failures among many answers are no outage."""
    assert Evidence().after(outcomes, NOW).is_damning is damning


def test_old_failures_are_forgotten() -> None:
    """Five failures over an hour are five accidents."""
    evidence = Evidence().after([True] * (FAILURES_MIN - 1), NOW)
    assert evidence.after([True], NOW + WINDOW_MS - 1).is_damning
    assert not evidence.after([True], NOW + WINDOW_MS).is_damning


class SharedByWorkers(RuleBasedStateMachine):
    """Workers with views of any age, who try, fail, are answered, or die in the middle."""

    @initialize()
    def begin(self) -> None:
        """Begin with a closed breaker that all have seen."""
        self.now = NOW
        self.shared = FakeBreaker()
        self.views = [CLOSED] * WORKERS
        self.trials: dict[int, Breaker] = {}
        """By worker: the trial that it began, until it ends by answer, failure or death."""

    def _anybody(self, worker: int) -> bool:
        return worker not in self.trials

    @rule(worker=st.integers(0, WORKERS - 1))
    def look(self, worker: int) -> None:
        """Read the breaker; until then a worker goes by what it saw last."""
        self.views[worker] = self.shared.read()

    @rule(ms=st.integers(1, 70_000))
    def pass_time(self, ms: int) -> None:
        """Let time pass; a trial never outlasts its lease, since its call does not."""
        self.now += ms
        self.trials = {w: t for w, t in self.trials.items() if self.now < t.until}

    @rule(worker=st.integers(0, WORKERS - 1), told_ms=st.none() | st.integers(1, 600_000))
    def find_it_down(self, worker: int, told_ms: int | None) -> None:
        """Open it, from where it was last seen closed."""
        view = self.views[worker]
        if view.phase is Phase.CLOSED and self._anybody(worker):
            self.shared.move(view.opened(self.now, 0.5, told_ms))

    @rule(worker=st.integers(0, WORKERS - 1))
    def try_it(self, worker: int) -> None:
        """Begin a trial where that is due as far as the worker knows."""
        view = self.views[worker]
        if view.phase is Phase.CLOSED or view.wait_ms(self.now) or not self._anybody(worker):
            return
        trial = view.on_trial(self.now, LEASE_MS)
        if self.shared.move(trial):
            self.views[worker] = trial
            self.trials[worker] = trial

    @precondition(lambda self: self.trials)
    @rule(outcome=st.sampled_from(["answered", "failed", "died"]))
    def end_trial(self, outcome: str) -> None:
        """End the trial: by an answer, by a failure, or by the worker's death."""
        _, trial = self.trials.popitem()
        if outcome == "answered":
            self.shared.move(trial.closed())
        elif outcome == "failed":
            self.shared.move(trial.opened(self.now, 0.5))

    @invariant()
    def never_two_trials(self) -> None:
        """Of all workers, one at most is asking on trial."""
        assert len(self.trials) <= 1

    @invariant()
    def one_who_tries_is_known_to_all(self) -> None:
        """While one tries, nobody who looks may ask."""
        for _ in self.trials:
            assert self.shared.read().wait_ms(self.now) > 0

    @invariant()
    def never_longer_than_told(self) -> None:
        """Nobody is kept from the model for more than ten minutes, whatever happened."""
        assert self.shared.read().wait_ms(self.now) <= 600_000

    def teardown(self) -> None:
        """Whatever happened, a worker that looks and waits brings it back with one answer."""
        if not hasattr(self, "shared"):
            return
        for _ in range(400):
            breaker = self.shared.read()
            if breaker.phase is Phase.CLOSED:
                return
            self.now += breaker.wait_ms(self.now)
            if not breaker.wait_ms(self.now):
                trial = breaker.on_trial(self.now, LEASE_MS)
                assert self.shared.move(trial)
                assert self.shared.move(trial.closed())
        pytest.fail("it never came back")


def test_shared_by_workers() -> None:
    """Never two trials at once, and it always comes back."""
    run_state_machine_as_test(
        SharedByWorkers, settings=settings(max_examples=150, stateful_step_count=40, deadline=None)
    )
