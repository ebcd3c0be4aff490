"""What a run says of its lines while they are in the lane."""

from dataclasses import dataclass

from chalicelib.application.ports import Clock
from chalicelib.application.run_ports import Runs
from chalicelib.domain.intent import Pending
from chalicelib.domain.run import ModelWay, RunState

LOOK_EACH_MS = 1_000


def never_dropped(_: Pending) -> bool:
    """Say that nothing was dropped: of what is in no lane."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    """What a run said when it was looked at, at *at*."""

    at: int
    dropped: bool
    model: ModelWay


class LaneRules:
    """What a line's run says, as of a second ago at most.

    Of a live customer's intent nothing is said: it is never dropped, and the model may be asked.
    Everything here may raise `StoreUnavailableError`.
    """

    def __init__(self, *, runs: Runs, clock: Clock) -> None:
        self._runs = runs
        self._clock = clock
        self._known: dict[str, _Rule] = {}

    def is_dropped(self, pending: Pending) -> bool:
        """Return whether *pending* is a line of a run that was cancelled with *drop*."""
        rule = self._rule(pending)
        return rule is not None and rule.dropped

    def model_way(self, pending: Pending) -> ModelWay:
        """Return who reads the text of *pending* where the parser can't settle it.

        A run whose texts went through the Batch API has only its answers, and asks nobody now.
        """
        rule = self._rule(pending)
        return ModelWay.NOW if rule is None else rule.model

    def _rule(self, pending: Pending) -> _Rule | None:
        if pending.run is None or not pending.bulk:
            return None
        now = self._clock.now()
        known = self._known.get(pending.run)
        # What was dropped stays so: a cancelled run never runs again.
        if known is None or not (known.dropped or now - known.at < LOOK_EACH_MS):
            run = self._runs.get(pending.run)
            known = _Rule(
                at=now,
                dropped=run is not None and run.state is RunState.CANCELLED and run.drop,
                model=ModelWay.NOW if run is None else run.plan.model,
            )
            self._known[pending.run] = known
        return known
