from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib.application.foresee_lines import ForeseeLines, Foreseen
from chalicelib.application.run_ports import GrantState
from chalicelib.domain.codes import CodeState
from chalicelib.domain.counter import CounterState
from chalicelib.domain.coupon import CouponTerms
from chalicelib.domain.discount import Percent
from chalicelib.domain.intent import CouponFallback
from chalicelib.domain.pace import RatePlan
from chalicelib.domain.run import Form, Plan, Source, Whom
from chalicelib.domain.run_line import Bad, Buy, Grant, LineFault, RawLine, RunLine
from tests.fakes.clock import START
from tests.fakes.runs import FakeGrants
from tests.fakes.shop import Shop
from tests.fakes.tables import define
from tests.unit.adapters.stores import Intercepted
from tests.unit.domain.builders import intent, request, terms

PLAN = Plan(
    name="gifts",
    merchant="tea-house",
    source=Source(key="file", form=Form.JSON_LINES),
    rate=RatePlan(per_second=1),
)
TEN_OFF: Mapping[str, Any] = {"off": Percent(basis_points=1_000)}


@dataclass
class House:
    """A tea house, where a tea is 400."""

    shop: Shop = field(default_factory=Shop)
    grants: FakeGrants = field(default_factory=FakeGrants)

    def offer(self, code: str = "TEN", **more: Any) -> CouponTerms:
        """Define a coupon of a tenth off."""
        coupon = terms(code, **{**TEN_OFF, **more})
        define(self.shop.services(), coupon)
        return coupon

    def foresee(
        self, *lines: RunLine, plan: Plan = PLAN, rule: ForeseeLines | None = None
    ) -> list[Bad | Foreseen]:
        """Return what the lines come to."""
        rule = rule or replace(self.shop.services().foresee_lines, grants=self.grants)
        raws = [RawLine(number=n, end=n, content=b"") for n in range(1, len(lines) + 1)]
        return list(rule(plan, list(zip(raws, lines, strict=True))))


@pytest.fixture
def house() -> House:
    """Return a tea house."""
    return House()


def buy(*coupons: str, customer: str = "ann", **more: Any) -> Buy:
    """Return a line that orders a tea."""
    more = {"coupon": coupons or None, "fallback": CouponFallback.REJECT, **more}
    return Buy(customer_id=customer, request=request(**more))


def faults(found: list[Bad | Foreseen]) -> list[tuple[str, str]]:
    """Return each fault with its field, an empty one for a good line."""
    return [(one.fault, one.field) if isinstance(one, Bad) else ("", "") for one in found]


def test_a_stranger_is_found_before_anything_else_is_looked_at(house: House) -> None:
    """Whatever else is wrong with the line, and as feeding will say; what can't be read stays so."""
    house.shop.services().intents.accept(intent(customer="ann"))
    unread = Bad(fault=LineFault.NOT_JSON)
    lines: list[RunLine] = [
        buy(),
        buy(customer="bob"),
        buy("NOPE", customer="bob"),
        Grant(customer_id="bob", code="NOPE"),
        unread,
    ]
    stranger = ("unknown_customer", "customer_id")
    found = house.foresee(*lines, plan=replace(PLAN, customers=Whom.KNOWN))
    assert faults(found) == [("", ""), stranger, stranger, stranger, ("not_json", "")]
    assert stranger not in faults(house.foresee(*lines))


