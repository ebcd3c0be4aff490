from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.combining import Refused, combined
from chalicelib.domain.counter import CounterState
from chalicelib.domain.coupon import ANY, CouponTerms, Offer, Unavailable
from chalicelib.domain.discount import AmountOff, BuyGet, Discount, FreeItem, Percent
from chalicelib.domain.order import Order
from tests.unit.domain.builders import NOW, line, terms
from tests.unit.domain.settled import order_of

ALL = frozenset({ANY})


def applied(
    order: Order, *rules: CouponTerms | Offer, now: int = NOW, newcomer: bool = True
) -> Order | Refused:
    """Return *order* with the coupons applied, or what was refused."""
    offers = [one if isinstance(one, Offer) else Offer(terms=one) for one in rules]
    return combined(order, offers, now, "tea-house", newcomer=newcomer)


def reduced(order: Order, *rules: CouponTerms | Offer) -> Order:
    """Return *order* with coupons that have to apply."""
    result = applied(order, *rules)
    assert isinstance(result, Order)
    return result


discounts: st.SearchStrategy[Discount] = st.one_of(
    st.builds(
        Percent,
        basis_points=st.integers(1, 10_000),
        cap=st.one_of(st.none(), st.integers(1, 10**5)),
    ),
    st.builds(AmountOff, amount=st.integers(1, 10**6)),
    st.builds(FreeItem, quantity=st.integers(1, 3)),
    st.builds(BuyGet, buy=st.integers(1, 2), get=st.integers(1, 2)),
)
several = st.lists(st.tuples(discounts, st.integers(0, 2)), min_size=1, max_size=4).map(
    lambda made: [
        terms(f"C{n}", off=off, rank=rank, combines_with=ALL) for n, (off, rank) in enumerate(made)
    ]
)
orders = st.lists(
    st.tuples(st.sampled_from(["tea", "cake"]), st.integers(1, 7)), min_size=1, max_size=5
).map(lambda lines: order_of(*(line(sku, quantity) for sku, quantity in lines)))


@given(order=orders, rules=several)
def test_discounts_on_lines_sum_to_each_coupon_s_and_to_the_order_s(
    order: Order, rules: list[CouponTerms]
) -> None:
    """No line is discounted below zero, and nothing is lost between lines, coupons and total."""
    result = applied(order, *rules)
    if isinstance(result, Refused):
        assert result.why is Unavailable.NO_DISCOUNT
        return
    assert all(0 <= priced.discount <= priced.subtotal for priced in result.lines)
    for redemption in result.redemptions:
        parts = [d.amount for p in result.lines for d in p.discounts if d.code == redemption.code]
        assert sum(parts) == redemption.discount > 0
    assert result.discount == sum(redemption.discount for redemption in result.redemptions)
    assert result.total == order.total - result.discount >= 0


@given(order=orders, rules=several)
def test_the_order_in_which_codes_are_given_changes_nothing(
    order: Order, rules: list[CouponTerms]
) -> None:
    """The same coupons give the same order, or the same refusal, however they were typed."""
    results = {applied(order, *some) for some in list(permutations(rules))[:8]}
    assert len(results) == 1


@given(order=orders, rules=several)
def test_each_coupon_is_applied_to_what_those_before_it_left_to_pay(
    order: Order, rules: list[CouponTerms]
) -> None:
    """By rank, then by code: all at once is one after another."""
    step: Order | Refused = order
    for rule in sorted(rules, key=lambda rule: (rule.rank, rule.code)):
        if isinstance(step, Order):
            step = applied(step, rule)
    assert applied(order, *rules) == step


def test_a_lower_rank_goes_first_and_its_result_differs() -> None:
    """Half off and then 100 off is not 100 off and then half."""
    half = terms("A", off=Percent(basis_points=5_000), combines_with=ALL, rank=1)
    less = terms("B", off=AmountOff(amount=100), combines_with=ALL, rank=2)
    assert reduced(order_of(tea=400), half, less).total == 100
    assert reduced(order_of(tea=400), replace(half, rank=3), less).total == 150


def test_minimum_spend_looks_at_the_full_price() -> None:
    """What an earlier coupon takes off does not take the next one's ground away."""
    first = terms("A", combines_with=ALL)
    second = terms("B", combines_with=ALL, minimum_spend=400)
    assert len(reduced(order_of(tea=400), first, second).redemptions) == 2


