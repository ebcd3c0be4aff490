"""The life of an intent, from the promise to the order.

An intent is a durable request to buy; an order *is* a confirmed intent, in the same
item. This module is the only place that knows which state may follow which:

- *accepted* is promised and queued. Everything that settles it starts here, and the
  customer's `turn` (how often they answered a question) must still be the one that was
  read, so that a message from before the answer can never settle what came after it.
- *needs_input* and *ready* wait for the customer: for an answer, or for a word on a
  quote that is held for them. Both end by themselves when their time is over.
- *paying* waits for the payment's outcome and so can't be cancelled.
- *confirmed* is the order. What follows it is money going back: it stays confirmed while
  only a part has, and each refund is a turn, so that no two refund the same.

An illegal move raises `IllegalMoveError` and changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from chalicelib.domain.errors import IllegalMoveError
from chalicelib.domain.model_use import NO_USE, ModelUse
from chalicelib.domain.order import Order
from chalicelib.domain.resolution import Line, Question


class Status(StrEnum):
    """Where an intent stands."""

    ACCEPTED = "accepted"
    NEEDS_INPUT = "needs_input"
    READY = "ready"
    PAYING = "paying"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    EXPIRED = "expired"
    LAPSED = "lapsed"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"


_S = Status
TRANSITIONS: Mapping[Status, frozenset[Status]] = MappingProxyType(
    {
        _S.ACCEPTED: frozenset(
            {_S.READY, _S.CONFIRMED, _S.NEEDS_INPUT, _S.REJECTED, _S.EXPIRED, _S.CANCELLED}
        ),
        _S.NEEDS_INPUT: frozenset({_S.ACCEPTED, _S.EXPIRED, _S.CANCELLED}),
        _S.READY: frozenset({_S.PAYING, _S.CONFIRMED, _S.LAPSED, _S.CANCELLED}),
        _S.PAYING: frozenset({_S.CONFIRMED, _S.REJECTED}),
        _S.CONFIRMED: frozenset({_S.CONFIRMED, _S.REFUNDED}),
        _S.REJECTED: frozenset(),
        _S.EXPIRED: frozenset(),
        _S.LAPSED: frozenset(),
        _S.CANCELLED: frozenset(),
        _S.REFUNDED: frozenset(),
    }
)

ANSWERED = frozenset(status for status, follow in TRANSITIONS.items() if not follow) | {
    _S.CONFIRMED
}
"""The states that are a final answer: the promise of the 202 is kept."""


def advance(current: Status, to: Status) -> Status:
    """Return *to* where the table allows it; raise `IllegalMoveError` otherwise."""
    if to not in TRANSITIONS[current]:
        raise IllegalMoveError(current, to)
    return to


class ConfirmMode(StrEnum):
    """Whether an order confirms itself, or is held as a quote until the customer confirms it."""

    AUTO = "auto"
    REVIEW = "review"


class CouponFallback(StrEnum):
    """What to do when the coupon that was asked for can't be had. Never: charge more unasked."""

    ASK = "ask"
    REJECT = "reject"
    FULL_PRICE = "full_price"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the customer asked for. Exactly one of *text* and *lines* is given.

    *answered* is the question that *text* answers, where the two have to be read together.
    """

    text: str | None = None
    answered: Question | None = None
    lines: tuple[Line, ...] = ()
    coupons: tuple[str, ...] = ()
    confirm: ConfirmMode = ConfirmMode.AUTO
    if_coupon_unavailable: CouponFallback = CouponFallback.ASK
    max_total: int | None = None
    expires_in_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class IntentRef:
    """An intent's name. The customer is part of it, so nobody can name another's."""

    customer_id: str
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """An accepted intent on its way through the queues; times in milliseconds since the epoch.

    *model_use* is what reading its texts took so far.
    """

    ref: IntentRef
    turn: int
    merchant: str
    request: Request
    accepted_at: int
    expires_at: int
    run: str | None = None
    """The run whose line it is; None for a live customer's."""
    model_use: ModelUse = NO_USE

    @property
    def queued_at(self) -> int:
        """When this turn began: at acceptance, or when our last question was answered."""
        return self.expires_at - self.request.expires_in_seconds * 1000

    @property
    def bulk(self) -> bool:
        """Whether it travels in the lane of runs: until its customer answered us, nobody waits."""
        return self.run is not None and self.turn == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What the 202 said, so that a repeated POST can be told the same; times in milliseconds."""

    position: int
    estimated_wait_seconds: int
    expires_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why an intent ended as it did: *code* for programs, *detail* for people."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """All that is known of an intent; times in milliseconds since the epoch, UTC.

    *fingerprint* binds the idempotency key to the body it came with. *answered_with* is
    the fingerprint of the latest answer to a question, so that a repeated answer is
    known for one. *expires_at* is the deadline now: an answer sets a new one. *watch_at*
    is when the sweep looks after the intent next. *unsent* says that the queue refused
    the message, so a repeat must send it.
    """

    ref: IntentRef
    fingerprint: str
    status: Status
    turn: int
    merchant: str
    request: Request
    promise: Promise
    accepted_at: int
    expires_at: int
    watch_at: int
    unsent: bool = False
    answered_with: str | None = None
    question: Question | None = None
    order: Order | None = None
    held_until: int | None = None
    reason: Reason | None = None
    settled_at: int | None = None
    run: str | None = None
    model_use: ModelUse = NO_USE

    @property
    def pending(self) -> Pending:
        """What the queues carry of this intent."""
        return Pending(
            ref=self.ref,
            turn=self.turn,
            merchant=self.merchant,
            request=self.request,
            accepted_at=self.accepted_at,
            expires_at=self.expires_at,
            run=self.run,
            model_use=self.model_use,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A move of one intent, valid only while it still stands at *source* and *turn*.

    *next_turn* is the turn that it then stands at, where that changes. What the move leaves
    unsaid (None, no use) stays as it was, but for question and reason, which go with the state that
    gave them. Made by `move`, which asks the table.
    """

    ref: IntentRef
    source: Status
    turn: int
    status: Status
    at: int
    request: Request | None = None
    question: Question | None = None
    order: Order | None = None
    held_until: int | None = None
    watch_at: int | None = None
    reason: Reason | None = None
    next_turn: int | None = None
    model_use: ModelUse = NO_USE


def move(
    of: Intent | Pending,
    to: Status,
    at: int,
    *,
    question: Question | None = None,
    order: Order | None = None,
    held_until: int | None = None,
    reason: Reason | None = None,
) -> Change:
    """Return the change that takes *of* to the state *to*, or raise `IllegalMoveError`.

    A `Pending` stands at accepted: only accepted intents travel. Whoever then waits for
    the customer is watched until the wait is over. A question keeps what was understood so
    far, the coupon that the text named above all: what is asked about is what is answered.
    """
    source = of.status if isinstance(of, Intent) else Status.ACCEPTED
    watch = {Status.NEEDS_INPUT: of.expires_at, Status.READY: held_until}
    return Change(
        ref=of.ref,
        source=source,
        turn=of.turn,
        status=advance(source, to),
        at=at,
        request=of.request if to is Status.NEEDS_INPUT else None,
        question=question,
        order=order,
        held_until=held_until,
        watch_at=watch.get(to),
        reason=reason,
        model_use=of.model_use if isinstance(of, Pending) else NO_USE,
    )
