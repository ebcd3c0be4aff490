"""What was answered for somebody who waited for it."""

from collections.abc import Iterable, Sequence

from chalicelib.domain.admission import Answered
from chalicelib.domain.intent import Change, Pending


def answered_live(pendings: Iterable[Pending], changes: Sequence[Change]) -> Answered:
    """Return how many of *changes* answer one of *pendings* that is no bulk work, and their waits.

    The gate promises shoppers a wait by the rate at which shoppers are answered; what a lane of
    its own answers says nothing about it.
    """
    queued_at = {pending.ref: pending.queued_at for pending in pendings if not pending.bulk}
    waits = [change.at - queued_at[change.ref] for change in changes if change.ref in queued_at]
    return Answered(count=len(waits), waited_ms=sum(waits))
