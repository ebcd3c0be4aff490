"""A coupon's rule on the wire."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis.strategies import integers

from chalicelib.domain.coupon import SHARDS_MAX, AmountOff, Percent
from chalicelib.entrypoints.problems import RefusedError
from chalicelib.entrypoints.wire.coupons import CouponIn, coupon_out, default_shards
from chalicelib.entrypoints.wire.parse import parse
from tests.fakes import FakeCoupons


def coupon(**fields: Any) -> CouponIn:
    """Return a coupon of 25 % and 100 units, but for *fields*."""
    return parse(json.dumps({"percent": 25, "units": 100, **fields}).encode(), CouponIn)


@given(integers(1, 10_000))
def test_percent_round_trip(points: int) -> None:
    """Every hundredth of a per cent comes back as it was sent, and none is lost on the way."""
    whole, part = divmod(points, 100)
    raw = f'{{"percent": {whole}.{part:02d}, "units": 1}}'.encode()
    terms = parse(raw, CouponIn).terms("A1")
    coupons = FakeCoupons()
    coupons.define(terms)
    defined = coupons.get("A1")
    assert defined is not None
    shown = json.loads(coupon_out(defined).model_dump_json())

    assert terms.off == Percent(basis_points=points)
    assert round(shown["percent"] * 100) == points
    assert len(str(shown["percent"])) <= len("12.34")


@pytest.mark.parametrize(
    "percent",
    ["0", "-1", "100.01", "101", "12.345", "true", '"25"', "1e-2000000", "1e99", "0.001", "[]"],
)
def test_percent_refused(percent: str) -> None:
    """A percentage that no hundredth of a per cent expresses is refused."""
    with pytest.raises(RefusedError) as refused:
        parse(f'{{"percent": {percent}, "units": 1}}'.encode(), CouponIn)
    assert refused.value.faults[0].field == "percent"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"percent": None}, "body"),
        ({"amount_off": {"amount": 1, "currency": "USD"}}, "body"),
        ({"percent": None, "amount_off": {"amount": 0, "currency": "USD"}}, "amount_off.amount"),
        ({"percent": None, "amount_off": {"amount": 1, "currency": "usd"}}, "amount_off.currency"),
        ({"units": 0}, "units"),
        ({"units": 10**9 + 1}, "units"),
        ({"shards": 0}, "shards"),
        ({"shards": SHARDS_MAX + 1}, "shards"),
        ({"uses_per_customer": 0}, "uses_per_customer"),
        ({"starts_at": "tomorrow"}, "starts_at"),
        ({"starts_at": "2026-02-06T12:00:00Z", "ends_at": "2026-02-06T12:00:00Z"}, "body"),
        ({"minimum_spend": -1}, "minimum_spend"),
        ({"skus": ["a"] * 501}, "skus"),
        ({"skus": [""]}, "skus.0"),
        ({"merchant": "-"}, "merchant"),
        ({"state": "paused"}, "state"),
    ],
)
def test_refused(fields: dict[str, Any], field: str) -> None:
    """A rule that makes no sense is refused with the field named."""
    with pytest.raises(RefusedError) as refused:
        coupon(**fields)
    assert field in {fault.field for fault in refused.value.faults}


def test_amount_off() -> None:
    """A fixed amount is taken with its currency."""
    wanted = coupon(percent=None, amount_off={"amount": 250, "currency": "EUR"})

    assert wanted.terms("A1").off == AmountOff(amount=250, currency="EUR")


@pytest.mark.parametrize(
    ("units", "shards"), [(1, 1), (1_000, 1), (1_001, 2), (16_000, 16), (10**9, 16)]
)
def test_default_shards(units: int, shards: int) -> None:
    """There is a shard for each thousand units, up to sixteen, where nobody says otherwise."""
    assert default_shards(units) == shards
    assert coupon(units=units).terms("A1").shards == shards
    assert coupon(units=units, shards=3).terms("A1").shards == 3
