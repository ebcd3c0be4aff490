import pytest

from rushline_testing.faults import Call
from rushline_testing.harness import Rushline
from tests.integration.steps import Units, order, orders, post, see, settle, units


def test_the_order_that_took_the_last_unit_stays_confirmed(shop: Rushline) -> None:
    """A worker that crashed right after its transaction gets the message again.

    Then the order is no longer accepted *and* no unit is left. Who believes the coupon
    first rejects a confirmed order.
    """
    shop.coupon("ONE", percent=10, units=1)
    intent_id = order(shop, "alice", coupon="ONE", if_coupon_unavailable="reject")
    shop.faults.crash("TransactWriteItems", when=_draws_units)
    drained = shop.drain()
    assert (drained.crashes, drained.left) == (1, 0)
    assert see(shop, "alice", intent_id)["status"] == "confirmed"
    assert units(shop, "ONE") == Units(left=0, held=0, redeemed=1)


def test_a_redelivered_order_does_not_hold_up_its_neighbour(shop: Rushline) -> None:
    """What was settled already leaves the batch, and the rest gets its units in that batch."""
    shop.coupon("TWO", percent=10, units=2)
    first = order(shop, "alice", coupon="TWO")
    shop.faults.crash("TransactWriteItems", when=_draws_units)
    assert shop.drain(max_rounds=1).crashes == 1
    second = order(shop, "bob", coupon="TWO")
    drained = shop.drain()
    assert (drained.delivered, drained.failed) == (2, 0)
    assert see(shop, "alice", first)["status"] == "confirmed"
    assert see(shop, "bob", second)["status"] == "confirmed"
    assert units(shop, "TWO") == Units(left=0, held=0, redeemed=2)


def test_a_lost_answer_makes_no_second_redemption(shop: Rushline) -> None:
    """A transaction that took place though the caller was told otherwise counts once."""
    shop.coupon("ONE", percent=10, units=1)
    intent_id = order(shop, "alice", coupon="ONE", if_coupon_unavailable="reject")
    shop.faults.lose_answer("TransactWriteItems", "InternalServerError", when=_draws_units)
    shop.drain()
    assert see(shop, "alice", intent_id)["status"] == "confirmed"
    assert units(shop, "ONE") == Units(left=0, held=0, redeemed=1)


@pytest.mark.parametrize("operation", ["TransactWriteItems", "SendMessageBatch", "GetItem"])
@pytest.mark.parametrize("before", [True, False])
def test_a_crash_anywhere_costs_nothing(shop: Rushline, operation: str, *, before: bool) -> None:
    """Whatever call a worker dies in, each intent ends in one order and one unit."""
    shop.coupon("TEN", percent=10, units=10)
    made = [order(shop, "alice", text="a latte", coupon="TEN") for _ in range(3)]
    shop.faults.crash(operation, before=before)
    assert shop.drain().left == 0
    assert {see(shop, "alice", intent_id)["status"] for intent_id in made} == {"confirmed"}
    assert units(shop, "TEN") == Units(left=7, held=0, redeemed=3)


def test_everything_delivered_twice_happens_once(shop: Rushline) -> None:
    """Orders, units and uses are the same when each message comes twice, at once and later."""
    shop.coupon("TEN", percent=10, units=10, uses_per_customer=1)
    made = {name: order(shop, name, text="a latte", coupon="TEN") for name in ("ann", "bo", "cy")}
    shop.drain(deliver_twice=True)
    shop.redeliver()
    shop.drain()
    for name, intent_id in made.items():
        assert [one["id"] for one in orders(shop, name)] == [intent_id]
    assert units(shop, "TEN") == Units(left=7, held=0, redeemed=3)


def test_what_was_put_but_never_sent_is_found_by_the_sweep(shop: Rushline) -> None:
    """A crash between table and queue leaves the item, and the item is the truth."""
    shop.faults.crash("SendMessage", before=True)
    lost = post(shop, "alice", key="k1")
    assert lost.status == 500
    assert shop.drain().delivered == 0
    shop.clock.turn(minutes=2)
    assert shop.sweep() == {"sent_again": 1}
    shop.drain()
    assert len(orders(shop, "alice")) == 1


def test_a_retry_sends_what_the_queue_refused(shop: Rushline) -> None:
    """A 503 promises nothing; the same key again makes the order, once."""
    shop.faults.fail("SendMessage", "ServiceUnavailable")
    refused = post(shop, "alice", key="k1")
    assert (refused.status, refused.json()["code"]) == (503, "not_queued")
    accepted = post(shop, "alice", key="k1")
    assert accepted.status == 202
    shop.drain()
    assert len(orders(shop, "alice")) == 1


def test_a_poison_message_goes_alone(shop: Rushline) -> None:
    """One unreadable message among nine good ones is the only dead letter, in either queue."""
    for name, body in (("resolve", {"text": "a latte"}), ("settle", {})):
        made = [order(shop, "alice", **body) for _ in range(9)]
        shop.queues[name].send("{]")
        drained = shop.drain()
        assert (drained.failed, drained.left) == (5, 0)
        assert shop.queues[name].dead_letters() == ["{]"]
        assert {see(shop, "alice", intent_id)["status"] for intent_id in made} == {"confirmed"}


def test_throttling_delays_and_loses_nothing(shop: Rushline) -> None:
    """A table that is throttled for a while costs time, not orders."""
    shop.coupon("TEN", percent=10, units=10)
    shop.faults.fail("TransactWriteItems", "ThrottlingException", times=3)
    assert settle(shop, "alice", coupon="TEN")["status"] == "confirmed"
    assert units(shop, "TEN") == Units(left=9, held=0, redeemed=1)


def _draws_units(call: Call) -> bool:
    return "'units'" in str(call.params)
