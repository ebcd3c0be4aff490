from dataclasses import replace

from chalicelib.domain.coupon import Offer, Unavailable
from tests.contract.conftest import Store
from tests.contract.steps import (
    asking,
    define,
    issue,
    take,
)
from tests.unit.domain.builders import NOW, intent, request, stock, terms

SPRING = "SPRING25"


def test_a_code_is_a_coupon_s_or_one_of_its_own(store: Store) -> None:
    """Each stands for its terms, a unique one for those behind it, used and revoked as they are."""
    define(store, rule := terms(), behind := terms("BEHIND", unique=True), stock())
    for unique, state in (("NEW", "issued"), ("OLD", "used"), ("GONE", "revoked")):
        issue(store, unique, "BEHIND", state)
    issue(store, "ORPHAN", "NOBODY")
    codes = [SPRING, "BEHIND", "NEW", "OLD", "GONE", "ORPHAN", "NOPE", stock().counter]
    expected = {
        SPRING: Offer(terms=rule),
        "BEHIND": Offer(terms=behind),
        "NEW": Offer(terms=behind, unique="NEW"),
        "OLD": Offer(terms=behind, unique="OLD", spent=Unavailable.CODE_USED),
        "GONE": Offer(terms=behind, unique="GONE", spent=Unavailable.CODE_REVOKED),
    }
    for _ in range(2):
        assert store.counters.offers(codes) == expected
    store.clock.turn(seconds=2)
    assert store.counters.offers(codes) == expected
    assert store.counters.offers([]) == {}


def test_a_code_that_is_used_is_used_at_once(store: Store) -> None:
    """Unlike terms, a unique code is never remembered."""
    define(store, rule := terms(unique=True))
    issue(store, "MINE", SPRING)
    (mine,) = asking(store, 1, store.counters.offers(["MINE"])["MINE"])
    take(store, [mine])
    assert store.counters.offers(["MINE"])["MINE"].spent is Unavailable.CODE_USED
    assert rule.unique


def test_a_customer_has_ordered_once_an_order_stands(store: Store) -> None:
    """Not by asking, nor with another merchant, nor for another customer."""
    define(store, rule := terms())
    (one,) = asking(store, 1, rule, customer="alice")
    assert not store.intents.has_ordered("alice", "tea-house")
    take(store, [one])
    assert store.intents.has_ordered("alice", "tea-house")
    assert not store.intents.has_ordered("alice", "cake-shop")
    assert not store.intents.has_ordered("bob", "tea-house")
    for n in range(120):
        later = intent(request(), id_=f"in_x{n}", customer="alice")
        store.intents.accept(replace(later, accepted_at=NOW + 1 + n))
    assert store.intents.has_ordered("alice", "tea-house")
