"""End intents whose time is over: an answer that never came, a hold that ran out."""

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.application.commit_moves import CommitMoves, CommittedMoves, first_shard
from chalicelib.application.ports import Clock, Intents, Moved
from chalicelib.domain.intent import Change, Intent, Reason, Status, move
from chalicelib.domain.movement import EntryKind, returning

_DEADLINE = Reason(code="deadline_passed", detail="It could not be settled by its deadline.")
_UNANSWERED = Reason(code="question_unanswered", detail="Our question was not answered in time.")
_LAPSED = Reason(code="hold_lapsed", detail="The quote was not confirmed in time.")


@dataclass(frozen=True, slots=True, kw_only=True)
class EndOverdue:
    """Expire what passed its deadline, and release what was held too long."""

    intents: Intents
    commit: CommitMoves
    clock: Clock

    def __call__(self, intent: Intent) -> bool:
        """Return whether *intent*'s time was over and it has now ended. Safe to repeat."""
        change = self.end_of(intent)
        if change is None:
            return False
        if change.status is not Status.LAPSED:
            return isinstance(self.intents.apply(change), Moved)
        return self.commit.one(returning(change, intent), EntryKind.RELEASE)

    def end_of(self, intent: Intent) -> Change | None:
        """Return the change that ends *intent* where its time is over."""
        now = self.clock.now()
        match intent.status:
            case Status.ACCEPTED if now >= intent.expires_at:
                return move(intent, Status.EXPIRED, now, reason=_DEADLINE)
            case Status.NEEDS_INPUT if now >= intent.expires_at:
                return move(intent, Status.EXPIRED, now, reason=_UNANSWERED)
            case Status.READY if intent.held_until is not None and now >= intent.held_until:
                return move(intent, Status.LAPSED, now, reason=_LAPSED)
            case _:
                return None

    def release(self, lapsed: Sequence[Intent], stop_at: int | None = None) -> CommittedMoves:
        """Release holds that ran out, many to a transaction; return what became of them.

        Those on one shard go together, so that each transaction writes few shards. What
        can't be released now, or is not begun by *stop_at* (ms), wants a later look. Safe
        to repeat.
        """
        changes = ((intent, self.end_of(intent)) for intent in lapsed)
        moves = [returning(change, intent) for intent, change in changes if change]
        return self.commit(sorted(moves, key=first_shard), EntryKind.RELEASE, stop_at)
