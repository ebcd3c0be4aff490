"""Seeing, answering, confirming and cancelling an intent."""

import pytest

from chalicelib.domain.intent import Intent
from tests.unit.entrypoints.http.stages import QUESTION, TEA, asked, confirmed, held, rejected
from tests.unit.entrypoints.shop import Reply, Shop
from tests.unit.entrypoints.tokens import token

NO_INTENT = "in_" + "a" * 32


def see(shop: Shop, intent: Intent) -> Reply:
    """Return what its customer is told of *intent*."""
    return shop.call("GET", f"/intents/{intent.ref.id}")


def post(shop: Shop, intent: Intent, verb: str, body: object = None) -> Reply:
    """Return what becomes of a *verb* on *intent*."""
    return shop.call("POST", f"/intents/{intent.ref.id}/{verb}", body)


def test_see_accepted(shop: Shop) -> None:
    """While an intent waits its client sees its place, and how long it will take."""
    shop.intents_queue.others = 99
    intent = shop.accept({"text": "tea"})
    shop.intents_queue.others = 49

    assert see(shop, intent).json == {
        "id": intent.ref.id,
        "status": "accepted",
        "merchant": "tea-house",
        "accepted_at": "2026-02-02T02:40:00.000Z",
        "expires_at": "2026-02-02T02:55:00.000Z",
        "position": 50,
        "estimated_wait_seconds": 1,
    }


def test_see_a_question(shop: Shop) -> None:
    """A question comes with its id, its words and the choices, and with why we ask."""
    shown = see(shop, asked(shop)).json

    assert shown["status"] == "needs_input"
    assert shown["question"] == {
        "id": "q0",
        "code": "ambiguous",
        "prompt": "Green or black?",
        "choices": [
            {"id": "green", "label": "Green tea"},
            {"id": "black", "label": "Black tea"},
        ],
    }
    assert shown["reason"]["code"] == "ambiguous"
    assert not {"position", "order", "held_until"} & set(shown)


def test_see_a_quote(shop: Shop) -> None:
    """A held quote shows every price, and until when it stands."""
    shown = see(shop, held(shop)).json

    assert shown["status"] == "ready"
    assert shown["held_until"] == "2026-02-02T02:50:00.000Z"
    assert shown["order"] == {
        "currency": "USD",
        "catalogue_version": 3,
        "lines": [
            {
                "sku": "tea",
                "name": "Tea",
                "quantity": 2,
                "unit_price": 475,
                "options": [
                    {"group": "extras", "value": "honey", "amount": "extra"},
                    {"group": "size", "value": "large"},
                ],
                "without": [{"group": "extras", "value": "ice"}],
                "subtotal": 950,
                "discount": 238,
                "discounts": [{"code": "SPRING25", "amount": 238}],
                "total": 712,
                "refunded": 0,
            }
        ],
        "subtotal": 950,
        "discount": 238,
        "total": 712,
        "refunded": 0,
        "coupons": [{"code": "SPRING25", "discount": 238}],
        "refunds": [],
    }


def test_see_an_order(shop: Shop) -> None:
    """An order without a coupon names none, and nothing is held for it any more."""
    shown = see(shop, confirmed(shop)).json

    assert shown["status"] == "confirmed"
    assert shown["order"]["total"] == 950
    assert shown["order"]["coupons"] == shown["order"]["lines"][0]["discounts"] == []
    assert not {"held_until", "question", "reason", "position"} & set(shown)


def test_see_a_refusal(shop: Shop) -> None:
    """A refused intent says why."""
    shown = see(shop, rejected(shop)).json

    assert shown["status"] == "rejected"
    assert shown["reason"]["code"] == "not_on_the_menu"


def test_see_what_is_over(shop: Shop) -> None:
    """Nobody waits for the sweep to learn that the deadline passed."""
    intent = shop.accept({"text": "tea"})
    shop.clock.turn(900_000)
    shown = see(shop, intent).json

    assert (shown["status"], shown["reason"]["code"]) == ("expired", "deadline_passed")


@pytest.mark.parametrize("verb", ["", "/answer", "/confirm", "/cancel"])
def test_nobody_elses(shop: Shop, verb: str) -> None:
    """Another's intent and none at all look the same, to the byte."""
    intent = asked(shop)
    method, body = ("POST", {"choice": "green"} if verb == "/answer" else None)
    if not verb:
        method = "GET"
    bob = token("bob")
    replies = [
        shop.call(method, f"/intents/{name}{verb}", body, bearer=bob)
        for name in (intent.ref.id, NO_INTENT)
    ]

    assert replies[0] == replies[1]
    assert (replies[0].status, replies[0].code) == (404, "intent_not_found")
    assert shop.on_record(intent.ref.id) == intent


@pytest.mark.parametrize(
    "name", ["x", "in_", "in_" + "A" * 32, "in_" + "a" * 33, "uses#SPRING25", "%00", "in_\u0661"]
)
def test_no_id_of_ours(shop: Shop, name: str) -> None:
    """An id that we can't have given is not even looked for."""
    shop.intents.down = True
    reply = shop.call("GET", f"/intents/{name}")

    assert (reply.status, reply.code) == (404, "intent_not_found")


