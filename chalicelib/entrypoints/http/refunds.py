"""Refunds, for ops: whose order it is stands in the path."""

from chalice.app import Response

from chalicelib.bootstrap import services
from chalicelib.domain.intent import IntentRef
from chalicelib.entrypoints.http import paths
from chalicelib.entrypoints.http.call import Call
from chalicelib.entrypoints.http.keys import id_of, required_key
from chalicelib.entrypoints.http.routing import OPS, answer, route
from chalicelib.entrypoints.observability import count, logger
from chalicelib.entrypoints.wire.answers import intent_out
from chalicelib.entrypoints.wire.parse import parse
from chalicelib.entrypoints.wire.refunds import RefundIn


@route(
    "POST",
    "/customers/{customer_id}/orders/{intent_id}/refund",
    scopes=OPS,
    refused="refund_refused",
)
def refund_order(call: Call, customer_id: str, intent_id: str) -> Response:
    """Put a refund on an order, once for each idempotency key."""
    ref = IntentRef(customer_id=paths.customer(customer_id), id=paths.intent(intent_id))
    logger.set_correlation_id(ref.id)
    key = required_key(call)
    wish = parse(call.json_body(), RefundIn).wish(id_of(key), call.customer_id)
    intent = services().refund(ref, wish)
    logger.info("order refunded")
    count("order_refunded")
    return answer(200, intent_out(intent))
