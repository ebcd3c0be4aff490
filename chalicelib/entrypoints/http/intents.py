"""Intents and orders, for customers."""

from chalice.app import Response

from chalicelib.bootstrap import services
from chalicelib.domain.intent import IntentRef, Status
from chalicelib.entrypoints.http import pages, paths
from chalicelib.entrypoints.http.call import Call
from chalicelib.entrypoints.http.keys import required_key
from chalicelib.entrypoints.http.routing import CHECKOUT, answer, route
from chalicelib.entrypoints.observability import count, logger
from chalicelib.entrypoints.wire.answers import IntentOut, intent_out, orders_out, promise_out
from chalicelib.entrypoints.wire.parse import parse
from chalicelib.entrypoints.wire.requests import AnswerIn, IntentIn


@route("POST", "/intents", scopes=CHECKOUT, refused="intent_refused")
def accept_intent(call: Call) -> Response:
    """Accept an intent, once for each idempotency key."""
    key = required_key(call)
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
    limit, cursor = pages.asked(call)
    try:
        page = services().list_orders(call.customer_id, cursor, limit)
    except ValueError as error:
        raise pages.no_cursor() from error
    return answer(200, orders_out(page))


def _seen(ref: IntentRef) -> IntentOut:
    sight = services().see(ref)
    return intent_out(sight.intent, sight.place)


def _ref(call: Call, intent_id: str) -> IntentRef:
    """Return the caller's intent of that id."""
    known = paths.intent(intent_id)
    logger.set_correlation_id(known)
    return IntentRef(customer_id=call.customer_id, id=known)
