from typing import Any

import pytest

from rushline_testing.harness import Rushline
from tests.integration.steps import Units, order, orders, see, settle, units

GIBBERISH = "one flurble with extra zonk"


def ask(shop: Rushline, **body: Any) -> dict[str, Any]:
    """Return alice's intent, about which we ask."""
    intent = settle(shop, "alice", **body)
    assert intent["status"] == "needs_input"
    assert intent["question"]["prompt"]
    return intent


def answer(shop: Rushline, intent: dict[str, Any], **body: Any) -> dict[str, Any]:
    """Answer our question about *intent*, and return where it stands in the end."""
    body["question"] = intent["question"]["id"]
    reply = shop.client("alice").post(f"/intents/{intent['id']}/answer", body)
    assert reply.status == 202, reply.body
    shop.drain()
    return see(shop, "alice", intent["id"])


def test_what_nobody_understands_is_asked_and_answered(shop: Rushline) -> None:
    """With no reader certain the customer is asked, and the answer makes the order."""
    intent = ask(shop, text=GIBBERISH)
    assert shop.model.asked == (GIBBERISH,)
    assert answer(shop, intent, text="a latte")["status"] == "confirmed"
    assert len(orders(shop, "alice")) == 1


def test_a_choice_is_an_answer(shop: Rushline) -> None:
    """The full price, where the coupon is gone, is a choice away."""
    shop.coupon("ONE", percent=10, units=1)
    settle(shop, "bob", coupon="ONE")
    intent = ask(shop, coupon="ONE")
    assert intent["reason"]["code"] == "coupon_sold_out"
    (choice,) = intent["question"]["choices"]
    settled = answer(shop, intent, choice=choice["id"])
    assert (settled["status"], settled["order"]["total"]) == ("confirmed", 400)
    assert units(shop, "ONE") == Units(left=0, held=0, redeemed=1)


def test_the_same_answer_twice_is_one_answer(shop: Rushline) -> None:
    """A repeated answer makes no second order; a late other one is refused."""
    intent = ask(shop, text=GIBBERISH)
    path = f"/intents/{intent['id']}/answer"
    alice = shop.client("alice")
    first, again = (alice.post(path, {"text": "a latte"}) for _ in range(2))
    assert (first.status, again.status) == (202, 202)
    assert alice.post(path, {"text": "a muffin"}).status == 409
    shop.drain()
    assert see(shop, "alice", intent["id"])["order"]["total"] == 400
    assert len(orders(shop, "alice")) == 1


def test_a_message_from_before_the_answer_settles_nothing(shop: Rushline) -> None:
    """A redelivery of what led to the question, once it is answered, can't ask it again."""
    shop.coupon("ONE", percent=10, units=1)
    settle(shop, "bob", coupon="ONE")
    intent = ask(shop, text="a latte", coupon="ONE")
    reply = shop.client("alice").post(f"/intents/{intent['id']}/answer", {"choice": "full_price"})
    assert reply.status == 202
    shop.redeliver()
    shop.drain()
    settled = see(shop, "alice", intent["id"])
    assert (settled["status"], settled["order"]["total"]) == ("confirmed", 400)


def test_the_model_is_asked_when_the_parser_is_not_certain(shop: Rushline) -> None:
    """The model's lines are priced by the menu, never by the model."""
    shop.model.reads(GIBBERISH, {"sku": "muffin", "quantity": 2})
    intent = settle(shop, "alice", text=GIBBERISH)
    assert (intent["status"], intent["order"]["total"]) == ("confirmed", 650)


def test_a_model_that_invents_a_sku_is_not_believed(shop: Rushline) -> None:
    """A SKU that is not on the menu becomes a question, not an order."""
    shop.model.reads(GIBBERISH, "flurble")
    assert ask(shop, text=GIBBERISH)["status"] == "needs_input"


def test_an_outage_of_the_model_costs_no_intent(shop: Rushline) -> None:
    """A model that is back after two tries reads the text on the third."""
    shop.model.is_unavailable(GIBBERISH, times=2)
    shop.model.reads(GIBBERISH, "muffin")
    assert settle(shop, "alice", text=GIBBERISH)["status"] == "confirmed"
    assert shop.model.calls == 3


