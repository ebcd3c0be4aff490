"""What a client is told when something can't be had: RFC 9457 problems, each with a code.

Here is the one table from error to answer. `DOMAIN` has every error that the use cases
raise, `EDGE` every refusal that HTTP itself makes necessary. The `code` of either is what
a program may rely on; titles and details are for people and may change.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from chalice.app import Response

from chalicelib.domain import errors
from chalicelib.domain.errors import RushlineError

CONTENT_TYPE = "application/problem+json"

TYPE_PREFIX = "urn:rushline:problem:"

ERRORS_MAX = 1_000
"""Faults that one problem names; a broken catalogue may have one for each of its items."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """How a problem is answered. *retry_after_seconds* where trying again later may do."""

    status: int
    title: str
    retry_after_seconds: int | None = None


class Code(StrEnum):
    """The codes of what HTTP, rather than the domain, says no to."""

    MALFORMED_JSON = "malformed_json"
    KEY_MISSING = "idempotency_key_missing"
    KEY_INVALID = "idempotency_key_invalid"
    TOKEN_MISSING = "token_missing"  # noqa: S105 (the name of a problem)
    TOKEN_INVALID = "token_invalid"  # noqa: S105
    INSUFFICIENT_SCOPE = "insufficient_scope"
    NOT_FOUND = "not_found"
    CATALOGUE_NOT_FOUND = "catalogue_not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    BODY_TOO_LARGE = "body_too_large"
    UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type"
    INVALID = "invalid"
    INTERNAL = "internal_error"
    KEYS_UNAVAILABLE = "keys_unavailable"


EDGE: Mapping[Code, Kind] = MappingProxyType(
    {
        Code.MALFORMED_JSON: Kind(status=400, title="The body is not JSON"),
        Code.KEY_MISSING: Kind(status=400, title="Idempotency-Key is missing"),
        Code.KEY_INVALID: Kind(status=400, title="Idempotency-Key is not usable"),
        Code.TOKEN_MISSING: Kind(status=401, title="No bearer token"),
        Code.TOKEN_INVALID: Kind(status=401, title="The bearer token is not valid"),
        Code.INSUFFICIENT_SCOPE: Kind(status=403, title="The token lacks the scope"),
        Code.NOT_FOUND: Kind(status=404, title="No such path"),
        Code.CATALOGUE_NOT_FOUND: Kind(status=404, title="No such catalogue"),
        Code.METHOD_NOT_ALLOWED: Kind(status=405, title="The path does not take this method"),
        Code.BODY_TOO_LARGE: Kind(status=413, title="The body is too large"),
        Code.UNSUPPORTED_MEDIA_TYPE: Kind(status=400, title="The body must be application/json"),
        Code.INVALID: Kind(status=422, title="The request is not valid"),
        Code.INTERNAL: Kind(status=500, title="Something went wrong on our side"),
        Code.KEYS_UNAVAILABLE: Kind(
            status=503, title="Tokens can't be verified now", retry_after_seconds=2
        ),
    }
)

DOMAIN: Mapping[type[RushlineError], Kind] = MappingProxyType(
    {
        errors.IntentNotFoundError: Kind(status=404, title="No such intent"),
        errors.IllegalMoveError: Kind(status=409, title="Its state does not allow it"),
        errors.KeyReusedError: Kind(status=422, title="Idempotency-Key came with another body"),
        errors.QuestionChangedError: Kind(status=409, title="That question is no longer asked"),
        errors.UnknownChoiceError: Kind(status=422, title="That choice is not offered"),
        errors.TooBusyError: Kind(status=429, title="Too busy to answer in time"),
        errors.NotQueuedError: Kind(status=503, title="Not accepted yet", retry_after_seconds=1),
        errors.UnknownMerchantError: Kind(status=422, title="No such merchant"),
        errors.MerchantRequiredError: Kind(status=422, title="Name a merchant"),
        errors.CouponNotFoundError: Kind(status=404, title="No such coupon"),
        errors.CouponFixedError: Kind(
            status=409, title="Units, budget and shards can't be redefined"
        ),
        errors.CommandRefusedError: Kind(status=409, title="The command can't be obeyed"),
        errors.RefundRefusedError: Kind(status=409, title="There is not so much to be refunded"),
        errors.UnknownItemError: Kind(status=404, title="No such item whose stock is counted"),
        errors.BrokenCatalogueError: Kind(status=422, title="The catalogue has faults"),
        errors.RunNotFoundError: Kind(status=404, title="No such run"),
        errors.RunExistsError: Kind(status=409, title="Another run has this name"),
        errors.PlanRefusedError: Kind(status=422, title="A run can't be made so"),
        errors.RunRefusedError: Kind(status=409, title="The run can't obey that now"),
        errors.StoreUnavailableError: Kind(
            status=503, title="A store did not answer", retry_after_seconds=1
        ),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong with a request: where, and what. Never what was sent."""

    field: str
    detail: str


