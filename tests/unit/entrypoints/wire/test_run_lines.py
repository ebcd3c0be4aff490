import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.intent import CouponFallback
from chalicelib.domain.resolution import Line
from chalicelib.domain.run import Form
from chalicelib.domain.run_line import LINE_BYTES_MAX, Bad, Buy, Grant, LineFault, RunLine
from chalicelib.entrypoints.wire.run_lines import parse_line

TEA = {"sku": "tea", "quantity": 1}
SECRET = "call-me-555"
CSV = ("customer_id", "sku", "quantity", "coupon")


def read(line: object) -> RunLine:
    """Return what a line of JSON Lines asks for; *line* is written as JSON unless it is bytes."""
    content = line if isinstance(line, bytes) else json.dumps(line).encode()
    return parse_line(content, Form.JSON_LINES, ())


def cell(text: str | bytes, columns: tuple[str, ...] = CSV) -> RunLine:
    """Return what a record of a CSV asks for."""
    return parse_line(text if isinstance(text, bytes) else text.encode(), Form.CSV, columns)


def test_each_kind_of_line() -> None:
    """A text, lines and a code, each for the customer who is named."""
    text = read({"customer_id": "c1", "text": " two teas ", "coupon": "spring25"})
    assert isinstance(text, Buy)
    assert (text.customer_id, text.request.text) == ("c1", "two teas")
    assert text.request.coupons == ("SPRING25",)
    items = read({"customer_id": "auth0|c/2", "items": [TEA], "max_total": 500})
    assert isinstance(items, Buy)
    assert items.request.lines == (Line(sku="tea", quantity=1),)
    assert items.request.max_total == 500
    assert read({"customer_id": "c1", "grant": "gift-1"}) == Grant(customer_id="c1", code="GIFT-1")


def test_nobody_is_asked_unless_the_line_says_so() -> None:
    """An order of a run whose coupon can't be had is rejected: nobody is there to be asked."""
    one = read({"customer_id": "c1", "items": [TEA]})
    asks = read({"customer_id": "c1", "items": [TEA], "if_coupon_unavailable": "ask"})
    assert isinstance(one, Buy)
    assert isinstance(asks, Buy)
    assert one.request.if_coupon_unavailable is CouponFallback.REJECT
    assert asks.request.if_coupon_unavailable is CouponFallback.ASK


@pytest.mark.parametrize(
    ("line", "fault", "field"),
    [
        (b"", LineFault.NOT_JSON, ""),
        (b"   ", LineFault.NOT_JSON, ""),
        (b"\xef\xbb\xbf{}", LineFault.NOT_JSON, ""),
        (b"{", LineFault.NOT_JSON, ""),
        (b"[" * LINE_BYTES_MAX, LineFault.NOT_JSON, ""),
        (b'{"customer_id": "a", "customer_id": "b", "text": "tea"}', LineFault.NOT_JSON, ""),
        (b'{"customer_id": "c1", "max_total": NaN}', LineFault.NOT_JSON, ""),
        (b'{"customer_id": "c1", "text": "a\0b"}', LineFault.NOT_JSON, ""),
        (b'{"customer_id": "c1", "text": "\xff"}', LineFault.NOT_UTF8, ""),
        (b'{"customer_id": "c1", "text": "\\ud800"}', LineFault.INVALID, "text"),
        (b'{"customer_id": "c1", "text": "\\u0000"}', LineFault.INVALID, "text"),
        (b"[]", LineFault.INVALID, ""),
        (b"null", LineFault.INVALID, ""),
        ({"text": "tea"}, LineFault.INVALID, "customer_id"),
        ({"customer_id": "", "text": "tea"}, LineFault.INVALID, "customer_id"),
        ({"customer_id": 7, "text": "tea"}, LineFault.INVALID, "customer_id"),
        ({"customer_id": "a b", "text": "tea"}, LineFault.INVALID, "customer_id"),
        ({"customer_id": "c" * 129, "text": "tea"}, LineFault.INVALID, "customer_id"),
        ({"customer_id": "c1"}, LineFault.INVALID, ""),
        ({"customer_id": "c1", "text": "tea", "items": [TEA]}, LineFault.INVALID, ""),
        ({"customer_id": "c1", "text": "tea", "grant": "GIFT-1"}, LineFault.INVALID, ""),
        ({"customer_id": "c1", "grant": "GIFT-1", "coupon": "ABC"}, LineFault.INVALID, ""),
        ({"customer_id": "c1", "grant": "?"}, LineFault.INVALID, "grant"),
        (
            {"customer_id": "c1", "text": "tea", "coupon": "A", "coupons": ["B"]},
            LineFault.INVALID,
            "coupon",
        ),
        ({"customer_id": "c1", "items": []}, LineFault.INVALID, "items"),
        (
            {"customer_id": "c1", "items": [{**TEA, "quantity": 0}]},
            LineFault.INVALID,
            "items.0.quantity",
        ),
        ({"customer_id": "c1", "items": [{**TEA, "price": 1}]}, LineFault.INVALID, "items.0.price"),
        ({"customer_id": "c1", "text": "tea", "merchant": "x"}, LineFault.INVALID, "merchant"),
        ({"customer_id": "c1", "text": "tea", "confirm": "auto"}, LineFault.INVALID, "confirm"),
        ({"customer_id": "c1", "text": "tea", "max_total": -1}, LineFault.INVALID, "max_total"),
        ({"customer_id": "c1", "text": "tea", "max_total": 1.5}, LineFault.INVALID, "max_total"),
        (
            {"customer_id": "c1", "text": "tea", "if_coupon_unavailable": "x"},
            LineFault.INVALID,
            "if_coupon_unavailable",
        ),
    ],
)
def test_each_fault_is_named(line: Any, fault: LineFault, field: str) -> None:
    """By its kind and its field."""
    bad = read(line)
    assert isinstance(bad, Bad)
    assert (bad.fault, bad.field) == (fault, field)
    assert bad.detail


