"""End an intent whose time is over: an answer that never came, a hold that ran out."""

from dataclasses import dataclass

from chalicelib.application.ports import Clock, Intents, Ledger, Moved
from chalicelib.domain.intent import Intent, Reason, Status, move

_DEADLINE = Reason(code="deadline_passed", detail="It could not be settled by its deadline.")
_UNANSWERED = Reason(code="question_unanswered", detail="Our question was not answered in time.")
_LAPSED = Reason(code="hold_lapsed", detail="The quote was not confirmed in time.")


@dataclass(frozen=True, slots=True, kw_only=True)
class EndOverdue:
    """Expire what passed its deadline, and release what was held too long."""

    intents: Intents
    ledger: Ledger
    clock: Clock

    def __call__(self, intent: Intent) -> bool:
        """Return whether *intent*'s time was over and it has now ended. Safe to repeat."""
        now = self.clock.now()
        match intent.status:
            case Status.ACCEPTED if now >= intent.expires_at:
                change = move(intent, Status.EXPIRED, now, reason=_DEADLINE)
                return isinstance(self.intents.apply(change), Moved)
            case Status.NEEDS_INPUT if now >= intent.expires_at:
                change = move(intent, Status.EXPIRED, now, reason=_UNANSWERED)
                return isinstance(self.intents.apply(change), Moved)
            case Status.READY if intent.held_until is not None and now >= intent.held_until:
                change = move(intent, Status.LAPSED, now, reason=_LAPSED)
                return isinstance(self.ledger.release(intent, change), Moved)
            case _:
                return False
