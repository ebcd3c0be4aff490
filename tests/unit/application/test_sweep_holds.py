from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from chalicelib.domain.errors import StoreUnavailableError
from chalicelib.domain.intent import ConfirmMode, IntentRef, Status
from chalicelib.domain.movement import Move
from chalicelib.domain.refusal import Refusal
from chalicelib.domain.watch import LOOK_AFTER_MS_MIN
from rushline_testing.faults import CrashError
from tests.fakes.shop import HOLD_SECONDS, Shop
from tests.unit.application.steps import Counted, Written, accepted, before, held, statuses
from tests.unit.domain.builders import terms


@pytest.fixture
def shop() -> Shop:
    """Return a shop with a coupon of two hundred units on three shards."""
    shop = Shop()
    shop.tables.define(terms(units=200, shards=3))
    return shop


def lapsing(shop: Shop, count: int) -> list[IntentRef]:
    """Bring so many intents to quotes whose time is over."""
    refs = [
        ref
        for start in range(0, count, 50)
        for ref in held(shop, min(50, count - start), first=start)
    ]
    shop.clock.turn(HOLD_SECONDS * 1000)
    return refs


def sweep(shop: Shop) -> dict[str, int]:
    """Sweep once, with all the time it needs."""
    return dict(+Counter(shop.sweep(stop_at=shop.clock.now() + 1_000).outcomes))


def test_holds_that_ran_out_are_released_many_to_a_write(shop: Shop) -> None:
    """A hundred and fifty are a few transactions, each of which writes a shard once."""
    lapsing(shop, 150)
    moves = shop.total("moves")
    written = Written(shop)
    assert sweep(shop) == {"ended": 150}
    assert statuses(shop) == {"lapsed": 150}
    assert len(written.sizes) <= 4
    assert shop.total("moves") - moves <= 4 * 3
    assert (shop.total("left"), shop.total("held")) == (200, 0)


def test_one_that_moved_leaves_the_rest_to_be_released(shop: Shop) -> None:
    """Cancelled between the look and the write: it is not counted, and keeps nobody."""
    refs = lapsing(shop, 9)
    before(shop.ledger, "commit", lambda *_: shop.cancel(refs[4]))
    assert sweep(shop) == {"ended": 8}
    assert statuses(shop) == {"lapsed": 8, "cancelled": 1}
    assert shop.total("left") == 200


def test_a_customer_who_looks_first_takes_nothing_from_the_sweep(shop: Shop) -> None:
    """To see a quote whose time is over ends it, and the sweep ends the others."""
    refs = lapsing(shop, 3)
    assert shop.see(refs[0]).intent.status is Status.LAPSED
    assert sweep(shop) == {"ended": 2, "settled": 1}
    assert shop.total("left") == 200


def test_contention_is_waited_out(shop: Shop) -> None:
    """A rush on the shard delays the release."""
    lapsing(shop, 3)
    Counted(shop, [Refusal(contended=True)] * 3)
    assert sweep(shop) == {"ended": 3}


def test_an_outage_in_the_middle_leaves_the_rest_to_the_next_sweep(shop: Shop) -> None:
    """What was released stays released, and nothing twice."""
    lapsing(shop, 150)
    commit = shop.ledger.commit
    calls: list[int] = []

    def down_at_last(moves: Sequence[Move], *more: Any) -> Any:
        calls.append(len(moves))
        if len(calls) > 1:
            raise StoreUnavailableError
        return commit(moves, *more)

    shop.ledger.commit = down_at_last
    outcomes = sweep(shop)
    assert outcomes == {"ended": calls[0], "still_held": 150 - calls[0]}
    shop.ledger.commit = commit
    assert sweep(shop)["ended"] == 150 - calls[0]
    assert (shop.total("left"), shop.total("held")) == (200, 0)


@pytest.mark.parametrize("minutes", [1, 2, 7])
def test_a_long_outage_strands_no_hold(shop: Shop, minutes: int) -> None:
    """However many sweeps could not release it, the first that can does."""
    lapsing(shop, 5)
    for _ in range(minutes):
        shop.ledger.down = True
        assert sweep(shop)["still_held"] == 5
        shop.clock.turn(LOOK_AFTER_MS_MIN)
    shop.ledger.down = False
    assert sweep(shop) == {"ended": 5}
    assert statuses(shop) == {"lapsed": 5}
    assert min(shop.control.mark().swept_until.values()) == shop.clock.now() - LOOK_AFTER_MS_MIN


def test_a_sweep_that_dies_in_the_middle_is_made_up_for(shop: Shop) -> None:
    """Before and after its effect."""
    lapsing(shop, 60)
    commit = shop.ledger.commit

    def dies(*given: Any) -> Any:
        commit(*given)
        raise CrashError

    shop.ledger.commit = dies
    with pytest.raises(CrashError):
        shop.sweep(stop_at=shop.clock.now() + 1_000)
    shop.ledger.commit = commit
    shop.clock.turn(LOOK_AFTER_MS_MIN)
    sweep(shop)
    assert statuses(shop) == {"lapsed": 60}
    assert (shop.total("left"), shop.total("held")) == (200, 0)


def test_one_that_can_not_be_released_keeps_nobody_held(shop: Shop) -> None:
    """Whatever is wrong with one, the others are released in the same sweep."""
    refs = lapsing(shop, 9)
    commit = shop.ledger.commit

    def poisoned(moves: Sequence[Move], *more: Any) -> Any:
        if any(move.change.ref == refs[3] for move in moves):
            raise ZeroDivisionError
        return commit(moves, *more)

    shop.ledger.commit = poisoned
    swept = shop.sweep(stop_at=shop.clock.now() + 1_000)
    assert not swept.finished
    assert {type(error) for error in swept.errors} == {ZeroDivisionError}
    assert statuses(shop) == {"lapsed": 8, "ready": 1}


def test_a_hold_that_still_runs_is_left_alone(shop: Shop) -> None:
    """Only those whose time is over are released."""
    lapsing(shop, 2)
    held(shop, 3, first=100)
    assert sweep(shop) == {"ended": 2}
    assert shop.total("held") == 3


def test_units_that_lapsed_are_sold_to_others(shop: Shop) -> None:
    """Nothing that was held once is lost."""
    shop.tables.lay("SPRING25", [4, 0, 0])
    lapsing(shop, 4)
    shop.worker(1)(accepted(shop, 2, first=100))
    assert statuses(shop)["rejected"] == 2
    sweep(shop)
    shop.worker(1)(accepted(shop, 5, first=200))
    assert shop.total("redeemed") == 4


def test_a_rush_on_everything_does_not_outlast_the_sweep(shop: Shop) -> None:
    """It gives up in time to remember where it was, and the next one releases what was left."""
    shop.tables.define(terms("SUMMER25", units=6_400, shards=64))
    for home in range(64):
        quotes = accepted(
            shop, 1, coupon="SUMMER25", confirm=ConfirmMode.REVIEW, first=1_000 + home
        )
        shop.worker(home)(quotes)
    shop.clock.turn(HOLD_SECONDS * 1000)
    Counted(shop, [Refusal(contended=True)] * 10_000)
    began = shop.clock.now()
    swept = shop.sweep(stop_at=began + 1_000)
    assert swept.outcomes["still_held"] == 64
    assert shop.clock.now() < began + 8_000
