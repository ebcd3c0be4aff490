"""Settle orders: price a batch and record it in few transactions, k orders to one hot write.

The batch is settled together. Orders that want a coupon unit are grouped by code, and
each group draws its units in transactions of up to 100 items; all other changes are
recorded in transactions of their own. What the store refuses is read, what that settles
leaves the batch, and what it leaves open is tried again, within limits.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from chalicelib.application.draw_units import DrawUnits
from chalicelib.application.ports import Catalogues, Clock, Committed, Control, Coupons, Ledger
from chalicelib.domain.admission import Answered
from chalicelib.domain.drawing import TRANSACTION_ITEMS_MAX
from chalicelib.domain.errors import StoreUnavailableError
from chalicelib.domain.intent import Change, IntentRef, Pending, Reason, Status, move
from chalicelib.domain.refusal import Refusal
from chalicelib.domain.settlement import Wanted, propose, without_coupon

ROUNDS_MAX = 3
"""How often a batch is priced anew because a coupon's terms changed while it was settled."""


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
    to_record: list[Change] = field(default_factory=list)
    made: list[Change] = field(default_factory=list)
    again: set[IntentRef] = field(default_factory=set)
    down: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleOrders:
    """Turn intents with known lines into orders, holds, questions or refusals."""

    catalogues: Catalogues
    coupons: Coupons
    ledger: Ledger
    control: Control
    clock: Clock
    draw: DrawUnits
    hold_seconds: int

    def __call__(self, pendings: Sequence[Pending], stop_at: int) -> Settled:
        """Settle each of *pendings* at most once, whatever came before. Safe to repeat.

        A repeat of what is settled already changes nothing, and is not delivered again.
        Past *stop_at* (ms) nothing is begun: who is not settled by then comes again.
        """
        newest = {p.ref: p for p in sorted(pendings, key=lambda p: p.turn)}
        batch = _Batch(to_price=list(newest.values()), stop_at=stop_at)
        for _ in range(ROUNDS_MAX):
            self._round(batch)
            if not batch.to_price:
                break
        batch.again.update(pending.ref for pending in batch.to_price)
        if batch.made:
            waited_ms = sum(change.at - newest[change.ref].queued_at for change in batch.made)
            self.control.count_answered(Answered(count=len(batch.made), waited_ms=waited_ms))
        return Settled(changes=tuple(batch.made), again=frozenset(batch.again))

    def _round(self, batch: _Batch) -> None:
        groups: defaultdict[tuple[str, int], list[Wanted]] = defaultdict(list)
        for pending in batch.to_price:
            match self._propose(pending):
                case Change() as change:
                    batch.to_record.append(change)
                case Wanted() as wanted:
                    groups[wanted.terms.code, wanted.terms.version].append(wanted)
        batch.to_price = []
        for group in groups.values():
            self._redeem(group, batch)
        self._record(batch)

    def _propose(self, pending: Pending) -> Change | Wanted:
        now = self.clock.now()
        catalogue = self.catalogues.current(pending.merchant)
        if catalogue is None:
            reason = Reason(code="merchant_gone", detail="The merchant has no catalogue.")
            return move(pending, Status.REJECTED, now, reason=reason)
        code = pending.request.coupon
        terms = self.coupons.terms(code) if code else None
        return propose(pending, catalogue, terms, now, self.hold_seconds)

    def _redeem(self, group: Sequence[Wanted], batch: _Batch) -> None:
        if batch.down:
            batch.again.update(wanted.pending.ref for wanted in group)
            return
        drawn = self.draw(group, batch.stop_at)
        batch.made.extend(drawn.made)
        batch.again.update(drawn.again)
        batch.down = drawn.down
        if drawn.stale:
            self.coupons.fresh_terms(group[0].terms.code)
            batch.to_price.extend(drawn.stale)
        now = self.clock.now()
        batch.to_record.extend(
            without_coupon(wanted.pending, wanted.full, why, now, self.hold_seconds)
            for wanted, why in drawn.refused
        )

    def _record(self, batch: _Batch) -> None:
        """Record the changes that draw nothing, as many to a transaction as it takes."""
        changes, batch.to_record = batch.to_record, []
        for start in range(0, len(changes), TRANSACTION_ITEMS_MAX):
            self._record_together(changes[start : start + TRANSACTION_ITEMS_MAX], batch)

    def _record_together(self, changes: list[Change], batch: _Batch) -> None:
        attempt = 0
        while changes:
            outcome = None if self._is_over(batch) else self._commit(changes, batch)
            if isinstance(outcome, Committed):
                batch.made.extend(changes)
                return
            moved = outcome.moved if outcome else frozenset()
            changes = [change for change in changes if change.ref not in moved]
            if outcome and moved:
                continue
            if outcome is None or not self.draw.backoff.wait(self.clock, attempt):
                batch.again.update(change.ref for change in changes)
                return
            attempt += 1

    def _is_over(self, batch: _Batch) -> bool:
        return batch.down or self.clock.now() >= batch.stop_at

    def _commit(self, changes: list[Change], batch: _Batch) -> Committed | Refusal | None:
        try:
            return self.ledger.commit(changes, None)
        except StoreUnavailableError:
            batch.down = True
            return None
