from collections.abc import Callable
from dataclasses import replace

import pytest

from chalicelib.application.ports import Moved
from chalicelib.domain.command import Command, CommandKind, paused, topped_up
from chalicelib.domain.errors import StoreUnavailableError
from simulation.faults import Effect, Fault
from tests.fakes.clock import START
from tests.fakes.shop import Shop
from tests.stateful.books import Books
from tests.unit.application.commanding import CODE, crashes, more, obey, strike, wider
from tests.unit.application.steps import accepted, reasons
from tests.unit.domain.builders import terms

BUDGET = 4_000
STEPS_MAX = 30

Finish = Callable[[Shop], object]


def opened() -> Shop:
    """Return a shop with a coupon of a hundred units on four shards."""
    shop = Shop()
    shop.tables.define(terms(budget=BUDGET, currency="USD"))
    return shop


def again(shop: Shop) -> object:
    """Repeat the command that somebody died in."""
    return obey(shop, "t1", more(10, 100))


def another(shop: Shop) -> object:
    """Give another command, and then repeat the first."""
    obey(shop, "p1", paused, CommandKind.PAUSE)
    return again(shop)


def check_issued_once(shop: Shop) -> None:
    """See that ten units and 100 of money were issued, written down, and no more."""
    counter = shop.counters.get(CODE)
    entries = list(shop.counters.entries(counter.terms))
    assert all(shard.balances for shard in counter.shards)
    assert (counter.terms.units, counter.terms.budget) == (110, BUDGET + 100)
    assert (shop.total("issued"), shop.total("budget")) == (110, BUDGET + 100)
    assert sum(entry.issued for entry in entries) == 10
    assert sum(entry.funded for entry in entries) == 100
    assert {entry.command for entry in entries if entry.issued} == {"t1"}
    assert {shard.version for shard in counter.shards} == {counter.terms.version}
    Books(shop.tables.dynamodb).check(shop.clock.now())


@pytest.mark.parametrize("finish", [again, another])
@pytest.mark.parametrize("effect", [Effect.CRASH_BEFORE, Effect.CRASH_AFTER])
def test_whoever_comes_next_finishes_what_a_crash_left(effect: Effect, finish: Finish) -> None:
    """Wherever a command died: a repeat, or any other command, issues the rest once."""
    died = 0
    for step in range(1, STEPS_MAX):
        shop = opened()
        if not crashes(shop, effect, step, "t1", more(10, 100)):
            break
        died += 1
        finish(shop)
        check_issued_once(shop)
    assert died == 6


@pytest.mark.parametrize("effect", [Effect.LOSE_ANSWER, Effect.FAIL])
def test_an_answer_that_is_lost_issues_nothing_twice(effect: Effect) -> None:
    """Each write of a command may be made again unseen."""
    struck = 0
    for step in range(1, STEPS_MAX):
        shop = opened()
        fault = strike(shop, effect, step)
        again(shop)
        if not fault.struck:
            break
        struck += 1
        check_issued_once(shop)
    assert struck == 6


@pytest.mark.parametrize("effect", [Effect.CRASH_BEFORE, Effect.CRASH_AFTER])
def test_whoever_comes_next_spreads_units_over_shards_that_a_crash_left_empty(
    effect: Effect,
) -> None:
    """Wherever shards were being added: a repeat leaves none of them empty, and no unit is lost."""
    died = 0
    for step in range(1, STEPS_MAX):
        shop = opened()
        if not crashes(shop, effect, step, "s1", wider(8)):
            break
        died += 1
        obey(shop, "s1", wider(8))
        lefts = [shard.left for shard in shop.shards()]
        assert sum(lefts) == 100
        assert min(lefts) > 0
        assert all(shard.balances for shard in shop.shards())
    assert died > 15


def test_before_the_first_shard_knows_the_old_terms_hold_and_after_the_last_the_new() -> None:
    """A pause that died half-way is a pause on the shards that it reached; finished, on all."""
    shop = opened()
    assert crashes(shop, Effect.CRASH_AFTER, 3, "p1", paused)
    assert [shard.version for shard in shop.shards()] == [2, 2, 1, 1]
    obey(shop, "p1", paused)
    worker = shop.worker(3)
    worker(accepted(shop, 3))
    assert reasons(shop) == {"coupon_paused": 3}
    assert shop.total("redeemed") == 0


def test_a_table_that_is_down_leaves_the_command_to_be_repeated() -> None:
    """It says so, and what it did so far stays done."""
    shop = opened()
    fault = Fault(effect=Effect.FAIL, operation="UpdateItem")
    shop.tables.dynamodb.faults.add(fault)
    with pytest.raises(StoreUnavailableError):
        obey(shop, "p1", paused)
    fault.times = fault.struck
    shown = obey(shop, "p1", paused)
    assert shown.terms.version == 2
    assert {shard.version for shard in shown.shards} == {2}


@pytest.mark.parametrize("effect", [Effect.CRASH_BEFORE, Effect.CRASH_AFTER])
@pytest.mark.parametrize(("before", "after"), [(2, 3), (3, 5), (5, 7), (4, 8)])
def test_shards_whose_spreading_died_are_even_after_a_repeat(
    effect: Effect, before: int, after: int
) -> None:
    """Wherever it died, and however unevenly the one number goes into the other."""
    step = 0
    while True:
        step += 1
        shop = Shop()
        shop.tables.define(terms(units=640, shards=before))
        if not crashes(shop, effect, step, "s1", wider(after)):
            break
        obey(shop, "s1", wider(after))
        left = [shard.left for shard in shop.shards()]
        assert (sum(left), max(left) - min(left) <= 1) == (640, True)
    assert step > after


def test_a_top_up_whose_worker_died_is_finished_by_who_finds_nothing_left() -> None:
    """Its units are issued by its record: an order that wants one is not sent away for them."""
    shop = Shop()
    shop.tables.define(terms(units=100, shards=4))
    current = shop.counters.fresh_terms(CODE)
    topped = topped_up(current, 5, 0)
    amendment = replace(topped, terms=replace(topped.terms, version=2))
    command = Command(
        id="t1", kind=CommandKind.TOP_UP, by="test", at=START, why="test", version=2, units=5
    )
    shop.tables.lay(CODE, [0] * current.shards)
    assert shop.counters.begin(amendment, command) == Moved()
    settled = shop.worker(0)(accepted(shop, 5))
    assert (reasons(shop), settled.again, shop.total("redeemed")) == ({}, frozenset(), 5)
