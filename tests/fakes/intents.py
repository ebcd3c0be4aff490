"""The orders table, in memory."""

from collections.abc import Iterator
from dataclasses import replace

from chalicelib.application.ports import Accepted, Moved, Page, Repeated, Stale
from chalicelib.domain.intent import ANSWERED, Change, Intent, IntentRef, Pending, Request, Status
from chalicelib.domain.watch import slot_of
from tests.fakes.outage import Breakable


class FakeIntents(Breakable):
    """Every intent, by its name; a change is made only where it begins."""

    def __init__(self) -> None:
        super().__init__()
        self.on_record: dict[IntentRef, Intent] = {}

    def accept(self, intent: Intent) -> Accepted | Repeated:
        """Put *intent* on record, unless one of its name is there."""
        self.up_or_raise()
        existing = self.on_record.setdefault(intent.ref, intent)
        return Accepted() if existing is intent else Repeated(existing)

    def get(self, ref: IntentRef) -> Intent | None:
        """Return the intent as it stands."""
        self.up_or_raise()
        return self.on_record.get(ref)

    def stands(self, change: Change) -> bool:
        """Return whether the intent still stands where *change* begins."""
        intent = self.on_record.get(change.ref)
        return intent is not None and (intent.status, intent.turn) == (change.source, change.turn)

    def apply(self, change: Change) -> Moved | Stale:
        """Make *change* where it begins.

        A question and a reason go with the state that gave them; an order and its hold stay.
        """
        self.up_or_raise()
        if not self.stands(change):
            return Stale()
        intent = self.on_record[change.ref]
        self.on_record[change.ref] = replace(
            intent,
            status=change.status,
            request=change.request or intent.request,
            question=change.question,
            order=change.order or intent.order,
            held_until=intent.held_until if change.held_until is None else change.held_until,
            watch_at=intent.watch_at if change.watch_at is None else change.watch_at,
            reason=change.reason,
            settled_at=change.at if change.status in ANSWERED else intent.settled_at,
        )
        return Moved()

    def answer(
        self, intent: Intent, request: Request, answered_with: str, expires_at: int, watch_at: int
    ) -> Moved | Stale:
        """Take the intent back to accepted, one turn on."""
        self.up_or_raise()
        current = self.on_record.get(intent.ref)
        if current is None or (current.status, current.turn) != (Status.NEEDS_INPUT, intent.turn):
            return Stale()
        self.on_record[intent.ref] = replace(
            current,
            status=Status.ACCEPTED,
            turn=current.turn + 1,
            request=request,
            expires_at=expires_at,
            watch_at=watch_at,
            answered_with=answered_with,
            question=None,
            reason=None,
            unsent=False,
        )
        return Moved()

    def mark_sent(self, pending: Pending, *, sent: bool) -> None:
        """Note whether the queue took the message."""
        self.up_or_raise()
        if self._accepted(pending):
            self.on_record[pending.ref] = replace(self.on_record[pending.ref], unsent=not sent)

    def watch(self, pending: Pending, at: int) -> None:
        """Have the sweep look again at *at*."""
        self.up_or_raise()
        if self._accepted(pending):
            self.on_record[pending.ref] = replace(self.on_record[pending.ref], watch_at=at)

    def _accepted(self, pending: Pending) -> bool:
        intent = self.on_record.get(pending.ref)
        return intent is not None and (intent.status, intent.turn) == (
            Status.ACCEPTED,
            pending.turn,
        )

    def confirmed(self, customer_id: str, cursor: str | None, limit: int) -> Page:
        """Return a page of the customer's orders, the latest accepted first."""
        self.up_or_raise()
        orders = sorted(
            (
                intent
                for intent in self.on_record.values()
                if intent.ref.customer_id == customer_id and intent.status is Status.CONFIRMED
            ),
            key=lambda intent: (-intent.accepted_at, intent.ref.id),
        )
        ids = [intent.ref.id for intent in orders]
        if cursor is not None and cursor not in ids:
            msg = "no page gave this cursor"
            raise ValueError(msg)
        start = 0 if cursor is None else ids.index(cursor) + 1
        page = tuple(orders[start : start + limit])
        more = start + limit < len(orders)
        return Page(intents=page, next_cursor=page[-1].ref.id if more else None)

    def due(self, slot: int, since: int, until: int) -> Iterator[tuple[int, Intent | None]]:
        """Yield the intents of *slot* that are watched for in [since, until], in order."""
        self.up_or_raise()
        watched = sorted(
            (intent.watch_at, intent.ref)
            for intent in self.on_record.values()
            if slot_of(intent.ref.id) == slot and since <= intent.watch_at <= until
        )
        for watch_at, ref in watched:
            yield watch_at, self.on_record[ref]