def test_a_line_costs_what_it_would(house: House) -> None:
    """With its coupon, its text's, or the run's; one that the parser is not certain of costs nothing."""
    house.offer()
    text = Buy(customer_id="ann", request=request(text="a tea, code TEN"))
    unsure = Buy(customer_id="ann", request=request(text="something nice, code TEN"))
    with_ten = Foreseen(kind="items", total=360, discount=40)
    assert house.foresee(buy(), buy("TEN"), text, unsure) == [
        Foreseen(kind="items", total=400),
        with_ten,
        replace(with_ten, kind="text"),
        Foreseen(kind="unsure"),
    ]
    assert house.foresee(buy(), plan=replace(PLAN, coupon="TEN")) == [with_ten]


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"state": CounterState.PAUSED}, "coupon_paused"),
        ({"ends_at": START - 1}, "coupon_ended"),
        ({"starts_at": START + 10**9}, "coupon_not_started"),
        ({"merchant": "cake-shop"}, "coupon_other_merchant"),
        ({"minimum_spend": 401}, "coupon_minimum_spend"),
        ({"skus": frozenset({"cake"})}, "coupon_not_eligible"),
        ({"unique": True}, "coupon_needs_unique_code"),
        (None, "coupon_unknown"),
    ],
)
def test_a_coupon_that_can_t_be_had_is_a_fault(
    house: House, more: dict[str, Any] | None, why: str
) -> None:
    """With the reason that settlement would give; the run's own is called so. A sound one is none."""
    house.offer("SOUND")
    if more is not None:
        house.offer(**more)
    bad = Bad(fault=LineFault.COUPON_UNUSABLE, field="coupon", detail=why)
    assert house.foresee(buy("TEN")) == [bad]
    run_s = replace(bad, field="", detail=f"the run's coupon: {why}")
    assert house.foresee(buy(), plan=replace(PLAN, coupon="TEN")) == [run_s]
    good, second = house.foresee(buy("SOUND"), buy("SOUND", "TEN"))
    assert isinstance(good, Foreseen)
    assert isinstance(second, Bad)
    assert second.fault is LineFault.COUPON_UNUSABLE


def test_a_coupon_is_looked_at_though_the_text_is_not_understood(house: House) -> None:
    """As far as no order is needed for it: there is nothing that it could be had for."""
    house.offer("GONE", ends_at=START - 1)
    house.offer("LARGE", minimum_spend=10_000)
    lines = [
        Buy(customer_id="ann", request=request(text="something nice", coupon=code))
        for code in ("GONE", "NOPE", "LARGE")
    ]
    lines = [
        replace(one, request=replace(one.request, if_coupon_unavailable=CouponFallback.REJECT))
        for one in lines
    ]
    unusable = (LineFault.COUPON_UNUSABLE, "coupon")
    assert faults(house.foresee(*lines)) == [unusable, unusable, ("", "")]


def test_who_takes_the_full_price_is_no_fault(house: House) -> None:
    """But is counted apart, at that price; whoever wants to be asked is one."""
    full = buy("NOPE", fallback=CouponFallback.FULL_PRICE)
    ask = buy("NOPE", fallback=CouponFallback.ASK)
    first, second = house.foresee(full, ask)
    assert first == Foreseen(kind="full_price", total=400)
    assert isinstance(second, Bad)


def test_a_coupon_is_held_against_when_the_run_opens(house: House) -> None:
    """One that starts with the run is usable, one that ends before is not."""
    opens_at = START + 10_000
    house.offer("THEN", starts_at=opens_at)
    house.offer("NOW", ends_at=opens_at)
    plan = replace(PLAN, rate=replace(PLAN.rate, opens_at=opens_at))
    unusable = (LineFault.COUPON_UNUSABLE, "coupon")
    assert faults(house.foresee(buy("THEN"), buy("NOW"), plan=plan)) == [("", ""), unusable]
    assert faults(house.foresee(buy("THEN"), buy("NOW"))) == [unusable, ("", "")]


def test_a_unique_code_is_good_for_one_order(house: House) -> None:
    """Of a customer's own, not used or revoked; the second line that has it is told so."""
    house.offer(unique=True)
    house.shop.issue("TEN", "FREE", "TWICE")
    house.shop.issue("TEN", "OLD", state="used")
    house.shop.issue("TEN", "GONE", state="revoked")
    house.shop.issue("TEN", "BOBS")
    house.shop.services().grants.grant_all([Grant(customer_id="bob", code="BOBS")], "run_0")
    found = house.foresee(
        *(buy(code) for code in ("FREE", "OLD", "GONE", "BOBS", "TWICE", "TWICE")),
        buy("BOBS", customer="bob"),
    )
    details = [one.detail if isinstance(one, Bad) else "" for one in found]
    another = "it is another customer's"
    assert details == [
        "",
        "coupon_code_used",
        "coupon_code_revoked",
        another,
        "",
        "line 5 uses it",
        "",
    ]


