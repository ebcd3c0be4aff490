"""Posting an intent: the promise, its repeats, and what is turned away."""

import json
from collections.abc import Callable
from hashlib import sha256

import pytest

from chalicelib.application.ports import Depth
from chalicelib.domain.admission import Gate
from chalicelib.entrypoints.wire.parse import parse
from chalicelib.entrypoints.wire.requests import IntentIn
from tests.unit.entrypoints.http.stages import asked
from tests.unit.entrypoints.shop import MERCHANT, Shop, event_of
from tests.unit.entrypoints.tokens import token

WANTED = {"text": "two teas"}


def test_promise(shop: Shop) -> None:
    """An accepted intent is on record and queued, and the client is told where it stands."""
    shop.intents_queue.others = 99
    reply = shop.post(WANTED)

    assert reply.status == 202
    assert reply.json == {
        "id": reply.json["id"],
        "status": "accepted",
        "position": 100,
        "estimated_wait_seconds": 2,
        "expires_at": "2026-02-02T02:55:00.000Z",
    }
    assert reply.headers["Location"] == f"/intents/{reply.json['id']}"
    assert "Idempotent-Replayed" not in reply.headers
    assert [sent.ref.id for sent in shop.intents_queue.sent] == [reply.json["id"]]


def test_lines_go_straight_to_settlement(shop: Shop) -> None:
    """An intent that names its lines skips reading."""
    shop.accept({"items": [{"sku": "tea", "quantity": 2}]})

    assert (len(shop.intents_queue.sent), len(shop.settlements_queue.sent)) == (0, 1)


def test_everything_arrives(shop: Shop) -> None:
    """What the client says is what is on record."""
    option = {"group": "size", "value": "large", "amount": "extra"}
    intent = shop.accept(
        {
            "items": [
                {
                    "sku": "tea",
                    "quantity": 1_000,
                    "options": [option],
                    "without": [{"group": "extras", "value": "ice"}],
                }
            ],
            "merchant": MERCHANT,
            "coupon": "spring25",
            "confirm": "review",
            "if_coupon_unavailable": "full_price",
            "max_total": 10**12,
            "expires_in_seconds": 86_400,
        }
    )
    (line,) = intent.request.lines

    assert (line.sku, line.quantity) == ("tea", 1_000)
    assert [(o.group, o.value, o.amount) for o in line.options] == [("size", "large", "extra")]
    assert [(o.group, o.value) for o in line.without] == [("extras", "ice")]
    assert (intent.merchant, intent.request.coupons) == (MERCHANT, ("SPRING25",))
    assert (intent.request.confirm, intent.request.max_total) == ("review", 10**12)
    assert intent.request.if_coupon_unavailable == "full_price"
    assert intent.expires_at - intent.accepted_at == 86_400_000


def test_several_coupons(shop: Shop) -> None:
    """Codes are folded, and in what order they are named makes no other intent."""
    first = shop.post({**WANTED, "coupons": ["vip", " Spring25", "a1"]}, key="k")
    again = shop.post({**WANTED, "coupons": ["A1", "VIP", "SPRING25"]}, key="k")

    assert shop.on_record(first.json["id"]).request.coupons == ("A1", "SPRING25", "VIP")
    assert again.text == first.text


def test_no_coupons_is_what_it_was() -> None:
    """A body from before there could be several has the fingerprint that it had then."""
    plain = {"coupon": "VIP", "text": "two teas"}
    canonical = json.dumps(plain, sort_keys=True, separators=(",", ":"))
    for body in (plain, {**plain, "coupons": None}):
        wanted = parse(json.dumps(body).encode(), IntentIn)
        assert wanted.fingerprint() == sha256(canonical.encode()).hexdigest()


