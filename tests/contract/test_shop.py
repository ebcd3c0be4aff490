from dataclasses import replace

import pytest

from chalicelib.adapters.codec import PENDING
from chalicelib.application.ports import CatalogueDraft, SweepMark
from chalicelib.domain.admission import Answered, Gate, Tally
from chalicelib.domain.catalogue import Item
from chalicelib.domain.errors import BrokenCatalogueError
from tests.contract.conftest import Shop
from tests.unit.domain.builders import EXTRAS, SIZE, line, pending, request


def draft(merchant: str = "tea-house", price: int = 400, digest: str = "d1") -> CatalogueDraft:
    """Return a menu to publish."""
    tea = Item(sku="tea", name="Tea", unit_price=price, aliases=("cha",), option_groups=("size",))
    return CatalogueDraft(
        merchant=merchant, currency="USD", items=(tea,), groups=(SIZE, EXTRAS), digest=digest
    )


def test_a_menu_is_read_as_it_was_published(shop: Shop) -> None:
    """Items, groups and currency survive the store, in version 1."""
    published = shop.catalogues.publish(draft())
    shop.clock.turn(days=1)
    assert shop.catalogues.current("tea-house") == published
    assert published.version == 1
    assert published.items["tea"].aliases == ("cha",)
    assert list(shop.catalogues.merchants()) == ["tea-house"]


def test_versions_count_up_and_stay(shop: Shop) -> None:
    """A new content is a new version, the same is none, and the old can still be read."""
    shop.catalogues.publish(draft())
    assert shop.catalogues.publish(draft(price=500, digest="d2")).version == 2
    assert shop.catalogues.publish(draft(price=500, digest="d2")).version == 2
    old = shop.catalogues.get("tea-house", 1)
    new = shop.catalogues.get("tea-house", None)
    assert old is not None
    assert new is not None
    assert (old.items["tea"].unit_price, new.items["tea"].unit_price) == (400, 500)
    assert shop.catalogues.get("tea-house", 3) is None


def test_a_broken_menu_changes_nothing(shop: Shop) -> None:
    """Refused whole: the version in force stays."""
    shop.catalogues.publish(draft())
    with pytest.raises(BrokenCatalogueError):
        shop.catalogues.publish(replace(draft(digest="d2"), items=()))
    newest = shop.catalogues.get("tea-house", None)
    assert newest is not None
    assert newest.version == 1


def test_merchants_keep_apart(shop: Shop) -> None:
    """Each has its own menu and its own versions."""
    shop.catalogues.publish(draft("tea-house"))
    shop.catalogues.publish(draft("cake-shop", price=90))
    assert set(shop.catalogues.merchants(fresh=True)) == {"tea-house", "cake-shop"}
    cake = shop.catalogues.current("cake-shop")
    assert cake is not None
    assert (cake.merchant, cake.items["tea"].unit_price) == ("cake-shop", 90)
    assert shop.catalogues.current("nobody") is None


def test_the_gate_the_mark_and_the_count_are_kept(shop: Shop) -> None:
    """What the sweep leaves is what the next one finds."""
    assert shop.control.gate().rate_per_second == 50
    shop.control.set_gate(Gate(rate_per_second=12.5))
    shop.clock.turn(seconds=2)
    assert shop.control.gate().rate_per_second == 12.5
    assert shop.control.mark() == SweepMark(swept_until={}, tally=None)
    mark = SweepMark(
        swept_until={0: 5, 15: 7},
        tally=Tally(at=1, answered=Answered(count=2, waited_ms=4), waiting=3),
    )
    shop.control.set_mark(mark)
    assert shop.control.mark() == mark


def test_answers_are_counted_about_once_a_second(shop: Shop) -> None:
    """Counts within a second are added together with the next; none is lost."""
    shop.control.count_answered(Answered(count=3, waited_ms=30))
    shop.control.count_answered(Answered(count=4, waited_ms=40))
    assert shop.control.answered().count in (3, 7)
    shop.clock.turn(seconds=1)
    shop.control.count_answered(Answered(count=5, waited_ms=50))
    assert shop.control.answered() == Answered(count=12, waited_ms=120)


def test_what_is_queued_waits(shop: Shop) -> None:
    """The queue's length counts what was sent, at once and when it is looked at again."""
    assert shop.queue.depth().all == 0
    shop.queue.send(pending())
    more = [pending(request(line("cake")), id_=f"in_{n}") for n in range(25)]
    assert list(shop.queue.send_all(more)) == []
    assert shop.queue.depth().waiting == 26
    shop.clock.turn(seconds=1)
    assert shop.queue.depth().waiting == 26


def test_a_message_is_read_as_it_was_sent() -> None:
    """An intent survives the queue."""
    asked = request(line("tea", 2, ("size", "large")), coupon=("SPRING25", "EXTRA"), max_total=5)
    assert PENDING.load(PENDING.dump(pending(asked, turn=3))) == pending(asked, turn=3)
