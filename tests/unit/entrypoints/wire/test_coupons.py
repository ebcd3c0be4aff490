"""A coupon's rule on the wire."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis.strategies import integers

from chalicelib.application.counter_ports import Counter
from chalicelib.domain.command import UNITS_MAX
from chalicelib.domain.counter import SHARDS_MAX
from chalicelib.domain.coupon import ANY, Pacing
from chalicelib.domain.discount import AmountOff, BuyGet, Discount, FreeItem, Percent
from chalicelib.domain.money import AMOUNT_MAX
from chalicelib.entrypoints.problems import RefusedError
from chalicelib.entrypoints.wire.coupon_answers import coupon_out
from chalicelib.entrypoints.wire.coupons import CouponIn, default_shards
from chalicelib.entrypoints.wire.parse import parse

START = {"starts_at": "2026-02-06T12:00:00Z"}
OTHER: dict[str, Any] = {"percent": None, "currency": "USD"}


def coupon(**fields: Any) -> CouponIn:
    """Return a coupon of 25 % and 100 units, but for *fields*."""
    return parse(json.dumps({"percent": 25, "units": 100, **fields}).encode(), CouponIn)


def shown(wanted: CouponIn) -> dict[str, Any]:
    """Return how it is shown once it is defined."""
    view = coupon_out(Counter(terms=wanted.terms("A1"), shards=()))
    body: dict[str, Any] = json.loads(view.model_dump_json(exclude_none=True))
    return body


@given(integers(1, 10_000))
def test_percent_round_trip(points: int) -> None:
    """Every hundredth of a per cent comes back as it was sent, and none is lost on the way."""
    whole, part = divmod(points, 100)
    wanted = parse(f'{{"percent": {whole}.{part:02d}, "units": 1}}'.encode(), CouponIn)
    percent = shown(wanted)["percent"]

    assert wanted.terms("A1").off == Percent(basis_points=points)
    assert round(percent * 100) == points
    assert len(str(percent)) <= len("12.34")


@pytest.mark.parametrize(
    "percent",
    ["0", "-1", "100.01", "101", "12.345", "true", '"25"', "1e-2000000", "1e99", "0.001", "[]"],
)
def test_percent_refused(percent: str) -> None:
    """A percentage that no hundredth of a per cent expresses is refused, wherever one stands."""
    for body, field in (
        (f'{{"percent": {percent}, "units": 1}}', "percent"),
        (f'{{"buy_get": {{"buy": 1, "get": 1, "percent": {percent}}}, "units": 1}}', "buy_get"),
    ):
        with pytest.raises(RefusedError) as refused:
            parse(body.encode(), CouponIn)
        assert refused.value.faults[0].field.startswith(field)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"percent": None}, "body"),
        ({"amount_off": 1, "currency": "USD"}, "body"),
        ({"free_item": {}}, "body"),
        ({**OTHER, "free_item": {}, "buy_get": {"buy": 1, "get": 1}}, "body"),
        ({**OTHER, "amount_off": 0}, "amount_off"),
        ({**OTHER, "amount_off": {"amount": 1, "currency": "USD"}}, "amount_off"),
        ({**OTHER, "amount_off": AMOUNT_MAX + 1}, "amount_off"),
        ({**OTHER, "amount_off": 1, "cap": 1}, "body"),
        ({**OTHER, "free_item": {"quantity": 0}}, "free_item.quantity"),
        ({**OTHER, "free_item": {"quantity": 1_001}}, "free_item.quantity"),
        ({**OTHER, "free_item": {"sku": "tea"}}, "free_item.sku"),
        ({**OTHER, "buy_get": {"buy": 1}}, "buy_get.get"),
        ({**OTHER, "buy_get": {"buy": 0, "get": 1}}, "buy_get.buy"),
        ({**OTHER, "buy_get": {"buy": 1, "get": 1, "times_max": 0}}, "buy_get.times_max"),
        ({**OTHER, "buy_get": {"buy": 1, "get": 1, "get_skus": [""]}}, "buy_get.get_skus.0"),
        ({"cap": 0, "currency": "USD"}, "cap"),
        ({"currency": "usd"}, "currency"),
        ({"currency": "USDX"}, "currency"),
        ({"units": 0}, "units"),
        ({"units": UNITS_MAX + 1}, "units"),
        ({"units": 1.0}, "units"),
        ({"units": True}, "units"),
        ({"units": "1"}, "units"),
        ({"budget": 0, "currency": "USD"}, "budget"),
        ({"budget": AMOUNT_MAX + 1, "currency": "USD"}, "budget"),
        ({"shards": 0}, "shards"),
        ({"shards": SHARDS_MAX + 1}, "shards"),
        ({"uses_per_customer": 0}, "uses_per_customer"),
        ({"first_order_only": 1}, "first_order_only"),
        ({"unique_codes": "yes"}, "unique_codes"),
        ({"starts_at": "tomorrow"}, "starts_at"),
        ({**START, "ends_at": "2026-02-06T12:00:00Z"}, "body"),
        ({"pacing": {"units": 1, "every": "hour"}}, "body"),
        ({**START, "pacing": {"units": 0, "every": "hour"}}, "pacing.units"),
        ({**START, "pacing": {"units": 1, "every": "week"}}, "pacing.every"),
        ({**START, "pacing": {"units": 1, "every": 60}}, "pacing.every"),
        ({"minimum_spend": -1}, "minimum_spend"),
        ({"skus": ["a"] * 501}, "skus"),
        ({"skus": [""]}, "skus.0"),
        ({"skus": ["tea", "cake"], "excluded_skus": ["tea"]}, "body"),
        (
            {
                **OTHER,
                "buy_get": {"buy": 1, "get": 1, "get_skus": ["cake"]},
                "excluded_skus": ["cake"],
            },
            "body",
        ),
        ({"merchant": "-"}, "merchant"),
        ({"combines_with": "SPRING25"}, "combines_with"),
        ({"combines_with": ["*"]}, "combines_with.0"),
        ({"combines_with": ["A1"] * 101}, "combines_with"),
        ({"combines_with": {"*": 1}}, "combines_with"),
        ({"rank": 1_001}, "rank"),
        ({"rank": 0.5}, "rank"),
        ({"give_back_on_refund": None}, "give_back_on_refund"),
        ({"reason": " "}, "reason"),
        ({"reason": "a" * 201}, "reason"),
        ({"state": "paused"}, "state"),
        ({"version": 7}, "version"),
    ],
)
def test_refused(fields: dict[str, Any], field: str) -> None:
    """A rule that makes no sense is refused with the field named."""
    with pytest.raises(RefusedError) as refused:
        coupon(**fields)
    assert field in {fault.field for fault in refused.value.faults}


@pytest.mark.parametrize(
    "amount",
    [{"cap": 5}, {"percent": None, "amount_off": 5}, {"budget": 5}, {"minimum_spend": 5}],
)
def test_an_amount_needs_a_currency(amount: dict[str, Any]) -> None:
    """No amount stands without its currency, and with it each is taken."""
    with pytest.raises(RefusedError) as refused:
        coupon(**amount)
    assert "currency is required" in refused.value.faults[0].detail
    assert coupon(**amount, currency="USD").terms("A1").currency == "USD"


def test_every_fault_is_told_at_once() -> None:
    """Two fields that don't go with the rest are two faults in one answer."""
    with pytest.raises(RefusedError) as refused:
        coupon(budget=5, pacing={"units": 1, "every": "day"})
    (fault,) = refused.value.faults
    assert "currency" in fault.detail
    assert "pacing needs starts_at" in fault.detail


