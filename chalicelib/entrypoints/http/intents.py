"""Intents and orders, for customers."""

import re

from chalice.app import Response

from chalicelib.bootstrap import services
from chalicelib.domain.errors import IntentNotFoundError
from chalicelib.domain.intent import IntentRef, Status
from chalicelib.entrypoints.http.call import Call
from chalicelib.entrypoints.http.routing import CHECKOUT, answer, route
from chalicelib.entrypoints.observability import count, logger
from chalicelib.entrypoints.problems import Code, Fault, RefusedError
from chalicelib.entrypoints.wire.answers import IntentOut, intent_out, orders_out, promise_out
from chalicelib.entrypoints.wire.parse import parse
from chalicelib.entrypoints.wire.requests import AnswerIn, IntentIn

KEY = re.compile(r"[\x21-\x7e]{1,255}")
"""An idempotency key: visible ASCII, which says nothing to us."""

PAGE_DEFAULT = 20
CURSOR_CHARS_MAX = 256

_INTENT_ID = re.compile(r"in_[a-z2-7]{32}")
_LIMIT = re.compile(r"[1-9][0-9]?|100")


@route("POST", "/intents", scopes=CHECKOUT, refused="intent_refused")
def accept_intent(call: Call) -> Response:
    """Accept an intent, once for each idempotency key."""
    key = _idempotency_key(call)
    wanted = parse(call.json_body(), IntentIn)
    acceptance = services().accept(
        customer_id=call.customer_id,
        idempotency_key=key,
        fingerprint=wanted.fingerprint(),
        merchant=wanted.merchant,
        request=wanted.request(),
    )
    intent_id = acceptance.intent.ref.id
    logger.set_correlation_id(intent_id)
    outcome = "intent_replayed" if acceptance.replayed else "intent_accepted"
    logger.info(outcome.replace("_", " "), merchant=acceptance.intent.merchant)
    count(outcome)
    headers = {"Location": f"/intents/{intent_id}"}
    if acceptance.replayed:
        headers["Idempotent-Replayed"] = "true"
    return answer(202, promise_out(acceptance), headers)


@route("GET", "/intents/{intent_id}", scopes=CHECKOUT)
def see_intent(call: Call, intent_id: str) -> Response:
    """Show where an intent stands."""
    return answer(200, _seen(_ref(call, intent_id)))


@route("POST", "/intents/{intent_id}/answer", scopes=CHECKOUT, refused="answer_refused")
def answer_intent(call: Call, intent_id: str) -> Response:
    """Take an answer to our question."""
    ref = _ref(call, intent_id)
    given = parse(call.json_body(), AnswerIn)
    intent = services().answer(ref, given.answer())
    logger.info("question answered", turn=intent.turn)
    count("question_answered")
    view = _seen(ref) if intent.status is Status.ACCEPTED else intent_out(intent)
    return answer(202, view, {"Location": f"/intents/{ref.id}"})


@route("POST", "/intents/{intent_id}/confirm", scopes=CHECKOUT, refused="confirm_refused")
def confirm_intent(call: Call, intent_id: str) -> Response:
    """Confirm a held quote."""
    ref = _ref(call, intent_id)
    call.expect_empty()
    intent = services().confirm(ref)
    logger.info("quote confirmed")
    count("quote_confirmed")
    return answer(200, intent_out(intent))


@route("POST", "/intents/{intent_id}/cancel", scopes=CHECKOUT, refused="cancel_refused")
def cancel_intent(call: Call, intent_id: str) -> Response:
    """Cancel what is not an order yet."""
    ref = _ref(call, intent_id)
    call.expect_empty()
    intent = services().cancel(ref)
    logger.info("intent cancelled")
    count("intent_cancelled")
    return answer(200, intent_out(intent))


@route("GET", "/orders", scopes=CHECKOUT)
def list_orders(call: Call) -> Response:
    """List the caller's orders."""
    query = call.query("limit", "cursor")
    limit = query.get("limit", str(PAGE_DEFAULT))
    cursor = query.get("cursor")
    if not _LIMIT.fullmatch(limit):
        raise _invalid(field="query.limit", detail="it is a number from 1 to 100")
    if cursor is not None and not 0 < len(cursor) <= CURSOR_CHARS_MAX:
        raise _invalid(field="query.cursor", detail="it is not a cursor that a page gave")
    try:
        page = services().list_orders(call.customer_id, cursor, int(limit))
    except ValueError as error:
        raise _invalid(
            field="query.cursor", detail="it is not a cursor that a page gave"
        ) from error
    return answer(200, orders_out(page))


def _seen(ref: IntentRef) -> IntentOut:
    sight = services().see(ref)
    return intent_out(sight.intent, sight.place)


def _ref(call: Call, intent_id: str) -> IntentRef:
    """Return the caller's intent of that id. One that we can't have given is not looked for."""
    if not _INTENT_ID.fullmatch(intent_id):
        msg = "there is no such intent"
        raise IntentNotFoundError(msg)
    logger.set_correlation_id(intent_id)
    return IntentRef(customer_id=call.customer_id, id=intent_id)


def _idempotency_key(call: Call) -> str:
    keys = call.header("Idempotency-Key")
    if not keys or keys == ("",):
        raise RefusedError(Code.KEY_MISSING, "a POST of an intent needs an Idempotency-Key header")
    if len(keys) > 1 or not KEY.fullmatch(keys[0]):
        raise RefusedError(Code.KEY_INVALID, "it is one key of 1 to 255 visible ASCII characters")
    return keys[0]


def _invalid(field: str, detail: str) -> RefusedError:
    return RefusedError(Code.INVALID, faults=[Fault(field=field, detail=detail)])
