"""Raw bytes become a model, or a problem that names what is wrong and quotes nothing."""

from hashlib import sha256
from typing import Any

import pytest

from chalicelib.entrypoints.problems import RefusedError
from chalicelib.entrypoints.wire.parse import parse, parse_json
from chalicelib.entrypoints.wire.requests import AnswerIn, IntentIn


def refused(raw: bytes) -> RefusedError:
    """Return how an intent of these bytes is refused."""
    with pytest.raises(RefusedError) as refusal:
        parse(raw, IntentIn)
    return refusal.value


MALFORMED = {
    "nothing": b"",
    "no JSON": b"two teas",
    "cut short": b'{"text": "tea"',
    "two documents": b"{}{}",
    "single quotes": b"{'text': 'tea'}",
    "trailing comma": b'{"text": "tea",}',
    "no UTF-8": b'{"text": "\xff"}',
    "UTF-16": '{"text": "tea"}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"text": "tea"}',
    "a raw NUL": b'{"text": "t\x00a"}',
    "a raw surrogate": b'{"text": "\xed\xa0\x80"}',
    "NaN": b'{"text": "tea", "max_total": NaN}',
    "Infinity": b'{"text": "tea", "max_total": Infinity}',
    "-Infinity": b'{"text": "tea", "max_total": -Infinity}',
    "a name twice": b'{"text": "tea", "text": "coffee"}',
    "a name twice, further in": b'{"items": [{"sku": "a", "sku": "b", "quantity": 1}]}',
    "a name twice, once escaped": rb'{"text": "tea", "te\u0078t": "coffee"}',
    "nested too deeply": b"[" * 100_000,
    "nested too deeply, in objects": b'{"a":' * 100_000,
    "nested too deeply, and closed": b"[" * 50_000 + b"]" * 50_000,
    "an exponent out of range": b'{"text": "tea", "max_total": 1e99999999999999999999}',
    "a number of 5,000 digits": b'{"text": "tea", "max_total": ' + b"9" * 5_000 + b"}",
}


@pytest.mark.parametrize("what", MALFORMED)
def test_malformed(what: str) -> None:
    """What is not JSON, or would be read one way here and another there, is refused as malformed."""
    refusal = refused(MALFORMED[what])
    (fault,) = refusal.faults

    assert (refusal.code, fault.field) == ("malformed_json", "body")
    assert fault.detail


@pytest.mark.parametrize(
    ("what", "why"),
    [
        ("nothing", "it is empty"),
        ("no UTF-8", "it is not UTF-8"),
        ("UTF-16", "it is not UTF-8"),
        ("a byte order mark", "it begins with a byte order mark"),
        (
            "a raw NUL",
            "it has a raw control character, or ends a line within a text, at column 12",
        ),
        ("cut short", "it is not JSON at column 15"),
        ("two documents", "it is not JSON at column 3"),
        ("NaN", "NaN and the infinities are not JSON"),
        ("a name twice", "a name comes twice in one object"),
        ("nested too deeply", "it is nested too deeply"),
        ("a number of 5,000 digits", "a number has too many digits"),
        ("an exponent out of range", "a number is out of range"),
    ],
)
def test_malformed_is_explained(what: str, why: str) -> None:
    """Whoever sent it learns what to mend."""
    assert [fault.detail for fault in refused(MALFORMED[what]).faults] == [why]


def test_a_place_has_a_line_where_there_are_several() -> None:
    """So that a line of a file, which stands alone, is not called its first."""
    (fault,) = refused(b'{\n"text": }\n').faults
    assert fault.detail == "it is not JSON at line 2, column 9"


