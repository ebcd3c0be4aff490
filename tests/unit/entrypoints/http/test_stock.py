"""Stock is put, seen and commanded by ops, for items whose menu says that it is counted."""

from typing import Any
from urllib.parse import quote

import pytest

from tests.unit.entrypoints.shop import Reply, Shop
from tests.unit.entrypoints.tokens import token

STOCK = "/merchants/tea-house/stock"
WHY = {"reason": "because"}
COMMANDS: dict[str, dict[str, Any]] = {
    "pause": WHY,
    "resume": WHY,
    "top-up": {**WHY, "units": 5},
    "shards": {**WHY, "shards": 4},
}
ODD = ["tea + cake", "täglich", "茶", "a.b", "a?b=c&d", "a;b", "A" * 100]


@pytest.fixture
def soup(shop: Shop) -> Shop:
    """Return a shop that sells soup, of which there are 40."""
    shop.open_merchant("tea-house", stocked=["soup"])
    assert shop.ops("PUT", f"{STOCK}/soup", {"units": 40, "shards": 2}).status == 201
    return shop


def command(shop: Shop, name: str, body: object = None, *, key: str = "k") -> Reply:
    """Give a command on the soup."""
    given = COMMANDS[name] if body is None else body
    headers = {"Idempotency-Key": key}
    return shop.ops("POST", f"{STOCK}/soup/{name}", given, headers=headers)


def test_put_and_see(soup: Shop) -> None:
    """What was put in stock is all there, and shown."""
    assert soup.ops("GET", f"{STOCK}/soup").json == {
        "merchant": "tea-house",
        "sku": "soup",
        "version": 1,
        "state": "active",
        "units": {"issued": 40, "left": 40, "held": 0, "redeemed": 0},
        "shards": 2,
    }


def test_put_again(soup: Shop) -> None:
    """The same again changes nothing; another number is for a top-up to say."""
    same = soup.ops("PUT", f"{STOCK}/soup", {"units": 40})
    other = soup.ops("PUT", f"{STOCK}/soup", {"units": 41})

    assert (same.status, same.json["version"], same.json["shards"]) == (200, 1, 2)
    assert (other.status, other.code) == (409, "coupon_fixed")
    assert soup.ops("GET", f"{STOCK}/soup").json["units"]["issued"] == 40


def test_none_yet(shop: Shop) -> None:
    """An item may be counted before there is any of it."""
    shop.open_merchant("tea-house", stocked=["soup"])
    first = shop.ops("PUT", f"{STOCK}/soup", {"units": 0})
    more = command(shop, "top-up")

    assert (first.status, first.json["units"]["left"]) == (201, 0)
    assert more.json["units"] == {"issued": 5, "left": 5, "held": 0, "redeemed": 0}


@pytest.mark.parametrize(
    ("merchant", "sku"), [("tea-house", "tea"), ("tea-house", "rum"), ("nowhere", "soup")]
)
def test_what_no_menu_counts(soup: Shop, merchant: str, sku: str) -> None:
    """An item that isn't on the menu, or isn't said to be counted, can't be put in stock."""
    reply = soup.ops("PUT", f"/merchants/{merchant}/stock/{sku}", {"units": 1})

    assert (reply.status, reply.code) == (404, "unknown_item")
    assert list(soup.counters.all("stock")) == ["stock/tea-house/soup"]


@pytest.mark.parametrize("sku", ODD)
def test_odd_skus(shop: Shop, sku: str) -> None:
    """Whatever a menu calls an item, its stock is reached under that name, and under it alone."""
    shop.open_merchant("tea-house", stocked=[sku, "soup"])
    shop.ops("PUT", f"{STOCK}/soup", {"units": 1})
    path = f"{STOCK}/{quote(sku, safe='')}"
    put = shop.ops("PUT", path, {"units": 3})

    assert (put.status, put.json["sku"]) == (201, sku)
    assert shop.ops("GET", path).json == put.json
    assert shop.ops("POST", f"{path}/pause", WHY).json["state"] == "paused"
    assert shop.ops("GET", f"{STOCK}/soup").json["state"] == "active"


@pytest.mark.parametrize(
    "sku",
    ["soup%2300", "soup%2300%23ledger", "%00", "soup%00", "%EF%BF%BF", "A" * 101, "%23", "soup%20"],
)
def test_what_is_no_sku_of_anything_counted(soup: Shop, sku: str) -> None:
    """A name that could reach a part of another's stock, or that no menu has, is not looked for."""
    soup.counters.down = len(sku) > len("soup%20")
    for method, verb, body in (
        ("PUT", "", {"units": 1}),
        ("GET", "", None),
        ("GET", "/commands", None),
        ("POST", "/pause", WHY),
    ):
        reply = soup.ops(method, f"{STOCK}/{sku}{verb}", body)
        assert (reply.status, reply.code) == (404, "unknown_item")


