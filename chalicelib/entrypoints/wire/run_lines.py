"""A line of a run's source, as JSON or as CSV, to what it asks for or why it asks for nothing.

A fault names its field and never quotes the line. A million lines are read by this, so what
they have in common (a CSV's columns) is looked at once.
"""

import csv
import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Annotated, Any, Self

from pydantic import AfterValidator, StringConstraints, ValidationError, model_validator

from chalicelib.domain.intent import CouponFallback, Request
from chalicelib.domain.run import Form
from chalicelib.domain.run_line import Bad, Buy, Grant, LineFault, RunLine
from chalicelib.entrypoints.auth import SUBJECT
from chalicelib.entrypoints.problems import Code, Fault, RefusedError
from chalicelib.entrypoints.wire.base import Amount, CouponCode, OneOf, Text, Wire
from chalicelib.entrypoints.wire.parse import UNTEXTUAL, faults_of, parse_json, place
from chalicelib.entrypoints.wire.requests import EXPIRES_SECONDS_DEFAULT, Coupons, Lines

FAULTS_MAX = 5
"""Faults of one line that are told."""


def _customer(name: str) -> str:
    if not SUBJECT.fullmatch(name):
        msg = "no token's subject looks like that"
        raise ValueError(msg)
    return name


class RunLineIn(Wire):
    """An intent for a customer, or a unique code that is to be theirs."""

    customer_id: Annotated[str, StringConstraints(max_length=128), AfterValidator(_customer)]
    text: Text | None = None
    items: Lines | None = None
    grant: CouponCode | None = None
    coupon: CouponCode | None = None
    coupons: Coupons | None = None
    if_coupon_unavailable: OneOf[CouponFallback] | None = None
    max_total: Amount | None = None

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        if sum(one is not None for one in (self.text, self.items, self.grant)) != 1:
            msg = "give exactly one of text, items and grant"
            raise ValueError(msg)
        if self.coupon is not None and self.coupons is not None:
            msg = "give coupon or coupons, not both"
            raise ValueError(msg)
        rest = (self.coupon, self.coupons, self.if_coupon_unavailable, self.max_total)
        if self.grant is not None and any(one is not None for one in rest):
            msg = "beside grant there is nothing but customer_id"
            raise ValueError(msg)
        return self

    def line(self) -> Buy | Grant:
        """Return the line as the domain knows it. Nobody is there to be asked about a coupon."""
        if self.grant is not None:
            return Grant(customer_id=self.customer_id, code=self.grant)
        request = Request(
            text=self.text,
            lines=tuple(line.line() for line in self.items or ()),
            coupons=self.coupons or ((self.coupon,) if self.coupon else ()),
            if_coupon_unavailable=self.if_coupon_unavailable or CouponFallback.REJECT,
            max_total=self.max_total,
            expires_in_seconds=EXPIRES_SECONDS_DEFAULT,
        )
        return Buy(customer_id=self.customer_id, request=request)


def parse_line(content: bytes, form: Form, columns: Sequence[str]) -> RunLine:
    """Return what a line asks for, or its fault. Never raises. *columns* are a CSV's."""
    try:
        if form is Form.CSV:
            document: Any = _reader(tuple(columns))(content.decode())
        else:
            content.decode()
            document = parse_json(content)
        return RunLineIn.model_validate(document).line()
    except UnicodeDecodeError:
        return Bad(fault=LineFault.NOT_UTF8, detail="it is not UTF-8")
    except RefusedError as error:
        untextual = error.code is Code.INVALID
        return _bad(LineFault.INVALID if untextual else LineFault.NOT_JSON, error.faults)
    except ValidationError as error:
        return _bad(LineFault.INVALID, faults_of(error), _column if form is Form.CSV else str)
    except _WrongColumnsError as error:
        return Bad(fault=LineFault.WRONG_COLUMNS, field=error.column, detail=str(error))


def _bad(fault: LineFault, faults: Sequence[Fault], named: Callable[[str], str] = str) -> Bad:
    first, *more = faults[:FAULTS_MAX]
    details = [first.detail, *(f"{named(one.field)}: {one.detail}" for one in more)]
    field = "" if first.field == "body" else named(first.field)
    return Bad(fault=fault, field=field, detail="; ".join(details))


COLUMNS = frozenset(
    {
        "customer_id",
        "text",
        "sku",
        "quantity",
        "grant",
        "coupon",
        "if_coupon_unavailable",
        "max_total",
    }
)

_NUMBER = re.compile(r"[0-9]{1,15}", re.ASCII)
_NUMBERS = frozenset({"quantity", "max_total"})
_COLUMN_OF = {"items.0.sku": "sku", "items.0.quantity": "quantity", "items": "sku"}


class _WrongColumnsError(Exception):
    """A record that does not fit its header, or a header that is none; *column* where one is at fault."""

    def __init__(self, detail: str, column: str = "") -> None:
        super().__init__(detail)
        self.column = column


def _column(field: str) -> str:
    return _COLUMN_OF.get(field, field)


@lru_cache(maxsize=8)
def _reader(columns: tuple[str, ...]) -> Callable[[str], dict[str, Any]]:
    """Return what reads a record under *columns*. Spaces and case make no difference in a header."""
    names = tuple(name.strip().lower() for name in columns)
    fault = _header_fault(names)

    def read(text: str) -> dict[str, Any]:
        if fault is not None:
            raise fault
        record = dict(zip(names, _cells(text, len(names)), strict=True))
        document: dict[str, Any] = {
            name: int(cell) if name in _NUMBERS and _NUMBER.fullmatch(cell) else cell
            for name, cell in record.items()
            if cell
        }
        item = {name: document.pop(name) for name in ("sku", "quantity") if name in document}
        return {**document, "items": [item]} if item else document

    return read


def _header_fault(names: Sequence[str]) -> _WrongColumnsError | None:
    if "customer_id" not in names:
        return _WrongColumnsError("the header has no such column", "customer_id")
    for name in names:
        if name not in COLUMNS:
            return _WrongColumnsError("there is no such column", place((name,)))
        if names.count(name) > 1:
            return _WrongColumnsError("the header has it twice", name)
    return None


def _cells(text: str, count: int) -> list[str]:
    """Return the fields of one record (RFC 4180)."""
    if UNTEXTUAL.search(text):
        detail = "it has a character that no text has (NUL, U+FFFE or U+FFFF)"
        raise RefusedError(Code.INVALID, faults=[Fault(field="body", detail=detail)])
    try:
        cells = next(csv.reader([text.removesuffix("\r")], strict=True), [])
    except csv.Error:
        detail = "a quote is left open, or has something behind it"
        raise _WrongColumnsError(detail) from None
    if not cells:
        detail = "it is empty"
        raise _WrongColumnsError(detail)
    if len(cells) != count:
        detail = f"it has {len(cells)} fields, the header {count}"
        raise _WrongColumnsError(detail)
    return cells
