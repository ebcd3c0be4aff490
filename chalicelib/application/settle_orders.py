"""Settle orders: price a batch and record it in few transactions, k orders to one hot write.

The batch is settled together. Orders that want units of coupons or stock draw them in
transactions of up to 100 items; all other changes are recorded in transactions of their
own. What the store refuses is read, what that settles leaves the batch, and what it leaves
open is tried again, within limits.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from chalicelib.application.commit_moves import CommitMoves
from chalicelib.application.counter_ports import Counters
from chalicelib.application.draw_units import DrawUnits
from chalicelib.application.lane_rules import never_dropped
from chalicelib.application.live import answered_live
from chalicelib.application.ports import Catalogues, Clock, Control, Intents
from chalicelib.domain.catalogue import Catalogue
from chalicelib.domain.counter import stock_counter
from chalicelib.domain.intent import Change, IntentRef, Pending, Reason, Status, move
from chalicelib.domain.movement import EntryKind, Move
from chalicelib.domain.settlement import Known, Wanted, dropped, goes_without, propose

ROUNDS_MAX = 8
"""How often a batch is gone through: anew where terms changed while it was settled, and again
for who takes the order without a coupon that can't be had."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What became of a batch: the changes that were made, and who must be delivered again."""

    changes: tuple[Change, ...]
    again: frozenset[IntentRef]


@dataclass(slots=True, kw_only=True)
class _Batch:
    """One batch on its way: what is made of it, and what is still to be done.

    *down*: the store does not answer, and is not waited for a second time.
    """

    stop_at: int
    to_price: list[Pending]
    to_draw: list[Wanted] = field(default_factory=list)
    to_record: list[Change] = field(default_factory=list)
    made: list[Change] = field(default_factory=list)
    again: set[IntentRef] = field(default_factory=set)
    newcomers: dict[tuple[str, str], bool] = field(default_factory=dict)
    down: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleOrders:
    """Turn intents with known lines into orders, holds, questions or refusals."""

    catalogues: Catalogues
    counters: Counters
    intents: Intents
    control: Control
    clock: Clock
    draw: DrawUnits
    commit: CommitMoves
    hold_seconds: int
    is_dropped: Callable[[Pending], bool] = never_dropped
    """Whether what asked for an intent has since been called off."""

    def __call__(self, pendings: Sequence[Pending], stop_at: int) -> Settled:
        """Settle each of *pendings* at most once, whatever came before. Safe to repeat.

        What was called off by now, and is not settled yet, is cancelled instead.
        A repeat of what is settled already changes nothing, and is not delivered again.
        Past *stop_at* (ms) nothing is begun: who is not settled by then comes again.
        """
        newest = {p.ref: p for p in sorted(pendings, key=lambda p: p.turn)}
        now = self.clock.now()
        batch = _Batch(to_price=[], stop_at=stop_at)
        for pending in newest.values():
            if self.is_dropped(pending):
                batch.to_record.append(dropped(pending, now))
            else:
                batch.to_price.append(pending)
        for _ in range(ROUNDS_MAX):
            self._round(batch)
            if not batch.to_price and not batch.to_draw:
                break
        batch.again.update(pending.ref for pending in batch.to_price)
        batch.again.update(wanted.pending.ref for wanted in batch.to_draw)
        answered = answered_live(newest.values(), batch.made)
        if answered.count:
            self.control.count_answered(answered)
        return Settled(changes=tuple(batch.made), again=frozenset(batch.again))

    def _round(self, batch: _Batch) -> None:
        pendings, batch.to_price = batch.to_price, []
        for proposed in self._proposed(pendings, batch):
            _sort(proposed, batch)
        self._draw(batch)
        self._record(batch)

    def _proposed(self, pendings: Sequence[Pending], batch: _Batch) -> Iterator[Change | Wanted]:
        """Yield what becomes of each of *pendings*, with one look for all at what it goes by.

        Terms that were remembered grant what a shard then refuses if they were replaced, but
        they refuse nobody: for who would go without, they are read anew.
        """
        lookup = _Lookup(self, pendings)
        short: list[Pending] = []
        for pending in pendings:
            proposed = self._propose(pending, lookup, batch)
            if proposed is None:
                batch.again.add(pending.ref)
            elif goes_without(pending, proposed):
                short.append(pending)
            else:
                yield proposed
        if not short:
            return
        lookup = _Lookup(self, short, fresh=True)
        for pending in short:
            proposed = self._propose(pending, lookup, batch)
            if proposed is None:
                batch.again.add(pending.ref)
            else:
                yield proposed

    def _propose(
        self, pending: Pending, lookup: "_Lookup", batch: _Batch
    ) -> Change | Wanted | None:
        """Return what becomes of *pending*; None where there is no time left to find out."""
        known = lookup.known.get(pending.merchant)
        if known is None:
            reason = Reason(code="merchant_gone", detail="The merchant has no catalogue.")
            return move(pending, Status.REJECTED, self.clock.now(), reason=reason)
        if lookup.for_newcomers.isdisjoint(pending.request.coupons):
            return propose(pending, known)
        if self.clock.now() >= batch.stop_at:
            return None
        return propose(pending, replace(known, newcomer=self._is_newcomer(pending, batch)))

    def _is_newcomer(self, pending: Pending, batch: _Batch) -> bool:
        """Return whether the customer has no order with the merchant, as of this batch's first look."""
        name = (pending.ref.customer_id, pending.merchant)
        if name not in batch.newcomers:
            batch.newcomers[name] = not self.intents.has_ordered(*name)
        return batch.newcomers[name]

    def _draw(self, batch: _Batch) -> None:
        group, batch.to_draw = batch.to_draw, []
        if not group:
            return
        if batch.down:
            batch.again.update(wanted.pending.ref for wanted in group)
            return
        # Who claims the same stands together, so that a transaction writes few shards.
        group.sort(key=lambda wanted: [claim.counter for claim in wanted.claims])
        drawn = self.draw(group, batch.stop_at)
        batch.made.extend(drawn.made)
        batch.again.update(drawn.again)
        batch.down = drawn.down
        for counter in drawn.superseded:
            self.counters.fresh_terms(counter)
        batch.to_price.extend(drawn.stale)
        for refused in drawn.refused:
            _sort(refused, batch)

    def _record(self, batch: _Batch) -> None:
        """Record the changes that draw nothing, as many to a transaction as it takes."""
        changes, batch.to_record = batch.to_record, []
        if batch.down:
            batch.again.update(change.ref for change in changes)
            return
        moves = [Move(change=change) for change in changes]
        done = self.commit(moves, EntryKind.SETTLE, batch.stop_at)
        batch.made.extend(done.made)
        batch.again.update(done.again)
        batch.down = done.down


