from collections.abc import Sequence
from dataclasses import replace

import pytest

from chalicelib.application import draw_units
from chalicelib.application.backoff import Backoff
from chalicelib.application.draw_units import DrawUnits
from chalicelib.application.ports import Committed
from chalicelib.domain.catalogue import Catalogue
from chalicelib.domain.coupon import CouponState, CouponTerms
from chalicelib.domain.errors import StoreUnavailableError
from chalicelib.domain.intent import Change, CouponFallback, Pending, Status
from chalicelib.domain.refusal import Refusal
from chalicelib.domain.settlement import Wanted, propose
from tests.fakes.shop import Shop
from tests.unit.domain.builders import intent, line, request, terms


@pytest.fixture
def shop() -> Shop:
    """Return a shop with one tea."""
    return Shop()


def accepted(
    shop: Shop,
    count: int,
    *,
    coupon: str | None = "SPRING25",
    customer: str | None = None,
    fallback: CouponFallback = CouponFallback.REJECT,
    first: int = 0,
) -> list[Pending]:
    """Put *count* intents on record, each of its own customer unless one is named."""
    now = shop.clock.now()
    made = [
        replace(
            intent(
                request(line(), coupon=coupon, fallback=fallback),
                id_=f"in_{n}",
                customer=customer or f"c{n}",
            ),
            accepted_at=now,
            expires_at=now + 900_000,
        )
        for n in range(first, first + count)
    ]
    for one in made:
        shop.intents.accept(one)
    return [one.pending for one in made]


def statuses(shop: Shop) -> dict[str, int]:
    """Count the intents by where they stand."""
    found: dict[str, int] = {}
    for one in shop.intents.on_record.values():
        found[one.status] = found.get(one.status, 0) + 1
    return found


def redeemed(shop: Shop) -> int:
    """Return the units redeemed, over all shards."""
    coupon = shop.coupons.get("SPRING25")
    assert coupon is not None
    return sum(shard.redeemed for shard in coupon.shards)


class Counted:
    """A ledger that counts its calls and may refuse some first."""

    def __init__(self, shop: Shop, refusals: Sequence[Refusal | Exception] = ()) -> None:
        self.calls: list[int] = []
        self._commit = shop.ledger.commit
        self._refusals = list(refusals)
        shop.ledger.commit = self.commit  # type: ignore[method-assign]

    def commit(self, changes: Sequence[Change], terms: CouponTerms | None) -> Committed | Refusal:
        """Refuse as told, then do as the ledger does."""
        self.calls.append(len(changes))
        if self._refusals:
            match self._refusals.pop(0):
                case Refusal() as refusal:
                    return refusal
                case error:
                    raise error
        return self._commit(changes, terms)


def test_a_batch_is_one_hot_write(shop: Shop) -> None:
    """Ninety-nine orders with a coupon are one transaction on one shard."""
    shop.coupons.define(terms(units=1_000))
    batch = accepted(shop, 99)
    ledger = Counted(shop)
    settled = shop.worker(0)(batch)
    assert ledger.calls == [99]
    assert len(settled.changes) == 99
    assert not settled.again


@pytest.mark.parametrize(("units", "shards"), [(100, 64), (37, 8), (64, 64), (1, 1)])
def test_every_unit_is_redeemed_while_somebody_wants_it(
    shop: Shop, units: int, shards: int
) -> None:
    """No unit is stranded on a shard nobody looked at, and none is given that is not there."""
    shop.coupons.define(terms(units=units, shards=shards))
    wanting = accepted(shop, units + 30)
    for start in range(0, len(wanting), 25):
        shop.worker(start % 7)(wanting[start : start + 25])
    assert redeemed(shop) == units
    assert statuses(shop) == {"confirmed": units, "rejected": 30}


