from rushline_testing.harness import Rushline
from tests.integration.steps import LATTE, MUFFIN, Units, order, orders, post, see, settle, units


def test_text_becomes_an_order_with_its_coupon(shop: Rushline) -> None:
    """What the user said becomes one confirmed order at the coupon's price."""
    shop.coupon("SPRING25", percent=25, units=100)
    intent = settle(shop, "alice", text="two oat lattes, use SPRING25")
    assert intent["status"] == "confirmed"
    (line,) = intent["order"]["lines"]
    assert (line["sku"], line["quantity"], line["unit_price"]) == ("latte", 2, 450)
    assert (intent["order"]["discount"], intent["order"]["total"]) == (225, 675)
    assert intent["order"]["coupons"] == [{"code": "SPRING25", "discount": 225}]
    assert units(shop, "SPRING25") == Units(left=99, held=0, redeemed=1)


def test_items_go_straight_to_settlement(shop: Rushline) -> None:
    """An intent with items never passes the resolve queue, and asks no model."""
    intent_id = order(shop, "alice", items=[LATTE, {**MUFFIN, "quantity": 3}])
    assert shop.queues["resolve"].waiting() == 0
    assert shop.queues["settle"].waiting() == 1
    shop.drain()
    intent = see(shop, "alice", intent_id)
    assert (intent["status"], intent["order"]["total"]) == ("confirmed", 400 + 3 * 325)
    assert shop.model.calls == 0


def test_the_same_key_is_one_order(shop: Rushline) -> None:
    """A replay gets the first answer again, before settlement and after, and makes no second order."""
    first = post(shop, "alice", key="k1")
    replay = post(shop, "alice", key="k1")
    shop.drain()
    late = post(shop, "alice", key="k1")
    assert "idempotent-replayed" not in first.headers
    for again in (replay, late):
        assert again.headers["idempotent-replayed"] == "true"
        assert (again.status, again.body) == (202, first.body)
    assert shop.drain().delivered == 0
    assert [one["id"] for one in orders(shop, "alice")] == [first.json()["id"]]


def test_the_same_key_with_another_body_is_refused(shop: Rushline) -> None:
    """A key is bound to its body: another one is a 422 and changes nothing."""
    first = post(shop, "alice", key="k1")
    other = post(shop, "alice", key="k1", items=[MUFFIN])
    assert (other.status, other.json()["code"]) == (422, "idempotency_key_reused")
    shop.drain()
    assert see(shop, "alice", first.json()["id"])["order"]["total"] == 400


def test_the_same_key_of_another_customer_is_another_intent(shop: Rushline) -> None:
    """Keys are each customer's own."""
    first, second = post(shop, "alice", key="k1"), post(shop, "bob", key="k1")
    assert first.json()["id"] != second.json()["id"]
    assert "idempotent-replayed" not in second.headers


def test_an_intent_without_a_key_is_refused(shop: Rushline) -> None:
    """No key, no promise."""
    reply = post(shop, "alice", key="")
    assert (reply.status, reply.json()["code"]) == (400, "idempotency_key_missing")
    assert shop.drain().delivered == 0


def test_anothers_intent_looks_like_none(shop: Rushline) -> None:
    """Nobody can tell another's intent from one that never was, whatever they call."""
    intent_id = order(shop, "alice", confirm="review")
    shop.drain()
    absent = f"in_{'a' * 32}"
    mallory = shop.client("mallory")
    for method, suffix, body in (
        ("GET", "", None),
        ("POST", "/confirm", None),
        ("POST", "/cancel", None),
        ("POST", "/answer", {"text": "a latte"}),
    ):
        theirs = mallory.call(method, f"/intents/{intent_id}{suffix}", body)
        none = mallory.call(method, f"/intents/{absent}{suffix}", body)
        assert theirs == none
        assert (theirs.status, theirs.json()["code"]) == (404, "intent_not_found")
    assert see(shop, "alice", intent_id)["status"] == "ready"


def test_orders_are_listed_newest_first_in_pages(shop: Rushline) -> None:
    """A customer's confirmed orders come newest first, a page at a time, and nobody else's."""
    made = [order(shop, "alice") for _ in range(5)]
    order(shop, "bob")
    order(shop, "alice", confirm="review")
    shop.drain()
    seen: list[str] = []
    path = "/orders?limit=2"
    while path:
        page = shop.client("alice").get(path).json()
        assert len(page["orders"]) <= 2
        seen.extend(one["id"] for one in page["orders"])
        cursor = page.get("next_cursor")
        path = f"/orders?limit=2&cursor={cursor}" if cursor else ""
    assert seen == made[::-1]
