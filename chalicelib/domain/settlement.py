"""Settlement: what becomes of an intent whose lines are known.

Pure: prices come from the catalogue, discounts from the coupons' terms, and the result
is a change to record, or a wish for units that `drawing` then shares out.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from chalicelib.domain.catalogue import Catalogue
from chalicelib.domain.combining import Refused, combined
from chalicelib.domain.counter import CounterState, StockTerms, stock_counter
from chalicelib.domain.coupon import Offer, Unavailable
from chalicelib.domain.intent import (
    Change,
    ConfirmMode,
    CouponFallback,
    Pending,
    Reason,
    Status,
    move,
)
from chalicelib.domain.money import in_words
from chalicelib.domain.order import Draw, Order, Redemption, Stocked
from chalicelib.domain.pricing import Unpriceable, price
from chalicelib.domain.resolution import Choice, Question, QuestionCode
from chalicelib.domain.terms import Terms
from chalicelib.domain.words import coupon_in_words, stock_in_words

STOCK_REASONS = frozenset({Unavailable.OUT_OF_STOCK, Unavailable.ITEM_PAUSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What an order wants of one counter, all or nothing: units, and money of its budget."""

    terms: Terms
    units: int
    money: int = 0

    @property
    def counter(self) -> str:
        """The counter's name."""
        return self.terms.counter


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a pricing goes by beside the request: looked up before, as it was then.

    *offers* are by the code that was given; a code without one is unknown. *stock* has the
    terms of counted items' stock by counter; none for what was never put in stock. *newcomer*: the
    customer has no order with the merchant.
    """

    catalogue: Catalogue
    now: int
    hold_seconds: int
    offers: Mapping[str, Offer]
    stock: Mapping[str, StockTerms]
    newcomer: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An order that wants units: at its *full* price, and *reduced* by its coupons.

    *claims* stand in the order of the reduced order's redemptions and then of its stock.
    *own_items* name what it would write beside the intent and the shards.
    """

    pending: Pending
    known: Known
    full: Order
    reduced: Order
    offers: tuple[Offer, ...]
    claims: tuple[Claim, ...]
    own_items: frozenset[str]

    @property
    def limits(self) -> dict[str, int]:
        """The uses per customer of those of its coupons that count them."""
        limits = ((offer.terms.code, offer.terms.uses_per_customer) for offer in self.offers)
        return {code: limit for code, limit in limits if limit is not None}


def propose(pending: Pending, known: Known) -> Change | Wanted:
    """Return what becomes of *pending* by what is *known*: a change, or a wish for units."""
    if known.now >= pending.expires_at:
        return expired(pending, known.now)
    order = price(pending.request.lines, known.catalogue)
    if isinstance(order, Unpriceable):
        reason = Reason(code=order.code, detail="; ".join(order.faults))
        return move(pending, Status.REJECTED, known.now, reason=reason)
    return _with(pending.request.coupons, pending, order, known)


def goes_without(pending: Pending, proposed: Change | Wanted) -> bool:
    """Whether *proposed* leaves out a coupon or an item that *pending* asks for."""
    asked = len(pending.request.coupons)
    if isinstance(proposed, Wanted):
        return len(proposed.offers) < asked
    out = proposed.reason is not None and proposed.reason.code in STOCK_REASONS
    return out or (asked > 0 and proposed.status is not Status.EXPIRED)


def expired(pending: Pending, now: int) -> Change:
    """Return the change for an intent whose deadline passed before it could be answered."""
    reason = Reason(code="deadline_passed", detail="It could not be settled by its deadline.")
    return move(pending, Status.EXPIRED, now, reason=reason)


def dropped(pending: Pending, now: int) -> Change:
    """Return the change for a line whose run was cancelled with all that it had not settled."""
    reason = Reason(code="run_dropped", detail="Its run was cancelled before its turn.")
    return move(pending, Status.CANCELLED, now, reason=reason)


