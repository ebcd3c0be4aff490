"""Coupons are defined, seen and listed by ops."""

from typing import Any

import pytest

from tests.unit.entrypoints.http.stages import held
from tests.unit.entrypoints.shop import Shop

TERMS = {"percent": 12.5, "units": 1_500, "skus": ["tea", "cake"], "merchant": "tea-house"}
WINDOW = {"starts_at": "2026-02-06T20:00:00+08:00", "ends_at": "2026-02-07T12:00:00Z"}


def test_define(shop: Shop) -> None:
    """A new coupon is shown with its whole rule, all of its units and all of its money."""
    reply = shop.ops(
        "PUT",
        "/coupons/spring25",
        {**TERMS, **WINDOW, "uses_per_customer": 2, "budget": 9_001, "currency": "USD"},
    )

    assert reply.status == 201
    assert reply.json == {
        "code": "SPRING25",
        "version": 1,
        "state": "active",
        "percent": 12.5,
        "currency": "USD",
        "units": {"issued": 1_500, "left": 1_500, "held": 0, "redeemed": 0},
        "money": {"budget": 9_001, "left": 9_001, "held": 0, "spent": 0},
        "shards": 2,
        "uses_per_customer": 2,
        "first_order_only": False,
        "unique_codes": False,
        "starts_at": "2026-02-06T12:00:00.000Z",
        "ends_at": "2026-02-07T12:00:00.000Z",
        "minimum_spend": 0,
        "skus": ["cake", "tea"],
        "excluded_skus": [],
        "merchant": "tea-house",
        "combines_with": [],
        "rank": 0,
        "give_back_on_refund": True,
    }


def test_define_again(shop: Shop) -> None:
    """The same terms again change nothing, and other terms are a new version."""
    shop.ops("PUT", "/coupons/SPRING25", TERMS)
    same = shop.ops("PUT", "/coupons/Spring25", {**TERMS, "reason": "to be sure"})
    other = shop.ops("PUT", "/coupons/SPRING25", {**TERMS, "percent": 30})

    assert (same.status, same.json["version"]) == (200, 1)
    assert (other.status, other.json["version"], other.json["percent"]) == (200, 2, 30)


@pytest.mark.parametrize(
    "change", [{"units": 1_501}, {"shards": 3}, {"budget": 1, "currency": "USD"}]
)
def test_what_is_counted_is_fixed(shop: Shop, change: dict[str, Any]) -> None:
    """Units, budget and shards are counted, so they can't be defined anew."""
    before = shop.ops("PUT", "/coupons/SPRING25", TERMS).json
    reply = shop.ops("PUT", "/coupons/SPRING25", {**TERMS, **change})

    assert (reply.status, reply.code) == (409, "coupon_fixed")
    assert shop.ops("GET", "/coupons/SPRING25").json == before


def test_a_budget_keeps_its_currency(shop: Shop) -> None:
    """What was counted in one currency is never read in another; without a budget it may change."""
    rule = {**TERMS, "budget": 500, "currency": "USD"}
    shop.ops("PUT", "/coupons/SPRING25", rule)
    shop.ops("PUT", "/coupons/OTHER", {**TERMS, "cap": 500, "currency": "USD"})
    other = shop.ops("PUT", "/coupons/OTHER", {**TERMS, "cap": 500, "currency": "EUR"})

    assert shop.ops("PUT", "/coupons/SPRING25", {**rule, "currency": "JPY"}).code == "coupon_fixed"
    assert (other.status, other.json["currency"]) == (200, "EUR")


def test_terms_that_say_nothing_of_shards_keep_them(shop: Shop) -> None:
    """A coupon that was spread over more shards takes new terms without a word on shards."""
    shop.ops("PUT", "/coupons/SPRING25", TERMS)
    shop.ops("POST", "/coupons/SPRING25/shards", {"shards": 8, "reason": "rush"})
    reply = shop.ops("PUT", "/coupons/SPRING25", {**TERMS, "percent": 30})

    assert (reply.status, reply.json["shards"], reply.json["percent"]) == (200, 8, 30)


def test_units_and_money_are_counted(shop: Shop) -> None:
    """A unit that is held, then redeemed, is seen where it is, and so is its money."""
    intent = held(shop)
    before = shop.ops("GET", "/coupons/SPRING25").json
    shop.call("POST", f"/intents/{intent.ref.id}/confirm")
    after = shop.ops("GET", "/coupons/SPRING25").json

    assert before["units"] == {"issued": 10, "left": 9, "held": 1, "redeemed": 0}
    assert after["units"] == {"issued": 10, "left": 9, "held": 0, "redeemed": 1}
    assert before["money"] == {"held": 238, "spent": 0}
    assert after["money"] == {"held": 0, "spent": 238}


