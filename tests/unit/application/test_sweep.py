from collections import Counter
from collections.abc import Iterator

import pytest

from chalicelib.domain.admission import Answered
from chalicelib.domain.errors import StoreUnavailableError
from chalicelib.domain.intent import ConfirmMode, Intent, IntentRef, Pending, Status
from chalicelib.domain.watch import LOOK_AFTER_MS_MIN, SLOTS
from tests.fakes.shop import HOLD_SECONDS, Shop
from tests.unit.domain.builders import line, request, terms


@pytest.fixture
def shop() -> Shop:
    """Return a shop with one tea."""
    return Shop()


def accept(shop: Shop, *, review: bool = False, key: str = "key") -> IntentRef:
    """Post an intent for a tea with the coupon."""
    confirm = ConfirmMode.REVIEW if review else ConfirmMode.AUTO
    accepted = shop.accept(
        customer_id="alice",
        idempotency_key=key,
        fingerprint="same",
        merchant=None,
        request=request(line(), coupon="SPRING25" if review else None, confirm=confirm),
    )
    return accepted.intent.ref


def sweep(shop: Shop) -> dict[str, int]:
    """Sweep once, with all the time it needs."""
    return dict(+Counter(shop.sweep(stop_at=shop.clock.now() + 1_000).outcomes))


def status(shop: Shop, ref: IntentRef) -> Status:
    """Return where the intent stands."""
    return shop.status(ref)


def test_what_was_put_and_never_sent_is_sent(shop: Shop) -> None:
    """A worker that died between the two leaves an intent that the sweep puts on its way."""
    accept(shop)
    shop.settlements_queue.sent.clear()
    assert sweep(shop) == {}
    shop.clock.turn(LOOK_AFTER_MS_MIN)
    assert sweep(shop) == {"sent_again": 1}
    assert len(shop.settlements_queue.sent) == 1


def test_a_message_that_still_waits_is_not_doubled(shop: Shop) -> None:
    """While the queue is longer than the intent's age, its message is taken to be in it."""
    accept(shop)
    shop.clock.turn(LOOK_AFTER_MS_MIN)
    shop.intents_queue.others = 50 * 600
    assert sweep(shop) == {"queued": 1}
    assert len(shop.settlements_queue.sent) == 1


def test_nothing_is_sent_twice_for_one_look(shop: Shop) -> None:
    """After a look, the next comes later."""
    accept(shop)
    shop.settlements_queue.sent.clear()
    shop.clock.turn(LOOK_AFTER_MS_MIN)
    sweep(shop)
    assert sweep(shop) == {}
    assert len(shop.settlements_queue.sent) == 1


def test_a_deadline_that_passed_is_an_end(shop: Shop) -> None:
    """Whatever became of its message, the intent is answered by its deadline and a sweep."""
    ref = accept(shop)
    shop.clock.turn(900_000)
    sweep(shop)
    assert status(shop, ref) is Status.EXPIRED


def test_a_hold_that_ran_out_gives_back_what_it_held(shop: Shop) -> None:
    """Lapsed at its time and not before, and the unit can be had again."""
    shop.tables.define(terms(units=1, shards=1))
    ref = accept(shop, review=True)
    shop.worker(0)(shop.settlements_queue.sent)
    assert status(shop, ref) is Status.READY
    shop.clock.turn(HOLD_SECONDS * 1000 - 1)
    sweep(shop)
    assert status(shop, ref) is Status.READY
    shop.clock.turn(1)
    sweep(shop)
    assert status(shop, ref) is Status.LAPSED
    assert shop.total("left") == 1


def test_what_is_settled_is_left_alone(shop: Shop) -> None:
    """A look at an order costs a read and changes nothing."""
    ref = accept(shop)
    shop.worker(0)(shop.settlements_queue.sent)
    before = shop.on_record[ref]
    shop.clock.turn(LOOK_AFTER_MS_MIN)
    assert sweep(shop) == {"settled": 1}
    assert shop.on_record[ref] == before


def test_a_sweep_that_runs_out_of_time_goes_on_where_it_stopped(shop: Shop) -> None:
    """Nothing due is passed over, however short a sweep is."""
    refs = [accept(shop, key=str(n)) for n in range(20)]
    shop.settlements_queue.sent.clear()
    shop.clock.turn(LOOK_AFTER_MS_MIN)
    assert not shop.sweep(stop_at=shop.clock.now()).finished
    assert shop.settlements_queue.sent == []
    assert shop.sweep(stop_at=shop.clock.now() + 1).finished
    assert {pending.ref for pending in shop.settlements_queue.sent} == set(refs)


def test_a_queue_that_is_down_is_tried_again_by_a_later_sweep(shop: Shop) -> None:
    """An outage postpones."""
    accept(shop)
    shop.settlements_queue.sent.clear()
    shop.clock.turn(LOOK_AFTER_MS_MIN)
    shop.settlements_queue.full = True
    assert sweep(shop) == {"not_sent": 1}
    shop.settlements_queue.full = False
    shop.clock.turn(LOOK_AFTER_MS_MIN)
    assert sweep(shop) == {"sent_again": 1}