def granted(wanted: Wanted, draws: Sequence[tuple[Draw, ...]], now: int) -> Change:
    """Return the change for an order that gets what it claims from *draws*, claim by claim."""
    order, coupons = wanted.reduced, len(wanted.reduced.redemptions)
    redemptions = tuple(
        redemption.drawn(some)
        for redemption, some in zip(order.redemptions, draws[:coupons], strict=True)
    )
    stock = tuple(
        replace(stocked, draws=some)
        for stocked, some in zip(order.stock, draws[coupons:], strict=True)
    )
    order = replace(order, redemptions=redemptions, stock=stock)
    return _placed(wanted.pending, order, now, wanted.known.hold_seconds)


def without_coupon(wanted: Wanted, coupon: str, why: Unavailable, now: int) -> Change | Wanted:
    """Return what becomes of an order that can't have one of its coupons, as its customer asked.

    The price never changes silently: by default the customer is asked. A wish is what is
    left to want where the customer takes the order without the coupon.
    """
    given = {offer.terms.code: offer.given for offer in wanted.offers}
    codes = tuple(given.values())
    refused = Refused(code=given[coupon], why=why)
    known = replace(wanted.known, now=now)
    return _lacking(refused, codes, wanted.pending, wanted.full, known)


def without_stock(wanted: Wanted, sku: str, available: int) -> Change:
    """Return the question to a customer who wants more of an item than there is."""
    return _out_of_stock(wanted.pending, wanted.full, sku, available, wanted.known.now)


def _with(codes: Sequence[str], pending: Pending, full: Order, known: Known) -> Change | Wanted:
    reduced = _reduced(codes, pending, full, known)
    if isinstance(reduced, Refused):
        return _lacking(reduced, codes, pending, full, known)
    stock = dict(_stocked(full, known))
    for sku in stock:
        terms = known.stock.get(stock_counter(pending.merchant, sku))
        paused = terms is not None and terms.state is CounterState.PAUSED
        if terms is None or paused:
            return _out_of_stock(pending, full, sku, 0, known.now, paused=paused)
    if _over(pending, reduced):
        return _ask_total(pending, reduced, known.now)
    if not (codes or stock):
        return _placed(pending, reduced, known.now, known.hold_seconds)
    if stock:
        reduced = replace(reduced, stock=tuple(Stocked(sku=sku, draws=()) for sku in stock))
    by_code = {offer.terms.code: offer for offer in map(known.offers.__getitem__, codes)}
    offers = tuple(by_code[redemption.code] for redemption in reduced.redemptions)
    return Wanted(
        pending=pending,
        known=known,
        full=full,
        reduced=reduced,
        offers=offers,
        claims=(*_coupon_claims(reduced, offers), *_stock_claims(stock, pending, known)),
        own_items=frozenset(
            item for redemption in reduced.redemptions for item in _own_items(redemption, pending)
        ),
    )


def _reduced(codes: Sequence[str], pending: Pending, full: Order, known: Known) -> Order | Refused:
    for code in codes:
        offer = known.offers.get(code)
        if offer is None or offer.owner not in {None, pending.ref.customer_id}:
            return Refused(code=code, why=Unavailable.UNKNOWN)
    offers = [known.offers[code] for code in codes]
    return combined(full, offers, known.now, pending.merchant, newcomer=known.newcomer)


def _coupon_claims(reduced: Order, offers: Sequence[Offer]) -> Iterator[Claim]:
    for redemption, offer in zip(reduced.redemptions, offers, strict=True):
        yield Claim(terms=offer.terms, units=1, money=redemption.discount)


def _stocked(order: Order, known: Known) -> Iterator[tuple[str, int]]:
    """Yield each item of *order* whose stock is counted, and how many are wanted."""
    wanted: dict[str, int] = {}
    for line in order.lines:
        if known.catalogue.items[line.sku].stocked:
            wanted[line.sku] = wanted.get(line.sku, 0) + line.quantity
    yield from wanted.items()


def _stock_claims(stock: Mapping[str, int], pending: Pending, known: Known) -> Iterator[Claim]:
    for sku, units in stock.items():
        yield Claim(terms=known.stock[stock_counter(pending.merchant, sku)], units=units)