def test_an_outage_without_end_ends_in_a_question(shop: Rushline) -> None:
    """The model is tried for half the intent's time, then the customer is asked; nothing dies."""
    shop.model.is_unavailable(GIBBERISH)
    intent_id = order(shop, "alice", text=GIBBERISH)
    shop.drain()
    assert see(shop, "alice", intent_id)["status"] == "accepted"
    shop.clock.turn(minutes=8)
    shop.drain()
    assert see(shop, "alice", intent_id)["status"] == "needs_input"
    assert shop.queues["resolve"].dead_letters() == []


@pytest.mark.parametrize(
    ("fallback", "status", "total"),
    [("ask", "needs_input", None), ("reject", "rejected", None), ("full_price", "confirmed", 400)],
)
def test_a_coupon_that_ran_out(
    shop: Rushline, fallback: str, status: str, total: int | None
) -> None:
    """Sold out is said at once, and the price only changes where that was agreed to."""
    shop.coupon("ONE", percent=10, units=1)
    settle(shop, "bob", coupon="ONE")
    intent = settle(shop, "alice", coupon="ONE", if_coupon_unavailable=fallback)
    assert intent["status"] == status
    assert intent.get("order", {}).get("total") == total
    if status != "confirmed":
        assert intent["reason"]["code"] == "coupon_sold_out"
    assert units(shop, "ONE") == Units(left=0, held=0, redeemed=1)


def test_an_unknown_coupon_is_told(shop: Rushline) -> None:
    """A code that we never issued is a question, not an error."""
    assert ask(shop, coupon="NOSUCH")["reason"]["code"] == "coupon_unknown"


def test_an_unanswered_question_expires(shop: Rushline) -> None:
    """A question nobody answers ends by its deadline, by the sweep."""
    intent_id = order(shop, "alice", text=GIBBERISH, expires_in_seconds=600)
    shop.drain()
    shop.clock.turn(minutes=11)
    shop.sweep()
    intent = see(shop, "alice", intent_id)
    assert (intent["status"], intent["reason"]["code"]) == ("expired", "question_unanswered")


def test_a_coupon_in_the_text_outlives_the_question(shop: Rushline) -> None:
    """Answered by a choice, the order is still at the price that the coupon makes."""
    shop.coupon("LIVE25", percent=25, units=10)
    intent = ask(shop, text="two lattes and a zorgle, use LIVE25", if_coupon_unavailable="reject")
    answered = answer(shop, intent, choice=intent["question"]["choices"][0]["id"])
    assert (answered["status"], answered["order"]["coupons"][0]["code"]) == ("confirmed", "LIVE25")


def test_the_total_that_was_agreed_to_is_the_total(shop: Rushline) -> None:
    """What the question showed, the coupon of the text taken off, is what is charged."""
    shop.coupon("LIVE25", percent=25, units=10)
    intent = ask(shop, text="two lattes, use LIVE25", max_total=100)
    answered = answer(shop, intent, choice="accept_total")
    assert answered["status"] == "confirmed"
    assert answered["order"]["total"] == answered["order"]["subtotal"] * 3 // 4


@pytest.mark.parametrize("character", ["\ufffe", "\uffff"])
def test_what_is_no_character_is_refused_before_anything_is_written(
    shop: Rushline, character: str
) -> None:
    """SQS would refuse the message: an intent must not be on record by then."""
    reply = shop.client("alice").post("/intents", {"text": f"a latte {character}"})
    assert (reply.status, reply.json()["errors"][0]["field"]) == (422, "text")
    assert shop.clients.dynamodb.scan(TableName=shop.resources.orders_table)["Count"] == 0


def test_a_queue_that_objects_for_whatever_reason_makes_no_promise(shop: Rushline) -> None:
    """Not queued is not accepted: 503, and the same key sends it; nothing stops the sweep."""
    shop.faults.fail("SendMessage", "InvalidMessageContents", times=2)
    client = shop.client("alice")
    assert client.post("/intents", {"text": "a latte"}, key="k").status == 503
    shop.clock.turn(minutes=2)
    shop.sweep()
    assert client.post("/intents", {"text": "a latte"}, key="k").status == 202
    shop.drain()
    assert len(orders(shop, "alice")) == 1
