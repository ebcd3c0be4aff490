"""A line of a run's source: an intent for a customer, a unique code granted to one, or a fault."""

from dataclasses import dataclass
from enum import StrEnum

from chalicelib.domain.intent import Request
from chalicelib.domain.run import Place

LINE_BYTES_MAX = 16_384


class LineFault(StrEnum):
    """Why a line is no order; stable, for programs."""

    TOO_LONG = "line_too_long"
    NOT_UTF8 = "not_utf8"
    NOT_JSON = "not_json"
    INVALID = "invalid"
    WRONG_COLUMNS = "wrong_columns"
    UNKNOWN_CUSTOMER = "unknown_customer"
    UNKNOWN_ITEM = "unknown_item"
    CODE_UNUSABLE = "code_unusable"
    COUPON_UNUSABLE = "coupon_unusable"
    OVER_MAX_TOTAL = "over_max_total"


@dataclass(frozen=True, slots=True, kw_only=True)
class Buy:
    """An intent for *customer_id*."""

    customer_id: str
    request: Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """The unique *code* is to be *customer_id*'s alone."""

    customer_id: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bad:
    """No order: *fault* says which kind, *field* where, *detail* what, none quoting the line."""

    fault: LineFault
    field: str = ""
    detail: str = ""


RunLine = Buy | Grant | Bad


@dataclass(frozen=True, slots=True, kw_only=True)
class RawLine:
    """A line as it stands in the source: its *number* from 1, and the *end* of it in bytes.

    *content* is None where the line is longer than `LINE_BYTES_MAX`. *place*, of a line that
    was put off, is the one behind it in the list of those.
    """

    number: int
    end: int
    content: bytes | None
    place: Place | None = None


def line_key(run_id: str, number: int) -> str:
    """Return the idempotency key of a line: the same for ever, and none that a client can send.

    A client's key is of visible characters.
    """
    return f"run\0{run_id}\0{number}"
