"""Menus are published by ops, in versions, whole or not at all."""

import json
from typing import Any

import pytest

from tests.unit.entrypoints.shop import Shop
from tests.unit.entrypoints.tokens import token

PATH = "/merchants/cafe/catalogue"


def catalogue(**fields: Any) -> dict[str, Any]:
    """Return a café's menu, but for *fields*."""
    return {
        "currency": "USD",
        "option_groups": [
            {
                "group": "size",
                "select": "one",
                "values": [
                    {"value": "large", "name": "large", "aliases": ["big"], "price_delta": 75},
                    {"value": "small", "name": "small", "price_delta": -50},
                ],
            }
        ],
        "items": [
            {
                "sku": "latte",
                "name": "Latte",
                "aliases": ["caffè latte"],
                "unit_price": 250,
                "option_groups": ["size"],
            }
        ],
        **fields,
    }


def test_versions(shop: Shop) -> None:
    """New content is a new version, the same content is not, and old versions stay."""
    first = shop.ops("PUT", PATH, catalogue(catalogue="Coffee, spring"))
    same = shop.ops("PUT", PATH, catalogue(catalogue="Coffee, renamed"))
    second = shop.ops("PUT", PATH, catalogue(currency="EUR"))
    versions = [
        shop.ops("GET", PATH, query=query).json["currency"]
        for query in (None, {"version": ["1"]}, {"version": ["2"]})
    ]

    assert first.json == {
        "merchant": "cafe",
        "version": 1,
        "currency": "USD",
        "items": 1,
        "option_groups": 1,
    }
    assert (first.status, same.json, second.json["version"]) == (200, first.json, 2)
    assert versions == ["EUR", "USD", "EUR"]


def test_round_trip(shop: Shop) -> None:
    """A menu is shown as it was handed in, and handed in as it is shown it is no new version."""
    shop.ops("PUT", PATH, catalogue())
    shown = shop.ops("GET", PATH).json
    assert (shown.pop("merchant"), shown.pop("version")) == ("cafe", 1)

    assert shown == catalogue()
    assert shop.ops("PUT", PATH, shown).json["version"] == 1


def test_defaults(shop: Shop) -> None:
    """What may be left out makes no other version when it is written out."""
    plain = {"currency": "USD", "items": [{"sku": "a", "name": "A", "unit_price": 1}]}
    full = {**plain, "option_groups": [], "catalogue": None}
    full["items"] = [{**plain["items"][0], "aliases": [], "option_groups": []}]  # type: ignore[dict-item]

    full["items"][0]["stocked"] = False  # type: ignore[index]

    assert shop.ops("PUT", PATH, plain).text == shop.ops("PUT", PATH, full).text


def test_stocked(shop: Shop) -> None:
    """An item whose stock is counted says so, is another menu for it, and is shown so."""
    item = {"sku": "a", "name": "A", "unit_price": 1}
    plain, counted = catalogue(items=[item]), catalogue(items=[{**item, "stocked": True}])
    versions = [shop.ops("PUT", PATH, body).json["version"] for body in (plain, counted, counted)]

    assert versions == [1, 2, 2]
    assert shop.ops("GET", PATH).json["items"] == counted["items"]
    assert shop.ops("GET", PATH, query={"version": ["1"]}).json["items"] == plain["items"]


def test_language(shop: Shop) -> None:
    """A menu in another language says so, is another menu for it, and English need not be said."""
    bodies = [catalogue(), catalogue(language="en"), catalogue(language="zh")]
    versions = [shop.ops("PUT", PATH, body).json["version"] for body in bodies]

    assert versions == [1, 1, 2]
    assert shop.ops("GET", PATH).json["language"] == "zh"
    assert "language" not in shop.ops("GET", PATH, query={"version": ["1"]}).json