@pytest.mark.parametrize(
    ("codes", "field"),
    [
        ({"coupons": []}, "coupons"),
        ({"coupons": ["A1", "B1", "C1", "D1", "E1", "F1"]}, "coupons"),
        ({"coupons": ["A1", "a1 "]}, "coupons"),
        ({"coupons": "A1"}, "coupons"),
        ({"coupons": ["A1", "-"]}, "coupons.1"),
        ({"coupons": ["A1", None]}, "coupons.1"),
        ({"coupons": ["A1"], "coupon": "B1"}, "body"),
        ({"coupons": ["A1"], "coupon": "A1"}, "body"),
    ],
)
def test_coupons_refused(shop: Shop, codes: dict[str, object], field: str) -> None:
    """One to five codes, none twice, and not beside a single one; else nothing is accepted."""
    reply = shop.post({**WANTED, **codes})

    assert (reply.status, reply.code) == (422, "invalid")
    assert field in {fault["field"] for fault in reply.json["errors"]}
    assert shop.untouched


def test_replay(shop: Shop) -> None:
    """The same key and body gets the very same answer, whatever happened meanwhile."""
    first = shop.post(WANTED, key="k")
    shop.clock.turn(60_000)
    shop.intents_queue.others = 5_000
    shop.call("POST", f"/intents/{first.json['id']}/cancel")
    again = shop.post({**WANTED, "confirm": "auto"}, key="k")

    assert again.text == first.text
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(shop.tables.on_record) == 1


def test_replay_after_an_answer(shop: Shop) -> None:
    """An answer sets a new deadline, and a replay still says the one that was promised first."""
    asked(shop, WANTED, key="k")
    shop.clock.turn(60_000)
    (ref,) = shop.tables.on_record
    shop.call("POST", f"/intents/{ref.id}/answer", {"choice": "green"})
    again = shop.post(WANTED, key="k")

    assert shop.on_record(ref.id).expires_at > shop.on_record(ref.id).promise.expires_at
    assert again.json["expires_at"] == "2026-02-02T02:55:00.000Z"


def test_another_body(shop: Shop) -> None:
    """The same key with another body is refused, and the first intent stands."""
    first = shop.post(WANTED, key="k")
    reply = shop.post({"text": "three teas"}, key="k")

    assert (reply.status, reply.code) == (422, "idempotency_key_reused")
    assert shop.on_record(first.json["id"]).request.text == "two teas"


def test_a_key_is_the_customers_own(shop: Shop) -> None:
    """Two customers may choose the same key."""
    mine = shop.post(WANTED, key="k")
    yours = shop.post({"text": "cake"}, key="k", bearer=token("bob"))

    assert yours.status == 202
    assert mine.json["id"] != yours.json["id"]


@pytest.mark.parametrize("key", [None, ""])
def test_no_key(shop: Shop, key: str | None) -> None:
    """Without a key there is no promise."""
    reply = shop.post(WANTED, headers={"Idempotency-Key": key})

    assert (reply.status, reply.code) == (400, "idempotency_key_missing")
    assert shop.untouched


@pytest.mark.parametrize("key", ["a" * 256, "two words", "k\n", "k\x00", "sch\u00f6n", "\x7f"])
def test_unusable_key(shop: Shop, key: str) -> None:
    """A key that isn't visible ASCII, or has no end, is refused."""
    reply = shop.post(WANTED, headers={"Idempotency-Key": key})

    assert (reply.status, reply.code) == (400, "idempotency_key_invalid")
    assert shop.untouched


@pytest.mark.parametrize("key", ["!", "a" * 255, "~\"\\'/.uses#X"])
def test_usable_key(shop: Shop, key: str) -> None:
    """Any visible ASCII will do."""
    assert shop.post(WANTED, headers={"Idempotency-Key": key}).status == 202


