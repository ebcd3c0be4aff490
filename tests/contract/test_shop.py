from dataclasses import replace

import pytest

from chalicelib.adapters.codec import PENDING
from chalicelib.application.ports import CatalogueDraft, Moved, Stale, SweepMark
from chalicelib.domain.admission import Answered, Gate, Tally
from chalicelib.domain.catalogue import Item
from chalicelib.domain.coupon import AmountOff, CouponState
from chalicelib.domain.errors import BrokenCatalogueError
from tests.contract.conftest import Store
from tests.unit.domain.builders import EXTRAS, SIZE, line, pending, request, terms


def draft(merchant: str = "tea-house", price: int = 400, digest: str = "d1") -> CatalogueDraft:
    """Return a menu to publish."""
    tea = Item(sku="tea", name="Tea", unit_price=price, aliases=("cha",), option_groups=("size",))
    return CatalogueDraft(
        merchant=merchant, currency="USD", items=(tea,), groups=(SIZE, EXTRAS), digest=digest
    )


def test_a_coupon_is_read_as_it_was_defined(store: Store) -> None:
    """Terms survive the store, and the shards hold all units."""
    rule = terms(
        off=AmountOff(amount=150, currency="USD"),
        units=10,
        shards=3,
        uses=2,
        starts_at=1,
        ends_at=2,
        minimum_spend=3,
        skus=frozenset({"tea"}),
        merchant="tea-house",
    )
    store.coupons.define(rule)
    coupon = store.coupons.get("SPRING25")
    assert coupon is not None
    assert coupon.terms == rule
    assert [shard.left for shard in coupon.shards] == [4, 3, 3]
    assert store.coupons.left("SPRING25") == {0: 4, 1: 3, 2: 3}


def test_there_is_no_coupon_before_it_is_defined(store: Store) -> None:
    """An unknown code is None, and pausing it does nothing."""
    store.coupons.set_state("NOPE", CouponState.PAUSED)
    assert store.coupons.get("NOPE") is None
    assert store.coupons.fresh_terms("NOPE") is None


def test_defining_anew_keeps_the_count_of_units(store: Store) -> None:
    """New terms are in force at once; the units are where they were."""
    store.coupons.define(terms())
    store.coupons.define(terms(version=2, minimum_spend=5))
    coupon = store.coupons.get("SPRING25")
    assert coupon is not None
    assert coupon.terms.minimum_spend == 5
    assert sum(shard.left for shard in coupon.shards) == 100


def test_older_terms_never_replace_newer(store: Store) -> None:
    """Of two definitions at once the late one is told to look again; a version means one thing."""
    assert store.coupons.define(terms(version=3)) == Moved()
    assert store.coupons.define(terms(version=3)) == Moved()
    assert store.coupons.define(terms(version=3, minimum_spend=5)) == Stale()
    assert store.coupons.define(terms(version=2, minimum_spend=5)) == Stale()
    assert store.coupons.fresh_terms("SPRING25") == terms(version=3)


def test_defining_anew_leaves_a_pause_in_force(store: Store) -> None:
    """Terms and state are written apart: a definition that raced with a pause does not undo it."""
    store.coupons.define(terms())
    store.coupons.set_state("SPRING25", CouponState.PAUSED)
    store.coupons.define(terms(version=2, state=CouponState.ACTIVE))
    assert store.coupons.fresh_terms("SPRING25") == terms(version=2, state=CouponState.PAUSED)


def test_terms_may_be_a_second_old_and_no_older(store: Store) -> None:
    """What is remembered of a coupon is forgotten within a second."""
    assert store.coupons.terms("SPRING25") is None
    store.coupons.define(terms())
    assert store.coupons.terms("SPRING25") == terms()
    store.coupons.set_state("SPRING25", CouponState.PAUSED)
    store.clock.turn(seconds=1)
    assert store.coupons.terms("SPRING25") == terms(state=CouponState.PAUSED)


