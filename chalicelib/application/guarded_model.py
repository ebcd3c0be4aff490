"""A model behind a breaker: while it is down nobody asks it, but for one who tries."""

from collections.abc import Callable, Iterator, Sequence

from chalicelib.application.breaker_port import SharedBreaker, UnreadableBreakerError
from chalicelib.application.ports import (
    Clock,
    Lack,
    Model,
    ModelResult,
    ModelUnavailable,
    ModelUnusable,
    Task,
)
from chalicelib.domain.breaker import CLOSED, LOOK_AGAIN_MS, Breaker, Evidence, Phase

LEASE_SLACK_MS = 5_000
"""What a trial's lease has beyond the time of its call: for the way to the table and back."""

FAIR_TIMEOUT_MS = 2_000
"""A call that had less time than this and got no answer says little about the model: it is no
evidence, and no text with less is tried on."""

FINDING_MS = 1_000
"""How long a table that did not answer is taken to stay that way."""


class GuardedModel:
    """Stands before a model. One worker's finding serves all of them.

    Whatever happens to the shared breaker's table, this goes on: what can't be read counts as
    closed, and what can't be written is found out again. The first of each row of such errors
    can be had, for the log. Not for several threads at once.
    """

    def __init__(
        self,
        model: Model,
        *,
        shared: SharedBreaker,
        clock: Clock,
        jitter: Callable[[], float],
    ) -> None:
        self._model = model
        self._shared = shared
        self._clock = clock
        self._jitter = jitter
        self._evidence = Evidence()
        self._seen = CLOSED
        self._blind_until = 0
        self._moves: list[Breaker] = []
        self._errors: list[Exception] = []
        self._errs = False

    def take_moves(self) -> list[Breaker]:
        """Return how this worker moved the breaker since this was last asked."""
        moves, self._moves = self._moves, []
        return moves

    def take_errors(self) -> list[Exception]:
        """Return why the shared breaker could not be read or moved, since this was last asked."""
        errors, self._errors = self._errors, []
        return errors

    def read_all(self, tasks: Sequence[Task]) -> Sequence[ModelResult]:
        """Return what each text means, from the model if it may be asked. Never raises.

        What is not sent is unavailable, and says for how long.
        """
        if not tasks:
            return []
        breaker = self._breaker()
        if breaker.phase is Phase.CLOSED:
            return self._ask(tasks, breaker)
        wait_ms = breaker.wait_ms(self._clock.now())
        if wait_ms:
            return [_held(wait_ms) for _ in tasks]
        return self._try(tasks, breaker)

    def _ask(self, tasks: Sequence[Task], breaker: Breaker) -> Sequence[ModelResult]:
        results = self._model.read_all(tasks)
        now = self._clock.now()
        self._evidence = self._evidence.after(list(_failures(tasks, results)), now)
        told_ms = _told_ms(results)
        if told_ms is not None or self._evidence.is_damning:
            self._move(breaker.opened(now, self._jitter(), told_ms))
        return results

    def _try(self, tasks: Sequence[Task], breaker: Breaker) -> Sequence[ModelResult]:
        """Ask for the one of *tasks* with the most time, if that is fair and no other worker tries now."""
        chosen = max(range(len(tasks)), key=lambda index: tasks[index].timeout_ms)
        if tasks[chosen].timeout_ms < FAIR_TIMEOUT_MS:
            return [_held(LOOK_AGAIN_MS) for _ in tasks]
        lease_ms = tasks[chosen].timeout_ms + LEASE_SLACK_MS
        trial = breaker.on_trial(self._clock.now(), lease_ms)
        if not self._move(trial):
            # Another was faster, or has closed it by now, or the table does not answer.
            stands = self._breaker()
            if stands.phase is Phase.CLOSED:
                return self._ask(tasks, stands)
            return [_held(max(stands.wait_ms(self._clock.now()), 1)) for _ in tasks]
        (result,) = self._model.read_all([tasks[chosen]])
        now = self._clock.now()
        match _verdict(result):
            case True:
                told_ms = result.retry_after_ms if isinstance(result, ModelUnavailable) else None
                after = trial.opened(now, self._jitter(), told_ms)
            case False:
                after = trial.closed()
            case None:
                after = trial.given_back(now)
        self._move(after)
        # Closed again, the others have their turn at once; their time was not meant for a trial.
        is_well = after.phase is Phase.CLOSED
        others = _WELL if is_well else _held(max(after.wait_ms(now), 1))
        return [result if index == chosen else others for index in range(len(tasks))]

    def _breaker(self) -> Breaker:
        now = self._clock.now()
        if now < self._blind_until:
            return CLOSED
        try:
            breaker = self._shared.read()
        except UnreadableBreakerError as error:
            self._note(error)
            breaker = Breaker(version=error.version)
        except Exception as error:  # noqa: BLE001 (whatever is wrong with the table, resolving goes on)
            self._note(error)
            self._blind_until = now + FINDING_MS
            return CLOSED
        else:
            self._errs = False
        if breaker.version != self._seen.version:
            # What was seen before others opened or closed it is settled by that.
            self._evidence = Evidence()
            self._seen = breaker
        return breaker

    def _move(self, to: Breaker) -> bool:
        if self._clock.now() < self._blind_until:
            return False
        try:
            moved = self._shared.move(to)
        except Exception as error:  # noqa: BLE001 (as above)
            self._note(error)
            self._blind_until = self._clock.now() + FINDING_MS
            return False
        if moved:
            self._evidence, self._seen = Evidence(), to
            self._moves.append(to)
        return moved

    def _note(self, error: Exception) -> None:
        """Keep the first *error* of a row."""
        if not self._errs:
            self._errors.append(error)
        self._errs = True


def _failures(tasks: Sequence[Task], results: Sequence[ModelResult]) -> Iterator[bool]:
    """Yield whether each call failed; what had next to no time to answer says nothing."""
    for task, result in zip(tasks, results, strict=True):
        verdict = _verdict(result)
        if verdict is False or (verdict and task.timeout_ms >= FAIR_TIMEOUT_MS):
            yield verdict


def _verdict(result: ModelResult) -> bool | None:
    """Return whether by *result* the model is down; None where that says nothing of it.

    So what was never sent, or shares another's call; and what its endpoint, without the model,
    won't have: somebody may have found a text that provokes just that.
    """
    match result:
        case ModelUnavailable(lack=Lack.UNBUILT):
            return True
        case ModelUnavailable(lack=Lack.FAILED) if result.use.calls:
            return True
        case ModelUnavailable() | ModelUnusable(judged=False):
            return None
        case _:
            return False if result.use.calls else None


def _told_ms(results: Sequence[ModelResult]) -> int | None:
    told = (
        result.retry_after_ms
        for result in results
        if isinstance(result, ModelUnavailable) and result.lack is Lack.FAILED
    )
    return max((ms for ms in told if ms is not None), default=None)


def _held(wait_ms: int) -> ModelUnavailable:
    return ModelUnavailable("breaker open", retry_after_ms=wait_ms, lack=Lack.HELD)


_WELL = ModelUnavailable("just well again", retry_after_ms=1, lack=Lack.BUSY)
