"""What customers are told: promises, where an intent stands, and pages of orders."""

from chalicelib.application.accept_intent import Acceptance
from chalicelib.application.ports import Page
from chalicelib.domain.admission import Admission
from chalicelib.domain.intent import Intent, Reason, Status
from chalicelib.domain.resolution import Question, QuestionCode
from chalicelib.entrypoints.wire.base import Wire
from chalicelib.entrypoints.wire.orders import OrderOut, order_out
from chalicelib.entrypoints.wire.requests import question_id
from chalicelib.entrypoints.wire.times import Time, rfc3339


class PromiseOut(Wire):
    """What a 202 promises: a final answer by *expires_at*."""

    id: str
    status: Status
    position: int
    estimated_wait_seconds: int
    expires_at: Time


class ChoiceOut(Wire):
    """An answer that we offer."""

    id: str
    label: str


class QuestionOut(Wire):
    """What we ask: *prompt* for people, *code* and *choices* for programs."""

    id: str
    code: QuestionCode
    prompt: str
    choices: tuple[ChoiceOut, ...]


class ReasonOut(Wire):
    """Why an intent stands where it stands: *code* for programs, *detail* for people."""

    code: str
    detail: str


class IntentOut(Wire):
    """Where an intent stands. What doesn't apply to its status is left out."""

    id: str
    status: Status
    merchant: str
    accepted_at: Time
    expires_at: Time
    position: int | None = None
    estimated_wait_seconds: int | None = None
    question: QuestionOut | None = None
    held_until: Time | None = None
    order: OrderOut | None = None
    reason: ReasonOut | None = None


class OrdersOut(Wire):
    """A page of orders, the latest accepted first; no *next_cursor* on the last."""

    orders: tuple[IntentOut, ...]
    next_cursor: str | None = None


def promise_out(acceptance: Acceptance) -> PromiseOut:
    """Return the promise as it was made, so that a replay says the very same."""
    promise = acceptance.intent.promise
    return PromiseOut(
        id=acceptance.intent.ref.id,
        status=Status.ACCEPTED,
        position=promise.position,
        estimated_wait_seconds=promise.estimated_wait_seconds,
        expires_at=rfc3339(promise.expires_at),
    )


def intent_out(intent: Intent, place: Admission | None = None) -> IntentOut:
    """Return where *intent* stands; *place* is its place in the queue while it has one."""
    held_until = intent.held_until if intent.status is Status.READY else None
    question = intent.question if intent.status is Status.NEEDS_INPUT else None
    return IntentOut(
        id=intent.ref.id,
        status=intent.status,
        merchant=intent.merchant,
        accepted_at=rfc3339(intent.accepted_at),
        expires_at=rfc3339(intent.expires_at),
        position=place.position if place else None,
        estimated_wait_seconds=place.estimated_wait_seconds if place else None,
        question=_question_out(question, intent.turn) if question else None,
        held_until=None if held_until is None else rfc3339(held_until),
        order=order_out(intent.order) if intent.order else None,
        reason=_reason_out(intent.reason) if intent.reason else None,
    )


def orders_out(page: Page) -> OrdersOut:
    """Return a page of orders."""
    orders = tuple(intent_out(intent) for intent in page.intents)
    return OrdersOut(orders=orders, next_cursor=page.next_cursor)


def _question_out(question: Question, turn: int) -> QuestionOut:
    return QuestionOut(
        id=question_id(turn),
        code=question.code,
        prompt=question.prompt,
        choices=tuple(ChoiceOut(id=c.id, label=c.label) for c in question.choices),
    )


def _reason_out(reason: Reason) -> ReasonOut:
    return ReasonOut(code=str(reason.code), detail=reason.detail)