def test_a_menu_is_read_as_it_was_published(store: Store) -> None:
    """Items, groups and currency survive the store, in version 1."""
    published = store.catalogues.publish(draft())
    store.clock.turn(days=1)
    assert store.catalogues.current("tea-house") == published
    assert published.version == 1
    assert published.items["tea"].aliases == ("cha",)
    assert list(store.catalogues.merchants()) == ["tea-house"]


def test_versions_count_up_and_stay(store: Store) -> None:
    """A new content is a new version, the same is none, and the old can still be read."""
    store.catalogues.publish(draft())
    assert store.catalogues.publish(draft(price=500, digest="d2")).version == 2
    assert store.catalogues.publish(draft(price=500, digest="d2")).version == 2
    old = store.catalogues.get("tea-house", 1)
    new = store.catalogues.get("tea-house", None)
    assert old is not None
    assert new is not None
    assert (old.items["tea"].unit_price, new.items["tea"].unit_price) == (400, 500)
    assert store.catalogues.get("tea-house", 3) is None


def test_a_broken_menu_changes_nothing(store: Store) -> None:
    """Refused whole: the version in force stays."""
    store.catalogues.publish(draft())
    with pytest.raises(BrokenCatalogueError):
        store.catalogues.publish(replace(draft(digest="d2"), items=()))
    newest = store.catalogues.get("tea-house", None)
    assert newest is not None
    assert newest.version == 1


def test_merchants_keep_apart(store: Store) -> None:
    """Each has its own menu and its own versions."""
    store.catalogues.publish(draft("tea-house"))
    store.catalogues.publish(draft("cake-shop", price=90))
    assert set(store.catalogues.merchants(fresh=True)) == {"tea-house", "cake-shop"}
    cake = store.catalogues.current("cake-shop")
    assert cake is not None
    assert (cake.merchant, cake.items["tea"].unit_price) == ("cake-shop", 90)
    assert store.catalogues.current("nobody") is None


def test_the_gate_the_mark_and_the_count_are_kept(store: Store) -> None:
    """What the sweep leaves is what the next one finds."""
    assert store.control.gate().rate_per_second == 50
    store.control.set_gate(Gate(rate_per_second=12.5))
    store.clock.turn(seconds=2)
    assert store.control.gate().rate_per_second == 12.5
    assert store.control.mark() == SweepMark(swept_until={}, tally=None)
    mark = SweepMark(
        swept_until={0: 5, 15: 7},
        tally=Tally(at=1, answered=Answered(count=2, waited_ms=4), waiting=3),
    )
    store.control.set_mark(mark)
    assert store.control.mark() == mark


def test_answers_are_counted_about_once_a_second(store: Store) -> None:
    """Counts within a second are added together with the next; none is lost."""
    store.control.count_answered(Answered(count=3, waited_ms=30))
    store.control.count_answered(Answered(count=4, waited_ms=40))
    assert store.control.answered().count in (3, 7)
    store.clock.turn(seconds=1)
    store.control.count_answered(Answered(count=5, waited_ms=50))
    assert store.control.answered() == Answered(count=12, waited_ms=120)


def test_what_is_queued_waits(store: Store) -> None:
    """The queue's length counts what was sent, at once and when it is looked at again."""
    assert store.queue.depth().all == 0
    store.queue.send(pending())
    more = [pending(request(line("cake")), id_=f"in_{n}") for n in range(25)]
    assert list(store.queue.send_all(more)) == []
    assert store.queue.depth().waiting == 26
    store.clock.turn(seconds=1)
    assert store.queue.depth().waiting == 26


def test_a_message_is_read_as_it_was_sent() -> None:
    """An intent survives the queue."""
    asked = request(line("tea", 2, ("size", "large")), coupon="SPRING25", max_total=5)
    assert PENDING.load(PENDING.dump(pending(asked, turn=3))) == pending(asked, turn=3)
