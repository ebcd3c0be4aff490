"""What the description of a call is made of, and what many calls have in common."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel

from chalicelib.domain import errors
from chalicelib.entrypoints.problems import Code
from chalicelib.entrypoints.wire.base import MERCHANT

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
KEYED = (Code.KEY_INVALID, errors.KeyReusedError.code)
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
SKU = Parameter(
    name="sku",
    where="path",
    description="The item's SKU, percent-encoded. One with a #, / or % is never counted.",
    schema=MappingProxyType({"type": "string"}),
    required=True,
)


def idempotency_key(description: str, *, required: bool) -> Parameter:
    """Return the header that names what a call does, in words of the call."""
    return Parameter(
        name="Idempotency-Key",
        where="header",
        description=description,
        schema=MappingProxyType(
            {"type": "string", "pattern": r"^[\x21-\x7e]+$", "minLength": 1, "maxLength": 255}
        ),
        required=required,
    )


COMMAND_KEY = idempotency_key(
    "Yours to choose, one for each command: 1 to 255 visible ASCII characters. The same key and"
    " body is the same command, obeyed once.",
    required=False,
)
TOP_UP_KEY = replace(COMMAND_KEY, required=True)
LIMIT = Parameter(
    name="limit",
    where="query",
    description="How many on a page.",
    schema=MappingProxyType({"type": "integer", "minimum": 1, "maximum": 100, "default": 20}),
)
CURSOR = Parameter(
    name="cursor",
    where="query",
    description="The next_cursor of the page before.",
    schema=MappingProxyType({"type": "string"}),
)