@pytest.mark.parametrize(
    "answer",
    [{"choice": "green"}, {"choice": "green", "question": "q0"}, {"text": "green tea"}, TEA],
)
def test_answer(shop: Shop, answer: dict[str, object]) -> None:
    """An answer puts the intent back on its way, a turn on and with a new deadline."""
    intent = asked(shop)
    shop.clock.turn(60_000)
    reply = post(shop, intent, "answer", answer)

    assert reply.status == 202
    assert reply.headers["Location"] == f"/intents/{intent.ref.id}"
    assert reply.json["status"] == "accepted"
    assert reply.json["expires_at"] == "2026-02-02T02:56:00.000Z"
    assert reply.json["position"] >= 1
    assert shop.on_record(intent.ref.id).turn == 1


def test_answer_twice(shop: Shop) -> None:
    """The same answer twice is one answer."""
    intent = asked(shop)
    replies = [post(shop, intent, "answer", {"choice": "green"}) for _ in range(2)]

    assert [reply.status for reply in replies] == [202, 202]
    assert shop.on_record(intent.ref.id).turn == 1


@pytest.mark.parametrize("question", ["q1", "q7", "nonsense", "q-1", "q" + "9" * 99])
def test_answer_to_another_question(shop: Shop, question: str) -> None:
    """An answer to a question that isn't asked now changes nothing."""
    intent = asked(shop)
    reply = post(shop, intent, "answer", {"choice": "green", "question": question})

    assert (reply.status, reply.code) == (409, "question_changed")
    assert shop.on_record(intent.ref.id) == intent


def test_answer_with_no_choice_of_ours(shop: Shop) -> None:
    """A choice that the question does not offer changes nothing."""
    intent = asked(shop)
    reply = post(shop, intent, "answer", {"choice": "oolong"})

    assert (reply.status, reply.code) == (422, "unknown_choice")
    assert shop.on_record(intent.ref.id) == intent


@pytest.mark.parametrize("verb", ["answer", "confirm"])
def test_too_early(shop: Shop, verb: str) -> None:
    """What isn't asked can't be answered, and what isn't held can't be confirmed."""
    intent = shop.accept({"text": "tea"})
    reply = post(shop, intent, verb, {"text": "tea"} if verb == "answer" else None)

    assert (reply.status, reply.code, reply.json["current"]) == (409, "illegal_move", "accepted")
    assert shop.on_record(intent.ref.id) == intent


@pytest.mark.parametrize("body", [None, {}, b" {} "])
def test_confirm(shop: Shop, body: object) -> None:
    """Confirming a quote makes the order, once, with an empty body or none."""
    intent = held(shop)
    replies = [post(shop, intent, "confirm", body) for _ in range(2)]

    assert [reply.status for reply in replies] == [200, 200]
    assert replies[0].text == replies[1].text
    assert replies[0].json["status"] == "confirmed"
    assert sum(shard.redeemed for shard in shop.counters.get("SPRING25").shards) == 1


def test_confirm_too_late(shop: Shop) -> None:
    """A hold that ran out can't be confirmed."""
    intent = held(shop)
    shop.clock.turn(600_000)
    reply = post(shop, intent, "confirm")

    assert (reply.status, reply.json["current"]) == (409, "lapsed")


def test_cancel(shop: Shop) -> None:
    """Cancelling gives back what was held, and a repeat says the same."""
    intent = held(shop)
    replies = [post(shop, intent, "cancel", {}) for _ in range(2)]

    assert [reply.status for reply in replies] == [200, 200]
    assert replies[0].text == replies[1].text
    assert replies[0].json["status"] == "cancelled"
    assert "held_until" not in replies[0].json
    assert sum(shard.left for shard in shop.counters.get("SPRING25").shards) == 10


def test_cancel_an_order(shop: Shop) -> None:
    """An order can't be cancelled, and stays as it is."""
    intent = confirmed(shop)
    reply = post(shop, intent, "cancel")

    assert (reply.status, reply.json["current"]) == (409, "confirmed")
    assert shop.on_record(intent.ref.id) == intent


@pytest.mark.parametrize("verb", ["confirm", "cancel"])
@pytest.mark.parametrize(
    ("body", "status"), [({"total": 1}, 422), (b"[]", 422), (b"x", 400), (b"null", 422)]
)
def test_no_body_wanted(shop: Shop, verb: str, body: object, status: int) -> None:
    """A body that says something is refused, and nothing happens."""
    intent = held(shop)

    assert post(shop, intent, verb, body).status == status
    assert shop.on_record(intent.ref.id) == intent


def test_a_question_is_gone_once_answered(shop: Shop) -> None:
    """A question is shown only while it is asked."""
    intent = asked(shop)
    items = shop.tables.dynamodb.contents("OrdersTable")
    again = {"status": {"S": "accepted"}, "held_until": {"N": "1"}}
    shop.tables.dynamodb.seed("OrdersTable", [{**item, **again} for item in items])

    assert shop.on_record(intent.ref.id).question == QUESTION
    assert not {"question", "held_until"} & set(see(shop, intent).json)
