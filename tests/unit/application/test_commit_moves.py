import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.application.commit_moves import _transactions
from chalicelib.domain.command import CommandKind
from chalicelib.domain.errors import StoreUnavailableError
from chalicelib.domain.intent import ConfirmMode, IntentRef, Reason, Status, move
from chalicelib.domain.movement import EntryKind, Move, returning
from chalicelib.domain.refusal import Refusal
from tests.fakes.shop import HOLD_SECONDS, Shop
from tests.unit.application.commanding import order
from tests.unit.application.steps import Counted, Written, accepted, held, statuses
from tests.unit.domain.builders import terms

GONE = Reason(code="gone", detail="It is gone.")


@pytest.fixture
def shop() -> Shop:
    """Return a shop with a coupon of two hundred units on three shards."""
    shop = Shop()
    shop.tables.define(terms(units=200, shards=3))
    return shop


def releases(shop: Shop, refs: Sequence[IntentRef]) -> list[Move]:
    """Return the moves that give back what is held."""
    now = shop.clock.now()
    quotes = [shop.on_record[ref] for ref in refs]
    return [returning(move(one, Status.LAPSED, now, reason=GONE), one) for one in quotes]


def commit(shop: Shop, moves: Sequence[Move], stop_at: int | None = None) -> Any:
    """Commit releases."""
    return shop.commit(moves, EntryKind.RELEASE, stop_at)


def test_many_releases_are_few_writes_of_their_shard(shop: Shop) -> None:
    """A hundred and fifty holds on two shards are two transactions, and no more than four writes."""
    refs = held(shop, 66) + held(shop, 66, first=100)
    written_before = shop.total("moves")
    moves = releases(shop, refs)
    written = Written(shop)
    done = commit(shop, moves)
    assert len(done.made) == 132
    assert max(written.sizes) <= 100
    assert len(written.sizes) == 2
    assert shop.total("moves") - written_before <= 4
    assert (shop.total("held"), shop.total("left")) == (0, 200)


def test_a_transaction_has_at_most_a_hundred_items_and_none_twice(shop: Shop) -> None:
    """Orders, shards, one ledger entry a counter and marks together."""
    limited = terms(units=200, shards=3, uses=50)
    shop.command.define(limited, order("d2", CommandKind.DEFINE))
    refs = held(shop, 80) + held(shop, 9, first=200, customer="alice")
    moves = releases(shop, refs)
    written = Written(shop)
    done = commit(shop, moves)
    assert len(done.made) == 89
    assert max(written.sizes) <= 100
    assert all(len(set(keys)) == len(keys) for keys in written.transactions)
    ledgers = [[key for key in keys if "#ledger" in key] for keys in written.transactions]
    assert [len(entries) for entries in ledgers] == [1] * len(written.transactions)
    assert shop.tables.uses("alice", "SPRING25") == 0


def test_transactions_are_filled_to_the_last_item(shop: Shop) -> None:
    """Ninety-eight beside a shard and its entry; the next begins where the last was full."""
    (ref,) = held(shop, 1)
    (one,) = releases(shop, [ref])
    many = [
        replace(one, change=replace(one.change, ref=IntentRef(customer_id=f"c{n}", id=f"in_{n}")))
        for n in range(200)
    ]
    assert [len(some) for some in _transactions(many)] == [98, 98, 4]
    bare = [Move(change=each.change) for each in many]
    assert [len(some) for some in _transactions(bare)] == [100, 100]


def test_one_that_moved_leaves_the_rest_to_be_made(shop: Shop) -> None:
    """It is named, and everybody else is released in the same go."""
    refs = held(shop, 5)
    moves = releases(shop, refs)
    shop.confirm(refs[2])
    done = commit(shop, moves)
    assert done.moved == {refs[2]}
    assert {change.ref for change in done.made} == set(refs) - {refs[2]}
    assert not done.again
    assert (shop.total("left"), shop.total("redeemed"), shop.total("held")) == (199, 1, 0)


def test_a_repeat_gives_nothing_back_twice(shop: Shop) -> None:
    """Everybody moved before, and the shard is as it was."""
    refs = held(shop, 5)
    moves = releases(shop, refs)
    commit(shop, moves)
    done = commit(shop, moves)
    assert done.moved == set(refs)
    assert not done.made
    assert shop.total("left") == 200


def test_contention_is_waited_out_and_at_last_comes_again(shop: Shop) -> None:
    """Nobody is lost to a rush on their shard."""
    refs = held(shop, 5)
    moves = releases(shop, refs)
    Counted(shop, [Refusal(contended=True)] * 9)
    began = shop.clock.now()
    done = commit(shop, moves)
    assert done.again == set(refs)
    assert not done.down
    assert shop.clock.now() > began
    assert len(commit(shop, moves).made) == 5