def test_header_names_have_no_case(shop: Shop) -> None:
    """A header is found in whatever case a proxy left it."""
    reply = shop.post(
        WANTED,
        headers={
            "Idempotency-Key": None,
            "idempotency-key": "k",
            "Content-Type": None,
            "content-type": "Application/JSON; charset=UTF-8",
        },
    )

    assert reply.status == 202


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/json, text/plain",
        "application/jsonp",
        "application/json; charset=utf-16",
        "text/html; application/json",
    ],
)
def test_content_type(shop: Shop, content_type: str | None) -> None:
    """Only what says that it is JSON is read; the refusal names the header."""
    reply = shop.post(WANTED, headers={"Content-Type": content_type})

    assert (reply.status, reply.code) == (400, "unsupported_media_type")
    assert [fault["field"] for fault in reply.json["errors"]] == ["Content-Type"]
    assert shop.untouched


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b" ",
        b"{",
        b'{"text": "tea", "max_total": NaN}',
        b"[" * 8_000,
        b"\xef\xbb\xbf{}",
        b'{"text": "t\x00a"}',
        b'{"text": "tea", "max_total": ' + b"9" * 5_000 + b"}",
    ],
)
@pytest.mark.parametrize("base64", [False, True])
def test_malformed(shop: Shop, raw: bytes, *, base64: bool) -> None:
    """A body that is no JSON is refused with the field named and a reason, and nothing is written."""
    reply = shop.post(raw, base64=base64)

    assert (reply.status, reply.code) == (400, "malformed_json")
    (fault,) = reply.json["errors"]
    assert fault["field"] == "body"
    assert fault["detail"]
    assert shop.untouched


@pytest.mark.parametrize(("size", "status"), [(16 * 1024, 202), (16 * 1024 + 1, 413), (10**6, 413)])
@pytest.mark.parametrize("base64", [False, True])
def test_size(shop: Shop, size: int, status: int, *, base64: bool) -> None:
    """A body of 16 KB is read and a byte more is not, however the gateway hands it over."""
    raw = b'{"text": "two teas"}'
    reply = shop.post(raw + b" " * (size - len(raw)), base64=base64)

    assert reply.status == status
    assert shop.untouched == (status == 413)


def test_size_is_in_bytes(shop: Shop) -> None:
    """Characters of several bytes count for what they weigh."""
    reply = shop.post(json.dumps({"text": "é" * 9_000}, ensure_ascii=False).encode())

    assert reply.status == 413


@pytest.mark.parametrize(("length", "status"), [(2_000, 202), (2_001, 422)])
def test_text_length(shop: Shop, length: int, status: int) -> None:
    """A text has at most 2,000 characters, of whatever size."""
    text = "\N{TEACUP WITHOUT HANDLE}" * length
    reply = shop.post(json.dumps({"text": text}, ensure_ascii=False).encode())

    assert reply.status == status


@pytest.mark.parametrize("body", ["!!!", "eyJ0ZXh0Ijo!gInRlYSJ9", "é"])
def test_base64_that_is_none(shop: Shop, body: str) -> None:
    """A body that claims to be base64 and isn't is malformed, however near it comes."""
    event = event_of("POST", "/intents", b"", {})
    event |= {"body": body, "isBase64Encoded": True}
    reply = shop.send(event | _headers(event))

    assert (reply.status, reply.code) == (400, "malformed_json")
    assert [fault["field"] for fault in reply.json["errors"]] == ["body"]


def test_half_a_character(shop: Shop) -> None:
    """An event whose body is no text is malformed, not a crash."""
    event = event_of("POST", "/intents", b"", {})
    event["body"] = '{"text": "\ud800"}'
    reply = shop.send(event | _headers(event))

    assert (reply.status, reply.code) == (400, "malformed_json")
    assert [fault["field"] for fault in reply.json["errors"]] == ["body"]


def _headers(event: dict[str, object]) -> dict[str, object]:
    headers = {
        "Authorization": f"Bearer {token()}",
        "Content-Type": "application/json",
        "Idempotency-Key": "k",
    }
    assert event["multiValueHeaders"] == {}
    return {"headers": headers, "multiValueHeaders": None}


def test_two_content_types(shop: Shop) -> None:
    """A body that says two things of itself is not read."""
    event = event_of("POST", "/intents", b'{"text": "tea"}', {})
    event |= _headers(event)
    event["multiValueHeaders"] = {n: [v] for n, v in event["headers"].items()}
    event["multiValueHeaders"]["Content-Type"] = ["application/json", "text/plain"]

    assert shop.send(event).code == "unsupported_media_type"
    assert shop.untouched


