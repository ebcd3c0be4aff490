from typing import Any

import pytest

from chalicelib.application.command_counter import Instruction
from chalicelib.application.settle_orders import ROUNDS_MAX
from chalicelib.domain.catalogue import Item
from chalicelib.domain.command import CommandKind, ended, paused, resharded, resumed, topped_up
from chalicelib.domain.coupon import ANY, CouponTerms
from chalicelib.domain.discount import AmountOff
from chalicelib.domain.intent import CouponFallback, Status
from chalicelib.domain.refusal import Refusal
from chalicelib.domain.terms import Terms
from tests.fakes.shop import TEA, Shop
from tests.unit.application.steps import Counted, accepted, before, held, reasons, statuses
from tests.unit.domain.builders import line, stock, terms


@pytest.fixture
def shop() -> Shop:
    """Return a shop with a coupon of a quarter."""
    shop = Shop()
    shop.tables.define(terms())
    return shop


def redefine(shop: Shop, wanted: CouponTerms) -> None:
    """Have a coupon be defined anew, by somebody else."""
    order = Instruction(id=repr(wanted), kind=CommandKind.DEFINE, by="test", why="test")
    shop.command.define(wanted, order)


def pause(shop: Shop, id_: str = "p") -> None:
    """Pause the coupon."""
    shop.tables.command("SPRING25", paused, CommandKind.PAUSE, id_)


def test_new_terms_are_met_by_pricing_anew(shop: Shop) -> None:
    """A batch priced at terms that were replaced meanwhile gets the new ones, in one delivery."""
    cheaper = terms(off=AmountOff(amount=40))
    before(shop.ledger, "commit", lambda *_: redefine(shop, cheaper))
    ledger = Counted(shop)
    settled = shop.worker(0)(accepted(shop, 3))
    assert not settled.again
    assert statuses(shop) == {"confirmed": 3}
    assert shop.total("spent") == 3 * 40
    assert (ledger.calls, ledger.refusals) == ([3, 3], 1)


def test_terms_that_no_longer_fit_are_told(shop: Shop) -> None:
    """A minimum that came in between refuses who is below it."""
    before(shop.ledger, "commit", lambda *_: redefine(shop, terms(minimum_spend=10_000)))
    shop.worker(0)(accepted(shop, 1))
    assert reasons(shop) == {"coupon_minimum_spend": 1}
    assert shop.total("redeemed") == 0


def test_a_pause_refuses_whatever_the_worker_believes(shop: Shop) -> None:
    """Once it has returned nothing more is redeemed, though the worker has seen it active."""
    worker = shop.worker(0)
    worker(accepted(shop, 1))
    pause(shop)
    worker(accepted(shop, 2, first=5))
    assert reasons(shop) == {"coupon_paused": 2}
    assert shop.total("redeemed") == 1


def test_an_end_refuses_whatever_the_worker_believes(shop: Shop) -> None:
    """Nothing is redeemed after it, but what is held can still be confirmed."""
    (quote,) = held(shop, 1)
    worker = shop.worker(1)
    worker(accepted(shop, 1, first=3))
    now = shop.clock.now()
    shop.tables.command("SPRING25", lambda t: ended(t, now), CommandKind.END, "e")
    worker(accepted(shop, 2, first=5))
    assert reasons(shop) == {"coupon_ended": 2}
    assert shop.confirm(quote).status is Status.CONFIRMED
    assert shop.total("redeemed") == 2


def test_a_resumed_coupon_is_granted_again_within_a_second(shop: Shop) -> None:
    """A worker that saw the pause believes in it no longer than it remembers terms."""
    pause(shop)
    worker = shop.worker(0)
    worker(accepted(shop, 1))
    shop.tables.command("SPRING25", resumed, CommandKind.RESUME, "r")
    shop.clock.turn(1_000)
    worker(accepted(shop, 1, first=5))
    assert statuses(shop) == {"rejected": 1, "confirmed": 1}


def test_what_was_topped_up_since_the_price_was_made_is_granted(shop: Shop) -> None:
    """A worker that is about to say "sold out" meets the new terms instead."""
    shop.tables.lay("SPRING25", [1, 0, 0, 0])

    def more(*_: object) -> None:
        shop.tables.command("SPRING25", lambda t: topped_up(t, 8, 0), CommandKind.TOP_UP, "t")

    before(shop.ledger, "commit", more)
    settled = shop.worker(0)(accepted(shop, 5))
    assert statuses(shop) == {"confirmed": 5}
    assert not settled.again


def test_shards_that_were_added_in_between_are_drawn_on(shop: Shop) -> None:
    """Their units are found, though the worker believed in fewer shards."""
    worker = shop.worker(0)
    worker(accepted(shop, 1))
    shop.tables.command("SPRING25", lambda t: resharded(t, 9), CommandKind.ADD_SHARDS, "s")
    worker(accepted(shop, 110, first=10))
    assert statuses(shop) == {"confirmed": 100, "rejected": 11}
    assert shop.total("left") == 0


