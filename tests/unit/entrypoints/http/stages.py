"""Bring an intent to where a test begins, through the ports, as the workers would."""

from typing import Any

from chalicelib.application.counter_ports import Committed
from chalicelib.domain.coupon import CouponTerms
from chalicelib.domain.intent import Change, Intent, Reason, Status, move
from chalicelib.domain.movement import EntryKind, guard, taking
from chalicelib.domain.order import Draw, LineDiscount, Order, PricedLine, Redemption
from chalicelib.domain.resolution import (
    Amount,
    Choice,
    ChosenOption,
    Line,
    OptionRef,
    Question,
    QuestionCode,
)
from tests.unit.domain.builders import terms
from tests.unit.entrypoints.shop import Shop

TEA = {"items": [{"sku": "tea", "quantity": 2}]}

QUESTION = Question(
    code=QuestionCode.AMBIGUOUS,
    prompt="Green or black?",
    choices=(
        Choice(id="green", label="Green tea", lines=(Line(sku="tea", quantity=1),)),
        Choice(id="black", label="Black tea", lines=(Line(sku="cake", quantity=1),)),
    ),
)


def coupon() -> CouponTerms:
    """Return a coupon of 25 %, once for each customer."""
    return terms(units=10, shards=2, uses=1)


def order(*redemptions: Redemption) -> Order:
    """Return two large teas at 475, with what *redemptions* take off."""
    return Order(
        currency="USD",
        catalogue_version=3,
        lines=(
            PricedLine(
                sku="tea",
                name="Tea",
                quantity=2,
                unit_price=475,
                options=(
                    ChosenOption(group="extras", value="honey", amount=Amount.EXTRA),
                    ChosenOption(group="size", value="large"),
                ),
                without=(OptionRef(group="extras", value="ice"),),
                discounts=tuple(LineDiscount(code=r.code, amount=r.discount) for r in redemptions),
            ),
        ),
        redemptions=redemptions,
    )


def asked(shop: Shop, body: object = None, *, key: str | None = None) -> Intent:
    """Return an intent that waits for an answer to `QUESTION`."""
    intent = shop.accept(body or {"text": "tea"}, key=key)
    reason = Reason(code="ambiguous", detail="There are two teas.")
    return _moved(shop, intent, Status.NEEDS_INPUT, question=QUESTION, reason=reason)


def held(shop: Shop) -> Intent:
    """Return an intent with a quote and a coupon's unit held for it, for ten minutes."""
    shop.tables.define(coupon())
    intent = shop.accept({**TEA, "coupon": "SPRING25", "confirm": "review"})
    until = shop.clock.now() + 600_000
    return _committed(shop, intent, Status.READY, held_until=until)


def confirmed(shop: Shop, body: object = None) -> Intent:
    """Return an order, without a coupon."""
    return _moved(shop, shop.accept(body or TEA), Status.CONFIRMED, order=order())


def redeemed(shop: Shop, body: object = None) -> Intent:
    """Return an order with a coupon's unit."""
    shop.tables.define(coupon())
    intent = shop.accept(body or {**TEA, "coupon": "SPRING25"})
    return _committed(shop, intent, Status.CONFIRMED)


def rejected(shop: Shop) -> Intent:
    """Return an intent that was refused."""
    reason = Reason(code="not_on_the_menu", detail="line 1: there is no item 'soup'")
    return _moved(shop, shop.accept(TEA), Status.REJECTED, reason=reason)


def _moved(shop: Shop, intent: Intent, to: Status, **more: Any) -> Intent:
    shop.intents.apply(move(intent, to, shop.clock.now(), **more))
    return shop.on_record(intent.ref.id)


def _committed(shop: Shop, intent: Intent, to: Status, **more: Any) -> Intent:
    redemption = Redemption(
        code="SPRING25", discount=238, draws=(Draw(shard=0, money=238),), counted=True
    )
    change: Change = move(intent, to, shop.clock.now(), order=order(redemption), **more)
    taken = taking(change, intent.merchant, {"SPRING25": 1})
    guards = {"SPRING25": guard(coupon(), shop.clock.now())}
    assert isinstance(shop.ledger.commit([taken], EntryKind.SETTLE, guards), Committed)
    return shop.on_record(intent.ref.id)
