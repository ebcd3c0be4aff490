"""A model behind a breaker: while it is down nobody asks it, but for one who tries."""

from collections.abc import Callable, Iterator, Sequence

from chalicelib.application.breaker_port import SharedBreaker
from chalicelib.application.ports import Clock, Model, ModelResult, ModelUnavailable, Task
from chalicelib.domain.breaker import CLOSED, Breaker, Evidence, Phase

LEASE_SLACK_MS = 5_000
"""What a trial's lease has beyond the time of its call: for the way to the table and back."""

FAIR_TIMEOUT_MS = 2_000
"""A call that had less time than this and got no answer says little about the model."""

FINDING_MS = 1_000
"""How long a table that did not answer is taken to stay that way."""


class GuardedModel:
    """Stands before a model. One worker's finding serves all of them.

    Whatever happens to the shared breaker's table, this goes on: what can't be read counts as
    closed, and what can't be written is found out again. Not for several threads at once.
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

    def take_moves(self) -> list[Breaker]:
        """Return how this worker moved the breaker since this was last asked."""
        moves, self._moves = self._moves, []
        return moves

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
        """Ask for the one of *tasks* with the most time, if no other worker tries now."""
        chosen = max(range(len(tasks)), key=lambda index: tasks[index].timeout_ms)
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
        if isinstance(result, ModelUnavailable):
            after = trial.opened(now, self._jitter(), result.retry_after_ms)
        else:
            after = trial.closed()
        self._move(after)
        # Closed again, the others have their turn at once; their time was not meant for a trial.
        wait_ms = max(after.wait_ms(now), 1)
        return [result if index == chosen else _held(wait_ms) for index in range(len(tasks))]

    def _breaker(self) -> Breaker:
        now = self._clock.now()
        if now < self._blind_until:
            return CLOSED
        try:
            breaker = self._shared.read()
        except Exception:  # noqa: BLE001 (whatever is wrong with the table, resolving goes on)
            self._blind_until = now + FINDING_MS
            return CLOSED
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
        except Exception:  # noqa: BLE001 (as above)
            self._blind_until = self._clock.now() + FINDING_MS
            return False
        if moved:
            self._evidence, self._seen = Evidence(), to
            self._moves.append(to)
        return moved


def _failures(tasks: Sequence[Task], results: Sequence[ModelResult]) -> Iterator[bool]:
    """Yield whether each call failed; what was not asked, or had next to no time, says nothing."""
    for task, result in zip(tasks, results, strict=True):
        if not isinstance(result, ModelUnavailable):
            if result.use.calls:
                yield False
        elif result.use.calls and task.timeout_ms >= FAIR_TIMEOUT_MS:
            yield True


def _told_ms(results: Sequence[ModelResult]) -> int | None:
    told = (r.retry_after_ms for r in results if isinstance(r, ModelUnavailable))
    return max((ms for ms in told if ms is not None), default=None)


def _held(wait_ms: int) -> ModelUnavailable:
    return ModelUnavailable("breaker open", retry_after_ms=wait_ms)
