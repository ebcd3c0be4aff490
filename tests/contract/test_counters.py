from dataclasses import replace

import pytest

from chalicelib.application.counter_ports import Committed
from chalicelib.application.ports import Moved, Stale
from chalicelib.domain.command import (
    Amendment,
    CommandKind,
    paused,
    redefined,
    resharded,
    resumed,
    topped_up,
)
from chalicelib.domain.counter import CounterState, Transfer, evened
from chalicelib.domain.coupon import CouponTerms, Pacing
from chalicelib.domain.discount import AmountOff, BuyGet, Discount, FreeItem, Percent
from chalicelib.domain.movement import EntryKind
from chalicelib.domain.terms import Terms
from tests.contract.conftest import Store
from tests.contract.steps import (
    asking,
    books,
    commanded,
    define,
    entries,
    refused,
    take,
)
from tests.unit.domain.builders import NOW, stock, terms

SPRING = "SPRING25"
DISCOUNTS: list[Discount] = [
    Percent(basis_points=1, cap=5),
    AmountOff(amount=150),
    FreeItem(quantity=2),
    BuyGet(buy=2, get=1, get_skus=frozenset({"tea"}), basis_points=5_000, times_max=3),
]


def begun(store: Store, amendment: Amendment, id_: str = "next") -> Moved | Stale:
    """Begin a command that makes of the terms what *amendment* says, one version on."""
    version = amendment.terms.version + 1
    made = replace(amendment, terms=replace(amendment.terms, version=version))
    command = commanded(
        id_, CommandKind.TOP_UP, version=version, units=made.units, money=made.money
    )
    return store.counters.begin(made, command)


def obeyed(store: Store, amendment: Amendment, id_: str = "next") -> Terms:
    """Begin and finish a command; return the terms as they then are."""
    assert begun(store, amendment, id_) == Moved()
    store.counters.finish(amendment.terms.counter)
    now = store.counters.fresh_terms(amendment.terms.counter)
    assert now is not None
    return now


def versions(store: Store, counter: str = SPRING) -> list[int]:
    """Return the version that each shard is at."""
    found = store.counters.get(counter)
    assert found is not None
    return [shard.version for shard in found.shards]


@pytest.mark.parametrize("off", DISCOUNTS)
def test_a_coupon_is_read_as_it_was_created(store: Store, off: Discount) -> None:
    """Every term survives the store, and the shards hold all units and all money."""
    rule = terms(
        off=off,
        units=10,
        shards=3,
        budget=11,
        currency="USD",
        pacing=Pacing(units=2, every_seconds=5),
        uses=2,
        first_order=True,
        unique=True,
        starts_at=1,
        ends_at=2,
        minimum_spend=3,
        skus=frozenset({"tea", "cake"}),
        excluded=frozenset({"pie"}),
        merchant="tea-house",
        combines_with=frozenset({"A", "B"}),
        rank=7,
        returns=False,
    )
    define(store, rule)
    found = store.counters.get(SPRING)
    assert found is not None
    assert (found.terms, store.counters.terms(SPRING)) == (rule, rule)
    assert [(one.left, one.money_left) for one in found.shards] == [(4, 4), (3, 4), (3, 3)]
    books(store)


def test_stock_is_a_counter_like_any(store: Store) -> None:
    """With terms of its own kind, and a name that no coupon has."""
    define(store, stock(units=5, shards=2))
    name = stock().counter
    found = store.counters.get(name)
    assert found is not None
    assert found.terms == stock(units=5, shards=2)
    assert [one.left for one in found.shards] == [3, 2]
    assert store.counters.stock([name, "stock/tea-house/cake", SPRING]) == {name: found.terms}
    assert store.counters.offers([name]) == {}


def test_there_is_no_counter_before_it_is_created(store: Store) -> None:
    """An unknown name is None everywhere, and there is nothing to finish."""
    store.counters.finish("NOPE")
    assert store.counters.get("NOPE") is None
    assert store.counters.fresh_terms("NOPE") is None
    assert store.counters.commands("NOPE") == []
    assert store.counters.command("NOPE", "define") is None


def test_a_counter_is_created_once(store: Store) -> None:
    """A repeat and another's attempt are told so, and change neither terms nor units."""
    define(store, rule := terms())
    take(store, asking(store, 1, rule))
    for again in (rule, terms(units=500, minimum_spend=5)):
        assert store.counters.create(again, commanded("other")) == Stale()
    assert (store.counters.fresh_terms(SPRING), books(store)[0]) == (rule, 99)
    assert [command.id for command in store.counters.commands(SPRING)] == ["define"]


def test_each_command_is_one_version_on_every_shard(store: Store) -> None:
    """And on record, in the order of the versions that they made."""
    define(store, rule := terms())
    now: Terms = rule
    for n, id_ in enumerate(["z", "b", "y", "a", "x", "m", "c", "w", "k", "q"], start=2):
        now = obeyed(store, paused(now) if n % 2 else resumed(now), id_)
        assert (now.version, versions(store)) == (n, [n] * 4)
    commands = store.counters.commands(SPRING)
    assert [command.version for command in commands] == list(range(1, 12))
    assert [command.id for command in commands] == ["define", *"zbyaxmcwkq"]
    assert store.counters.command(SPRING, "y") == commands[3]
    assert entries(store) == []


def test_of_two_commands_at_once_one_begins(store: Store) -> None:
    """The other finds its version taken, whatever it would have made of it."""
    define(store, rule := terms())
    assert begun(store, paused(rule), "first") == Moved()
    assert begun(store, topped_up(rule, 5, 0), "second") == Stale()
    assert store.counters.command(SPRING, "second") is None
    store.counters.finish(SPRING)
    assert books(store)[0] == 100
    now = store.counters.fresh_terms(SPRING)
    assert now is not None
    assert (now.state, now.units) == (CounterState.PAUSED, 100)


