from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from bench import coupon, rush
from bench.fleet import Fleet
from chalicelib.adapters.codec import PENDING
from chalicelib.bootstrap import Services
from chalicelib.domain.intent import Status
from simulation.dynamodb.capacity import new_table
from tests.unit.bench.fixed import FIXED


def test_a_small_rush_is_exact() -> None:
    """2,000 units on all shards, a few more wanting one: none oversold, none stranded."""
    rate, oversold, stranded = coupon.redemptions(FIXED, units=2_000, workers=32)
    assert (oversold.value, stranded.value) == (0, 0)
    assert (oversold.kept, stranded.kept) == (True, True)
    # So few units are all end and no middle: the rate is far below its bound, and says so.
    assert 0 < rate.value < 100_000
    assert not rate.kept


def test_the_same_charges_give_the_same_figures() -> None:
    """Call for call, so that a figure that moved was moved by a change."""
    one, other = (coupon.redemptions(FIXED, units=500, workers=8) for _ in range(2))
    assert one == other


def test_a_worker_pays_for_the_frame_round_its_messages() -> None:
    """What a log line costs for each order is time that a worker does not settle in."""
    quick, slow = (
        Fleet(charges=replace(FIXED, message_us=us), units=10**6, orders=400, workers=1)
        for us in (0, 1_000)
    )
    for fleet in (quick, slow):
        fleet.run()
    assert slow.per_second < quick.per_second < 2 * 98 * 1_000 / 10
    assert slow.per_second < 1_000


def test_an_order_without_a_unit_is_found() -> None:
    """Units that come back to a shard behind the orders' back are oversold."""
    fleet = Fleet(charges=FIXED, units=100, orders=120, workers=4)
    fleet.run()
    assert coupon.exactness(fleet) == (0, 0)
    shards = fleet.stack.dynamodb.tables[rush.COUPONS]
    shard = next(item for item in shards.items() if item.get("redeemed"))
    shard["redeemed"] -= 1
    assert coupon.exactness(fleet) == (1, 0)


def test_a_unit_that_nobody_gives_out_is_found() -> None:
    """Whoever is refused while there are units left strands them, and the figure says so."""
    fleet = Fleet(charges=FIXED, units=100, orders=120, workers=1, settle=_turns_all_away)
    fleet.run()
    assert coupon.exactness(fleet) == (0, 100)


def _turns_all_away(services: Services, messages: Sequence[str], stop_at: int) -> list[int]:
    for message in messages:
        refused: Any = rush.plain_order(PENDING.load(message), Status.REJECTED)
        services.clients.dynamodb.update_item(**refused)
    assert stop_at
    return []


def test_an_intent_without_an_answer_is_an_error() -> None:
    """A run that loses an intent has no figure."""
    fleet = Fleet(charges=FIXED, units=10, orders=20, workers=1, settle=lambda *_: [])
    fleet.run()
    with pytest.raises(RuntimeError, match="20 intents"):
        coupon.exactness(fleet)


def test_the_last_units_are_found() -> None:
    """Ten customers for each unit, on more shards than a transaction likes."""
    figure = coupon.last_units(FIXED, workers=16)
    assert figure.value == 1_000
    assert figure.kept


def test_who_waited_as_the_last_unit_went_is_told_soon() -> None:
    """A hundredth of the rush: within some seconds, and not before the unit was gone."""
    figure = coupon.seconds_to_tell(FIXED, share=100)
    assert 0 < figure.value < 5
    assert "500 units exactly, 7500 intents" in figure.note


def test_a_new_table_holds_a_rush_up() -> None:
    """4,000 write units a second are some thousand orders a second, whatever the workers."""
    warm, new = (
        Fleet(charges=FIXED, units=10**6, orders=4_000, workers=16, limits=limits)
        for limits in (None, new_table())
    )
    for fleet in (warm, new):
        fleet.run(for_ms=2_500)
    assert warm.answers.confirmed == 4_000
    assert warm.per_second > 10_000
    assert 500 < new.answers.confirmed < 3_500