class RefusedError(Exception):
    """A request that HTTP's own rules refuse, before or beside any use case."""

    def __init__(
        self,
        code: Code,
        detail: str = "",
        *,
        faults: Sequence[Fault] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.faults = tuple(faults)
        self.headers = dict(headers or {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A problem as it is answered."""

    kind: Kind
    code: str
    detail: str = ""
    faults: tuple[Fault, ...] = ()
    extensions: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self) -> Response:
        """Return the answer that tells the client."""
        body: dict[str, Any] = {
            "type": TYPE_PREFIX + self.code,
            "title": self.kind.title,
            "status": self.kind.status,
            "code": self.code,
        }
        if self.detail:
            body["detail"] = self.detail
        if self.faults:
            shown = self.faults[:ERRORS_MAX]
            body["errors"] = [{"field": f.field, "detail": f.detail} for f in shown]
        headers: dict[str, str | list[str]] = {
            "Content-Type": CONTENT_TYPE,
            "Cache-Control": "no-store",
            **self.headers,
        }
        if self.kind.retry_after_seconds is not None:
            headers.setdefault("Retry-After", str(self.kind.retry_after_seconds))
        return Response(
            body=json.dumps({**body, **self.extensions}, separators=(",", ":")),
            status_code=self.kind.status,
            headers=headers,
        )


def problem_of(error: Exception) -> Problem:
    """Return how *error* is answered; what nobody foresaw is an internal error, without detail."""
    match error:
        case RefusedError():
            return Problem(
                kind=EDGE[error.code],
                code=error.code,
                detail=error.detail,
                faults=error.faults,
                headers=error.headers,
            )
        case RushlineError():
            return _of_domain(error)
        case _:
            return Problem(kind=EDGE[Code.INTERNAL], code=Code.INTERNAL)


def _of_domain(error: RushlineError) -> Problem:
    kind = next((DOMAIN[cls] for cls in type(error).__mro__ if cls in DOMAIN), None)
    if kind is None:
        return Problem(kind=EDGE[Code.INTERNAL], code=Code.INTERNAL)
    detail = str(error)
    headers: dict[str, str] = {}
    faults: tuple[Fault, ...] = ()
    extensions: dict[str, Any] = {}
    match error:
        case errors.TooBusyError():
            headers["Retry-After"] = str(error.retry_after_seconds)
        case errors.BrokenCatalogueError():
            faults = tuple(Fault(field="body", detail=fault) for fault in error.faults)
        case errors.PlanRefusedError():
            faults = (Fault(field=error.field, detail=detail),)
        case errors.IllegalMoveError():
            extensions["current"] = str(error.current)
        case errors.StoreUnavailableError():
            detail = "Trying again is safe."
    return Problem(
        kind=kind,
        code=error.code,
        detail=detail,
        faults=faults,
        extensions=extensions,
        headers=headers,
    )
