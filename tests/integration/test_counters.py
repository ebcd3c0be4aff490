from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from rushline_testing.demo import CATALOGUE
from rushline_testing.gateway import Reply
from rushline_testing.harness import Rushline
from tests.integration.steps import MUFFIN, Units, order, orders, see, settle, units

WHY = {"reason": "because"}
STOCK = "/merchants/coffee-house/stock/muffin"
THREADS = 8


@pytest.fixture
def counted(shop: Rushline) -> Rushline:
    """Return a coffee house with five muffins."""
    items = [{**item, "stocked": item["sku"] == "muffin"} for item in CATALOGUE["items"]]
    shop.catalogue({**CATALOGUE, "items": items})
    shop.stock("muffin", 5)
    return shop


def muffins(quantity: int) -> dict[str, Any]:
    """Return an intent's body of so many muffins."""
    return {"items": [{**MUFFIN, "quantity": quantity}]}


def in_stock(shop: Rushline) -> dict[str, int]:
    """Return where the muffins are."""
    found: dict[str, int] = shop.ops().get(STOCK).json()["units"]
    return found


def refund(shop: Rushline, customer: str, intent_id: str, **body: object) -> Reply:
    """Refund an order, or what *body* says of it."""
    path = f"/customers/{customer}/orders/{intent_id}/refund"
    return shop.ops().post(path, {**WHY, **body}, key=f"{sorted(body.items())}".replace(" ", ""))


def test_stock_is_sold_until_there_is_none(counted: Rushline) -> None:
    """Who wants more than there is is asked, and may take what there is; then it is sold out."""
    settle(counted, "alice", **muffins(3))
    asked = settle(counted, "bob", **muffins(3))
    assert asked["question"]["code"] == asked["reason"]["code"] == "out_of_stock"
    path = f"/intents/{asked['id']}/answer"
    counted.client("bob").post(path, {"choice": asked["question"]["choices"][0]["id"]})
    counted.drain()
    assert see(counted, "bob", asked["id"])["order"]["lines"][0]["quantity"] == 2
    late = settle(counted, "carol", **muffins(1))
    assert (late["status"], late["reason"]["code"]) == ("needs_input", "out_of_stock")
    assert in_stock(counted) == {"issued": 5, "left": 0, "held": 0, "redeemed": 5}


def test_what_is_put_in_stock_later_is_sold(counted: Rushline) -> None:
    """A top-up is there for the next order, and a paused item is not."""
    settle(counted, "alice", **muffins(5))
    counted.ops().post(f"{STOCK}/top-up", {**WHY, "units": 2}, key="k")
    assert settle(counted, "bob", **muffins(2))["status"] == "confirmed"
    counted.ops().post(f"{STOCK}/top-up", {**WHY, "units": 2}, key="l")
    counted.ops().post(f"{STOCK}/pause", WHY)
    assert settle(counted, "carol", **muffins(1))["status"] == "needs_input"
    assert in_stock(counted) == {"issued": 9, "left": 2, "held": 0, "redeemed": 7}


def test_a_refund_puts_back_on_sale_what_it_is_told_to(counted: Rushline) -> None:
    """Units go back with their money unless they are spoilt."""
    intent = settle(counted, "alice", **muffins(3))
    one = [{"line": 1, "quantity": 1}]
    refund(counted, "alice", intent["id"], lines=one)
    assert in_stock(counted) == {"issued": 5, "left": 3, "held": 0, "redeemed": 2}
    spoilt = refund(counted, "alice", intent["id"], restock=False).json()
    assert (spoilt["status"], spoilt["order"]["refunded"]) == ("refunded", 3 * 325)
    assert in_stock(counted) == {"issued": 5, "left": 3, "held": 0, "redeemed": 2}
    assert orders(counted, "alice")[0]["order"]["refunds"] == spoilt["order"]["refunds"]


def test_a_refunded_use_is_a_use_again(shop: Rushline) -> None:
    """With the whole order the coupon's unit, its money and the customer's use come back."""
    shop.coupon("ONE", percent=10, units=1, budget=40, currency="USD", uses_per_customer=1)
    first = settle(shop, "alice", coupon="ONE")
    refund(shop, "alice", first["id"])
    assert units(shop, "ONE") == Units(left=1, held=0, redeemed=0)
    assert settle(shop, "alice", coupon="ONE")["status"] == "confirmed"


def test_a_coupon_that_keeps_what_it_gave(shop: Rushline) -> None:
    """Terms may say that a refund gives nothing back to the coupon."""
    shop.coupon("ONE", percent=10, units=1, give_back_on_refund=False)
    first = settle(shop, "alice", coupon="ONE")
    assert refund(shop, "alice", first["id"]).json()["order"]["refunded"] == 360
    assert units(shop, "ONE") == Units(left=0, held=0, redeemed=1)