@pytest.mark.parametrize("minutes", [1, 2, 7])
@pytest.mark.parametrize("store", ["intents_queue", "intents"])
def test_a_long_outage_loses_nobody(shop: Shop, store: str, minutes: int) -> None:
    """However many sweeps could not look after an intent, the first that can does."""
    accept(shop)
    shop.settlements_queue.sent.clear()
    shop.clock.turn(LOOK_AFTER_MS_MIN)
    watch = shop.intents.watch
    for _ in range(minutes):
        if store == "intents":
            shop.intents.watch = _fail
        else:
            shop.intents_queue.down = True
        assert sweep(shop)["failed"] > 0
        shop.clock.turn(LOOK_AFTER_MS_MIN)
    shop.intents.watch, shop.intents_queue.down = watch, False
    assert sweep(shop) == {"sent_again": 1}


def test_the_gate_follows_what_was_measured(shop: Shop) -> None:
    """Six hundred answers in a busy minute are ten a second from then on."""
    shop.intents_queue.others = 1_000
    sweep(shop)
    shop.control.count_answered(Answered(count=600, waited_ms=600 * 20_000))
    shop.clock.turn(60_000)
    sweep(shop)
    assert shop.control.gate().rate_per_second == 10


def test_an_index_that_lags_loses_nobody(shop: Shop) -> None:
    """What shows up in the index up to a minute late is still found."""
    ref = accept(shop)
    shop.settlements_queue.sent.clear()
    shop.unindexed.add(ref)
    shop.clock.turn(LOOK_AFTER_MS_MIN)
    sweep(shop)
    shop.unindexed.clear()
    shop.clock.turn(LOOK_AFTER_MS_MIN - 1)
    assert sweep(shop) == {"sent_again": 1}


def test_one_intent_that_can_not_be_looked_after_keeps_nobody_waiting(shop: Shop) -> None:
    """Whatever is wrong with one, the sweep goes on with the others and says what it was."""
    refs = [accept(shop, key=str(n)) for n in range(9)]
    shop.settlements_queue.sent.clear()
    shop.clock.turn(LOOK_AFTER_MS_MIN)
    bad = min(refs)
    watch = shop.intents.watch

    def poisoned(pending: Pending, at: int) -> None:
        if pending.ref == bad:
            raise ZeroDivisionError
        watch(pending, at)

    shop.intents.watch = poisoned
    swept = shop.sweep(stop_at=shop.clock.now() + 1_000)
    assert +Counter(swept.outcomes) == {"sent_again": 8, "failed": 1}
    assert [type(error) for error in swept.errors] == [ZeroDivisionError]


def test_a_slot_that_was_left_behind_comes_first(shop: Shop) -> None:
    """However little time the sweeps have, no slot is left for ever."""
    refs = [accept(shop, key=str(n)) for n in range(64)]
    shop.settlements_queue.sent.clear()
    shop.clock.turn(LOOK_AFTER_MS_MIN)
    watch = shop.intents.watch

    def slow(pending: Pending, at: int) -> None:
        shop.clock.turn(200)
        watch(pending, at)

    shop.intents.watch = slow
    for _ in range(16):
        shop.sweep(stop_at=shop.clock.now() + 1_500)
    assert {pending.ref for pending in shop.settlements_queue.sent} == set(refs)


def test_what_comes_late_into_the_index_is_found_though_the_sweep_ran_out_of_time(
    shop: Shop,
) -> None:
    """Where a sweep stops short, the next begins a minute before that place."""
    late = accept(shop, key="late")
    shop.unindexed.add(late)
    shop.clock.turn(1_000)
    for n in range(40):
        accept(shop, key=str(n))
    shop.settlements_queue.sent.clear()
    shop.clock.turn(LOOK_AFTER_MS_MIN)
    assert not shop.sweep(stop_at=shop.clock.now()).finished
    shop.unindexed.clear()
    assert shop.sweep(stop_at=shop.clock.now() + 1).finished
    assert late in {pending.ref for pending in shop.settlements_queue.sent}


def test_what_can_not_be_read_hides_nobody(shop: Shop) -> None:
    """An item that no code can read is counted, and the sweep goes on."""
    accept(shop)
    shop.settlements_queue.sent.clear()
    shop.clock.turn(LOOK_AFTER_MS_MIN)
    due = shop.intents.due

    def with_a_wreck(slot: int, since: int, until: int) -> Iterator[tuple[int, Intent | None]]:
        yield since, None
        yield from due(slot, since, until)

    shop.intents.due = with_a_wreck
    assert sweep(shop) == {"unreadable": SLOTS, "sent_again": 1}


def test_a_measure_that_fails_costs_nobody_their_look(shop: Shop) -> None:
    """The mark is kept, and everybody was looked after, though the count could not be read."""
    accept(shop)
    shop.settlements_queue.sent.clear()
    shop.clock.turn(LOOK_AFTER_MS_MIN)
    shop.control.answered = _fail  # type: ignore[method-assign]
    assert sweep(shop) == {"sent_again": 1, "failed": 1}
    assert min(shop.control.mark().swept_until.values()) == shop.clock.now() - LOOK_AFTER_MS_MIN


def _fail(*_: object) -> Answered:
    raise StoreUnavailableError


def test_messages_in_a_dead_worker_s_hands_slow_nobody_down(shop: Shop) -> None:
    """Eighty in flight and none waiting is no queue."""
    shop.intents_queue.in_flight = 80
    for _ in range(3):
        sweep(shop)
        shop.clock.turn(60_000)
    assert shop.control.gate().rate_per_second == 50


def test_two_sweeps_in_a_row_measure_nothing(shop: Shop) -> None:
    """Over a second or two chance decides."""
    shop.intents_queue.others = 100
    sweep(shop)
    shop.clock.turn(2_000)
    sweep(shop)
    assert shop.control.gate().rate_per_second == 50
