"""What the tests do again and again, in a word."""

from dataclasses import dataclass
from typing import Any

from rushline_testing.gateway import Reply
from rushline_testing.harness import Rushline

LATTE = {"sku": "latte", "quantity": 1}
MUFFIN = {"sku": "muffin", "quantity": 1}


def post(shop: Rushline, customer: str, *, key: str | None = None, **body: Any) -> Reply:
    """Post an intent of one latte, or of what *body* says."""
    if not body.keys() & {"text", "items"}:
        body["items"] = [LATTE]
    return shop.client(customer).post("/intents", body, key=key)


def order(shop: Rushline, customer: str, **body: Any) -> str:
    """Post an intent, see that it is accepted, and return its id."""
    reply = post(shop, customer, **body)
    assert reply.status == 202, reply.body
    intent_id: str = reply.json()["id"]
    return intent_id


def settle(shop: Rushline, customer: str, **body: Any) -> dict[str, Any]:
    """Post an intent, drain the queues, and return where it stands."""
    intent_id = order(shop, customer, **body)
    shop.drain()
    return see(shop, customer, intent_id)


def see(shop: Rushline, customer: str, intent_id: str) -> dict[str, Any]:
    """Return where an intent stands."""
    reply = shop.client(customer).get(f"/intents/{intent_id}")
    assert reply.status == 200, reply.body
    intent: dict[str, Any] = reply.json()
    return intent


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """A coupon's units, as the tables have them."""

    left: int
    held: int
    redeemed: int


def units(shop: Rushline, code: str) -> Units:
    """Return the sums over a coupon's shards, read behind the API's back."""
    answer = shop.clients.dynamodb.scan(
        TableName=shop.resources.coupons_table,
        FilterExpression="begins_with(code, :shard) AND part = :units",
        ExpressionAttributeValues={":shard": {"S": f"{code}#"}, ":units": {"S": "units"}},
        ConsistentRead=True,
    )
    sums = {
        name: sum(int(item[name]["N"]) for item in answer["Items"])
        for name in ("left", "held", "redeemed")
    }
    return Units(**sums)


def orders(shop: Rushline, customer: str) -> list[dict[str, Any]]:
    """Return a customer's orders, newest first."""
    reply = shop.client(customer).get("/orders")
    assert reply.status == 200, reply.body
    listed: list[dict[str, Any]] = reply.json()["orders"]
    return listed
