from rushline_testing.harness import Rushline
from tests.integration.steps import Units, order, see, settle, units

WHY = {"reason": "because"}


def test_after_the_deadline_no_model_is_asked(shop: Rushline) -> None:
    """What could not be answered in time is expired, at no further cost."""
    intent_id = order(shop, "alice", text="one flurble", expires_in_seconds=60)
    shop.clock.turn(seconds=61)
    shop.drain()
    intent = see(shop, "alice", intent_id)
    assert (intent["status"], intent["reason"]["code"]) == ("expired", "deadline_passed")
    assert shop.model.calls == 0


def test_after_the_deadline_nothing_is_settled(shop: Rushline) -> None:
    """An intent with items is expired as well, and takes no unit."""
    shop.coupon("TEN", percent=10, units=10)
    intent_id = order(shop, "alice", coupon="TEN", expires_in_seconds=60)
    shop.clock.turn(seconds=61)
    shop.drain()
    assert see(shop, "alice", intent_id)["status"] == "expired"
    assert units(shop, "TEN") == Units(left=10, held=0, redeemed=0)


def test_a_pause_is_strict(shop: Rushline) -> None:
    """Once the pause has returned no unit is redeemed, though workers remember the old terms."""
    shop.coupon("TEN", percent=10, units=10)
    settle(shop, "alice", coupon="TEN")
    waiting = order(shop, "bob", coupon="TEN")
    shop.faults.meanwhile(
        "TransactWriteItems", lambda: shop.ops().post("/coupons/TEN/pause", WHY), when=_draws_units
    )
    shop.drain()
    intent = see(shop, "bob", waiting)
    assert (intent["status"], intent["reason"]["code"]) == ("needs_input", "coupon_paused")
    assert units(shop, "TEN") == Units(left=9, held=0, redeemed=1)


def test_a_resumed_coupon_is_redeemed_again(shop: Rushline) -> None:
    """Resuming puts the coupon back as it was."""
    shop.coupon("TEN", percent=10, units=10)
    assert shop.ops().post("/coupons/TEN/pause", WHY).status == 200
    assert settle(shop, "alice", coupon="TEN")["status"] == "needs_input"
    assert shop.ops().post("/coupons/TEN/resume", WHY).status == 200
    assert settle(shop, "bob", coupon="TEN")["status"] == "confirmed"


def test_a_customer_has_so_many_uses(shop: Rushline) -> None:
    """The limit holds over orders in one batch and over batches; others are not concerned."""
    shop.coupon("TWICE", percent=10, units=10, uses_per_customer=2)
    same_batch = [order(shop, "alice", coupon="TWICE") for _ in range(3)]
    shop.drain()
    found = sorted(see(shop, "alice", intent_id)["status"] for intent_id in same_batch)
    assert found == ["confirmed", "confirmed", "needs_input"]
    later = settle(shop, "alice", coupon="TWICE", if_coupon_unavailable="reject")
    assert later["reason"]["code"] == "coupon_customer_limit"
    assert settle(shop, "bob", coupon="TWICE")["status"] == "confirmed"
    assert units(shop, "TWICE") == Units(left=7, held=0, redeemed=3)


def test_a_cancelled_hold_gives_the_use_back(shop: Rushline) -> None:
    """A use that came to nothing is not counted."""
    shop.coupon("ONCE", percent=10, units=10, uses_per_customer=1)
    held = settle(shop, "alice", coupon="ONCE", confirm="review")
    shop.client("alice").post(f"/intents/{held['id']}/cancel")
    assert settle(shop, "alice", coupon="ONCE")["status"] == "confirmed"


def _draws_units(call: object) -> bool:
    return "'units'" in str(call)