INVALID: dict[str, tuple[bytes, str]] = {
    "a list": (b"[]", "body"),
    "null": (b"null", "body"),
    "neither text nor items": (b"{}", "body"),
    "both": (b'{"text": "tea", "items": [{"sku": "tea", "quantity": 1}]}', "body"),
    "empty text": (b'{"text": ""}', "text"),
    "blank text": (b'{"text": " \\t\\n "}', "text"),
    "long text": (b'{"text": "' + b"a" * 2_001 + b'"}', "text"),
    "text that is a number": (b'{"text": 7}', "text"),
    "NUL in text": (rb'{"text": "t\u0000a"}', "text"),
    "lone surrogate in text": (rb'{"text": "t\ud800a"}', "text"),
    "lone low surrogate": (rb'{"text": "t\udfffa"}', "text"),
    "surrogate in a sku": (rb'{"items": [{"sku": "\ud83d", "quantity": 1}]}', "items.0.sku"),
    "surrogate in a name": (rb'{"text": "tea", "\ud800": 1}', "body"),
    "no items": (b'{"items": []}', "items"),
    "quantity 0": (b'{"items": [{"sku": "t", "quantity": 0}]}', "items.0.quantity"),
    "quantity -1": (b'{"items": [{"sku": "t", "quantity": -1}]}', "items.0.quantity"),
    "quantity 1,001": (b'{"items": [{"sku": "t", "quantity": 1001}]}', "items.0.quantity"),
    "quantity true": (b'{"items": [{"sku": "t", "quantity": true}]}', "items.0.quantity"),
    "quantity 1.0": (b'{"items": [{"sku": "t", "quantity": 1.0}]}', "items.0.quantity"),
    "quantity 1e2": (b'{"items": [{"sku": "t", "quantity": 1e2}]}', "items.0.quantity"),
    'quantity "1"': (b'{"items": [{"sku": "t", "quantity": "1"}]}', "items.0.quantity"),
    'quantity "1e5"': (b'{"items": [{"sku": "t", "quantity": "1e5"}]}', "items.0.quantity"),
    "quantity null": (b'{"items": [{"sku": "t", "quantity": null}]}', "items.0.quantity"),
    "quantity 10**400": (
        b'{"items": [{"sku": "t", "quantity": 1' + b"0" * 400 + b"}]}",
        "items.0.quantity",
    ),
    "no quantity": (b'{"items": [{"sku": "t"}]}', "items.0.quantity"),
    "no sku": (b'{"items": [{"quantity": 1}]}', "items.0.sku"),
    "long sku": (b'{"items": [{"sku": "' + b"a" * 101 + b'", "quantity": 1}]}', "items.0.sku"),
    "a price": (b'{"items": [{"sku": "t", "quantity": 1, "price": 1}]}', "items.0.price"),
    "an amount we don't know": (
        (
            b'{"items": [{"sku": "t", "quantity": 1,'
            b' "options": [{"group": "g", "value": "v", "amount": "huge"}]}]}'
        ),
        "items.0.options.0.amount",
    ),
    "items that are an object": (b'{"items": {"sku": "t", "quantity": 1}}', "items"),
    "items nested deep": (b'{"items": ' + b"[" * 300 + b"]" * 300 + b"}", "items.0"),
    "a merchant's name": (b'{"text": "tea", "merchant": "Tea House"}', "merchant"),
    "a merchant's line break": (b'{"text": "tea", "merchant": "tea\\n"}', "merchant"),
    "a coupon of one letter": (b'{"text": "tea", "coupon": "A"}', "coupon"),
    "a coupon with a hash": (b'{"text": "tea", "coupon": "A#B"}', "coupon"),
    "a coupon that grows when folded": (
        '{{"text": "tea", "coupon": "{}"}}'.format("\ufdfa" * 10).encode(),
        "coupon",
    ),
    "confirm": (b'{"text": "tea", "confirm": "maybe"}', "confirm"),
    "fallback": (b'{"text": "tea", "if_coupon_unavailable": 1}', "if_coupon_unavailable"),
    "max_total -1": (b'{"text": "tea", "max_total": -1}', "max_total"),
    "max_total 0.5": (b'{"text": "tea", "max_total": 0.5}', "max_total"),
    "max_total too large": (b'{"text": "tea", "max_total": 1000000000001}', "max_total"),
    "29 seconds": (b'{"text": "tea", "expires_in_seconds": 29}', "expires_in_seconds"),
    "86,401 seconds": (b'{"text": "tea", "expires_in_seconds": 86401}', "expires_in_seconds"),
    "a customer": (b'{"text": "tea", "customer_id": "bob"}', "customer_id"),
    "a name that is no word": (b'{"text": "tea", "call me at 555": 1}', "?"),
}


@pytest.mark.parametrize("what", INVALID)
def test_invalid(what: str) -> None:
    """A body that says the wrong thing is refused with the field named."""
    raw, field = INVALID[what]
    refusal = refused(raw)

    assert refusal.code == "invalid"
    assert field in {fault.field for fault in refusal.faults}


@pytest.mark.parametrize("count", [51, 300])
@pytest.mark.parametrize("many", ["items", "options", "without"])
def test_too_many(many: str, count: int) -> None:
    """Lists have an end."""
    option = b'{"group": "g", "value": "v"}'
    line = b'{"sku": "t", "quantity": 1}'
    if many == "items":
        raw, field = b'{"items": [' + b",".join([line] * count) + b"]}", "items"
    else:
        listed = b'"%s": [%s]' % (many.encode(), b",".join([option] * count))
        raw, field = b'{"items": [{"sku": "t", "quantity": 1, %s}]}' % listed, f"items.0.{many}"

    assert field in {fault.field for fault in refused(raw).faults}


@pytest.mark.parametrize(
    "raw",
    [
        rb'{"text": "SECRET-VALUE\u0000"}',
        b'{"SECRET-VALUE": 1, "text": ["SECRET-VALUE"]}',
        b'{"text": "tea", "merchant": "SECRET-VALUE", "confirm": "SECRET-VALUE"}',
        b'{"text": "tea", "coupon": "SECRET-VALUE!"}',
        b'{"items": [{"sku": "SECRET-VALUE", "quantity": "SECRET-VALUE"}]}',
        b'"SECRET-VALUE"',
        b'{"SECRET-VALUE',
    ],
)
def test_nothing_is_quoted(raw: bytes) -> None:
    """No fault repeats what was sent."""
    refusal = refused(raw)

    assert "SECRET-VALUE" not in f"{refusal.detail}{refusal.faults}"