def test_list(shop: Shop) -> None:
    """Page by page each coupon comes once, by code, with its state; stock is no coupon."""
    codes = [f"C{number:02}" for number in range(7)]
    for code in reversed(codes):
        shop.ops("PUT", f"/coupons/{code}", {"percent": 1, "units": 1})
    shop.ops("POST", "/coupons/C03/pause", {"reason": "no"})
    shop.open_merchant("tea-house", stocked=["soup"])
    shop.ops("PUT", "/merchants/tea-house/stock/soup", {"units": 3})
    seen: list[dict[str, str]] = []
    query = {"limit": ["3"]}
    while True:
        page = shop.ops("GET", "/coupons", query=query).json
        assert len(page["coupons"]) <= 3
        seen += page["coupons"]
        if "next_cursor" not in page:
            break
        query = {"limit": ["3"], "cursor": [page["next_cursor"]]}

    assert [one["code"] for one in seen] == codes
    assert [one["code"] for one in seen if one["state"] == "paused"] == ["C03"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"limit": ["0"]}, 422),
        ({"limit": ["101"]}, 422),
        ({"limit": ["ten"]}, 422),
        ({"cursor": [""]}, 422),
        ({"cursor": ["A" * 257]}, 422),
        ({"state": ["paused"]}, 422),
        ({"cursor": ["\0#'\U0010ffff"]}, 200),
        ({"cursor": ["ZZZ"]}, 200),
    ],
)
def test_list_asked_for_strangely(shop: Shop, query: dict[str, list[str]], status: int) -> None:
    """A query that can't be meant is refused, and a cursor from nowhere shows what comes after it."""
    reply = shop.ops("GET", "/coupons", query=query)

    assert reply.status == status
    assert status != 200 or reply.json == {"coupons": []}


def test_one_spelling(shop: Shop) -> None:
    """However a code is spelled, or escaped in a path, it names one coupon."""
    shop.ops("PUT", "/coupons/SPRING25", TERMS)
    wide = "ｓｐｒｉｎｇ２５"  # noqa: RUF001
    spellings = ["spring25", "Spring25", "%73pring25", wide, "spring25%20", "spring%E2%80%8B25"]

    assert {shop.ops("GET", f"/coupons/{code}").json["code"] for code in spellings} == {"SPRING25"}


@pytest.mark.parametrize(
    "code",
    ["A", "-AB", "A" * 41, "A%23B", "%00", "%ED%A0%80AB", "§§", "stock%2Ftea-house%2Ftea"],
)
def test_no_code(shop: Shop, code: str) -> None:
    """What can't be a code is refused when it is defined, and not found otherwise."""
    shop.open_merchant("tea-house", stocked=["tea"])
    shop.ops("PUT", "/merchants/tea-house/stock/tea", {"units": 3})

    assert shop.ops("PUT", f"/coupons/{code}", TERMS).status == 422
    for method, verb, body in (
        ("GET", "", None),
        ("GET", "/commands", None),
        ("POST", "/pause", {"reason": "x"}),
    ):
        assert shop.ops(method, f"/coupons/{code}{verb}", body).code == "coupon_not_found"
    assert list(shop.counters.all("coupon")) == []


@pytest.mark.parametrize("verb", ["", "/commands"])
def test_not_found(shop: Shop, verb: str) -> None:
    """A coupon that isn't there is not found, nor is a record of it."""
    assert shop.ops("GET", f"/coupons/SPRING25{verb}").code == "coupon_not_found"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/coupons/SPRING25"),
        ("GET", "/coupons/SPRING25"),
        ("GET", "/coupons/SPRING25/commands"),
        ("GET", "/coupons"),
    ],
)
def test_who(shop: Shop, method: str, path: str) -> None:
    """Coupons are none of a customer's business."""
    reply = shop.call(method, path, TERMS if method == "PUT" else None)

    assert (reply.status, reply.code) == (403, "insufficient_scope")
    assert list(shop.counters.all("coupon")) == []


def test_size(shop: Shop) -> None:
    """A rule of more than 16 KB is not read."""
    assert shop.ops("PUT", "/coupons/SPRING25", {**TERMS, "skus": ["a" * 90] * 200}).status == 413


def test_an_outage(shop: Shop) -> None:
    """While the table does not answer, no coupon is said to be there or not to be."""
    shop.counters.down = True

    assert shop.ops("PUT", "/coupons/SPRING25", TERMS).code == "store_unavailable"
    assert shop.ops("GET", "/coupons").code == "store_unavailable"