def test_nobody_is_served_at_terms_that_their_price_was_not_made_at(shop: Shop) -> None:
    """One who falls back on a coupon that has changed meanwhile is priced anew, not at the old."""
    anything = frozenset({ANY})
    shop.tables.define(terms("ONCE", uses=1, combines_with=anything, rank=-1))
    shop.tables.define(terms("WIDE", units=400, shards=1, combines_with=anything))
    shop.worker(1)(accepted(shop, 1, coupon="ONCE", customer="alice"))
    falls_back = accepted(
        shop,
        1,
        coupon=("ONCE", "WIDE"),
        customer="alice",
        fallback=CouponFallback.FULL_PRICE,
        first=5,
    )
    cheaper = terms("WIDE", units=400, shards=1, combines_with=anything, off=AmountOff(amount=40))
    before(shop.ledger, "commit", lambda *_: redefine(shop, cheaper), at=2)
    settled = shop.worker(0)([*falls_back, *accepted(shop, 99, coupon="WIDE", first=10)])
    assert not settled.again
    assert shop.total("redeemed", "WIDE") == 100
    assert shop.total("spent", "WIDE") == 100 * 40


def test_terms_that_will_not_stand_still_cost_nobody_their_answer(shop: Shop) -> None:
    """Whoever is still unpriced after the last round is delivered again, and settled then."""
    restless = Refusal(superseded=frozenset({"SPRING25"}))
    ledger = Counted(shop, [restless] * ROUNDS_MAX)
    batch = accepted(shop, 4)
    settled = shop.worker(0)(batch)
    assert settled.changes == ()
    assert settled.again == {pending.ref for pending in batch}
    assert len(ledger.calls) == ROUNDS_MAX
    shop.worker(0)([p for p in batch if p.ref in settled.again])
    assert statuses(shop) == {"confirmed": 4}


def test_a_quote_that_was_held_before_a_pause_is_confirmed_after_it(shop: Shop) -> None:
    """What is held was granted: a pause stops what is new, not what was promised."""
    (quote,) = held(shop, 1)
    pause(shop)
    assert shop.confirm(quote).status is Status.CONFIRMED


def test_a_pause_in_between_leaves_others_of_the_batch_to_their_own_coupons(shop: Shop) -> None:
    """Who wants another coupon gets it in the same delivery."""
    shop.tables.define(terms("OTHER"))
    before(shop.ledger, "commit", lambda *_: pause(shop))
    batch = [*accepted(shop, 2), *accepted(shop, 2, coupon="OTHER", first=5)]
    shop.worker(0)(batch)
    assert statuses(shop) == {"confirmed": 2, "rejected": 2}
    assert shop.total("redeemed", "OTHER") == 2


def test_commands_make_versions_and_shards_know_the_newest(shop: Shop) -> None:
    """Whatever was commanded, every shard is at the terms that are told."""

    def wider(current: Terms) -> Any:
        return resharded(current, 6)

    pause(shop)
    counter = shop.tables.command("SPRING25", wider, CommandKind.ADD_SHARDS, "s")
    assert counter.terms.version == 3
    assert {shard.version for shard in counter.shards} == {3}
    assert len(counter.shards) == 6


@pytest.mark.parametrize("fallback", list(CouponFallback))
def test_a_resume_holds_for_the_very_next_order(shop: Shop, fallback: CouponFallback) -> None:
    """A worker that remembers the pause refuses nobody by it: what refuses is read anew."""
    worker = shop.worker(0)
    pause(shop)
    worker(accepted(shop, 2))
    shop.tables.command("SPRING25", resumed, CommandKind.RESUME, "r")
    worker(accepted(shop, 3, fallback=fallback, first=10))
    assert shop.total("redeemed") == 3


def test_what_is_put_on_sale_again_is_sold_to_the_very_next(shop: Shop) -> None:
    """The same for stock, whose sale was paused or that was never put in."""
    shop.sell(TEA, Item(sku="flan", name="Flan", unit_price=100, stocked=True))
    worker = shop.worker(0)
    worker(accepted(shop, 1, line("flan"), coupon=None))
    shop.tables.define(stock("flan", units=9))
    worker(accepted(shop, 1, line("flan"), coupon=None, first=5))
    counter = stock("flan").counter
    shop.tables.command(counter, paused, CommandKind.PAUSE, "p")
    worker(accepted(shop, 1, line("flan"), coupon=None, first=6))
    shop.tables.command(counter, resumed, CommandKind.RESUME, "r")
    worker(accepted(shop, 1, line("flan"), coupon=None, first=7))
    assert reasons(shop) == {"out_of_stock": 1, "item_paused": 1}
    assert shop.total("redeemed", counter) == 2