def test_all_faults_at_once() -> None:
    """Every fault is named, not the first alone."""
    raw = b'{"text": 7, "merchant": 7, "confirm": 7}'

    assert {f.field for f in refused(raw).faults} == {"text", "merchant", "confirm"}


ALIKE: list[tuple[bytes, bytes]] = [
    (b'{"text": "tea", "max_total": 5}', b' {\n"max_total":5,"text":"tea"}'),
    (b'{"text": "tea"}', b'{"text": "  tea\\n"}'),
    (b'{"text": "tea"}', rb'{"text": "\u0074ea"}'),
    (
        b'{"text": "tea"}',
        (
            b'{"text": "tea", "items": null, "merchant": null, "coupon": null, "confirm": "auto",'
            b' "if_coupon_unavailable": "ask", "max_total": null, "expires_in_seconds": 900}'
        ),
    ),
    (
        b'{"text": "tea", "coupon": "SPRING25"}',
        '{"text": "tea", "coupon": " ｓｐｒｉｎｇ25"}'.encode(),  # noqa: RUF001 (full width)
    ),
    (
        b'{"items": [{"sku": "t", "quantity": 1}]}',
        b'{"items": [{"quantity": 1, "sku": "t", "options": [], "without": []}]}',
    ),
    (
        (
            b'{"items": [{"sku": "t", "quantity": 1, "options": [{"group": "a", "value": "1"},'
            b' {"group": "b", "value": "2"}]}]}'
        ),
        (
            b'{"items": [{"sku": "t", "quantity": 1, "options": [{"group": "b", "value": "2"},'
            b' {"group": "a", "value": "1"}]}]}'
        ),
    ),
]


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_one_meaning_one_fingerprint(one: bytes, other: bytes) -> None:
    """Spaces, order, spelling and defaults written out make no other request."""
    assert parse(one, IntentIn).fingerprint() == parse(other, IntentIn).fingerprint()


def test_another_meaning_another_fingerprint() -> None:
    """Whatever changes the request changes its fingerprint."""
    bodies = [
        b'{"text": "tea"}',
        b'{"text": "Tea"}',
        b'{"text": "tea", "merchant": "tea-house"}',
        b'{"text": "tea", "coupon": "SPRING25"}',
        b'{"text": "tea", "confirm": "review"}',
        b'{"text": "tea", "if_coupon_unavailable": "reject"}',
        b'{"text": "tea", "max_total": 0}',
        b'{"text": "tea", "expires_in_seconds": 901}',
        b'{"items": [{"sku": "t", "quantity": 1}]}',
        b'{"items": [{"sku": "t", "quantity": 2}]}',
        b'{"items": [{"sku": "t", "quantity": 1}, {"sku": "t", "quantity": 1}]}',
    ]

    assert len({parse(raw, IntentIn).fingerprint() for raw in bodies}) == len(bodies)


def test_fingerprints_outlive_a_release() -> None:
    """A fingerprint is the same in the next release, or a repeat across it would be refused."""
    raw = b'{"text": "two teas", "coupon": "spring25", "max_total": 1000}'

    canonical = b'{"coupon":"SPRING25","max_total":1000,"text":"two teas"}'
    assert parse(raw, IntentIn).fingerprint() == sha256(canonical).hexdigest()


@pytest.mark.parametrize(
    ("question", "turn"),
    [
        (None, None),
        ("q0", 0),
        ("q12", 12),
        ("q01", -1),
        ("Q1", -1),
        ("1", -1),
        ("q" + "9" * 90, -1),
    ],
)
def test_question_id(question: str | None, turn: int | None) -> None:
    """An id that we gave names its turn; one that we can't have given names none that was ever asked."""
    assert AnswerIn(choice="c", question=question).answer().turn == turn


def test_answers_to_two_questions_differ() -> None:
    """The same words to another question are another answer."""
    first, second = (AnswerIn(text="yes", question=q).answer() for q in ("q0", "q1"))

    assert first.fingerprint != second.fingerprint


@pytest.mark.parametrize(
    "raw", [b"{}", b'{"choice": "a", "text": "b"}', b'{"question": "q0"}', b'{"choice": ""}']
)
def test_answer_is_one_thing(raw: bytes) -> None:
    """An answer is exactly one of a choice, a text and lines."""
    with pytest.raises(RefusedError):
        parse(raw, AnswerIn)


def test_large_numbers_stay_exact() -> None:
    """A whole number of any size is read for what it is, and then refused for being too large."""
    assert parse_json(b"1" + b"0" * 400) == 10**400


def test_emoji_are_text() -> None:
    """A surrogate pair that is whole is a character like any other."""
    emoji: Any = parse(rb'{"text": "\ud83c\udf75 please"}', IntentIn)

    assert emoji.text == "\N{TEACUP WITHOUT HANDLE} please"