def scattered(shards: int = 64, each: int = 2) -> tuple[Shop, list[IntentRef]]:
    """Return a shop with so many quotes held on each of so many shards, and these, whose time is over."""
    shop = Shop()
    shop.tables.define(terms(units=100 * shards, shards=shards))
    refs = []
    for home in range(shards):
        batch = accepted(shop, each, confirm=ConfirmMode.REVIEW, first=100 * home)
        shop.worker(home)(batch)
        refs += [pending.ref for pending in batch]
    shop.clock.turn(HOLD_SECONDS * 1_000)
    return shop, refs


def shards_of(moves: Sequence[Move]) -> set[int]:
    """Return the shards that *moves* write."""
    return {shift.shard for one in moves for shift in one.shifts}


def rush(shop: Shop, is_busy: Callable[[set[int]], bool]) -> list[set[int]]:
    """Have transactions on shards that are busy contend; return the shards of each transaction."""
    through = shop.ledger.commit
    written: list[set[int]] = []

    def contended(moves: Sequence[Move], *more: Any) -> Any:
        written.append(shards_of(moves))
        shop.clock.turn(10)
        return Refusal(contended=True) if is_busy(written[-1]) else through(moves, *more)

    shop.ledger.commit = contended
    return written


def test_holds_on_many_shards_are_released_in_a_rush() -> None:
    """Where each shard is written by others half of the time, nearly all of a hundred are released."""
    shop, refs = scattered()
    chance = random.Random(1)  # noqa: S311 (the same in each run)
    chance.shuffle(refs)
    rush(shop, lambda shards: any(chance.random() < 0.5 for _ in shards))
    done = shop.end_overdue.release([shop.on_record[ref] for ref in refs[:100]])
    assert len(done.made) >= 95
    assert {change.ref for change in done.made} | done.again == set(refs[:100])


def test_a_release_writes_as_few_shards_at_once_as_it_can() -> None:
    """In whatever order holds ran out, a transaction takes those of one shard together."""
    shop, refs = scattered(shards=10, each=10)
    random.Random(1).shuffle(refs)  # noqa: S311 (the same in each run)
    written = rush(shop, lambda _: False)
    done = shop.end_overdue.release([shop.on_record[ref] for ref in refs])
    assert len(done.made) == 100
    assert sum(map(len, written)) <= 10 + len(written) - 1


def test_a_shard_in_a_rush_keeps_nobody_on_another() -> None:
    """Whoever is not on it is released; who is comes again, after as many attempts as one has."""
    shop, refs = scattered(shards=8, each=4)
    on_third = {ref for ref in refs if shards_of(releases(shop, [ref])) == {3}}
    written = rush(shop, lambda shards: 3 in shards)
    done = shop.end_overdue.release([shop.on_record[ref] for ref in refs])
    assert done.again == on_third
    assert {change.ref for change in done.made} == set(refs) - on_third
    assert written.count({3}) == shop.commit.backoff.attempts_max


def test_halves_are_not_begun_past_the_time_either() -> None:
    """Everybody is made or comes again, and soon after the time nothing is written."""
    shop, refs = scattered()
    rush(shop, lambda _: True)
    stop_at = shop.clock.now() + 500
    done = shop.end_overdue.release([shop.on_record[ref] for ref in refs], stop_at)
    assert done.again == set(refs)
    assert not done.down
    assert shop.clock.now() < stop_at + 1_000


def test_a_store_that_is_down_is_asked_once(shop: Shop) -> None:
    """All who are left come again, and the next transaction is not waited for."""
    refs = held(shop, 60) + held(shop, 60, first=100)
    moves = releases(shop, refs)
    ledger = Counted(shop, [StoreUnavailableError("down")] * 9)
    done = commit(shop, moves)
    assert done.down
    assert done.again == set(refs)
    assert len(ledger.calls) == 1


def test_past_its_time_nothing_is_begun(shop: Shop) -> None:
    """What was made before stays made; the rest comes again."""
    refs = held(shop, 60) + held(shop, 60, first=100)
    moves = releases(shop, refs)
    ledger = Counted(shop)
    through = ledger._commit

    def slow(*given: Any) -> Any:
        shop.clock.turn(1_000)
        return through(*given)

    ledger._commit = slow
    done = commit(shop, moves, stop_at=shop.clock.now() + 1_000)
    assert len(ledger.calls) == 1
    assert len(done.made) + len(done.again) == 120
    assert statuses(shop) == {"lapsed": len(done.made), "ready": len(done.again)}
    assert not done.down


def test_one_alone_says_whether_it_was_made(shop: Shop) -> None:
    """And raises where it can't be known."""
    (ref,) = held(shop, 1)
    (one,) = releases(shop, [ref])
    shop.ledger.down = True
    with pytest.raises(StoreUnavailableError):
        shop.commit.one(one, EntryKind.RELEASE)
    shop.ledger.down = False
    assert shop.commit.one(one, EntryKind.RELEASE)
    assert not shop.commit.one(one, EntryKind.RELEASE)
