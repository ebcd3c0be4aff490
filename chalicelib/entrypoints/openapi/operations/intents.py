"""Intents and orders, as customers call for them."""

from types import MappingProxyType

from chalicelib.domain import errors
from chalicelib.entrypoints.openapi.operations.parts import (
    BODY,
    CHECKOUT,
    CURSOR,
    INTENT_ID,
    LIMIT,
    MOVE,
    STORE,
    Operation,
    Success,
    idempotency_key,
)
from chalicelib.entrypoints.problems import Code
from chalicelib.entrypoints.wire.answers import IntentOut, OrdersOut, PromiseOut
from chalicelib.entrypoints.wire.base import Empty
from chalicelib.entrypoints.wire.requests import AnswerIn, IntentIn

PURCHASE_KEY = idempotency_key(
    "Yours to choose, one for each purchase: 1 to 255 visible ASCII characters."
    " The same key and body is the same intent, however often it is sent.",
    required=True,
)
WHERE = MappingProxyType(
    {
        "Location": "Where to see the intent: a path below the address of the API, as all paths here are."
    }
)

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        method="POST",
        path="/intents",
        id="acceptIntent",
        summary="Post what the user wants to buy",
        description="The 202 is a promise: the intent gets one final answer by its deadline.",
        scopes=CHECKOUT,
        parameters=(PURCHASE_KEY,),
        body=IntentIn,
        answers={
            202: Success(
                description="Accepted, now or by an earlier call with the same key and body.",
                model=PromiseOut,
                headers={
                    **WHERE,
                    "Idempotent-Replayed": "true, when an earlier call had made the promise.",
                },
            )
        },
        problems=(
            *BODY,
            Code.KEY_MISSING,
            Code.KEY_INVALID,
            errors.KeyReusedError.code,
            errors.MerchantRequiredError.code,
            errors.UnknownMerchantError.code,
            errors.TooBusyError.code,
            errors.NotQueuedError.code,
            *STORE,
        ),
    ),
    Operation(
        method="GET",
        path="/intents/{intent_id}",
        id="seeIntent",
        summary="See where an intent stands",
        scopes=CHECKOUT,
        parameters=(INTENT_ID,),
        answers={200: Success(description="Where it stands.", model=IntentOut)},
        problems=(errors.IntentNotFoundError.code, *STORE),
    ),
    Operation(
        method="POST",
        path="/intents/{intent_id}/answer",
        id="answerIntent",
        summary="Answer our question",
        description="Puts the intent back on its way, with a new deadline.",
        scopes=CHECKOUT,
        parameters=(INTENT_ID,),
        body=AnswerIn,
        answers={202: Success(description="Taken.", model=IntentOut, headers=WHERE)},
        problems=(
            *BODY,
            *MOVE,
            errors.QuestionChangedError.code,
            errors.UnknownChoiceError.code,
            errors.NotQueuedError.code,
            *STORE,
        ),
    ),
    Operation(
        method="POST",
        path="/intents/{intent_id}/confirm",
        id="confirmIntent",
        summary="Confirm a held quote",
        scopes=CHECKOUT,
        parameters=(INTENT_ID,),
        body=Empty,
        body_optional=True,
        answers={200: Success(description="The order.", model=IntentOut)},
        problems=(*BODY, *MOVE, *STORE),
    ),
    Operation(
        method="POST",
        path="/intents/{intent_id}/cancel",
        id="cancelIntent",
        summary="Cancel an intent that is not an order yet",
        scopes=CHECKOUT,
        parameters=(INTENT_ID,),
        body=Empty,
        body_optional=True,
        answers={
            200: Success(description="Cancelled; what was held is released.", model=IntentOut)
        },
        problems=(*BODY, *MOVE, *STORE),
    ),
    Operation(
        method="GET",
        path="/orders",
        id="listOrders",
        summary="List the caller's orders, the latest accepted first",
        scopes=CHECKOUT,
        parameters=(LIMIT, CURSOR),
        answers={200: Success(description="A page of orders.", model=OrdersOut)},
        problems=(Code.INVALID, *STORE),
    ),
)