def test_faults(shop: Shop) -> None:
    """A broken menu is refused whole, with each fault named."""
    item = {"sku": "a", "name": "A", "unit_price": 10, "option_groups": ["size"]}
    broken = catalogue(items=[item, item, {**item, "sku": "b", "option_groups": ["milk"]}])
    reply = shop.ops("PUT", PATH, broken)
    details = [error["detail"] for error in reply.json["errors"]]

    assert (reply.status, reply.code) == (422, "broken_catalogue")
    assert any("'a' is defined twice" in detail for detail in details)
    assert any("unknown option group 'milk'" in detail for detail in details)
    assert any("below zero" in detail for detail in details)
    assert "cafe" not in shop.catalogues.merchants()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"currency": "usd"}, "currency"),
        ({"currency": None}, "currency"),
        ({"language": "tlh"}, "language"),
        ({"language": "EN"}, "language"),
        ({"language": None}, "language"),
        ({"items": [{"sku": "a", "name": "A", "unit_price": -1}]}, "items.0.unit_price"),
        ({"items": [{"sku": "a", "name": "A", "unit_price": 1.5}]}, "items.0.unit_price"),
        ({"items": [{"sku": "a", "name": "A", "unit_price": "1"}]}, "items.0.unit_price"),
        ({"items": [{"sku": "a", "name": "A", "unit_price": True}]}, "items.0.unit_price"),
        ({"items": [{"sku": "a", "name": "A", "unit_price": 10**12 + 1}]}, "items.0.unit_price"),
        ({"items": [{"sku": "a", "name": "A" * 201, "unit_price": 1}]}, "items.0.name"),
        ({"items": [{"sku": "a", "name": " ", "unit_price": 1}]}, "items.0.name"),
        ({"items": [{"sku": "", "name": "A", "unit_price": 1}]}, "items.0.sku"),
        (
            {"items": [{"sku": "a", "name": "A", "unit_price": 1, "aliases": ["a"] * 51}]},
            "items.0.aliases",
        ),
        (
            {"items": [{"sku": "a", "name": "A", "unit_price": 1, "aliases": ["a" * 101]}]},
            "items.0.aliases.0",
        ),
        (
            {"items": [{"sku": "a", "name": "A", "unit_price": 1, "stocked": 1}]},
            "items.0.stocked",
        ),
        ({"items": [{"sku": "a#00", "name": "A", "unit_price": 1, "stocked": True}]}, "items.0"),
        ({"items": [{"sku": "a/b", "name": "A", "unit_price": 1, "stocked": True}]}, "items.0"),
        ({"items": [{"sku": "50%", "name": "A", "unit_price": 1, "stocked": True}]}, "items.0"),
        ({"items": [{"sku": "a\x00", "name": "A", "unit_price": 1}]}, "items.0.sku"),
        (
            {"option_groups": [{"group": "g", "select": "two", "values": []}]},
            "option_groups.0.select",
        ),
        ({"price": 1}, "price"),
    ],
)
def test_invalid(shop: Shop, fields: dict[str, Any], field: str) -> None:
    """A menu of the wrong shape is refused with the place named."""
    reply = shop.ops("PUT", PATH, catalogue(**fields))

    assert (reply.status, reply.code) == (422, "invalid")
    assert field in {error["field"] for error in reply.json["errors"]}
    assert "cafe" not in shop.catalogues.merchants()


def test_a_large_menu(shop: Shop) -> None:
    """A menu may be far larger than an intent, and an item too many is refused."""
    items = [{"sku": f"s{n}", "name": f"Item {n}", "unit_price": n} for n in range(50_001)]

    assert shop.ops("PUT", PATH, catalogue(items=items[:-1])).json["items"] == 50_000
    assert shop.ops("PUT", PATH, catalogue(items=items)).status == 422


def test_too_large(shop: Shop) -> None:
    """Beyond 5 MB nothing is read."""
    raw = json.dumps(catalogue()).encode()

    assert shop.ops("PUT", PATH, raw + b" " * (5 * 1024 * 1024 - len(raw))).status == 200
    assert shop.ops("PUT", PATH, raw + b" " * (5 * 1024 * 1024)).status == 413


def test_too_large_to_show(shop: Shop) -> None:
    """A menu that Lambda could take but not give back, for its escapes, is not published."""
    name = "\N{CJK UNIFIED IDEOGRAPH-8336}" * 200
    items = [{"sku": f"s{n}", "name": name, "unit_price": n} for n in range(7_500)]
    raw = json.dumps(catalogue(items=items), ensure_ascii=False).encode()
    reply = shop.ops("PUT", PATH, raw)
    text = {**catalogue(), "items": items[:4_000]}

    assert (reply.status, reply.code) == (413, "body_too_large")
    assert "cafe" not in shop.catalogues.merchants()
    assert shop.ops("PUT", PATH, json.dumps(text, ensure_ascii=False).encode()).status == 200
    assert len(json.dumps(shop.ops("GET", PATH).text)) < 6 * 1024 * 1024


@pytest.mark.parametrize("merchant", ["Cafe", "-cafe", "a" * 64, "caf%C3%A9", "ca.fe", "cafe%0A"])
@pytest.mark.parametrize("method", ["PUT", "GET"])
def test_merchant_name(shop: Shop, method: str, merchant: str) -> None:
    """A merchant's name is checked before anything is looked up under it."""
    body = catalogue() if method == "PUT" else None
    reply = shop.ops(method, f"/merchants/{merchant}/catalogue", body)

    assert (reply.status, reply.code) == (422, "invalid")


@pytest.mark.parametrize("query", [None, {"version": ["9"]}])
def test_not_found(shop: Shop, query: dict[str, list[str]] | None) -> None:
    """A menu or a version that isn't there is not found."""
    path = PATH if query is None else "/merchants/tea-house/catalogue"
    reply = shop.ops("GET", path, query=query)

    assert (reply.status, reply.code) == (404, "catalogue_not_found")


@pytest.mark.parametrize("version", ["0", "-1", "1.0", "latest", "9" * 40, ""])
def test_version(shop: Shop, version: str) -> None:
    """A version is a number from one."""
    assert shop.ops("GET", PATH, query={"version": [version]}).status == 422


def test_who(shop: Shop) -> None:
    """Ops publish; whoever has a token with either scope may read."""
    assert shop.call("PUT", PATH, catalogue()).status == 403
    shop.ops("PUT", PATH, catalogue())

    assert shop.call("GET", PATH).status == 200
    assert shop.call("GET", PATH, bearer=token(scope="openid")).status == 403
    assert shop.call("GET", PATH, bearer=None).status == 401