def test_sold_out_is_said_only_after_every_shard_was_read(shop: Shop) -> None:
    """A worker whose own shard is dry finds the units on the others."""
    shop.coupons.define(terms(units=4, shards=4))
    worker = shop.worker(2)
    worker(accepted(shop, 1))
    worker(accepted(shop, 3, first=10))
    assert redeemed(shop) == 4


def test_units_that_come_back_are_found_again(shop: Shop) -> None:
    """A worker that saw the coupon sold out does not go on believing it."""
    shop.coupons.define(terms(units=1, shards=1))
    worker = shop.worker(0)
    worker(accepted(shop, 2))
    shop.coupons.parts["SPRING25"][0].shard = replace(
        shop.coupons.parts["SPRING25"][0].shard, left=1, redeemed=0
    )
    worker(accepted(shop, 1, first=5))
    assert statuses(shop) == {"confirmed": 2, "rejected": 1}


def test_the_redelivered_order_that_took_the_last_unit_stays_confirmed(shop: Shop) -> None:
    """Its worker died after the effect: the repeat must not be told that it is sold out."""
    shop.coupons.define(terms(units=1, shards=1, uses=1))
    batch = accepted(shop, 1)
    shop.worker(0)(batch)
    again = shop.worker(1)(batch)
    assert statuses(shop) == {"confirmed": 1}
    assert again.changes == ()
    assert not again.again


def test_a_redelivered_order_does_not_take_its_neighbours_along(shop: Shop) -> None:
    """Settled ones leave the batch, and the rest is settled with the units there are."""
    shop.coupons.define(terms(units=3, shards=1))
    done = accepted(shop, 2)
    shop.worker(0)(done)
    shop.worker(0)([*done, *accepted(shop, 2, first=10)])
    assert statuses(shop) == {"confirmed": 3, "rejected": 1}


def test_a_customer_s_orders_in_one_batch_share_their_limit(shop: Shop) -> None:
    """Of three at once with a limit of two, two are granted and one is told why."""
    shop.coupons.define(terms(uses=2))
    shop.worker(0)(accepted(shop, 3, customer="alice"))
    assert statuses(shop) == {"confirmed": 2, "rejected": 1}
    reasons = {i.reason.code for i in shop.intents.on_record.values() if i.reason}
    assert reasons == {"coupon_customer_limit"}


def test_one_message_twice_in_a_batch_is_one_order(shop: Shop) -> None:
    """A duplicate beside its original draws nothing."""
    shop.coupons.define(terms())
    settled = shop.worker(0)(accepted(shop, 1) * 3)
    assert len(settled.changes) == 1
    assert redeemed(shop) == 1


def test_new_terms_are_met_by_pricing_anew(shop: Shop) -> None:
    """An order priced at terms that were replaced meanwhile gets the new ones."""
    shop.coupons.define(terms())
    old = shop.coupons.terms

    def stale_once(code: str) -> CouponTerms | None:
        found = old(code)
        shop.coupons.terms = old  # type: ignore[method-assign]
        shop.coupons.define(terms(version=2, minimum_spend=10_000))
        return found

    shop.coupons.terms = stale_once  # type: ignore[method-assign]
    shop.worker(0)(accepted(shop, 1))
    reasons = [i.reason.code for i in shop.intents.on_record.values() if i.reason]
    assert reasons == ["coupon_minimum_spend"]
    assert redeemed(shop) == 0


def test_a_pause_refuses_whatever_the_worker_believes(shop: Shop) -> None:
    """The shard has the last word."""
    shop.coupons.define(terms())
    for part in shop.coupons.parts["SPRING25"]:
        part.state = CouponState.PAUSED
    shop.worker(0)(accepted(shop, 2))
    reasons = {i.reason.code for i in shop.intents.on_record.values() if i.reason}
    assert reasons == {"coupon_paused"}


def test_contention_is_waited_out(shop: Shop) -> None:
    """A conflict is tried again after a pause; nobody is refused for it."""
    shop.coupons.define(terms())
    Counted(shop, [Refusal(contended=True)] * 3)
    before = shop.clock.now()
    shop.worker(0)(accepted(shop, 5))
    assert statuses(shop) == {"confirmed": 5}
    assert shop.clock.now() > before


