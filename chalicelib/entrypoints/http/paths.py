"""Names in paths, which are as untrusted as a body."""

import re
from urllib.parse import unquote

from chalicelib.domain.coupon import fold
from chalicelib.domain.errors import CouponNotFoundError
from chalicelib.entrypoints.problems import Code, Fault, RefusedError
from chalicelib.entrypoints.wire.base import COUPON_CODE, MERCHANT, NAME_CHARS_MAX

_MERCHANT = re.compile(MERCHANT)
_CODE = re.compile(COUPON_CODE)


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


def _folded(code: str) -> str | None:
    plain = unquote(code)
    folded = fold(plain) if len(plain) <= NAME_CHARS_MAX else ""
    return folded if _CODE.fullmatch(folded) else None
