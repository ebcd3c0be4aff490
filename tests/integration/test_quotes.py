import pytest

from rushline_testing.harness import Rushline
from tests.integration.steps import Units, order, orders, see, settle, units


@pytest.fixture
def held(shop: Rushline) -> str:
    """Return the id of alice's quote, which holds one of ten units."""
    shop.coupon("TEN", percent=10, units=10)
    intent = settle(shop, "alice", coupon="TEN", confirm="review")
    assert (intent["status"], intent["order"]["total"]) == ("ready", 360)
    assert units(shop, "TEN") == Units(left=9, held=1, redeemed=0)
    assert orders(shop, "alice") == []
    intent_id: str = intent["id"]
    return intent_id


def test_a_confirmed_quote_is_the_order(shop: Rushline, held: str) -> None:
    """Confirming turns the held unit into a redemption; a repeat answers the same."""
    alice = shop.client("alice")
    first, again = (alice.post(f"/intents/{held}/confirm") for _ in range(2))
    assert (first.status, first.json()["status"]) == (200, "confirmed")
    assert again == first
    assert units(shop, "TEN") == Units(left=9, held=0, redeemed=1)
    assert [one["id"] for one in orders(shop, "alice")] == [held]


def test_a_cancelled_quote_gives_its_unit_back(shop: Rushline, held: str) -> None:
    """Cancelling gives the unit back once, however often it is asked."""
    alice = shop.client("alice")
    for _ in range(2):
        reply = alice.post(f"/intents/{held}/cancel")
        assert (reply.status, reply.json()["status"]) == (200, "cancelled")
    assert units(shop, "TEN") == Units(left=10, held=0, redeemed=0)
    assert alice.post(f"/intents/{held}/confirm").status == 409


def test_a_quote_lapses_by_the_sweep(shop: Rushline, held: str) -> None:
    """A hold that ran out ends by itself and gives its unit back, once."""
    shop.clock.turn(minutes=11)
    assert shop.sweep() == {"ended": 1}
    assert see(shop, "alice", held)["status"] == "lapsed"
    shop.clock.turn(minutes=2)
    shop.sweep()
    assert units(shop, "TEN") == Units(left=10, held=0, redeemed=0)


def test_a_quote_that_ran_out_cannot_be_confirmed(shop: Rushline, held: str) -> None:
    """The hold's end counts from its moment on, though no sweep has seen it yet."""
    shop.clock.turn(minutes=11)
    reply = shop.client("alice").post(f"/intents/{held}/confirm")
    assert (reply.status, reply.json()["code"]) == (409, "illegal_move")
    assert units(shop, "TEN").redeemed == 0
    assert see(shop, "alice", held)["status"] == "lapsed"
    assert units(shop, "TEN") == Units(left=10, held=0, redeemed=0)


def test_a_lapsed_unit_goes_to_the_next(shop: Rushline) -> None:
    """The last unit, held and given back, is redeemed by who comes next."""
    shop.coupon("ONE", percent=10, units=1)
    settle(shop, "alice", coupon="ONE", confirm="review")
    assert settle(shop, "bob", coupon="ONE")["status"] == "needs_input"
    shop.clock.turn(minutes=11)
    shop.sweep()
    assert settle(shop, "carol", coupon="ONE")["status"] == "confirmed"
    assert units(shop, "ONE") == Units(left=0, held=0, redeemed=1)


def test_an_accepted_intent_can_be_cancelled(shop: Rushline) -> None:
    """What was cancelled while it waited is not settled when its message comes."""
    intent_id = order(shop, "alice")
    shop.client("alice").post(f"/intents/{intent_id}/cancel")
    shop.drain()
    assert see(shop, "alice", intent_id)["status"] == "cancelled"
    assert orders(shop, "alice") == []


def test_an_order_cannot_be_cancelled(shop: Rushline) -> None:
    """A confirmed order is past cancelling: 409, and nothing changes."""
    intent = settle(shop, "alice")
    reply = shop.client("alice").post(f"/intents/{intent['id']}/cancel")
    assert (reply.status, reply.json()["current"]) == (409, "confirmed")
    assert see(shop, "alice", intent["id"]) == intent