def test_several_faults_are_told_together() -> None:
    """The first names the field, the others stand behind it."""
    bad = read({"customer_id": "a b", "items": [{**TEA, "quantity": 0}], "extra": 1})
    assert isinstance(bad, Bad)
    assert bad.field == "customer_id"
    assert "items.0.quantity: " in bad.detail
    assert "extra: there is no such field" in bad.detail


@pytest.mark.parametrize(
    "line",
    [
        {"customer_id": SECRET + " ", "text": "tea"},
        {"customer_id": "c1", "text": "tea", SECRET: 1},
        {"customer_id": "c1", "text": "tea", "coupon": "?" + SECRET},
        {"customer_id": "c1", "items": [{"sku": SECRET, "quantity": SECRET}]},
        f'{{"customer_id": "{SECRET}'.encode(),
    ],
)
def test_no_fault_quotes_the_line(line: Any) -> None:
    """What a customer said or is called does not get into a report of faults."""
    bad = read(line)
    assert isinstance(bad, Bad)
    assert SECRET not in bad.field + bad.detail


def test_the_columns_of_a_csv() -> None:
    """Each kind of line can be written so; an empty cell says nothing, and a header may be capital."""
    one = cell("c1,tea,2,spring25")
    assert isinstance(one, Buy)
    assert one.request.lines == (Line(sku="tea", quantity=2),)
    assert one.request.coupons == ("SPRING25",)
    assert cell("c1,tea,2,\r") == cell("c1,tea,2,")
    text = cell('c1,"two teas, ""hot""\nand a cake"', ("Customer_ID", " text "))
    assert isinstance(text, Buy)
    assert text.request.text == 'two teas, "hot"\nand a cake'
    columns = ("customer_id", "text", "grant", "max_total", "if_coupon_unavailable")
    assert cell("c1,,gift-1,,", columns) == Grant(customer_id="c1", code="GIFT-1")
    limited = cell("c1,tea,,500,full_price", columns)
    assert isinstance(limited, Buy)
    assert limited.request.max_total == 500
    assert limited.request.if_coupon_unavailable is CouponFallback.FULL_PRICE


@pytest.mark.parametrize(
    ("record", "columns", "fault", "field"),
    [
        ("", CSV, LineFault.WRONG_COLUMNS, ""),
        ("c1,tea", CSV, LineFault.WRONG_COLUMNS, ""),
        ("c1,tea,1,,", CSV, LineFault.WRONG_COLUMNS, ""),
        ('c1,"tea,1,', CSV, LineFault.WRONG_COLUMNS, ""),
        ('c1,"tea"x,1,', CSV, LineFault.WRONG_COLUMNS, ""),
        ("c1", ("name",), LineFault.WRONG_COLUMNS, "customer_id"),
        ("c1,x", ("customer_id", SECRET), LineFault.WRONG_COLUMNS, "?"),
        ("c1,x", ("customer_id", "price"), LineFault.WRONG_COLUMNS, "price"),
        ("c1,x,y", ("customer_id", "text", "text"), LineFault.WRONG_COLUMNS, "text"),
        (b"c1,\xff,1,", CSV, LineFault.NOT_UTF8, ""),
        ("c1,a\0b,1,", CSV, LineFault.INVALID, ""),
        ("c1,tea,0,", CSV, LineFault.INVALID, "quantity"),
        ("c1,tea,one,", CSV, LineFault.INVALID, "quantity"),
        ("c1,tea,,", CSV, LineFault.INVALID, "quantity"),
        ("c1,,1,", CSV, LineFault.INVALID, "sku"),
        (",tea,1,", CSV, LineFault.INVALID, "customer_id"),
        ("\ufeffc1,tea,1,", CSV, LineFault.INVALID, "customer_id"),
        ("c1,,,", CSV, LineFault.INVALID, ""),
    ],
)
def test_each_fault_of_a_csv_is_named(
    record: str | bytes, columns: tuple[str, ...], fault: LineFault, field: str
) -> None:
    """By its kind, and by its column where one is at fault."""
    bad = cell(record, columns)
    assert isinstance(bad, Bad)
    assert (bad.fault, bad.field) == (fault, field)


@given(st.binary(max_size=200), st.sampled_from(Form))
def test_nothing_raises(content: bytes, form: Form) -> None:
    """Whatever the bytes, a line is an order, a grant or a named fault."""
    line = parse_line(content, form, CSV)
    assert isinstance(line, Buy | Grant | Bad)