@pytest.mark.parametrize("coupon", ["SPRING25", None])
def test_contention_without_end_goes_back_to_the_queue(shop: Shop, coupon: str | None) -> None:
    """Attempts are limited: what could not be settled is delivered again, unchanged."""
    shop.coupons.define(terms())
    ledger = Counted(shop, [Refusal(contended=True)] * 99)
    batch = accepted(shop, 5, coupon=coupon)
    settled = shop.worker(0)(batch)
    assert settled.again == {pending.ref for pending in batch}
    assert len(ledger.calls) == 8
    assert statuses(shop) == {"accepted": 5}


@pytest.mark.parametrize("coupon", ["SPRING25", None])
def test_an_outage_loses_nothing(shop: Shop, coupon: str | None) -> None:
    """When the store does not answer, everyone is delivered again and settled then."""
    shop.coupons.define(terms())
    Counted(shop, [StoreUnavailableError("down")])
    batch = accepted(shop, 5, coupon=coupon)
    settled = shop.worker(0)(batch)
    assert settled.again == {pending.ref for pending in batch}
    shop.worker(0)(batch)
    assert statuses(shop) == {"confirmed": 5}


def test_a_change_that_came_too_late_leaves_the_rest_to_be_made(shop: Shop) -> None:
    """One intent cancelled in between does not keep a batch without coupons from settling."""
    batch = accepted(shop, 3, coupon=None)
    shop.cancel(batch[1].ref)
    settled = shop.worker(0)(batch)
    assert [change.status for change in settled.changes] == [Status.CONFIRMED] * 2
    assert statuses(shop) == {"confirmed": 2, "cancelled": 1}


def test_two_hundred_orders_without_a_coupon_are_two_transactions(shop: Shop) -> None:
    """As many as a transaction takes, and no more."""
    batch = accepted(shop, 200, coupon=None)
    ledger = Counted(shop)
    shop.worker(0)(batch)
    assert ledger.calls == [100, 100]


def test_two_coupons_in_a_batch_are_settled_side_by_side(shop: Shop) -> None:
    """One that is sold out does not hold up the other."""
    shop.coupons.define(terms("GONE", units=1, shards=1))
    shop.coupons.define(terms())
    batch = accepted(shop, 2, coupon="GONE") + accepted(shop, 2, first=10)
    shop.worker(0)(batch)
    assert statuses(shop) == {"confirmed": 3, "rejected": 1}


def test_a_merchant_without_a_menu_ends_the_intent(shop: Shop) -> None:
    """Nothing can be priced, so the customer is told."""
    (one,) = accepted(shop, 1, coupon=None)
    shop.worker(0)([replace(one, merchant="gone")])
    assert statuses(shop) == {"rejected": 1}


def test_wrong_beliefs_cost_one_read_not_the_attempts(shop: Shop) -> None:
    """The last unit on 64 shards is found in one delivery by a worker that believed in many."""
    shop.coupons.define(terms(units=6_400, shards=64))
    worker = shop.worker(0)
    worker(accepted(shop, 101))
    for number, part in enumerate(shop.coupons.parts["SPRING25"]):
        part.shard = replace(part.shard, left=int(number == 40))
    ledger = Counted(shop)
    settled = worker(accepted(shop, 1, first=200))
    assert [change.status for change in settled.changes] == [Status.CONFIRMED]
    assert len(ledger.calls) == 2


