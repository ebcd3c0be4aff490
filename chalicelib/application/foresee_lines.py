"""What would become of a run's lines if they were fed and settled now, as far as no unit is drawn."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from chalicelib.application.counter_ports import Counters
from chalicelib.application.feed_run import request_for
from chalicelib.application.known_customers import without_strangers
from chalicelib.application.ports import Catalogues, Clock, Reader
from chalicelib.application.run_ports import Customers, Grants, GrantState
from chalicelib.domain.catalogue import Catalogue
from chalicelib.domain.combining import Refused, barred, combined
from chalicelib.domain.coupon import Offer, Unavailable
from chalicelib.domain.intent import CouponFallback, Request
from chalicelib.domain.order import Order
from chalicelib.domain.pricing import line_faults, price
from chalicelib.domain.resolution import Line
from chalicelib.domain.run import Plan
from chalicelib.domain.run_line import Bad, Buy, Grant, LineFault, RawLine, RunLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """A good line: its *kind*, and what it costs, less *discount*, in minor units.

    Its kind is items, text, unsure (the parser is not certain of its text), grant, or full_price:
    it can't have its coupon, and says that it will do without.
    """

    kind: str
    total: int = 0
    discount: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeseeLines:
    """Resolve and price lines, and look at their coupons and unique codes. Writes nothing.

    Each customer is taken for one who has not ordered yet, and who gets the units that they want:
    whom a limit or a sold-out coupon turns away shows when the line is settled.
    """

    catalogues: Catalogues
    reader: Reader
    counters: Counters
    grants: Grants
    customers: Customers
    clock: Clock

    def __call__(
        self, plan: Plan, lines: Sequence[tuple[RawLine, RunLine]]
    ) -> Iterator[Bad | Foreseen]:
        """Yield what each of *lines* comes to. A unique code is good for the first that has it.

        As of now, or of when the run opens if that is later. Raises `StoreUnavailableError`.
        """
        lines = without_strangers(self.customers, plan, lines)
        menu = self.catalogues.current(plan.merchant)
        asked = [self._order(line, plan, menu) for _, line in lines]
        codes = {code for one in asked if isinstance(one, _Order) for code in one.request.coupons}
        states = self.grants.foreseen([one for one in asked if isinstance(one, Grant)])
        sight = _Sight(
            merchant=plan.merchant,
            menu=menu,
            now=max(self.clock.now(), plan.rate.opens_at or 0),
            offers=self.counters.offers(codes) if codes else {},
            granted=iter(states),
        )
        for (raw, _), one in zip(lines, asked, strict=True):
            yield sight.of(raw.number, one)

    def _order(self, line: RunLine, plan: Plan, menu: Catalogue | None) -> "_Order | Grant | Bad":
        """Return the order that a *line* is, its text read as far as the parser is certain of it."""
        if not isinstance(line, Buy):
            return line
        if menu is None:
            return Bad(fault=LineFault.UNKNOWN_ITEM, detail="the merchant has no catalogue")
        own = line.request.coupons
        names = ["coupon"] if len(own) == 1 else [f"coupons.{place}" for place in range(len(own))]
        request = request_for(plan, line.request)
        order = _Order(
            kind="items",
            customer_id=line.customer_id,
            request=request,
            lines=request.lines,
            fields=dict(zip(own, names, strict=True)),
        )
        if request.lines:
            return order
        reading = self.reader.read(request.text or "", menu)
        if reading.coupon and not request.coupons:
            request = replace(request, coupons=(reading.coupon,))
            order = replace(order, request=request, fields={reading.coupon: "text"})
        if not reading.certain:
            return replace(order, kind="unsure", lines=None)
        return replace(order, kind="text", lines=reading.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """What a line asks for; its *lines* are None where nobody knows yet.

    *fields* names where the line says each of its coupons, which the run's is not among.
    """

    kind: str
    customer_id: str
    request: Request
    lines: tuple[Line, ...] | None
    fields: Mapping[str, str]


@dataclass(slots=True, kw_only=True)
class _Sight:
    """One look at what a slice's lines go by, and the unique codes that lines before have."""

    merchant: str
    menu: Catalogue | None
    now: int
    offers: Mapping[str, Offer]
    granted: Iterator[GrantState]
    granted_by: dict[str, tuple[int, str]] = field(default_factory=dict)
    used_by: dict[str, int] = field(default_factory=dict)

    def of(self, number: int, one: "_Order | Grant | Bad") -> Bad | Foreseen:
        """Return what line *number* comes to."""
        match one:
            case Bad():
                return one
            case Grant():
                return self._grant(number, one, next(self.granted))
            case _Order():
                return self._settled(number, one)

    def _grant(self, number: int, grant: Grant, state: GrantState) -> Bad | Foreseen:
        if state is not GrantState.GRANTED:
            return Bad(fault=LineFault.CODE_UNUSABLE, field="grant", detail=state.value)
        first, _ = self.granted_by.setdefault(grant.code, (number, grant.customer_id))
        if first != number:
            detail = f"line {first} grants it"
            return Bad(fault=LineFault.CODE_UNUSABLE, field="grant", detail=detail)
        if grant.code in self.used_by:
            detail = f"line {self.used_by[grant.code]} uses it"
            return Bad(fault=LineFault.CODE_UNUSABLE, field="grant", detail=detail)
        return Foreseen(kind="grant")

    def _settled(self, number: int, one: _Order) -> Bad | Foreseen:
        full = _priced(one.lines, self.menu) if one.lines is not None and self.menu else None
        if isinstance(full, Bad):
            return full
        kind, codes = one.kind, list(one.request.coupons)
        while isinstance(order := self._reduced(number, one, full, codes), _Without):
            if one.request.if_coupon_unavailable is not CouponFallback.FULL_PRICE:
                field_ = one.fields.get(order.code, "")
                detail = order.detail if field_ else f"the run's coupon: {order.detail}"
                return Bad(fault=LineFault.COUPON_UNUSABLE, field=field_, detail=detail)
            codes.remove(order.code)
            kind = "full_price"
        limit = one.request.max_total
        if order is not None and limit is not None and order.total > limit:
            detail = f"the order comes to {order.total}"
            return Bad(fault=LineFault.OVER_MAX_TOTAL, field="max_total", detail=detail)
        self.used_by.update(dict.fromkeys(codes, number))
        if order is None:
            return Foreseen(kind=kind)
        return Foreseen(kind=kind, total=order.total, discount=order.discount)

    def _taken(self, number: int, customer_id: str, code: str) -> str:
        """Return why *code* is not this line's to use, whatever its coupon is; nothing if it is."""
        offer = self.offers.get(code)
        if offer is None:
            return Unavailable.UNKNOWN
        if offer.owner not in {None, customer_id}:
            return "it is another customer's"
        granted, owner = self.granted_by.get(code, (number, customer_id))
        if owner != customer_id:
            return f"line {granted} grants it to another"
        first = self.used_by.get(code, number)
        return f"line {first} uses it" if offer.unique is not None and first != number else ""

    def _reduced(
        self, number: int, one: _Order, full: Order | None, codes: Sequence[str]
    ) -> "Order | _Without | None":
        """Return the order with *codes*; None where what is ordered is not known yet."""
        for code in codes:
            if detail := self._taken(number, one.customer_id, code):
                return _Without(code=code, detail=detail)
        offers = [self.offers[code] for code in codes]
        if full is None:
            whys = ((offer.given, barred(offer, self.now)) for offer in offers)
            return next((_Without(code=code, detail=why) for code, why in whys if why), None)
        order = combined(full, offers, self.now, self.merchant, newcomer=True)
        if isinstance(order, Refused):
            return _Without(code=order.code, detail=order.why)
        return order


@dataclass(frozen=True, slots=True, kw_only=True)
class _Without:
    """A coupon that an order can't have, by the code that was given, and why."""

    code: str
    detail: str


def _priced(lines: Sequence[Line], catalogue: Catalogue) -> Bad | Order:
    """Return what *lines* are, or the first thing about them that the menu does not offer."""
    for place, line in enumerate(lines):
        for fault in line_faults(line, catalogue):
            return Bad(fault=LineFault.UNKNOWN_ITEM, field=f"items.{place}", detail=fault)
    order = price(lines, catalogue)
    if isinstance(order, Order):
        return order
    return Bad(fault=LineFault.UNKNOWN_ITEM, field="items", detail=order.faults[0])
