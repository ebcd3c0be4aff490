"""Confirm a quote that is held for the customer."""

from dataclasses import dataclass

from chalicelib.application.commit_moves import CommitMoves
from chalicelib.application.find_intent import find
from chalicelib.application.ports import Clock, Intents
from chalicelib.domain.errors import IllegalMoveError
from chalicelib.domain.intent import Intent, IntentRef, Status, move
from chalicelib.domain.movement import EntryKind, keeping


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmIntent:
    """Make an order of a held quote, with the units that are held for it."""

    intents: Intents
    commit: CommitMoves
    clock: Clock

    def __call__(self, ref: IntentRef) -> Intent:
        """Return the confirmed intent; confirming it again returns the same.

        Raises `IntentNotFoundError`, and `IllegalMoveError` where nothing is held, or no
        longer: a hold that ran out can't be confirmed, even before the sweep has seen it.
        """
        intent = find(self.intents, ref)
        if intent.status is Status.CONFIRMED:
            return intent
        now = self.clock.now()
        if intent.status is not Status.READY:
            raise IllegalMoveError(intent.status, Status.CONFIRMED)
        if intent.held_until is not None and now >= intent.held_until:
            raise IllegalMoveError(Status.LAPSED, Status.CONFIRMED)
        kept = keeping(move(intent, Status.CONFIRMED, now), intent)
        made = self.commit.one(kept, EntryKind.CONFIRM)
        current = self.intents.get(ref) or intent
        if made or current.status is Status.CONFIRMED:
            return current
        raise IllegalMoveError(current.status, Status.CONFIRMED)