def test_two_keys(shop: Shop) -> None:
    """Of two keys none is taken, since a retry could be read by the other."""
    event = event_of("POST", "/intents", b'{"text": "tea"}', {})
    event |= _headers(event)
    event["multiValueHeaders"] = {n: [v] for n, v in event["headers"].items()}
    event["multiValueHeaders"]["Idempotency-Key"] = ["a", "b"]
    reply = shop.send(event)

    assert (reply.status, reply.code) == (400, "idempotency_key_invalid")
    assert shop.untouched


def test_several_merchants(shop: Shop) -> None:
    """With several merchants an intent has to name one, and one that exists."""
    shop.open_merchant("bakery")

    assert shop.post(WANTED).code == "merchant_required"
    assert shop.post({**WANTED, "merchant": "brewery"}).code == "unknown_merchant"
    assert shop.untouched
    assert shop.post({**WANTED, "merchant": "bakery"}).status == 202


def test_too_busy(shop: Shop) -> None:
    """What can't be answered in time isn't accepted, and the client is told when to come back."""
    shop.control.set_gate(Gate(rate_per_second=1))
    shop.intents_queue.others = 99
    reply = shop.post({**WANTED, "expires_in_seconds": 100})

    assert (reply.status, reply.code) == (429, "too_busy")
    assert reply.headers["Retry-After"] == "20"
    assert shop.untouched


def test_the_queue_is_down(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A queue that refuses makes no promise, and the same key makes it later."""
    with monkeypatch.context() as patched:
        patched.setattr(shop.intents_queue, "depth", lambda: Depth(waiting=0, in_flight=0))
        shop.intents_queue.down = True
        reply = shop.post(WANTED, key="k")
    shop.intents_queue.down = False
    again = shop.post(WANTED, key="k")

    assert (reply.status, reply.code) == (503, "not_queued")
    assert int(reply.headers["Retry-After"]) > 0
    assert again.status == 202
    assert len(shop.intents_queue.sent) == 1


def test_the_table_is_down(shop: Shop) -> None:
    """A table that doesn't answer is a 503, and trying again is safe."""
    shop.intents.down = True
    reply = shop.post(WANTED)

    assert (reply.status, reply.code) == (503, "store_unavailable")
    assert int(reply.headers["Retry-After"]) > 0


def test_outcomes_are_counted(shop: Shop, written: Callable[[], str]) -> None:
    """Each outcome is logged once under the intent's id, and counted once."""
    reply = shop.post(WANTED, key="k")
    accepted = _lines(written())
    shop.post(WANTED, key="k")
    replayed = _lines(written())
    shop.post({"text": "three teas"}, key="k")
    refused = _lines(written())

    assert [line.get("intent_accepted") for line in accepted] == [None, [1.0]]
    assert accepted[0]["correlation_id"] == reply.json["id"]
    assert [line.get("intent_replayed") for line in replayed] == [None, [1.0]]
    assert [line.get("intent_refused") for line in refused] == [None, [1.0]]
    assert refused[1]["code"] == "idempotency_key_reused"
    assert "correlation_id" not in refused[0]


def _lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize(
    "body",
    [
        {"text": "SECRET-VALUE"},
        {"text": "SECRET-VALUE", "SECRET-VALUE": 1},
        {"text": ["SECRET-VALUE"]},
        {"text": "SECRET-VALUE\x00"},
        {"items": [{"sku": "SECRET-VALUE", "quantity": 0}]},
    ],
)
def test_logs_keep_quiet(shop: Shop, written: Callable[[], str], body: object) -> None:
    """No log has what a customer wrote, nor their token, whether it was taken or not."""
    bearer = token()
    shop.post(body, bearer=bearer)
    shop.post(body, bearer=bearer[:-6])
    lines = written()

    assert lines
    assert "SECRET-VALUE" not in lines
    assert not any(part in lines for part in bearer.split("."))
