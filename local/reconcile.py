"""Reconcile a rush: what was promised, against what intents, orders and the coupon say.

Pure: facts in, lines out. Each line sets figures of different origin against each other,
so that whichever of them is wrong, the line does not balance.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chalicelib.domain.model_use import NO_USE, ModelPrices, ModelUse
from chalicelib.settings import MODEL_CACHED_PRICE, MODEL_INPUT_PRICE, MODEL_OUTPUT_PRICE
from local.rush import Told
from local.seen import Seen

ANSWERS = ("confirmed", "ready", "needs_input", "rejected", "expired", "lapsed", "cancelled")
WITH_REASON = frozenset({"needs_input", "rejected", "expired"})
SOLD_OUT = "coupon_sold_out"
PRICES = ModelPrices(input=MODEL_INPUT_PRICE, cached=MODEL_CACHED_PRICE, output=MODEL_OUTPUT_PRICE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """A coupon's count, as the sum of its shards; money in minor units."""

    issued: int
    left: int
    held: int
    redeemed: int
    money_budget: int
    money_left: int
    money_held: int
    money_spent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What was done and seen.

    *told* answers every POST of a wish, *conflicts* every POST of something else under a
    wish's key. *intents* is each intent as it stands, *orders* what the customers' lists of
    orders hold of this rush. *left_at_rush* is how many units were left before anything was
    given back, *sold_out* how many intents were ever told that none was. *faults* are what
    `python -m ops reconcile` finds wrong with the coupon. *model_use* is what the intents say
    that reading them took, *model_asked* how often the model says that it was asked (None: it
    is not ours to ask).
    """

    wished: int
    told: tuple[Told, ...]
    conflicts: tuple[Told, ...]
    intents: tuple[Seen, ...]
    orders: tuple[Seen, ...]
    coupon: str
    uses_max: int
    units: Units
    left_at_rush: int
    sold_out: int
    dead_letters: int
    faults: tuple[str, ...] = ()
    model_use: ModelUse = NO_USE
    model_asked: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the reconciliation: what balances, in figures, and whether it does.

    A line that only counts has None.
    """

    name: str
    figures: str
    balanced: bool | None = None


def reconcile(facts: Facts) -> tuple[Line, ...]:
    """Return the reconciliation of *facts*, line by line."""
    return (
        *_intents(facts),
        *_coupon(facts),
        *_orders(facts),
        *_messages(facts),
        *_model(facts),
    )


def _intents(facts: Facts) -> Iterator[Line]:
    accepted = {told.intent_id for told in facts.told if told.intent_id}
    refused = Counter(told.code for told in facts.told if told.intent_id is None)
    figures = f"{len(accepted)} of {facts.wished} intents"
    if refused:
        figures += "; refused: " + _counts(refused)
    yield Line(name="Accepted", figures=figures, balanced=len(accepted) == facts.wished)
    by_status = Counter(intent.status for intent in facts.intents)
    for status in ANSWERS:
        yield Line(name=f"  {status}", figures=str(by_status[status]))
        for reason, count in _reasons(facts, status).most_common():
            yield Line(name=f"    {reason}", figures=f"  {count}")
    answered = sum(by_status[status] for status in ANSWERS)
    yield Line(
        name="Every promise kept",
        figures=f"{answered} answered = {len(accepted)} accepted",
        balanced=answered == len(accepted) == len({intent.id for intent in facts.intents}),
    )
    unanswered = len(accepted) - answered
    yield Line(name="Nothing unanswered", figures=str(unanswered), balanced=unanswered == 0)


def _coupon(facts: Facts) -> Iterator[Line]:
    redeeming = [order for order in facts.orders if order.coupon == facts.coupon]
    yield from _given(facts.units, redeeming)
    yield Line(
        name="Ledger and orders agree",
        figures="; ".join(facts.faults) or "shards = their ledger = the orders' draws",
        balanced=not facts.faults,
    )
    yield from _told(facts)
    uses = Counter(order.customer for order in redeeming)
    most = max(uses.values(), default=0)
    yield Line(
        name="Limit per customer",
        figures=f"{most} at most, of {facts.uses_max} allowed",
        balanced=most <= facts.uses_max,
    )


