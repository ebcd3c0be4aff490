from collections.abc import Sequence
from typing import Any

import pytest

from chalicelib.application import sight
from chalicelib.domain.catalogue import Item
from chalicelib.domain.discount import Percent
from chalicelib.domain.intent import Status
from chalicelib.domain.movement import Move
from chalicelib.domain.refusal import Refusal
from tests.fakes.shop import TEA, Shop, Worker
from tests.unit.application.steps import Counted, accepted, before, statuses
from tests.unit.domain.builders import line, stock, terms


@pytest.fixture
def shop() -> Shop:
    """Return a shop with one tea."""
    return Shop()


class Seen:
    """How often a worker reads the shards."""

    def __init__(self, worker: Worker) -> None:
        self.readings = 0
        self._shards = worker.counters.shards
        worker.counters.shards = self._count

    def _count(self, *given: Any) -> Any:
        self.readings += 1
        return self._shards(*given)


def test_sold_out_is_said_only_after_every_shard_was_read(shop: Shop) -> None:
    """A worker whose own shard is dry finds the units on the others."""
    shop.tables.define(terms(units=4, shards=4))
    worker = shop.worker(2)
    worker(accepted(shop, 1))
    worker(accepted(shop, 3, first=10))
    assert shop.total("redeemed") == 4


def test_units_that_come_back_are_found_again(shop: Shop) -> None:
    """A worker that saw the coupon sold out does not go on believing it."""
    shop.tables.define(terms(units=1, shards=1))
    worker = shop.worker(0)
    worker(accepted(shop, 2))
    shop.tables.lay("SPRING25", [1])
    worker(accepted(shop, 1, first=5))
    assert statuses(shop) == {"confirmed": 2, "rejected": 1}


def test_wrong_beliefs_cost_one_read_not_the_attempts(shop: Shop) -> None:
    """The last unit on 64 shards is found in one delivery by a worker that believed in many."""
    shop.tables.define(terms(units=6_400, shards=64))
    worker = shop.worker(0)
    worker(accepted(shop, 101))
    shop.tables.lay("SPRING25", [int(number == 40) for number in range(64)])
    ledger = Counted(shop)
    settled = worker(accepted(shop, 1, first=200))
    assert [change.status for change in settled.changes] == [Status.CONFIRMED]
    assert len(ledger.calls) == 2


def test_contention_moves_on_to_another_shard(shop: Shop) -> None:
    """Where the home shard is contended, the next try draws on another."""
    shop.tables.define(terms(units=100, shards=4))
    drawn: list[int] = []
    commit = shop.ledger.commit

    def contended(moves: Sequence[Move], *more: Any) -> Any:
        shards = {shift.shard for move in moves for shift in move.shifts}
        drawn.extend(shards)
        busy = frozenset({("SPRING25", 0)})
        return Refusal(contended=True, busy=busy) if 0 in shards else commit(moves, *more)

    shop.ledger.commit = contended
    shop.worker(0)(accepted(shop, 5))
    assert statuses(shop) == {"confirmed": 5}
    assert drawn[0] == 0
    assert 0 not in drawn[-1:]


def test_a_unit_that_comes_back_in_between_is_given(shop: Shop) -> None:
    """What was read before a draw says nothing after it: sold out is said of a fresh reading only."""
    shop.tables.define(terms(units=2, shards=2))
    worker = shop.worker(0)
    shop.tables.lay("SPRING25", [0, 1])
    ledger = Counted(shop)
    through = ledger._commit

    def returned(*given: Any) -> Any:
        outcome = through(*given)
        if len(ledger.calls) == 2:
            shop.tables.lay("SPRING25", [1, 0])
        return outcome

    ledger._commit = returned
    settled = worker(accepted(shop, 2))
    assert [change.status for change in settled.changes] == [Status.CONFIRMED] * 2
    assert ledger.calls == [2, 1, 1]


def test_a_draw_that_came_too_late_does_not_sell_the_coupon_out(shop: Shop) -> None:
    """Somebody else emptied the shard that was just read: the units elsewhere are still to be had."""
    shop.tables.define(terms(units=12, shards=3))
    shop.tables.lay("SPRING25", [0, 3, 2])
    before(shop.ledger, "commit", lambda *_: shop.tables.lay("SPRING25", [0, 0, 2]), at=2)
    settled = shop.worker(0)(accepted(shop, 2))
    assert [change.status for change in settled.changes] == [Status.CONFIRMED] * 2
    assert not settled.again


