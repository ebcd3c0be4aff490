from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import pytest

from chalicelib.application.ports import Committed
from chalicelib.application.settle_orders import ROUNDS_MAX
from chalicelib.domain.coupon import CouponTerms
from chalicelib.domain.intent import Change, CouponFallback, Pending, Status
from chalicelib.domain.refusal import Refusal
from tests.fakes.shop import Shop
from tests.unit.domain.builders import intent, line, request, terms


@pytest.fixture
def shop() -> Shop:
    """Return a shop with one tea."""
    return Shop()


def accepted(shop: Shop, count: int, *, first: int = 0) -> list[Pending]:
    """Put *count* intents on record that want the coupon or nothing, each of its own customer."""
    now = shop.clock.now()
    asked = request(line(), coupon="SPRING25", fallback=CouponFallback.REJECT)
    made = [
        replace(
            intent(asked, id_=f"in_{n}", customer=f"c{n}"),
            accepted_at=now,
            expires_at=now + 900_000,
        )
        for n in range(first, first + count)
    ]
    for one in made:
        shop.intents.accept(one)
    return [one.pending for one in made]


class Seen:
    """What a worker asks of the stores for its coupon: transactions that draw, and readings."""

    def __init__(self, shop: Shop) -> None:
        self.drawn: list[int] = []
        self.refusals = 0
        self.readings = 0
        self.before: Callable[[], None] = lambda: None
        self.after: Callable[[], None] = lambda: None
        self._commit, self._left = shop.ledger.commit, shop.coupons.left
        shop.ledger.commit = self.commit  # type: ignore[method-assign]
        shop.coupons.left = self.left  # type: ignore[method-assign]

    def commit(self, changes: Sequence[Change], terms: CouponTerms | None) -> Committed | Refusal:
        """Do as the ledger does, with the test before and after it."""
        if terms is None:
            return self._commit(changes, terms)
        self.drawn.append(len(changes))
        self.before()
        outcome = self._commit(changes, terms)
        self.refusals += isinstance(outcome, Refusal)
        self.after()
        return outcome

    def left(self, code: str) -> Mapping[int, int]:
        """Count the reading."""
        self.readings += 1
        return self._left(code)


def lay(shop: Shop, *left: int) -> None:
    """Have each shard have so many units left."""
    for part, units in zip(shop.coupons.parts["SPRING25"], left, strict=True):
        part.shard = replace(part.shard, left=units)


def test_a_unit_that_comes_back_in_between_is_given(shop: Shop) -> None:
    """What was read before a draw says nothing after it: sold out is said of a fresh reading only."""
    shop.coupons.define(terms(units=2, shards=2))
    worker = shop.worker(0)
    lay(shop, 0, 1)
    seen = Seen(shop)

    def returned() -> None:
        if len(seen.drawn) == 2:
            lay(shop, 1, 0)

    seen.after = returned
    settled = worker(accepted(shop, 2))
    assert [change.status for change in settled.changes] == [Status.CONFIRMED] * 2
    assert seen.drawn == [2, 1, 1]


def test_a_draw_that_came_too_late_does_not_sell_the_coupon_out(shop: Shop) -> None:
    """Somebody else emptied the shard that was just read: the units elsewhere are still to be had."""
    shop.coupons.define(terms(units=12, shards=3))
    lay(shop, 0, 3, 2)
    seen = Seen(shop)

    def emptied() -> None:
        if seen.readings == 1:
            lay(shop, 0, 0, 2)

    seen.before = emptied
    settled = shop.worker(0)(accepted(shop, 2))
    assert [change.status for change in settled.changes] == [Status.CONFIRMED] * 2
    assert not settled.again


def test_what_was_learnt_of_the_shards_serves_the_next_batch(shop: Shop) -> None:
    """Who has found the shards that have units neither asks again nor runs into an empty one."""
    shop.coupons.define(terms(units=100, shards=4))
    lay(shop, 0, 25, 25, 25)
    worker = shop.worker(0)
    worker(accepted(shop, 5))
    seen = Seen(shop)
    worker(accepted(shop, 5, first=10))
    assert (seen.drawn, seen.refusals, seen.readings) == ([5], 0, 0)


def test_what_was_drawn_is_believed_gone(shop: Shop) -> None:
    """A worker draws on what its own draws have left, and so none of them is refused."""
    shop.coupons.define(terms(units=7, shards=1))
    worker = shop.worker(0)
    seen = Seen(shop)
    worker(accepted(shop, 5))
    settled = worker(accepted(shop, 5, first=10))
    assert (seen.drawn, seen.refusals) == ([5, 2], 0)
    assert (
        sorted(change.status for change in settled.changes) == ["confirmed"] * 2 + ["rejected"] * 3
    )


def test_every_answer_counts_with_the_time_that_it_took(shop: Shop) -> None:
    """Orders and refusals alike, each with its wait: it is what the gate is set by."""
    shop.coupons.define(terms(units=2, shards=1))
    batch = accepted(shop, 3)
    shop.clock.turn(4_000)
    shop.worker(0)(batch)
    counted = shop.control.answered()
    assert (counted.count, counted.waited_ms) == (3, 12_000)


def test_terms_that_changed_are_read_anew_and_not_remembered(shop: Shop) -> None:
    """A batch priced at old terms is settled at the new ones in the same delivery."""
    old, new = terms(), terms(version=2, minimum_spend=5)
    shop.coupons.define(old)
    remembered = {"SPRING25": old}
    fresh = shop.coupons.fresh_terms

    def read(code: str) -> CouponTerms | None:
        found = fresh(code)
        if found is not None:
            remembered[code] = found
        return found

    shop.coupons.terms = remembered.get  # type: ignore[method-assign, assignment]
    shop.coupons.fresh_terms = read  # type: ignore[method-assign]
    shop.coupons.define(new)
    seen = Seen(shop)
    settled = shop.worker(0)(accepted(shop, 3))
    assert not settled.again
    assert [change.status for change in settled.changes] == [Status.CONFIRMED] * 3
    assert (seen.drawn, seen.refusals) == ([3, 3], 1)


def test_terms_that_will_not_stand_still_cost_nobody_their_answer(shop: Shop) -> None:
    """Whoever is still unpriced after the last round is delivered again, and settled then."""
    shop.coupons.define(terms())
    commit = shop.ledger.commit
    tries: list[int] = []

    def restless(changes: Sequence[Change], terms: CouponTerms | None) -> Committed | Refusal:
        tries.append(len(changes))
        if len(tries) <= ROUNDS_MAX:
            return Refusal(superseded=True, short={0: 25})
        return commit(changes, terms)

    shop.ledger.commit = restless  # type: ignore[method-assign]
    batch = accepted(shop, 4)
    settled = shop.worker(0)(batch)
    assert settled.changes == ()
    assert settled.again == {pending.ref for pending in batch}
    again = shop.worker(0)([p for p in batch if p.ref in settled.again])
    assert [change.status for change in again.changes] == [Status.CONFIRMED] * 4
