from dataclasses import replace

import pytest

from chalicelib.domain.errors import StoreUnavailableError
from chalicelib.domain.intent import Pending, Status
from chalicelib.domain.refusal import Refusal
from tests.fakes.shop import Shop
from tests.unit.application.steps import Counted, Written, accepted, statuses
from tests.unit.domain.builders import terms


@pytest.fixture
def shop() -> Shop:
    """Return a shop with one tea."""
    return Shop()


def test_a_batch_is_one_hot_write(shop: Shop) -> None:
    """Ninety-eight orders with a coupon are one transaction of a shard, its ledger and the orders."""
    shop.tables.define(terms(units=1_000))
    batch = accepted(shop, 98)
    written = Written(shop)
    settled = shop.worker(0)(batch)
    assert written.sizes == [100]
    assert shop.total("moves") == 1
    assert len(settled.changes) == 98
    assert not settled.again


@pytest.mark.parametrize(("units", "shards"), [(100, 64), (37, 8), (64, 64), (1, 1)])
def test_every_unit_is_redeemed_while_somebody_wants_it(
    shop: Shop, units: int, shards: int
) -> None:
    """No unit is stranded on a shard nobody looked at, and none is given that is not there."""
    shop.tables.define(terms(units=units, shards=shards))
    wanting = accepted(shop, units + 30)
    for start in range(0, len(wanting), 25):
        shop.worker(start % 7)(wanting[start : start + 25])
    assert shop.total("redeemed") == units
    assert statuses(shop) == {"confirmed": units, "rejected": 30}


def test_the_redelivered_order_that_took_the_last_unit_stays_confirmed(shop: Shop) -> None:
    """Its worker died after the effect: the repeat must not be told that it is sold out."""
    shop.tables.define(terms(units=1, shards=1, uses=1))
    batch = accepted(shop, 1)
    shop.worker(0)(batch)
    again = shop.worker(1)(batch)
    assert statuses(shop) == {"confirmed": 1}
    assert again.changes == ()
    assert not again.again


def test_a_redelivered_order_does_not_take_its_neighbours_along(shop: Shop) -> None:
    """Settled ones leave the batch, and the rest is settled with the units there are."""
    shop.tables.define(terms(units=3, shards=1))
    done = accepted(shop, 2)
    shop.worker(0)(done)
    shop.worker(0)([*done, *accepted(shop, 2, first=10)])
    assert statuses(shop) == {"confirmed": 3, "rejected": 1}


def test_one_message_twice_in_a_batch_is_one_order(shop: Shop) -> None:
    """A duplicate beside its original draws nothing."""
    shop.tables.define(terms())
    settled = shop.worker(0)(accepted(shop, 1) * 3)
    assert len(settled.changes) == 1
    assert shop.total("redeemed") == 1


def test_of_two_messages_of_one_intent_the_later_turn_counts(shop: Shop) -> None:
    """What was asked before an answer is not settled beside it, in whatever order they come."""
    (old,) = accepted(shop, 1, coupon=None)
    shop.put(replace(shop.on_record[old.ref], turn=1))
    new = replace(old, turn=1)
    for batch in ([new, old], [old, new]):
        shop.worker(0)(batch)
    assert statuses(shop) == {"confirmed": 1}


def test_a_change_that_came_too_late_leaves_the_rest_to_be_made(shop: Shop) -> None:
    """One intent cancelled in between does not keep a batch without coupons from settling."""
    batch = accepted(shop, 3, coupon=None)
    shop.cancel(batch[1].ref)
    settled = shop.worker(0)(batch)
    assert [change.status for change in settled.changes] == [Status.CONFIRMED] * 2
    assert statuses(shop) == {"confirmed": 2, "cancelled": 1}


def test_two_hundred_orders_without_a_coupon_are_two_transactions(shop: Shop) -> None:
    """As many as a transaction takes, and no more."""
    batch = accepted(shop, 200, coupon=None)
    written = Written(shop)
    shop.worker(0)(batch)
    assert written.sizes == [100, 100]


def test_two_coupons_in_a_batch_are_settled_side_by_side(shop: Shop) -> None:
    """One that is sold out does not hold up the other."""
    shop.tables.define(terms("GONE", units=1, shards=1))
    shop.tables.define(terms())
    batch = accepted(shop, 2, coupon="GONE") + accepted(shop, 2, first=10)
    shop.worker(0)(batch)
    assert statuses(shop) == {"confirmed": 3, "rejected": 1}


