import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.coupon import (
    AmountOff,
    CouponState,
    CouponTerms,
    Percent,
    Unavailable,
    discounted,
    fold,
    split_units,
)
from chalicelib.domain.order import Order
from chalicelib.domain.pricing import price
from tests.unit.domain.builders import NOW, line, menu, terms


def order_of(**prices: int) -> Order:
    """Return the order of one of each item."""
    order = price([line(sku) for sku in prices], menu(**prices))
    assert isinstance(order, Order)
    return order


@given(
    prices=st.lists(st.integers(0, 10**6), min_size=1, max_size=20),
    off=st.one_of(
        st.builds(Percent, basis_points=st.integers(1, 10_000)),
        st.builds(AmountOff, amount=st.integers(1, 10**7), currency=st.just("USD")),
    ),
)
def test_a_discount_on_lines_sums_to_the_discount_and_never_passes_a_line(
    prices: list[int], off: Percent | AmountOff
) -> None:
    """No line is discounted below zero, and the total is what the lines say, to the unit."""
    full = order_of(**{f"item{n}": price_ + 50 for n, price_ in enumerate(prices)})
    reduced = discounted(full, terms(off=off), NOW, "tea-house")
    if isinstance(reduced, Unavailable):
        assert reduced is Unavailable.NO_DISCOUNT
        return
    assert all(0 <= priced.discount <= priced.subtotal for priced in reduced.lines)
    assert reduced.total == full.total - sum(priced.discount for priced in reduced.lines)
    assert 0 < reduced.discount <= full.total


def test_only_eligible_items_are_discounted() -> None:
    """A coupon for cake takes nothing off tea."""
    reduced = discounted(
        order_of(tea=400, cake=200), terms(skus=frozenset({"cake"})), NOW, "tea-house"
    )
    assert isinstance(reduced, Order)
    assert [priced.discount for priced in reduced.lines] == [0, 50]


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        (terms(state=CouponState.PAUSED), Unavailable.PAUSED),
        (terms(starts_at=NOW + 1), Unavailable.NOT_STARTED),
        (terms(ends_at=NOW), Unavailable.ENDED),
        (terms(minimum_spend=401), Unavailable.MINIMUM_SPEND),
        (terms(skus=frozenset({"wine"})), Unavailable.NOT_ELIGIBLE),
        (terms(merchant="elsewhere"), Unavailable.OTHER_MERCHANT),
        (terms(off=AmountOff(amount=1, currency="EUR")), Unavailable.OTHER_CURRENCY),
        (terms(off=Percent(basis_points=1)), Unavailable.NO_DISCOUNT),
    ],
)
def test_a_coupon_that_does_not_apply_says_why(rule: CouponTerms, why: Unavailable) -> None:
    """Each term of a coupon refuses with a reason of its own."""
    assert discounted(order_of(tea=400), rule, NOW, "tea-house") is why


@pytest.mark.parametrize(
    "rule", [terms(starts_at=NOW), terms(ends_at=NOW + 1), terms(minimum_spend=400)]
)
def test_the_edges_of_the_terms_belong_to_the_customer(rule: CouponTerms) -> None:
    """At its start, just before its end and at its minimum, a coupon applies."""
    assert isinstance(discounted(order_of(tea=400), rule, NOW, "tea-house"), Order)


def test_spellings_of_a_code_are_one_code() -> None:
    """Case, spaces around and full-width letters make no second coupon."""
    wide = "".join(chr(ord(c) + 0xFEE0) for c in "SPRING25")
    assert {fold("spring25"), fold(" Spring25 "), fold(wide)} == {"SPRING25"}


@given(units=st.integers(1, 10**9), shards=st.integers(1, 64))
def test_shards_hold_all_units_evenly(units: int, shards: int) -> None:
    """No unit is lost in the split, and no two shards differ by more than one."""
    split = split_units(units, shards)
    assert (sum(split), len(split)) == (units, shards)
    assert max(split) - min(split) <= 1