def test_a_capped_percentage_is_never_more_than_its_cap() -> None:
    """25 % off but at most 60 is 60 of 400, and 25 of 100."""
    rule = terms(off=Percent(basis_points=2_500, cap=60))
    assert reduced(order_of(tea=400), rule).discount == 60
    assert reduced(order_of(tea=100), rule).discount == 25


def test_only_eligible_items_are_discounted() -> None:
    """A coupon for cake takes nothing off tea."""
    result = reduced(order_of(tea=400, cake=200), terms(skus=frozenset({"cake"})))
    assert [priced.discount for priced in result.lines] == [0, 50]


OTHER = terms("OTHER", combines_with=ALL)
REFUSALS: Sequence[tuple[CouponTerms | Offer, Unavailable]] = [
    (terms(state=CounterState.PAUSED), Unavailable.PAUSED),
    (terms(starts_at=NOW + 1), Unavailable.NOT_STARTED),
    (terms(ends_at=NOW), Unavailable.ENDED),
    (terms(minimum_spend=401), Unavailable.MINIMUM_SPEND),
    (terms(skus=frozenset({"wine"})), Unavailable.NOT_ELIGIBLE),
    (terms(excluded=frozenset({"tea"})), Unavailable.NOT_ELIGIBLE),
    (terms(merchant="elsewhere"), Unavailable.OTHER_MERCHANT),
    (terms(currency="EUR"), Unavailable.OTHER_CURRENCY),
    (terms(off=Percent(basis_points=1)), Unavailable.NO_DISCOUNT),
    (terms(unique=True), Unavailable.NEEDS_CODE),
    (
        Offer(terms=terms(unique=True), unique="X", spent=Unavailable.CODE_USED),
        Unavailable.CODE_USED,
    ),
    (
        Offer(terms=terms(unique=True), unique="X", spent=Unavailable.CODE_REVOKED),
        Unavailable.CODE_REVOKED,
    ),
]


@pytest.mark.parametrize(("rule", "why"), REFUSALS)
def test_a_coupon_that_does_not_apply_says_why(rule: CouponTerms | Offer, why: Unavailable) -> None:
    """Each term of a coupon refuses with a reason of its own, and names the code as it was given."""
    given_ = rule.given if isinstance(rule, Offer) else rule.code
    assert applied(order_of(tea=400), rule) == Refused(code=given_, why=why)


def test_a_coupon_for_first_orders_is_for_newcomers() -> None:
    """Who has ordered before is told so; a newcomer has it, and the redemption says that it was one."""
    rule = terms(first_order=True)
    refused = Refused(code="SPRING25", why=Unavailable.FIRST_ORDER)
    assert applied(order_of(tea=400), rule, newcomer=False) == refused
    assert reduced(order_of(tea=400), rule).redemptions[0].first


@pytest.mark.parametrize(
    "pair",
    [
        (terms("A"), OTHER),
        (terms("A", combines_with=frozenset({"B"})), OTHER),
        (Offer(terms=OTHER, unique="ONE"), Offer(terms=OTHER, unique="TWO")),
    ],
)
def test_coupons_that_do_not_both_say_so_never_stand_together(
    pair: tuple[CouponTerms | Offer, ...],
) -> None:
    """Consent has to come from both, and no coupon combines with itself, whatever code it has."""
    for some in permutations(pair):
        result = applied(order_of(tea=400), *some)
        assert isinstance(result, Refused)
        assert result.why is Unavailable.NOT_COMBINABLE
    assert isinstance(applied(order_of(tea=400), pair[0]), Order)


def test_consent_has_to_be_given_by_every_pair() -> None:
    """Two that go together and a third that goes with one of them do not make three."""
    a = terms("A", combines_with=frozenset({"B", "C"}))
    b = terms("B", combines_with=frozenset({"A"}))
    c = terms("C", combines_with=frozenset({"A"}))
    assert len(reduced(order_of(tea=400), a, b).redemptions) == 2
    assert applied(order_of(tea=400), a, b, c) == Refused(code="C", why=Unavailable.NOT_COMBINABLE)


@pytest.mark.parametrize(
    "rule", [terms(starts_at=NOW), terms(ends_at=NOW + 1), terms(minimum_spend=400)]
)
def test_the_edges_of_the_terms_belong_to_the_customer(rule: CouponTerms) -> None:
    """At its start, just before its end and at its minimum, a coupon applies."""
    assert isinstance(applied(order_of(tea=400), rule), Order)
