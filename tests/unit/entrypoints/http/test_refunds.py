"""Refunds are put on orders by ops, each once, and never for more than there is."""

from typing import Any

import pytest

from chalicelib.domain.intent import Intent
from tests.unit.entrypoints.http.stages import asked, confirmed, held, redeemed
from tests.unit.entrypoints.shop import Reply, Shop
from tests.unit.entrypoints.tokens import token

WHY = {"reason": "cold"}
ONE = {"reason": "cold", "lines": [{"line": 1, "quantity": 1}]}


def refund(
    shop: Shop, intent: Intent, body: object, *, key: str | None = "k", customer: str = "alice"
) -> Reply:
    """Ask for a refund of *intent*."""
    path = f"/customers/{customer}/orders/{intent.ref.id}/refund"
    return shop.ops("POST", path, body, headers={"Idempotency-Key": key})


def test_by_line_and_then_the_rest(shop: Shop) -> None:
    """What one refund leaves the next gives back, and both come to what was paid."""
    intent = redeemed(shop)
    first = refund(shop, intent, ONE, key="1")
    second = refund(shop, intent, {"reason": "late"}, key="2")

    assert (first.status, first.json["status"]) == (200, "confirmed")
    assert first.json["order"]["refunded"] == 356
    assert first.json["order"]["lines"][0]["refunded"] == 1
    assert (second.status, second.json["status"]) == (200, "refunded")
    assert second.json["order"]["refunded"] == second.json["order"]["total"] == 712
    assert second.json["order"]["refunds"] == [
        {"amount": 356, "at": "2026-02-02T02:40:00.000Z", "reason": "cold"},
        {"amount": 356, "at": "2026-02-02T02:40:00.000Z", "reason": "late"},
    ]


def test_what_the_coupon_gets_back(shop: Shop) -> None:
    """Its money in proportion, its unit and the customer's use with the last of the order."""
    intent = redeemed(shop)
    counts: list[dict[str, Any]] = [shop.ops("GET", "/coupons/SPRING25").json]
    for key in ("1", "2"):
        refund(shop, intent, ONE, key=key)
        counts.append(shop.ops("GET", "/coupons/SPRING25").json)

    assert [count["money"]["spent"] for count in counts] == [238, 119, 0]
    assert [count["units"]["redeemed"] for count in counts] == [1, 1, 0]
    assert shop.tables.uses("alice", "SPRING25") == 0


def test_the_customer_sees_it(shop: Shop) -> None:
    """The customer is told how much went back and why, and not by whom."""
    intent = redeemed(shop)
    reply = refund(shop, intent, WHY)
    shown = shop.call("GET", f"/intents/{intent.ref.id}")

    assert shown.json == reply.json
    assert "olga" not in shown.text
    assert shop.on_record(intent.ref.id).order.refunds[0].by == "olga"  # type: ignore[union-attr]


@pytest.mark.parametrize("body", [WHY, ONE])
def test_one_key_refunds_once(shop: Shop, body: object) -> None:
    """A refund that is sent again gives nothing more back."""
    intent = redeemed(shop)
    replies = [refund(shop, intent, body) for _ in range(3)]

    assert {(reply.status, reply.text) for reply in replies} == {(200, replies[0].text)}


def test_a_colleague_who_repeats_refunds_nothing_twice(shop: Shop) -> None:
    """Two operators with one key have one refund, and who gave it first is on record."""
    intent = redeemed(shop)
    first = refund(shop, intent, ONE)
    path = f"/customers/alice/orders/{intent.ref.id}/refund"
    second = shop.call(
        "POST", path, ONE, bearer=token("oscar", "ops"), headers={"Idempotency-Key": "k"}
    )

    assert (second.status, second.text) == (200, first.text)
    assert [one.by for one in shop.on_record(intent.ref.id).order.refunds] == ["olga"]  # type: ignore[union-attr]