def test_what_was_learnt_of_the_shards_serves_the_next_batch(shop: Shop) -> None:
    """Who has found the shards that have units neither asks again nor runs into an empty one."""
    shop.tables.define(terms(units=100, shards=4))
    shop.tables.lay("SPRING25", [0, 25, 25, 25])
    worker = shop.worker(0)
    worker(accepted(shop, 5))
    seen, ledger = Seen(worker), Counted(shop)
    worker(accepted(shop, 5, first=10))
    assert (ledger.calls, ledger.refusals, seen.readings) == ([5], 0, 0)


def test_what_was_drawn_is_believed_gone(shop: Shop) -> None:
    """A worker draws on what its own draws have left, and so none of them is refused."""
    shop.tables.define(terms(units=7, shards=1))
    worker = shop.worker(0)
    ledger = Counted(shop)
    worker(accepted(shop, 5))
    settled = worker(accepted(shop, 5, first=10))
    assert (ledger.calls, ledger.refusals) == ([5, 2, 3], 0)
    found = sorted(change.status for change in settled.changes)
    assert found == ["confirmed"] * 2 + ["rejected"] * 3


def test_a_worker_remembers_so_many_counters_and_forgets_the_oldest_alone(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Drawing on a known coupon again forgets no other; a new one takes the oldest's place."""
    monkeypatch.setattr(sight, "BELIEFS_MAX", 2)
    worker = shop.worker(0)
    beliefs = worker.services.settle.draw.beliefs
    for n, code in enumerate(["A1", "B2", "B2", "C3"]):
        shop.tables.define(terms(code))
        worker(accepted(shop, 1, coupon=code, first=n))
        if n == 2:
            assert [code for code, _ in beliefs] == ["A1", "B2"]
    assert [code for code, _ in beliefs] == ["B2", "C3"]


def test_two_workers_keep_apart_while_there_is_enough(shop: Shop) -> None:
    """Each draws on its own home shard, so that neither waits for the other."""
    shop.tables.define(terms(units=100, shards=4))
    for home in (1, 3):
        shop.worker(home)(accepted(shop, 5, first=10 * home))
    assert [shard.redeemed for shard in shop.shards()] == [0, 5, 0, 5]


def spread_thin(shop: Shop) -> None:
    """Define two coupons that combine, each with its money in coins of 5 on 64 shards."""
    for code, other in (("FIRST", "SECOND"), ("SECOND", "FIRST")):
        rule = terms(
            code,
            off=Percent(basis_points=5_000, cap=300),
            units=6_400,
            shards=64,
            budget=64 * 5,
            currency="USD",
            combines_with=frozenset({other}),
        )
        shop.tables.define(rule)
    shop.sell(TEA, Item(sku="crumb", name="Crumb", unit_price=8))


def test_what_lies_on_too_many_shards_is_gathered(shop: Shop) -> None:
    """Money on more shards than one transaction can write is there for an order all the same."""
    spread_thin(shop)
    (big,) = accepted(shop, 1, line(quantity=9), coupon=("FIRST", "SECOND"))
    shop.tables.define(terms("SMALL", units=5, shards=2))
    settled = shop.worker(0)([big, *accepted(shop, 2, coupon="SMALL", first=10)])
    assert not settled.again
    assert statuses(shop) == {"confirmed": 3}


@pytest.mark.parametrize("coupon", [None, "SPRING25"])
def test_stock_that_lies_on_too_many_shards_is_gathered(shop: Shop, coupon: str | None) -> None:
    """All of it is sold, and no coupon is blamed for where it lay."""
    shop.sell(
        TEA,
        *(Item(sku=sku, name=sku, unit_price=100, stocked=True) for sku in ("torte", "flan")),
    )
    for sku in ("torte", "flan"):
        shop.tables.define(stock(sku, units=64, shards=64))
    shop.tables.define(terms(units=10, shards=1, budget=1_000_000, currency="USD"))
    settled = shop.worker(0)(accepted(shop, 1, line("torte", 60), line("flan", 60), coupon=coupon))
    assert (statuses(shop), settled.again) == ({"confirmed": 1}, frozenset())