def test_the_budget_is_kept(shop: Rushline) -> None:
    """An order whose discount the budget doesn't cover is asked about, and none goes beyond it."""
    shop.coupon("TEN", percent=10, units=100, budget=100, currency="USD")
    found = [settle(shop, f"c{number}", coupon="TEN") for number in range(3)]
    assert [one["status"] for one in found] == ["confirmed", "confirmed", "needs_input"]
    assert found[2]["reason"]["code"] == "coupon_budget_spent"
    money = shop.ops().get("/coupons/TEN").json()["money"]
    assert money == {"budget": 100, "left": 20, "held": 0, "spent": 80}


def test_a_cap_is_kept(shop: Rushline) -> None:
    """Per cent never take off more than their cap, and less where they come to less."""
    shop.coupon("HALF", percent=50, cap=150, currency="USD", units=9)
    assert settle(shop, "alice", coupon="HALF")["order"]["discount"] == 150
    shop.coupon("TENTH", percent=10, cap=150, currency="USD", units=9)
    assert settle(shop, "alice", coupon="TENTH")["order"]["discount"] == 40


def test_coupons_together(shop: Rushline) -> None:
    """Two that name each other stand in one order, each with its part on the lines."""
    shop.coupon("FIRST", percent=50, units=9, combines_with=["THEN"], rank=1)
    shop.coupon("THEN", amount_off=50, currency="USD", units=9, combines_with="*", rank=2)
    placed = settle(shop, "alice", coupons=["then", "first"])["order"]
    assert placed["coupons"] == [
        {"code": "FIRST", "discount": 200},
        {"code": "THEN", "discount": 50},
    ]
    assert placed["lines"][0]["discounts"] == [
        {"code": "FIRST", "amount": 200},
        {"code": "THEN", "amount": 50},
    ]
    assert placed["total"] == 150


def test_one_key_from_many_threads_issues_once(shop: Rushline) -> None:
    """Top-ups with one key at once issue once, whoever was first; each says how it stands."""
    shop.coupon("TEN", percent=10, units=10, shards=4)

    def top_up(_: int) -> Reply:
        return shop.ops().post("/coupons/TEN/top-up", {**WHY, "units": 7}, key="k")

    with ThreadPoolExecutor(THREADS) as pool:
        replies = list(pool.map(top_up, range(THREADS)))
    assert {reply.status for reply in replies} == {200}
    assert {reply.json()["units"]["issued"] for reply in replies} == {17}
    assert units(shop, "TEN") == Units(left=17, held=0, redeemed=0)


def test_one_refund_from_many_threads_is_one(shop: Rushline) -> None:
    """Refunds with one key at once give back once; with keys of their own, no more than there is."""
    intent = settle(shop, "alice", **muffins(3))
    path = f"/customers/alice/orders/{intent['id']}/refund"
    one = {**WHY, "lines": [{"line": 1, "quantity": 1}]}

    def give_back(key: str) -> int:
        return shop.ops().post(path, one, key=key).status

    with ThreadPoolExecutor(THREADS) as pool:
        assert set(pool.map(give_back, ["k"] * THREADS)) <= {200, 503}
        assert see(shop, "alice", intent["id"])["order"]["refunded"] == 325
        assert set(pool.map(give_back, map(str, range(THREADS)))) <= {200, 409, 503}
    assert see(shop, "alice", intent["id"])["order"]["refunded"] <= 3 * 325


def test_commands_while_orders_come(shop: Rushline) -> None:
    """Pauses, top-ups and new shards in the middle of a rush lose no unit and make none."""
    shop.coupon("RUSH", percent=10, units=20, shards=2)
    ops = shop.ops()
    bodies = (
        ("pause", WHY),
        ("shards", {**WHY, "shards": 5}),
        ("resume", WHY),
        ("top-up", {**WHY, "units": 10}),
    )
    statuses: list[int] = []

    def rush(number: int) -> None:
        if number % 8 == 0:
            name, body = bodies[number // 8]
            statuses.append(ops.post(f"/coupons/RUSH/{name}", body, key=f"k{number}").status)
        order(shop, f"customer-{number}", coupon="RUSH", if_coupon_unavailable="full_price")
        shop.drain(batch_size=4)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(rush, range(32)))
    shop.drain()
    assert set(statuses) == {200}
    found = units(shop, "RUSH")
    assert (found.left + found.redeemed, found.held) == (30, 0)
    placed = [one for n in range(32) for one in orders(shop, f"customer-{n}")]
    assert len(placed) == 32
    assert sum(bool(one["order"]["coupons"]) for one in placed) == found.redeemed