def test_a_merchant_without_a_menu_ends_the_intent(shop: Shop) -> None:
    """Nothing can be priced, so the customer is told."""
    (one,) = accepted(shop, 1, coupon=None)
    shop.worker(0)([replace(one, merchant="gone")])
    assert statuses(shop) == {"rejected": 1}


def test_every_answer_counts_with_the_time_that_it_took(shop: Shop) -> None:
    """Orders and refusals alike, each with its wait: it is what the gate is set by."""
    shop.tables.define(terms(units=2, shards=1))
    batch = accepted(shop, 3)
    shop.clock.turn(4_000)
    shop.worker(0)(batch)
    counted = shop.control.answered()
    assert (counted.count, counted.waited_ms) == (3, 12_000)


def test_contention_is_waited_out(shop: Shop) -> None:
    """A conflict is tried again after a pause; nobody is refused for it."""
    shop.tables.define(terms())
    Counted(shop, [Refusal(contended=True)] * 3)
    before = shop.clock.now()
    shop.worker(0)(accepted(shop, 5))
    assert statuses(shop) == {"confirmed": 5}
    assert shop.clock.now() > before


@pytest.mark.parametrize("coupon", ["SPRING25", None])
def test_contention_without_end_goes_back_to_the_queue(shop: Shop, coupon: str | None) -> None:
    """Attempts are limited: what could not be settled is delivered again, unchanged."""
    shop.tables.define(terms())
    ledger = Counted(shop, [Refusal(contended=True)] * 99)
    batch = accepted(shop, 5, coupon=coupon)
    settled = shop.worker(0)(batch)
    assert settled.again == {pending.ref for pending in batch}
    assert len(ledger.calls) == 8
    assert statuses(shop) == {"accepted": 5}


@pytest.mark.parametrize("coupon", ["SPRING25", None])
def test_an_outage_loses_nothing(shop: Shop, coupon: str | None) -> None:
    """When the store does not answer, everyone is delivered again and settled then."""
    shop.tables.define(terms())
    batch = accepted(shop, 5, coupon=coupon)
    shop.ledger.down = True
    settled = shop.worker(0)(batch)
    assert settled.again == {pending.ref for pending in batch}
    shop.ledger.down = False
    shop.worker(0)(batch)
    assert statuses(shop) == {"confirmed": 5}


def test_a_store_that_goes_down_in_between_keeps_what_was_drawn(shop: Shop) -> None:
    """The first transaction's orders are told as settled; only the rest comes again."""
    shop.tables.define(terms(units=1_000))
    batch = accepted(shop, 150)
    ledger = Counted(shop)
    through = ledger._commit

    def once(*given: object) -> object:
        shop.ledger.down = len(ledger.calls) > 1
        shop.ledger.up_or_raise()
        return through(*given)

    ledger._commit = once
    settled = shop.worker(0)(batch)
    assert (len(settled.changes), len(settled.again)) == (98, 52)
    assert shop.control.answered().count == 98


def test_terms_that_can_not_be_read_leave_everybody_to_come_again(shop: Shop) -> None:
    """Nobody is priced by a guess: the batch is said to be impossible now, and nothing changed."""
    shop.tables.define(terms())
    batch = accepted(shop, 3)
    worker = shop.worker(0)
    worker.counters.down = True
    with pytest.raises(StoreUnavailableError):
        worker(batch)
    assert statuses(shop) == {"accepted": 3}
    worker.counters.down = False
    worker(batch)
    assert statuses(shop) == {"confirmed": 3}


def test_a_store_that_hangs_is_waited_for_once(shop: Shop) -> None:
    """Ten coupons in a batch are not ten time-outs."""
    batch: list[Pending] = []
    for n in range(10):
        shop.tables.define(terms(f"CODE{n}"))
        batch += accepted(shop, 2, coupon=f"CODE{n}", first=10 * n)
    batch += accepted(shop, 2, coupon=None, first=900)
    ledger = Counted(shop, [StoreUnavailableError("down")] * 99)
    settled = shop.worker(0)(batch)
    assert len(settled.again) == 22
    assert len(ledger.calls) == 1


@pytest.mark.parametrize("coupon", ["SPRING25", None])
def test_out_of_time_nothing_is_begun(shop: Shop, coupon: str | None) -> None:
    """Who is not settled by then comes again, and is settled then."""
    shop.tables.define(terms())
    batch = accepted(shop, 3, coupon=coupon)
    settled = shop.worker(0, seconds=0)(batch)
    assert settled.again == {pending.ref for pending in batch}
    assert statuses(shop) == {"accepted": 3}