def test_contention_moves_on_to_another_shard(shop: Shop) -> None:
    """Where the home shard is contended, the next try draws on another."""
    shop.coupons.define(terms(units=100, shards=4))
    drawn: list[int] = []
    commit = shop.ledger.commit

    def contended(changes: Sequence[Change], rule: CouponTerms | None) -> Committed | Refusal:
        shards = {c.order.redemption.shard for c in changes if c.order and c.order.redemption}
        drawn.extend(shards)
        return Refusal(contended=True) if 0 in shards else commit(changes, rule)

    shop.ledger.commit = contended  # type: ignore[method-assign, assignment]
    shop.worker(0)(accepted(shop, 5))
    assert statuses(shop) == {"confirmed": 5}
    assert drawn[0] == 0
    assert 0 not in drawn[-1:]


def test_a_store_that_goes_down_in_between_keeps_what_was_drawn(shop: Shop) -> None:
    """The first transaction's orders are told as settled; only the rest comes again."""
    shop.coupons.define(terms(units=1_000))
    batch = accepted(shop, 150)
    commit = shop.ledger.commit
    calls: list[int] = []

    def once(changes: Sequence[Change], rule: CouponTerms | None) -> Committed | Refusal:
        calls.append(len(changes))
        if len(calls) > 1:
            raise StoreUnavailableError
        return commit(changes, rule)

    shop.ledger.commit = once  # type: ignore[method-assign, assignment]
    settled = shop.worker(0)(batch)
    assert (len(settled.changes), len(settled.again)) == (99, 51)
    assert shop.control.answered().count == 99


def test_a_store_that_hangs_is_waited_for_once(shop: Shop) -> None:
    """Ten coupons in a batch are not ten time-outs."""
    batch: list[Pending] = []
    for n in range(10):
        shop.coupons.define(terms(f"CODE{n}"))
        batch += accepted(shop, 2, coupon=f"CODE{n}", first=10 * n)
    ledger = Counted(shop, [StoreUnavailableError("down")] * 99)
    settled = shop.worker(0)(batch)
    assert len(settled.again) == 20
    assert len(ledger.calls) == 1


@pytest.mark.parametrize("coupon", ["SPRING25", None])
def test_out_of_time_nothing_is_begun(shop: Shop, coupon: str | None) -> None:
    """Who is not settled by then comes again, and is settled then."""
    shop.coupons.define(terms())
    batch = accepted(shop, 3, coupon=coupon)
    settled = shop.worker(0, seconds=0)(batch)
    assert settled.again == {pending.ref for pending in batch}
    assert statuses(shop) == {"accepted": 3}


def test_terms_that_keep_changing_bring_the_batch_again(shop: Shop) -> None:
    """A batch is priced anew only so often; nobody is forgotten."""
    shop.coupons.define(terms())
    Counted(shop, [Refusal(superseded=True)] * 3)
    batch = accepted(shop, 2)
    assert shop.worker(0)(batch).again == {pending.ref for pending in batch}


def test_a_worker_remembers_so_many_coupons_and_forgets_the_oldest_alone(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Drawing on a known coupon again forgets no other; a new one takes the oldest's place."""
    monkeypatch.setattr(draw_units, "BELIEFS_MAX", 2)
    rule = DrawUnits(
        coupons=shop.coupons,
        ledger=shop.ledger,
        clock=shop.clock,
        backoff=Backoff(attempts_max=2, base_ms=1, ceiling_ms=1, jitter=lambda: 0.0),
        hold_seconds=60,
        home=0,
    )
    for n, code in enumerate(["A1", "B2", "B2", "C3"]):
        shop.coupons.define(terms(code))
        (one,) = accepted(shop, 1, coupon=code, first=n)
        wanted = propose(one, shop_menu(shop), terms(code), shop.clock.now(), 60)
        assert isinstance(wanted, Wanted)
        rule([wanted], shop.clock.now() + 1_000)
        if n == 2:
            assert list(rule.beliefs) == ["A1", "B2"]
    assert list(rule.beliefs) == ["B2", "C3"]


def shop_menu(shop: Shop) -> Catalogue:
    """Return what the shop sells."""
    menu = shop.catalogues.current("tea-house")
    assert menu is not None
    return menu
