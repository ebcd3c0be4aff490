"""Coupons are defined, seen, stopped and started by ops."""

import pytest

from tests.unit.entrypoints.http.stages import held
from tests.unit.entrypoints.shop import Shop

TERMS = {"percent": 12.5, "units": 1_500, "skus": ["tea", "cake"], "merchant": "tea-house"}
BODIES: tuple[object, ...] = (None, {})
WINDOW = {"starts_at": "2026-02-06T20:00:00+08:00", "ends_at": "2026-02-07T12:00:00Z"}


def test_define(shop: Shop) -> None:
    """A new coupon is shown with its whole rule and all of its units."""
    reply = shop.ops("PUT", "/coupons/spring25", {**TERMS, **WINDOW, "uses_per_customer": 2})

    assert reply.status == 201
    assert reply.json == {
        "code": "SPRING25",
        "version": 1,
        "state": "active",
        "percent": 12.5,
        "units": {"issued": 1_500, "left": 1_500, "held": 0, "redeemed": 0},
        "spent": 0,
        "shards": 2,
        "uses_per_customer": 2,
        "starts_at": "2026-02-06T12:00:00.000Z",
        "ends_at": "2026-02-07T12:00:00.000Z",
        "minimum_spend": 0,
        "skus": ["cake", "tea"],
        "merchant": "tea-house",
    }


def test_define_again(shop: Shop) -> None:
    """The same terms again change nothing, and other terms are a new version."""
    shop.ops("PUT", "/coupons/SPRING25", TERMS)
    same = shop.ops("PUT", "/coupons/Spring25", TERMS)
    other = shop.ops("PUT", "/coupons/SPRING25", {**TERMS, "percent": 30})

    assert (same.status, same.json["version"]) == (200, 1)
    assert (other.status, other.json["version"], other.json["percent"]) == (200, 2, 30)


@pytest.mark.parametrize("change", [{"units": 1_501}, {"shards": 3}])
def test_counted_units_are_fixed(shop: Shop, change: dict[str, int]) -> None:
    """Units and shards are counted, so they can't be defined anew."""
    shop.ops("PUT", "/coupons/SPRING25", TERMS)
    reply = shop.ops("PUT", "/coupons/SPRING25", {**TERMS, **change})

    assert (reply.status, reply.code) == (409, "coupon_fixed")


def test_amount_off(shop: Shop) -> None:
    """A fixed amount is shown with its currency."""
    off = {"amount": 500, "currency": "EUR"}
    reply = shop.ops("PUT", "/coupons/FIVE", {"amount_off": off, "units": 1})

    assert reply.json["amount_off"] == off
    assert "percent" not in reply.json


def test_units_are_counted(shop: Shop) -> None:
    """A unit that is held, then redeemed, is seen where it is, and money once it is spent."""
    intent = held(shop)
    before = shop.ops("GET", "/coupons/SPRING25").json
    shop.call("POST", f"/intents/{intent.ref.id}/confirm")
    after = shop.ops("GET", "/coupons/SPRING25").json

    assert before["units"] == {"issued": 10, "left": 9, "held": 1, "redeemed": 0}
    assert after["units"] == {"issued": 10, "left": 9, "held": 0, "redeemed": 1}
    assert (before["spent"], after["spent"]) == (0, 238)


def test_pause_and_resume(shop: Shop) -> None:
    """A pause is written on every shard, holds through new terms, and ends with a resume."""
    shop.ops("PUT", "/coupons/SPRING25", TERMS)
    paused = [shop.ops("POST", "/coupons/spring25/pause", body) for body in BODIES]
    assert {part.state for part in shop.coupons.parts["SPRING25"]} == {"paused"}
    redefined = shop.ops("PUT", "/coupons/SPRING25", {**TERMS, "percent": 30})
    resumed = shop.ops("POST", "/coupons/SPRING25/resume")

    assert [reply.json["state"] for reply in paused] == ["paused", "paused"]
    assert redefined.json["state"] == "paused"
    assert (resumed.status, resumed.json["state"]) == (200, "active")


@pytest.mark.parametrize("verb", ["pause", "resume"])
def test_no_body_wanted(shop: Shop, verb: str) -> None:
    """A pause that says more than that is refused, and nothing happens."""
    before = shop.ops("PUT", "/coupons/SPRING25", TERMS).json

    assert shop.ops("POST", f"/coupons/SPRING25/{verb}", {"until": "tomorrow"}).status == 422
    assert shop.ops("GET", "/coupons/SPRING25").json == before


def test_one_spelling(shop: Shop) -> None:
    """However a code is spelled, or escaped in a path, it names one coupon."""
    shop.ops("PUT", "/coupons/SPRING25", TERMS)
    spellings = ["spring25", "Spring25", "%73pring25", "ｓｐｒｉｎｇ２５", "spring25%20"]  # noqa: RUF001

    assert {shop.ops("GET", f"/coupons/{code}").json["code"] for code in spellings} == {"SPRING25"}


@pytest.mark.parametrize(
    "code", ["A", "-AB", "A" * 41, "A%23B", "%00", "A%00B", "%ED%A0%80AB", "§§"]
)
def test_no_code(shop: Shop, code: str) -> None:
    """What can't be a code is refused when it is defined, and not found otherwise."""
    assert shop.ops("PUT", f"/coupons/{code}", TERMS).status == 422
    for method, verb in (("GET", ""), ("POST", "/pause"), ("POST", "/resume")):
        assert shop.ops(method, f"/coupons/{code}{verb}").code == "coupon_not_found"
    assert not shop.coupons.defined


@pytest.mark.parametrize(("method", "verb"), [("GET", ""), ("POST", "/pause"), ("POST", "/resume")])
def test_not_found(shop: Shop, method: str, verb: str) -> None:
    """A coupon that isn't there is not found."""
    assert shop.ops(method, f"/coupons/SPRING25{verb}").status == 404


@pytest.mark.parametrize(
    ("method", "verb"), [("PUT", ""), ("GET", ""), ("POST", "/pause"), ("POST", "/resume")]
)
def test_who(shop: Shop, method: str, verb: str) -> None:
    """Coupons are none of a customer's business."""
    body = TERMS if method == "PUT" else None
    reply = shop.call(method, f"/coupons/SPRING25{verb}", body)

    assert (reply.status, reply.code) == (403, "insufficient_scope")
    assert not shop.coupons.defined


def test_size(shop: Shop) -> None:
    """A rule of more than 16 KB is not read."""
    assert shop.ops("PUT", "/coupons/SPRING25", {**TERMS, "skus": ["a" * 90] * 200}).status == 413
