"""See where an intent stands, and put an end to what is over."""

from dataclasses import dataclass, replace

from chalicelib.application.backlog import Backlog
from chalicelib.application.end_overdue import EndOverdue
from chalicelib.application.find_intent import find
from chalicelib.application.ports import Clock, Control, Intents
from chalicelib.domain.admission import Admission, estimate
from chalicelib.domain.errors import StoreUnavailableError
from chalicelib.domain.intent import Intent, IntentRef, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """An intent, and while it waits in a queue, its place now."""

    intent: Intent
    place: Admission | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeeIntent:
    """Show a customer an intent of theirs."""

    intents: Intents
    backlog: Backlog
    control: Control
    clock: Clock
    end_overdue: EndOverdue

    def __call__(self, ref: IntentRef) -> Sight:
        """Return the intent as it stands; one whose time is over is ended first.

        So nobody waits for the sweep to learn it. Where it can't be ended now, a rush being
        on its shard, it is shown as it is, and ended later. Raises `IntentNotFoundError`,
        for another's intent as for none.
        """
        intent = find(self.intents, ref)
        if self._ended(intent):
            intent = self.intents.get(ref) or intent
        place = self._place(intent) if intent.status is Status.ACCEPTED else None
        return Sight(intent=intent, place=place)

    def _ended(self, intent: Intent) -> bool:
        try:
            return self.end_overdue(intent)
        except StoreUnavailableError:
            return False

    def _place(self, intent: Intent) -> Admission:
        """Return the place now: no worse than at acceptance, nor than the whole queue."""
        ahead = min(intent.promise.position, max(self.backlog.all(), 1)) - 1
        place = estimate(ahead, self.control.gate())
        left = max((intent.expires_at - self.clock.now()) // 1000, 0)
        return replace(place, estimated_wait_seconds=min(place.estimated_wait_seconds, left))
