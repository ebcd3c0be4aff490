"""Cancel an intent that is not an order yet."""

from dataclasses import dataclass

from chalicelib.application.commit_moves import CommitMoves
from chalicelib.application.find_intent import find
from chalicelib.application.ports import Clock, Intents
from chalicelib.domain.errors import IllegalMoveError
from chalicelib.domain.intent import Change, Intent, IntentRef, Reason, Status, move
from chalicelib.domain.movement import EntryKind, returning

ATTEMPTS_MAX = 3
"""An intent can move under us (accepted, ready, …) only so often before it stands still."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelIntent:
    """End an intent at its customer's wish, and give back what was held for it."""

    intents: Intents
    commit: CommitMoves
    clock: Clock

    def __call__(self, ref: IntentRef) -> Intent:
        """Return the cancelled intent; cancelling it again returns the same.

        Raises `IntentNotFoundError`, and `IllegalMoveError` where it is too late.
        """
        intent = find(self.intents, ref)
        for _ in range(ATTEMPTS_MAX):
            if intent.status is Status.CANCELLED:
                return intent
            self._cancel(intent)
            intent = find(self.intents, ref)
        if intent.status is Status.CANCELLED:
            return intent
        raise IllegalMoveError(intent.status, Status.CANCELLED)

    def _cancel(self, intent: Intent) -> None:
        reason = Reason(code="cancelled_by_customer", detail="The customer cancelled it.")
        change: Change = move(intent, Status.CANCELLED, self.clock.now(), reason=reason)
        if intent.status is Status.READY:
            self.commit.one(returning(change, intent), EntryKind.RELEASE)
        else:
            self.intents.apply(change)