class _Lookup:
    """What pricing goes by, by merchant: menus, coupons, stock. *fresh*: as the latter are now."""

    def __init__(
        self, rule: SettleOrders, pendings: Sequence[Pending], *, fresh: bool = False
    ) -> None:
        menus = {p.merchant: rule.catalogues.current(p.merchant) for p in pendings}
        codes = {code for p in pendings for code in p.request.coupons}
        offers = rule.counters.offers(codes, fresh=fresh) if codes else {}
        counted = {
            stock_counter(p.merchant, line.sku)
            for p in pendings
            for line in p.request.lines
            if _is_stocked(menus[p.merchant], line.sku)
        }
        stock = rule.counters.stock(counted, fresh=fresh) if counted else {}
        now = rule.clock.now()
        self.for_newcomers = {code for code, offer in offers.items() if offer.terms.first_order}
        self.known = {
            merchant: Known(
                catalogue=menu,
                now=now,
                hold_seconds=rule.hold_seconds,
                offers=offers,
                stock=stock,
            )
            for merchant, menu in menus.items()
            if menu is not None
        }


def _sort(proposed: Change | Wanted, batch: _Batch) -> None:
    match proposed:
        case Change():
            batch.to_record.append(proposed)
        case Wanted():
            batch.to_draw.append(proposed)


def _is_stocked(menu: Catalogue | None, sku: str) -> bool:
    item = menu.items.get(sku) if menu else None
    return item is not None and item.stocked
