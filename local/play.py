"""One rush, from the first intent to the facts to reconcile."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from time import monotonic

from rich.console import Console
from rich.progress import Progress

from local import show
from local.api import Api
from local.campaign import CUSTOMERS, USES_PER_CUSTOMER, Shop
from local.reconcile import SOLD_OUT, Facts
from local.rush import Advance, Rush, ignore, side_by_side
from local.seen import Seen
from local.stack import Stack
from local.wishes import wishes
from rushline_testing.model_server import ModelServer

INTENTS = 500
SEED = 2026


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """A rush that is over; *posts_per_second* as its customers saw it."""

    facts: Facts
    posts_per_second: float


def play(
    stack: Stack, api: Api, coupon: str, console: Console, model: ModelServer | None
) -> Played:
    """Play a rush for *coupon* and return what there is to reconcile. Bounded in time.

    *model* is the stand-in that is asked, if one is.
    """
    shop = Shop(api, stack.ops_token)
    rush = Rush(api=api, tokens={customer: stack.token(customer) for customer in CUSTOMERS})
    wished = wishes(coupon, CUSTOMERS, INTENTS, SEED)
    dead_before = stack.dead_letters()
    asked_before = 0 if model is None else len(model.asked)
    with show.bars(console) as bars:
        posts = sum(1 + wish.repeats for wish in wished)
        began = monotonic()
        told = rush.send(wished, _bar(bars, "Sent", posts))
        seconds = monotonic() - began
        customers = {t.intent_id: t.wish.customer for t in told if t.intent_id}
        stands = rush.wait(customers, _bar(bars, "Answered", len(customers)))
        sold_out = _sold_out(stands)
        conflicts = rush.send_conflicts(wished)
        stands |= _talk(rush, stands, bars)
        sold_out |= _sold_out(stands)
        left_at_rush = shop.units(coupon).left
        stands |= rush.wait(rush.decide(stands.values(), ignore), ignore)
    facts = Facts(
        wished=len(wished),
        told=tuple(told),
        conflicts=tuple(conflicts),
        intents=tuple(stands.values()),
        orders=_orders(shop, rush, stands),
        coupon=coupon,
        uses_max=USES_PER_CUSTOMER,
        units=shop.units(coupon),
        left_at_rush=left_at_rush,
        sold_out=len(sold_out),
        dead_letters=stack.dead_letters() - dead_before,
        model_use=stack.model_use(stands.keys()),
        model_asked=None if model is None else len(model.asked) - asked_before,
        faults=stack.books(coupon).faults,
    )
    return Played(facts=facts, posts_per_second=posts / seconds)


def _talk(rush: Rush, stands: Mapping[str, Seen], bars: Progress) -> dict[str, Seen]:
    """Let customers answer our questions, and wait for what becomes of that."""
    replied = rush.reply(stands.values(), ignore)
    return rush.wait(replied, _bar(bars, "Replied", len(replied)))


def _orders(shop: Shop, rush: Rush, stands: Mapping[str, Seen]) -> tuple[Seen, ...]:
    """Return every order of this rush, from the customers' own lists."""
    since = min((intent.accepted_at for intent in stands.values()), default="")
    lists = side_by_side(
        lambda customer: shop.orders(customer, rush.tokens[customer], since), CUSTOMERS, ignore
    )
    return tuple(order for orders in lists for order in orders)


def _sold_out(stands: Mapping[str, Seen]) -> set[str]:
    return {intent.id for intent in stands.values() if intent.reason == SOLD_OUT}


def _bar(bars: Progress, name: str, total: int) -> Advance:
    """Add a bar, and return what moves it on."""
    return partial(bars.advance, bars.add_task(name, total=total))