def test_no_command_begins_before_the_last_is_everywhere(store: Store) -> None:
    """The next version waits until every shard has heard of this one."""
    define(store, rule := terms())
    begun(store, paused(rule), "first")
    now = store.counters.fresh_terms(SPRING)
    assert now is not None
    assert begun(store, resumed(now), "second") == Stale()
    store.counters.finish(SPRING)
    assert begun(store, resumed(now), "second") == Moved()


def test_a_repeat_of_a_begun_command_is_told_so(store: Store) -> None:
    """It may have been this very call, before its answer was lost."""
    define(store, rule := terms())
    assert begun(store, paused(rule)) == Moved()
    assert begun(store, paused(rule)) == Stale()


@pytest.mark.parametrize(("units", "money"), [(10, 0), (3, 0), (0, 7), (9, 101), (1, 1)])
def test_a_top_up_is_issued_once_however_often_it_is_finished(
    store: Store, units: int, money: int
) -> None:
    """Spread over the shards, in the terms, and in the ledger by the command that issued it."""
    define(store, rule := terms(budget=1_000))
    obeyed(store, topped_up(rule, units, money), "more")
    for _ in range(3):
        store.counters.finish(SPRING)
    assert books(store) == (100 + units, 0, 0, 1_000 + money, 0, 0)
    told = entries(store)
    assert {(entry.command, entry.kind) for entry in told} == {("more", EntryKind.TOP_UP)}
    assert sum(entry.issued for entry in told) == units
    assert sum(entry.funded for entry in told) == money
    found = store.counters.get(SPRING)
    assert found is not None
    assert (found.terms.units, found.terms.budget) == (100 + units, 1_000 + money)
    assert sum(one.issued for one in found.shards) == 100 + units
    assert [one.opened for one in found.shards] == [25] * 4


def test_once_a_pause_is_finished_nothing_is_taken_at_the_terms_before(store: Store) -> None:
    """Every shard refuses, whatever a worker still believes; and gives again after a resume."""
    define(store, rule := terms())
    now = obeyed(store, paused(rule), "pause")
    (one,) = asking(store, 1, rule)
    for shard in range(4):
        assert refused(take(store, [one], shard)).superseded == {SPRING}
    now = obeyed(store, resumed(now), "resume")
    assert isinstance(now, CouponTerms)
    assert refused(take(store, [one])).superseded == {SPRING}
    assert take(store, asking(store, 1, now, named="new")) == Committed()
    assert books(store)[2] == 1


def test_added_shards_take_their_part_of_what_is_left(store: Store) -> None:
    """At the version of their terms, empty until units are moved; no unit is made or lost."""
    define(store, rule := terms(shards=2, budget=1_000))
    take(store, asking(store, 5, rule))
    now = obeyed(store, resharded(rule, 5), "wider")
    found = store.counters.get(SPRING)
    assert found is not None
    assert [(one.version, one.left) for one in found.shards] == [
        (2, 45), (2, 50), (2, 0), (2, 0), (2, 0),
    ]  # fmt: skip
    for transfer in evened(found.shards):
        assert store.counters.transfer(SPRING, transfer, "wider", NOW)
    assert books(store) == (95, 0, 5, 500, 0, 500)
    found = store.counters.get(SPRING)
    assert found is not None
    assert [one.left for one in found.shards] == [19] * 5
    assert {entry.kind for entry in entries(store)} == {EntryKind.SETTLE, EntryKind.SPREAD}
    assert isinstance(now, CouponTerms)
    last = asking(store, 1, now, named="last")
    assert take(store, last, shard=4) == Committed()


@pytest.mark.parametrize(("units", "money"), [(26, 0), (5, 300)])
def test_a_shard_gives_away_no_more_than_it_has(store: Store, units: int, money: int) -> None:
    """A transfer of units or money that others took meanwhile is refused, and moves nothing."""
    define(store, terms(budget=1_000))
    transfer = Transfer(giver=0, taker=1, units=units, money=money, taken=0)
    assert not store.counters.transfer(SPRING, transfer, "even", NOW)
    assert (books(store)[0], entries(store)) == (100, [])


def test_new_terms_leave_the_units_where_they_were(store: Store) -> None:
    """A definition changes the rule for whoever comes next, and counts nothing anew."""
    define(store, rule := terms())
    take(store, asking(store, 3, rule))
    now = obeyed(store, redefined(rule, replace(rule, minimum_spend=5)))
    assert isinstance(now, CouponTerms)
    assert (now.minimum_spend, books(store)[:3]) == (5, (97, 0, 3))


def test_terms_may_be_a_second_old_and_no_older(store: Store) -> None:
    """What is remembered of a counter is forgotten within a second."""
    define(store, rule := terms())
    assert store.counters.terms(SPRING) == rule
    begun(store, paused(rule))
    assert store.counters.terms(SPRING) == rule
    store.clock.turn(seconds=1)
    assert store.counters.terms(SPRING) == replace(rule, version=2, state=CounterState.PAUSED)


def test_counters_are_listed_by_their_kind(store: Store) -> None:
    """Coupons and stocks apart, once each, and nothing that lies beside their terms."""
    define(store, terms("B"), terms("A"), stock(), stock("cake"))
    obeyed(store, topped_up(terms("A"), 9, 0))
    store.clock.turn(seconds=1)
    assert list(store.counters.all("coupon")) == ["A", "B"]
    assert list(store.counters.all("stock")) == ["stock/tea-house/cake", "stock/tea-house/tea"]