def test_one_key_refunds_once_at_the_same_time(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two that come at once under one key one is made, and both are told of it."""
    intent = redeemed(shop)
    replies: list[Reply] = []
    commit, left = shop.ledger.commit, [None]

    def rivalled(*args: Any) -> Any:
        if left:
            left.pop()
            replies.append(refund(shop, intent, ONE))
        return commit(*args)

    monkeypatch.setattr(shop.ledger, "commit", rivalled, raising=False)
    replies.append(refund(shop, intent, ONE))

    assert [reply.status for reply in replies] == [200, 200]
    assert replies[0].json["order"]["refunded"] == replies[1].json["order"]["refunded"] == 356


def test_a_key_with_another_reason(shop: Shop) -> None:
    """A key that was used is refused with another body, and nothing goes back."""
    intent = redeemed(shop)
    refund(shop, intent, ONE)
    reply = refund(shop, intent, {**ONE, "reason": "another"})

    assert (reply.status, reply.code) == (422, "idempotency_key_reused")
    assert len(shop.on_record(intent.ref.id).order.refunds) == 1  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("lines", "detail"),
    [
        ([{"line": 2, "quantity": 1}], "no line 2"),
        ([{"line": 1, "quantity": 3}], "2 are left"),
        ([{"line": 1, "quantity": 2}, {"line": 1, "quantity": 1}], "0 are left"),
    ],
)
def test_more_than_there_is(shop: Shop, lines: object, detail: str) -> None:
    """What isn't in the order, or isn't left of it, can't go back, and nothing does."""
    intent = redeemed(shop)
    reply = refund(shop, intent, {**WHY, "lines": lines})

    assert (reply.status, reply.code) == (409, "refund_refused")
    assert detail in reply.json["detail"]
    assert shop.on_record(intent.ref.id) == intent


def test_twice_over(shop: Shop) -> None:
    """An order whose money all went back has no more to give."""
    intent = redeemed(shop)
    refund(shop, intent, WHY, key="1")
    for body in (WHY, ONE):
        assert refund(shop, intent, body, key="2").code == "illegal_move"


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"reason": None}, "reason"),
        ({"reason": "a" * 201}, "reason"),
        ({"lines": []}, "lines"),
        ({"lines": {}}, "lines"),
        ({"lines": [{"line": 0, "quantity": 1}]}, "lines.0.line"),
        ({"lines": [{"line": 1, "quantity": 0}]}, "lines.0.quantity"),
        ({"lines": [{"line": 1, "quantity": -1}]}, "lines.0.quantity"),
        ({"lines": [{"line": 1, "quantity": 10**40}]}, "lines.0.quantity"),
        ({"lines": [{"line": True, "quantity": 1}]}, "lines.0.line"),
        ({"lines": [{"line": 1}]}, "lines.0.quantity"),
        ({"lines": [{"line": 1, "quantity": 1, "amount": 99}]}, "lines.0.amount"),
        ({"lines": [{"line": 1, "quantity": 1}] * 51}, "lines"),
        ({"amount": 1}, "amount"),
        ({"currency": "EUR"}, "currency"),
        ({"restock": "no"}, "restock"),
        ({"by": "bob"}, "by"),
    ],
)
def test_no_such_refund(shop: Shop, more: dict[str, object], field: str) -> None:
    """A body that can't be meant is refused with the field named; an empty list is no whole order."""
    intent = redeemed(shop)
    reply = refund(shop, intent, {**WHY, **more})

    assert (reply.status, reply.code) == (422, "invalid")
    assert field in {fault["field"] for fault in reply.json["errors"]}
    assert shop.on_record(intent.ref.id) == intent


@pytest.mark.parametrize(("key", "code"), [(None, "missing"), ("", "missing"), ("ä", "invalid")])
def test_it_needs_a_key(shop: Shop, key: str | None, code: str) -> None:
    """Without a usable key nothing goes back."""
    intent = redeemed(shop)

    assert refund(shop, intent, WHY, key=key).code == f"idempotency_key_{code}"
    assert shop.on_record(intent.ref.id) == intent


@pytest.mark.parametrize("customer", ["bob", "", "%00", "alice%23", "a" * 129, "ali ce", "%2E%2E"])
def test_another_s_order(shop: Shop, customer: str) -> None:
    """An order is found under its own customer and nobody else."""
    intent = confirmed(shop)
    reply = refund(shop, intent, WHY, customer=customer or "-")

    assert (reply.status, reply.code) == (404, "intent_not_found")
    assert shop.on_record(intent.ref.id) == intent


@pytest.mark.parametrize(
    "name", ["uses#SPRING25", "uses%23SPRING25", "in_", "x", "first#tea-house"]
)
def test_no_id_of_ours(shop: Shop, name: str) -> None:
    """An id that we can't have given is not even looked for."""
    shop.intents.down = True
    path = f"/customers/alice/orders/{name}/refund"
    reply = shop.ops("POST", path, WHY, headers={"Idempotency-Key": "k"})

    assert (reply.status, reply.code) == (404, "intent_not_found")


def test_a_customer_by_any_name(shop: Shop) -> None:
    """Whatever a token calls a customer, their order is reached under that name, escaped."""
    body = {"items": [{"sku": "tea", "quantity": 2}]}
    name = "idp|a/b+c@d.example"
    posted = shop.post(body, bearer=token(name))
    assert posted.status == 202
    path = f"/customers/idp%7Ca%2Fb+c%40d.example/orders/{posted.json['id']}/refund"
    reply = shop.ops("POST", path, WHY, headers={"Idempotency-Key": "k"})

    assert (reply.status, reply.code) == (409, "illegal_move")


@pytest.mark.parametrize("stage", [asked, held])
def test_what_is_no_order(shop: Shop, stage: Any) -> None:
    """There is nothing to be refunded of what was not ordered."""
    intent = stage(shop)
    reply = refund(shop, intent, WHY)

    assert (reply.status, reply.code) == (409, "illegal_move")
    assert shop.on_record(intent.ref.id) == intent


def test_who(shop: Shop) -> None:
    """A customer refunds nothing, not even their own."""
    intent = confirmed(shop)
    path = f"/customers/alice/orders/{intent.ref.id}/refund"
    reply = shop.call("POST", path, WHY, headers={"Idempotency-Key": "k"})

    assert (reply.status, reply.code) == (403, "insufficient_scope")
    assert shop.on_record(intent.ref.id) == intent