def _given(units: Units, redeeming: Sequence[Seen]) -> Iterator[Line]:
    """Set what the coupon counts against the orders that redeem it."""
    yield Line(
        name="Never oversold",
        figures=f"{units.left} left + {units.redeemed} redeemed"
        f" = {units.left + units.redeemed} of {units.issued} (held {units.held})",
        balanced=units.left + units.redeemed == units.issued
        and units.held == 0
        and min(units.left, units.redeemed) >= 0,
    )
    yield Line(
        name="Units on orders",
        figures=f"{len(redeeming)} orders with it = {units.redeemed} redeemed",
        balanced=len(redeeming) == units.redeemed,
    )
    given = sum(order.discount for order in redeeming)
    yield Line(
        name="Money given away",
        figures=f"{given} off those orders = {units.money_spent} on the coupon",
        balanced=given == units.money_spent,
    )
    yield Line(
        name="Budget kept",
        figures=f"{units.money_left} left + {units.money_spent} spent"
        f" = {units.money_left + units.money_spent} of {units.money_budget}"
        f" (held {units.money_held})",
        balanced=units.money_left + units.money_spent == units.money_budget
        and units.money_held == 0
        and min(units.money_left, units.money_spent) >= 0,
    )


def _told(facts: Facts) -> Iterator[Line]:
    """Set what customers were told of the coupon against what is left of it."""
    waiting = sum(intent.status == "ready" for intent in facts.intents)
    yield Line(
        name="Quotes decided",
        figures=f"{waiting} undecided, {facts.units.held} units held",
        balanced=waiting == facts.units.held == 0,
    )
    yield Line(
        name="Never stranded",
        figures=f"{facts.sold_out} told sold out, {facts.left_at_rush} left then",
        balanced=facts.sold_out == 0 or facts.left_at_rush == 0,
    )


def _orders(facts: Facts) -> Iterator[Line]:
    listed = [order.id for order in facts.orders]
    confirmed = {intent.id for intent in facts.intents if intent.status == "confirmed"}
    yield Line(
        name="One order per intent",
        figures=f"{len(listed)} orders, {len(set(listed))} different = {len(confirmed)} confirmed",
        balanced=len(listed) == len(set(listed)) and set(listed) == confirmed,
    )
    by_key: defaultdict[str, set[str | None]] = defaultdict(set)
    for told in facts.told:
        by_key[told.wish.key].add(told.intent_id)
    repeats = sum(
        wish.repeats for wish in {told.wish.key: told.wish for told in facts.told}.values()
    )
    replays = sum(told.replayed for told in facts.told)
    yield Line(
        name="Repeats are replays",
        figures=f"{repeats} repeats, {replays} replays of the same intents",
        # A call that was answered 503 and made again is a replay that nobody counted as a repeat.
        balanced=replays >= repeats and all(len(ids) == 1 for ids in by_key.values()),
    )
    refused = sum(told.code == "idempotency_key_reused" for told in facts.conflicts)
    yield Line(
        name="Another body, same key",
        figures=f"{len(facts.conflicts)} sent = {refused} refused",
        balanced=refused == len(facts.conflicts),
    )


def _messages(facts: Facts) -> Iterator[Line]:
    yield Line(
        name="Dead letters", figures=str(facts.dead_letters), balanced=facts.dead_letters == 0
    )


def _model(facts: Facts) -> Iterator[Line]:
    use, asked = facts.model_use, facts.model_asked
    each = 1000 * use.calls / max(len(facts.intents), 1)
    known = "" if asked is None else f", of {asked} that the model counted"
    yield Line(
        name="Model calls",
        figures=f"{use.calls} on intents{known}: {each:.0f} per 1,000 intents",
        # A worker that died after its call has paid for one that no intent knows of: red, too.
        balanced=None if asked is None else use.calls == asked,
    )
    cost = PRICES.cost_microdollars(use) or 0
    yield Line(
        name="Model tokens",
        figures=f"{use.input_tokens} in ({use.cached_tokens} cached), {use.output_tokens} out:"
        f" ${cost / 1e6:.4f} at the default prices",
    )


def _reasons(facts: Facts, status: str) -> Counter[str]:
    """Count why those that were not simply served stand where they do."""
    return Counter(
        intent.reason or intent.question or "no reason given"
        for intent in facts.intents
        if intent.status == status and status in WITH_REASON
    )


def _counts(counter: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counter.most_common())
