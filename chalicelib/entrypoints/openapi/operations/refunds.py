"""Refunds."""

from types import MappingProxyType

from chalicelib.domain import errors
from chalicelib.entrypoints.openapi.operations.parts import (
    BODY,
    INTENT_ID,
    KEYED,
    MOVE,
    OPS,
    STORE,
    Operation,
    Parameter,
    Success,
    idempotency_key,
)
from chalicelib.entrypoints.problems import Code
from chalicelib.entrypoints.wire.answers import IntentOut
from chalicelib.entrypoints.wire.refunds import RefundIn

CUSTOMER_ID = Parameter(
    name="customer_id",
    where="path",
    description="Whose order it is: the sub of their token, percent-encoded.",
    schema=MappingProxyType({"type": "string"}),
    required=True,
)
REFUND_KEY = idempotency_key(
    "Yours to choose, one for each refund: 1 to 255 visible ASCII characters. The same key"
    " refunds an order once.",
    required=True,
)

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        method="POST",
        path="/customers/{customer_id}/orders/{intent_id}/refund",
        id="refundOrder",
        summary="Refund an order, whole or by line",
        description="Says how much is to go back and moves no money. Gives a coupon's money back"
        " in proportion, and its unit, use and code with the last of the order, if its terms say"
        " so.",
        scopes=OPS,
        parameters=(CUSTOMER_ID, INTENT_ID, REFUND_KEY),
        body=RefundIn,
        answers={200: Success(description="The order, with the refund on it.", model=IntentOut)},
        problems=(
            *BODY,
            *MOVE,
            *KEYED,
            Code.KEY_MISSING,
            errors.RefundRefusedError.code,
            *STORE,
        ),
    ),
)
