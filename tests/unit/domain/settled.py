"""Small values of settlement to test with: priced orders, and what they want and are given."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from chalicelib.domain.catalogue import Catalogue
from chalicelib.domain.counter import StockTerms
from chalicelib.domain.coupon import CouponTerms, Offer
from chalicelib.domain.intent import Intent, Pending
from chalicelib.domain.order import Draw, Order
from chalicelib.domain.pricing import price
from chalicelib.domain.resolution import Line
from chalicelib.domain.settlement import Known, Wanted, granted, propose
from tests.unit.domain.builders import NOW, intent, line, menu


def order_of(*lines: Line, **prices: int) -> Order:
    """Return the order that *lines* make, or one of each item of *prices*."""
    order = price(lines or [line(sku) for sku in prices], menu(**prices))
    assert isinstance(order, Order)
    return order


def known(
    *offers: CouponTerms | Offer,
    stocks: Iterable[StockTerms] = (),
    catalogue: Catalogue | None = None,
    now: int = NOW,
    newcomer: bool = True,
) -> Known:
    """Return what a pricing goes by: these coupons and stocks, and a hold of ten minutes."""
    made = [one if isinstance(one, Offer) else Offer(terms=one) for one in offers]
    counted = {one.counter: one for one in stocks}
    return Known(
        catalogue=catalogue or menu(*(one.sku for one in counted.values())),
        now=now,
        hold_seconds=600,
        offers={one.given: one for one in made},
        stock=counted,
        newcomer=newcomer,
    )


def want(asked: Pending, known_: Known) -> Wanted:
    """Return the wish that *asked* has to become."""
    wanted = propose(asked, known_)
    assert isinstance(wanted, Wanted)
    return wanted


def drawn(wanted: Wanted, shard: int = 0) -> tuple[tuple[Draw, ...], ...]:
    """Return draws that give *wanted* all of its claims from one shard each."""
    return tuple((Draw(shard=shard, units=c.units, money=c.money),) for c in wanted.claims)


def placed(wanted: Wanted, draws: Sequence[tuple[Draw, ...]] | None = None) -> Intent:
    """Return the intent as it stands once *wanted* has its *draws* (all of shard 0 unless said)."""
    change = granted(wanted, draws or drawn(wanted), NOW)
    asked = wanted.pending
    one = intent(asked.request, id_=asked.ref.id, customer=asked.ref.customer_id)
    return replace(one, status=change.status, order=change.order, held_until=change.held_until)