@pytest.mark.parametrize("merchant", ["Tea", "%2e%2e", "tea-house%2Fstock", "-", "a" * 64])
def test_no_merchant(soup: Shop, merchant: str) -> None:
    """What can't be a merchant's name is refused."""
    reply = soup.ops("GET", f"/merchants/{merchant}/stock/soup")

    assert (reply.status, reply.code) == (422, "invalid")


def test_a_coupon_is_no_stock(soup: Shop) -> None:
    """Neither reaches the other by a name."""
    soup.ops("PUT", "/coupons/SOUP", {"percent": 1, "units": 1})

    assert soup.ops("GET", f"{STOCK}/SOUP").code == "unknown_item"
    assert soup.ops("GET", "/coupons/stock%2Ftea-house%2Fsoup").code == "coupon_not_found"


def test_commands(soup: Shop) -> None:
    """Each changes what it says, makes one version and is on record."""
    assert command(soup, "pause", key="1").json["state"] == "paused"
    assert command(soup, "resume", key="2").json["state"] == "active"
    assert command(soup, "top-up", key="3").json["units"]["issued"] == 45
    assert command(soup, "shards", key="4").json["shards"] == 4
    record = soup.ops("GET", f"{STOCK}/soup/commands").json["commands"]

    assert [(one["kind"], one["version"], one["units"]) for one in record] == [
        ("define", 1, 40),
        ("pause", 2, 0),
        ("resume", 3, 0),
        ("top_up", 4, 5),
        ("add_shards", 5, 0),
    ]
    assert {one["by"] for one in record} == {"olga"}
    assert all(shard.left for shard in soup.counters.get("stock/tea-house/soup").shards)


def test_one_key_puts_once(soup: Shop) -> None:
    """A top-up that is sent again adds nothing; under its key another is refused."""
    replies = [command(soup, "top-up") for _ in range(3)]
    other = command(soup, "top-up", {**WHY, "units": 6})

    assert [reply.json["units"]["issued"] for reply in replies] == [45] * 3
    assert (other.status, other.code) == (422, "idempotency_key_reused")
    assert soup.ops("GET", f"{STOCK}/soup").json["units"]["issued"] == 45


def test_what_issues_needs_a_key(soup: Shop) -> None:
    """A top-up without a key is refused."""
    reply = soup.ops("POST", f"{STOCK}/soup/top-up", COMMANDS["top-up"])

    assert (reply.status, reply.code) == (400, "idempotency_key_missing")


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [
        ("top-up", {**WHY, "units": 10**9}, 409),
        ("shards", {**WHY, "shards": 1}, 409),
        ("top-up", {**WHY, "units": 1, "money": 1}, 422),
        ("top-up", WHY, 422),
        ("top-up", {**WHY, "units": -1}, 422),
        ("shards", {**WHY, "shards": 65}, 422),
        ("pause", {}, 422),
        ("pause", b"[]", 422),
        ("pause", b"{", 400),
    ],
)
def test_what_can_t_be_obeyed(soup: Shop, name: str, body: object, status: int) -> None:
    """Money for an item, fewer shards, too many units: refused, and nothing changes."""
    before = soup.ops("GET", f"{STOCK}/soup").json

    assert command(soup, name, body).status == status
    assert soup.ops("GET", f"{STOCK}/soup").json == before


@pytest.mark.parametrize(
    "body", [{}, {"units": -1}, {"units": 10**9 + 1}, {"units": 1, "sku": "a"}]
)
def test_no_such_stock(soup: Shop, body: object) -> None:
    """A body that can't be meant puts nothing in stock."""
    assert soup.ops("PUT", f"{STOCK}/soup", body).code == "invalid"


@pytest.mark.parametrize("name", COMMANDS)
def test_not_counted(shop: Shop, name: str) -> None:
    """An item that was never put in stock obeys nothing, and has no record."""
    assert command(shop, name).code == "unknown_item"
    assert shop.ops("GET", f"{STOCK}/soup/commands").code == "unknown_item"
    assert list(shop.counters.all("stock")) == []


def test_who(soup: Shop) -> None:
    """Stock is none of a customer's business."""
    calls = [("PUT", "", {"units": 1}), ("GET", "", None), ("GET", "/commands", None)]
    calls += [("POST", f"/{name}", body) for name, body in COMMANDS.items()]
    for method, verb, body in calls:
        reply = soup.call(method, f"{STOCK}/soup{verb}", body, bearer=token())
        assert (reply.status, reply.code) == (403, "insufficient_scope")