def test_a_code_that_can_t_be_granted_is_a_fault(house: House) -> None:
    """Unknown, used, revoked, another customer's, or granted by a line before."""
    house.grants.codes = {
        "FREE": CodeState.ISSUED,
        "BOBS": CodeState.ISSUED,
        "OLD": CodeState.USED,
        "GONE": CodeState.REVOKED,
    }
    house.grants.owners = {"BOBS": ("bob", "run_0")}
    codes = ["FREE", "BOBS", "OLD", "GONE", "NONE", "FREE"]
    found = house.foresee(*(Grant(customer_id="ann", code=code) for code in codes))
    assert found[0] == Foreseen(kind="grant")
    bad = [one for one in found[1:] if isinstance(one, Bad)]
    assert {(one.fault, one.field) for one in bad} == {(LineFault.CODE_UNUSABLE, "grant")}
    assert [one.detail for one in bad] == [
        GrantState.CODE_TAKEN,
        GrantState.CODE_USED,
        GrantState.CODE_REVOKED,
        GrantState.CODE_UNKNOWN,
        "line 1 grants it",
    ]


def test_a_total_over_the_line_s_limit_is_a_fault(house: House) -> None:
    """Reckoned after the coupon; at the limit it is none. A code that it would use stays free."""
    house.offer(unique=True)
    house.shop.issue("TEN", "MINE")
    found = house.foresee(
        buy("MINE", max_total=359), buy("MINE", max_total=360), buy(max_total=399)
    )
    over = (LineFault.OVER_MAX_TOTAL, "max_total")
    assert faults(found) == [over, ("", ""), over]


def test_a_merchant_without_a_menu_sells_nothing(house: House) -> None:
    """But a code can be granted, and a fault stays what it was."""
    house.grants.codes = {"FREE": CodeState.ISSUED}
    plan = replace(PLAN, merchant="nobody")
    bad = Bad(fault=LineFault.NOT_JSON)
    found = house.foresee(buy(), Grant(customer_id="ann", code="FREE"), bad, plan=plan)
    assert faults(found) == [
        (LineFault.UNKNOWN_ITEM, ""),
        ("", ""),
        (LineFault.NOT_JSON, ""),
    ]


def test_what_a_slice_reads_is_bounded(house: House) -> None:
    """A hundred keys a call, and no call for a line; a coupon that all share is read once."""
    house.offer(unique=True)
    codes = [f"CODE-{number:03}" for number in range(500)]
    house.shop.issue("TEN", *codes)
    services = house.shop.services()
    watched = Intercepted(services.clients.dynamodb)
    clients: Any = SimpleNamespace(dynamodb=watched)
    services.clients = clients
    rule = replace(services.foresee_lines, grants=services.grants)
    found = house.foresee(
        *(Grant(customer_id="ann", code=code) for code in codes),
        *(buy(code) for code in codes),
        rule=rule,
    )
    assert all(isinstance(one, Foreseen) for one in found)
    # Each code as a coupon's own and as a unique one, their coupon, and each code that is granted.
    assert [name for name, _ in watched.calls] == ["batch_get_item"] * (10 + 1 + 5)


def test_a_code_is_not_granted_to_one_and_used_by_another(house: House) -> None:
    """Whichever line comes first, the second is told of it; who was granted a code may use it."""
    house.offer(unique=True)
    house.shop.issue("TEN", "FREE", "MORE", "OWN")
    house.grants.codes = dict.fromkeys(("FREE", "MORE", "OWN"), CodeState.ISSUED)
    found = house.foresee(
        Grant(customer_id="bob", code="FREE"),
        buy("FREE"),
        buy("MORE"),
        Grant(customer_id="bob", code="MORE"),
        Grant(customer_id="ann", code="OWN"),
        buy("OWN"),
    )
    details = [one.detail if isinstance(one, Bad) else "" for one in found]
    assert details == ["", "line 1 grants it to another", "", "line 3 uses it", "", ""]