def _own_items(redemption: Redemption, pending: Pending) -> Iterator[str]:
    customer = pending.ref.customer_id
    if redemption.counted:
        yield f"uses {redemption.code} {customer}"
    if redemption.unique is not None:
        yield f"code {redemption.unique}"
    if redemption.first:
        yield f"first {pending.merchant} {customer}"


def _lacking(
    refused: Refused, codes: Sequence[str], pending: Pending, full: Order, known: Known
) -> Change | Wanted:
    rest = tuple(code for code in codes if code != refused.code)
    terms = known.offers[refused.code].terms if refused.code in known.offers else None
    words = coupon_in_words(refused.why, refused.code, terms, known.now)
    reason = Reason(code=refused.why, detail=words)
    match pending.request.if_coupon_unavailable:
        case CouponFallback.REJECT:
            return move(pending, Status.REJECTED, known.now, reason=reason)
        case CouponFallback.FULL_PRICE:
            return _with(rest, pending, full, known)
        case CouponFallback.ASK:
            question = _ask_without(rest, words, pending, full, known)
            return move(pending, Status.NEEDS_INPUT, known.now, question=question, reason=reason)


def _ask_without(
    rest: Sequence[str], words: str, pending: Pending, full: Order, known: Known
) -> Question:
    """Return the question whether to order with what is left of the coupons, by what is known now."""
    order = _reduced(rest, pending, full, known)
    while isinstance(order, Refused):
        rest = [code for code in rest if code != order.code]
        order = _reduced(rest, pending, full, known)
    total = in_words(order.total, order.currency)
    how = f"without it, for {total}" if rest else f"at the full price of {total}"
    choice = Choice(
        id="without_coupon" if rest else "full_price",
        label=f"Order {how}",
        lines=pending.request.lines,
        max_total=order.total,
    )
    return Question(
        code=QuestionCode.COUPON_UNAVAILABLE, prompt=f"{words} Order {how}?", choices=(choice,)
    )


def _out_of_stock(
    pending: Pending, full: Order, sku: str, available: int, now: int, *, paused: bool = False
) -> Change:
    """Return the question whether to take what there is: fewer of the item, or the rest without it."""
    name = next(line.name for line in full.lines if line.sku == sku)
    words = stock_in_words(name, available, paused=paused)
    lines = []
    still = available
    for line in pending.request.lines:
        quantity = line.quantity if line.sku != sku else min(line.quantity, still)
        still -= quantity if line.sku == sku else 0
        if quantity:
            lines.append(replace(line, quantity=quantity))
    label = f"Take {available} {name}" if available else f"Order without {name}"
    choice = Choice(id="what_there_is", label=label, lines=tuple(lines))
    question = Question(
        code=QuestionCode.OUT_OF_STOCK,
        prompt=f"{words} {label}?" if lines else f"{words} What would you like instead?",
        choices=(choice,) if lines else (),
    )
    code = Unavailable.ITEM_PAUSED if paused else Unavailable.OUT_OF_STOCK
    reason = Reason(code=code, detail=words)
    return move(pending, Status.NEEDS_INPUT, now, question=question, reason=reason)


def _over(pending: Pending, order: Order) -> bool:
    limit = pending.request.max_total
    return limit is not None and order.total > limit


def _ask_total(pending: Pending, order: Order, now: int) -> Change:
    total = in_words(order.total, order.currency)
    choice = Choice(
        id="accept_total",
        label=f"Order for {total}",
        lines=pending.request.lines,
        max_total=order.total,
    )
    question = Question(
        code=QuestionCode.OVER_MAX_TOTAL,
        prompt=f"The order comes to {total}, over the limit that was given. Order all the same?",
        choices=(choice,),
    )
    return move(pending, Status.NEEDS_INPUT, now, question=question)


def _placed(pending: Pending, order: Order, now: int, hold_seconds: int) -> Change:
    match pending.request.confirm:
        case ConfirmMode.AUTO:
            return move(pending, Status.CONFIRMED, now, order=order)
        case ConfirmMode.REVIEW:
            until = now + hold_seconds * 1000
            return move(pending, Status.READY, now, order=order, held_until=until)
