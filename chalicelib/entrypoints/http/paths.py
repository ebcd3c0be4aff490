"""Names in paths, which are as untrusted as a body."""

import re
from urllib.parse import unquote

from chalicelib.domain.coupon import fold
from chalicelib.domain.errors import (
    CouponNotFoundError,
    IntentNotFoundError,
    RunNotFoundError,
    UnknownItemError,
)
from chalicelib.entrypoints.auth import SUBJECT
from chalicelib.entrypoints.problems import Code, Fault, RefusedError
from chalicelib.entrypoints.wire.base import COUPON_CODE, MERCHANT, NAME_CHARS_MAX, countable
from chalicelib.entrypoints.wire.parse import UNTEXTUAL

INTENT_ID = r"^in_[a-z2-7]{32}$"
RUN_ID = r"^run_[a-z2-7]{24}$"

_MERCHANT = re.compile(MERCHANT)
_CODE = re.compile(COUPON_CODE)
_INTENT_ID = re.compile(INTENT_ID)
_RUN_ID = re.compile(RUN_ID)


def merchant(name: str) -> str:
    """Return *name*, or refuse what can't be a merchant's."""
    if not _MERCHANT.fullmatch(name):
        fault = Fault(field="path.merchant", detail=f"a merchant's name matches {MERCHANT}")
        raise RefusedError(Code.INVALID, faults=[fault])
    return name


def new_coupon(code: str) -> str:
    """Return *code* in its one spelling, or refuse what can't be a coupon's."""
    folded = _folded(code)
    if folded is None:
        fault = Fault(field="path.code", detail=f"a coupon's code matches {COUPON_CODE}")
        raise RefusedError(Code.INVALID, faults=[fault])
    return folded


def existing_coupon(code: str) -> str:
    """Return *code* in its one spelling; what can't be a coupon's is not found."""
    folded = _folded(code)
    if folded is None:
        msg = "there is no such coupon"
        raise CouponNotFoundError(msg)
    return folded


def sku(name: str) -> str:
    """Return the SKU that *name* is in a path; what can't be one that is counted is not found."""
    plain = unquote(name)
    if not 0 < len(plain) <= NAME_CHARS_MAX or UNTEXTUAL.search(plain) or not countable(plain):
        msg = "no such item's stock can be counted"
        raise UnknownItemError(msg)
    return plain


def customer(name: str) -> str:
    """Return the customer that *name* is in a path; what no token can say has no orders."""
    plain = unquote(name)
    if not SUBJECT.fullmatch(plain):
        raise _no_intent()
    return plain


def intent(name: str) -> str:
    """Return *name*. An id that we can't have given is not looked for."""
    if not _INTENT_ID.fullmatch(name):
        raise _no_intent()
    return name


def run(name: str) -> str:
    """Return *name*. An id that we can't have given is not looked for."""
    if not _RUN_ID.fullmatch(name):
        msg = "there is no such run"
        raise RunNotFoundError(msg)
    return name


def _no_intent() -> IntentNotFoundError:
    return IntentNotFoundError("there is no such intent")


def _folded(code: str) -> str | None:
    plain = unquote(code)
    folded = fold(plain) if len(plain) <= NAME_CHARS_MAX else ""
    return folded if _CODE.fullmatch(folded) else None
