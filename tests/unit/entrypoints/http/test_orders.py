"""A customer's orders, in pages."""

import pytest

from tests.unit.entrypoints.http.stages import asked, confirmed, rejected
from tests.unit.entrypoints.shop import Shop
from tests.unit.entrypoints.tokens import token


def orders(shop: Shop, count: int) -> list[str]:
    """Place *count* orders and return their ids, the latest first."""
    ids: list[str] = []
    for _ in range(count):
        shop.clock.turn(1_000)
        ids.append(confirmed(shop).ref.id)
    return ids[::-1]


def test_pages(shop: Shop) -> None:
    """Page by page each order comes once, the latest first, as its own view shows it."""
    ids = orders(shop, 5)
    seen: list[dict[str, object]] = []
    query = {"limit": ["2"]}
    while True:
        page = shop.call("GET", "/orders", query=query).json
        seen += page["orders"]
        if "next_cursor" not in page:
            break
        query = {"limit": ["2"], "cursor": [page["next_cursor"]]}

    assert [order["id"] for order in seen] == ids
    assert seen[0] == shop.call("GET", f"/intents/{ids[0]}").json


def test_orders_only(shop: Shop) -> None:
    """Only what was confirmed is an order, and only the caller's own is shown."""
    asked(shop)
    rejected(shop)
    (mine,) = orders(shop, 1)

    assert [o["id"] for o in shop.call("GET", "/orders").json["orders"]] == [mine]
    assert shop.call("GET", "/orders", bearer=token("bob")).json == {"orders": []}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": ["0"]}, "query.limit"),
        ({"limit": ["101"]}, "query.limit"),
        ({"limit": ["-1"]}, "query.limit"),
        ({"limit": ["1e1"]}, "query.limit"),
        ({"limit": ["٣"]}, "query.limit"),
        ({"limit": [""]}, "query.limit"),
        ({"limit": ["1", "2"]}, "query.limit"),
        ({"cursor": [""]}, "query.cursor"),
        ({"cursor": ["nonsense"]}, "query.cursor"),
        ({"cursor": ["a" * 10_000]}, "query.cursor"),
        ({"customer": ["bob"]}, "query"),
    ],
)
def test_refused(shop: Shop, query: dict[str, list[str]], field: str) -> None:
    """A query that can't be meant is refused with the parameter named."""
    reply = shop.call("GET", "/orders", query=query)

    assert (reply.status, reply.code) == (422, "invalid")
    assert field in {error["field"] for error in reply.json["errors"]}


@pytest.mark.parametrize("limit", ["1", "100"])
def test_limits(shop: Shop, limit: str) -> None:
    """A page holds from one to a hundred orders."""
    assert shop.call("GET", "/orders", query={"limit": [limit]}).status == 200