@pytest.mark.parametrize(
    ("fields", "off"),
    [
        ({"percent": 12.5, "cap": 400, "currency": "USD"}, Percent(basis_points=1_250, cap=400)),
        ({**OTHER, "amount_off": 250}, AmountOff(amount=250)),
        ({**OTHER, "free_item": {"quantity": 2}}, FreeItem(quantity=2)),
        (
            {
                **OTHER,
                "buy_get": {
                    "buy": 2,
                    "get": 1,
                    "get_skus": ["cake"],
                    "percent": 50,
                    "times_max": 3,
                },
            },
            BuyGet(buy=2, get=1, get_skus=frozenset({"cake"}), basis_points=5_000, times_max=3),
        ),
    ],
)
def test_every_kind_of_discount(fields: dict[str, Any], off: Discount) -> None:
    """Each kind is read as it is meant, and shown as it was sent."""
    wanted = coupon(**fields)
    view = shown(wanted)

    assert wanted.terms("A1").off == off
    for name, value in fields.items():
        assert view.get(name) == value


def test_what_is_left_unsaid() -> None:
    """Free is one item, and what is got is free: the whole of it, of the coupon's own items."""
    assert coupon(**OTHER, free_item={}).terms("A1").off == FreeItem(quantity=1)
    assert coupon(**OTHER, buy_get={"buy": 1, "get": 1}).terms("A1").off == BuyGet(buy=1, get=1)


def test_the_whole_rule_comes_back() -> None:
    """Whatever can be said of a coupon is kept, and shown as it was said."""
    rule = {
        "percent": 25,
        "cap": 500,
        "currency": "EUR",
        "pacing": {"units": 10, "every": "hour"},
        "uses_per_customer": 2,
        "first_order_only": True,
        "unique_codes": True,
        "starts_at": "2026-02-06T12:00:00.000Z",
        "ends_at": "2026-02-07T12:00:00.000Z",
        "minimum_spend": 1_000,
        "skus": ["cake", "tea"],
        "excluded_skus": ["soup"],
        "merchant": "tea-house",
        "combines_with": ["A2", "B2"],
        "rank": -5,
        "give_back_on_refund": False,
        "shards": 7,
    }
    wanted = coupon(**rule, budget=90_000)
    view = shown(wanted)

    assert {name: view[name] for name in rule} == rule
    assert wanted.terms("A1").budget == 90_000
    assert wanted.terms("A1").pacing == Pacing(units=10, every_seconds=3_600)


def test_combining() -> None:
    """Codes to combine with are folded like any; a star is all of them."""
    assert coupon(combines_with=["a1 ", "ｂ２"]).terms("C3").combines_with == {"A1", "B2"}  # noqa: RUF001
    assert coupon(combines_with="*").terms("C3").combines_with == {ANY}
    assert shown(coupon(combines_with="*"))["combines_with"] == "*"
    assert shown(coupon())["combines_with"] == []


@pytest.mark.parametrize(
    ("units", "shards"), [(1, 1), (1_000, 1), (1_001, 2), (16_000, 16), (10**9, 16)]
)
def test_default_shards(units: int, shards: int) -> None:
    """There is a shard for each thousand units, up to sixteen, where nobody says otherwise."""
    assert default_shards(units) == shards
    assert coupon(units=units).terms("A1").shards == shards
    assert coupon(units=units).terms("A1", 5).shards == 5
    assert coupon(units=units, shards=3).terms("A1", 5).shards == 3
