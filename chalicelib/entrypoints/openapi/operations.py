"""Every call of the API: what it takes, what it answers, and each problem that it may answer with.

A problem goes by its code here; `problems` knows its status. A test holds this table
against the routes, both ways.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel

from chalicelib.domain import errors
from chalicelib.entrypoints.problems import Code
from chalicelib.entrypoints.wire.answers import IntentOut, OrdersOut, PromiseOut
from chalicelib.entrypoints.wire.base import MERCHANT, Empty
from chalicelib.entrypoints.wire.catalogues import CatalogueIn, CatalogueOut, PublishedOut
from chalicelib.entrypoints.wire.coupons import CouponIn, CouponOut
from chalicelib.entrypoints.wire.health import HealthOut
from chalicelib.entrypoints.wire.requests import AnswerIn, IntentIn

CHECKOUT = ("checkout",)
OPS = ("ops",)
EITHER = ("checkout", "ops")

THROTTLED = "throttled"
"""The code of the problem that the gateway alone answers with; infra/template.yaml words it."""

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """Something that a call takes beside its body."""

    name: str
    where: str
    description: str
    schema: Schema
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Success:
    """An answer that is no problem."""

    description: str
    model: type[BaseModel] | None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One call. *scopes* are alternatives; empty asks for no token."""

    method: str
    path: str
    id: str
    summary: str
    description: str = ""
    scopes: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    body: type[BaseModel] | None = None
    body_optional: bool = False
    answers: Mapping[int, Success]
    problems: tuple[str, ...] = ()


BODY = (
    Code.MALFORMED_JSON,
    Code.BODY_TOO_LARGE,
    Code.UNSUPPORTED_MEDIA_TYPE,
    Code.INVALID,
)
STORE = (errors.StoreUnavailableError.code,)
TOKEN = (
    Code.TOKEN_MISSING,
    Code.TOKEN_INVALID,
    Code.INSUFFICIENT_SCOPE,
    Code.KEYS_UNAVAILABLE,
)
ALWAYS = (THROTTLED, Code.INTERNAL)
MOVE = (errors.IntentNotFoundError.code, errors.IllegalMoveError.code)

INTENT_ID = Parameter(
    name="intent_id",
    where="path",
    description="The intent's id, as the 202 gave it.",
    schema=MappingProxyType({"type": "string"}),
    required=True,
)
MERCHANT_NAME = Parameter(
    name="merchant",
    where="path",
    description="The merchant's name.",
    schema=MappingProxyType({"type": "string", "pattern": MERCHANT}),
    required=True,
)
COUPON_CODE = Parameter(
    name="code",
    where="path",
    description="The promotion code: 2 to 40 letters, digits, - and _; upper and lower case are one.",
    schema=MappingProxyType({"type": "string"}),
    required=True,
)
IDEMPOTENCY_KEY = Parameter(
    name="Idempotency-Key",
    where="header",
    description="Yours to choose, one for each purchase: 1 to 255 visible ASCII characters."
    " The same key and body is the same intent, however often it is sent.",
    schema=MappingProxyType(
        {"type": "string", "pattern": r"^[\x21-\x7e]+$", "minLength": 1, "maxLength": 255}
    ),
    required=True,
)
LIMIT = Parameter(
    name="limit",
    where="query",
    description="Orders on a page.",
    schema=MappingProxyType({"type": "integer", "minimum": 1, "maximum": 100, "default": 20}),
)
CURSOR = Parameter(
    name="cursor",
    where="query",
    description="The next_cursor of the page before.",
    schema=MappingProxyType({"type": "string"}),
)
VERSION = Parameter(
    name="version",
    where="query",
    description="An earlier version; by default the newest.",
    schema=MappingProxyType({"type": "integer", "minimum": 1}),
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
        parameters=(IDEMPOTENCY_KEY,),
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
    Operation(
        method="PUT",
        path="/merchants/{merchant}/catalogue",
        id="publishCatalogue",
        summary="Publish a merchant's menu",
        description="The same content again makes no new version. A menu with faults is refused"
        " whole, with each fault named. A body has at most 5 MiB.",
        scopes=OPS,
        parameters=(MERCHANT_NAME,),
        body=CatalogueIn,
        answers={200: Success(description="The version in force.", model=PublishedOut)},
        problems=(*BODY, errors.BrokenCatalogueError.code, *STORE),
    ),
    Operation(
        method="GET",
        path="/merchants/{merchant}/catalogue",
        id="getCatalogue",
        summary="See a merchant's menu",
        scopes=EITHER,
        parameters=(MERCHANT_NAME, VERSION),
        answers={200: Success(description="The menu.", model=CatalogueOut)},
        problems=(Code.INVALID, Code.CATALOGUE_NOT_FOUND, *STORE),
    ),
    Operation(
        method="PUT",
        path="/coupons/{code}",
        id="defineCoupon",
        summary="Define a coupon, or give it new terms",
        description="Units and shards are counted, so they can't be defined anew.",
        scopes=OPS,
        parameters=(COUPON_CODE,),
        body=CouponIn,
        answers={
            200: Success(description="The coupon, which was there before.", model=CouponOut),
            201: Success(description="The new coupon.", model=CouponOut),
        },
        problems=(*BODY, errors.CouponFixedError.code, *STORE),
    ),
    Operation(
        method="GET",
        path="/coupons/{code}",
        id="getCoupon",
        summary="See a coupon and where its units are",
        scopes=OPS,
        parameters=(COUPON_CODE,),
        answers={200: Success(description="The coupon.", model=CouponOut)},
        problems=(errors.CouponNotFoundError.code, *STORE),
    ),
    Operation(
        method="POST",
        path="/coupons/{code}/pause",
        id="pauseCoupon",
        summary="Pause a coupon",
        description="Once this answers, nothing more is redeemed.",
        scopes=OPS,
        parameters=(COUPON_CODE,),
        body=Empty,
        body_optional=True,
        answers={200: Success(description="The coupon, paused.", model=CouponOut)},
        problems=(*BODY, errors.CouponNotFoundError.code, *STORE),
    ),
    Operation(
        method="POST",
        path="/coupons/{code}/resume",
        id="resumeCoupon",
        summary="Resume a coupon",
        scopes=OPS,
        parameters=(COUPON_CODE,),
        body=Empty,
        body_optional=True,
        answers={200: Success(description="The coupon, active.", model=CouponOut)},
        problems=(*BODY, errors.CouponNotFoundError.code, *STORE),
    ),
    Operation(
        method="GET",
        path="/health",
        id="getHealth",
        summary="Whether the tables and queues answer",
        answers={
            200: Success(description="All of them do.", model=HealthOut),
            503: Success(description="Not all of them do.", model=HealthOut),
        },
    ),
    Operation(
        method="GET",
        path="/openapi.json",
        id="getDescription",
        summary="This description",
        answers={200: Success(description="OpenAPI 3.1.", model=None)},
    ),
)
