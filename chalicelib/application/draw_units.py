"""Draw units of coupons and stock for a group of orders that want some."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from chalicelib.application.backoff import Backoff
from chalicelib.application.counter_ports import Committed, Counters, Ledger
from chalicelib.application.ports import Clock
from chalicelib.application.sight import Beliefs, Sight, left
from chalicelib.domain.counter import StockTerms, gathered
from chalicelib.domain.coupon import Unavailable
from chalicelib.domain.drawing import Belief, Grant, believed, plan
from chalicelib.domain.errors import StoreUnavailableError
from chalicelib.domain.intent import Change, IntentRef, Pending
from chalicelib.domain.movement import EntryKind, guard, taking
from chalicelib.domain.refusal import Refusal
from chalicelib.domain.settlement import Claim, Wanted, granted, without_coupon, without_stock
from chalicelib.domain.terms import Terms

ORDERS_TOGETHER = 49
"""Orders of one transaction, where each counts a use: with a shard and a ledger entry, 100 items."""


@dataclass(slots=True, kw_only=True)
class Drawn:
    """What became of a group.

    *made* are the changes that were made; *refused* what becomes of those who can't have
    all that they want: a change to record, or a wish for what is left.
    *stale* met newer terms (of the *superseded* counters) and want pricing anew; *again*
    could not be settled this time, and *down* says that it was because the store does not
    answer.
    """

    made: list[Change] = field(default_factory=list)
    refused: list[Change | Wanted] = field(default_factory=list)
    stale: list[Pending] = field(default_factory=list)
    superseded: set[str] = field(default_factory=set)
    again: set[IntentRef] = field(default_factory=set)
    down: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawUnits:
    """Give each order what it claims while there is enough anywhere, in few transactions.

    *home* is a number drawn once for each worker: it picks the shard that the worker
    draws on first. What is learnt of the shards is believed, at one version of the terms,
    until the store says otherwise; and only consistent readings of every shard say
    "sold out".
    """

    counters: Counters
    ledger: Ledger
    clock: Clock
    backoff: Backoff
    home: int
    beliefs: Beliefs = field(default_factory=dict)

    def __call__(self, group: Sequence[Wanted], stop_at: int) -> Drawn:
        """Answer each of *group* at most once.

        Past *stop_at* (ms) no transaction is begun, and who still waits is to come again.
        """
        return _Drawing(self, group, stop_at).run()


class _Drawing:
    """One group on its way; ends when nobody waits, or when time or attempts are used up."""

    def __init__(self, rule: DrawUnits, group: Sequence[Wanted], stop_at: int) -> None:
        self._rule = rule
        self._stop_at = stop_at
        self._drawn = Drawn()
        self._attempt = 0
        self._unsettled = 0
        self._shorts: Counter[str] = Counter()
        self._finished: set[str] = set()
        self._terms = _newest(group)
        self._sight = Sight(rule.counters, rule.clock, rule.backoff.jitter, self._terms)
        needs = {counter: _units(group, counter) for counter in self._terms}
        self._sight.recall(rule.beliefs, rule.home, needs)
        # Who was priced at older terms than a neighbour must not be served at the newer.
        behind = {wanted.pending.ref for wanted in group if self._is_behind(wanted)}
        self._waiting = [wanted for wanted in group if wanted.pending.ref not in behind]
        self._drawn.stale.extend(w.pending for w in group if w.pending.ref in behind)

    def _is_behind(self, wanted: Wanted) -> bool:
        return any(
            claim.terms.version < self._terms[claim.counter].version for claim in wanted.claims
        )

    def run(self) -> Drawn:
        try:
            while self._waiting and self._rule.clock.now() < self._stop_at:
                self._step()
        except StoreUnavailableError:
            # What was drawn so far stands; the rest comes again, and so does what is in doubt.
            self._drawn.down = True
        self._drawn.again.update(wanted.pending.ref for wanted in self._waiting)
        self._sight.remember(self._rule.beliefs)
        return self._drawn

    def _step(self) -> None:
        grants = plan(self._waiting, self._sight.rooms)
        claimed = {claim.counter for wanted in self._waiting for claim in wanted.claims}
        if grants:
            self._commit(grants)
        elif unsure := claimed - self._sight.sure:
            self._look_again(unsure)
        elif behind := (claimed & self._sight.behind) - self._finished:
            self._await(behind)
        else:
            self._refuse_all()

    def _look_again(self, counters: Collection[str]) -> None:
        """Look for units; a second time at once for certainty, and then only with waits between."""
        if self._unsettled > 1 and not self._waited():
            return
        self._unsettled += self._sight.seen_once(counters)
        for counter in counters:
            need = _units(self._waiting[:ORDERS_TOGETHER], counter)
            if not self._sight.look(counter, need):
                superseded = Refusal(superseded=frozenset({counter}))
                self._drawn.superseded.add(counter)
                self._part(believed(self._waiting, superseded))

    def _await(self, counters: Collection[str]) -> None:
        """Wait for a command that is on its way to the shards, or still spreads their units.

        If it does not arrive, whoever gave it may be gone: then it is finished here.
        """
        if self._rule.backoff.wait(self._rule.clock, self._attempt):
            self._attempt += 1
        else:
            for counter in counters:
                self._rule.counters.finish(counter, self._stop_at)
            self._finished.update(counters)
        # What is read from here on is begun anew: it has not been unsettled yet.
        self._unsettled = 0
        self._sight.drew(counters)

    def _refuse_all(self) -> None:
        """Tell everybody what they can't have: as the shards stand, nobody can be served.

        Where all is there, but on more shards than one transaction can draw on, it is
        gathered first.
        """
        refused = [(wanted, self._refused(wanted)) for wanted in self._waiting]
        self._drawn.refused.extend(outcome for _, outcome in refused if outcome is not None)
        self._waiting = [wanted for wanted, outcome in refused if outcome is None]
        if self._waiting and self._waited():
            self._gather(self._waiting[0])

    def _gather(self, wanted: Wanted) -> None:
        """Bring what *wanted* claims to one shard of each counter, as far as it is there."""
        now = self._rule.clock.now()
        why = f"gather-{wanted.pending.ref.id}-{self._attempt}"
        for claim in wanted.claims:
            shards = self._rule.counters.shards(claim.terms)
            budgeted = claim.terms.budget is not None
            for transfer in gathered(shards, claim.units, claim.money, budgeted=budgeted):
                self._rule.counters.transfer(claim.counter, transfer, why, now, self._stop_at)
            self._sight.drew([claim.counter])
            self._sight.doubt([claim.counter])

    def _refused(self, wanted: Wanted) -> Change | Wanted | None:
        """Return what becomes of an order that can't have all; None if all is there."""
        outcomes = (self._short(wanted, claim) for claim in wanted.claims)
        return next((outcome for outcome in outcomes if outcome is not None), None)

    def _short(self, wanted: Wanted, claim: Claim) -> Change | Wanted | None:
        """Return what becomes of *wanted* if there is too little for *claim*."""
        now = self._rule.clock.now()
        there = left(self._sight.rooms, claim.counter)
        if isinstance(claim.terms, StockTerms):
            enough = there.units >= claim.units
            return None if enough else without_stock(wanted, claim.terms.sku, there.units)
        if there.units < claim.units:
            why = Unavailable.NOT_YET if claim.terms.gives_more(now) else Unavailable.SOLD_OUT
            return without_coupon(wanted, claim.terms.code, why, now)
        if there.money < claim.money:
            return without_coupon(wanted, claim.terms.code, Unavailable.BUDGET_SPENT, now)
        return None

    def _commit(self, grants: Sequence[Grant]) -> None:
        now = self._rule.clock.now()
        moves = [
            taking(granted(g.wanted, g.draws, now), g.wanted.pending.merchant, g.wanted.limits)
            for g in grants
        ]
        counters = {claim.counter for g in grants for claim in g.wanted.claims}
        guards = {counter: guard(self._terms[counter], now) for counter in counters}
        sure = self._sight.sure & counters
        self._sight.drew(counters)
        match self._rule.ledger.commit(moves, EntryKind.SETTLE, guards):
            case Committed():
                changes = [move.change for move in moves]
                self._drawn.made.extend(changes)
                self._sight.took(grants)
                self._leave({change.ref for change in changes})
                self._attempt = self._unsettled = 0
                self._shorts.clear()
            case Refusal() as refusal:
                self._read(refusal, sure)

    def _read(self, refusal: Refusal, sure: set[str]) -> None:
        belief = believed(self._waiting, refusal)
        self._drawn.superseded |= refusal.superseded
        self._part(belief)
        self._sight.doubt(refusal.short)
        self._shorts.update(refusal.short)
        learnt = belief.moved or belief.barred or belief.stale or refusal.short
        # Who was told twice that there is too little runs after others: time to let them pass.
        again = any(self._shorts[counter] > 1 for counter in refusal.short)
        if refusal.contended or not learnt or again or refusal.short & sure:
            self._waited()
            self._sight.avoid(refusal.busy)

    def _part(self, belief: Belief) -> None:
        """Let go of whom *belief* says enough about."""
        now = self._rule.clock.now()
        for wanted in self._waiting:
            ref = wanted.pending.ref
            if ref in belief.stale:
                self._drawn.stale.append(wanted.pending)
            elif ref in belief.barred:
                barred = belief.barred[ref]
                self._drawn.refused.append(without_coupon(wanted, barred.coupon, barred.why, now))
        self._leave(belief.moved | belief.stale | belief.barred.keys())

    def _waited(self) -> bool:
        """Wait before going round once more; if it was the last time, give everybody up and say so."""
        if self._rule.backoff.wait(self._rule.clock, self._attempt):
            self._attempt += 1
            return True
        self._drawn.again.update(wanted.pending.ref for wanted in self._waiting)
        self._waiting = []
        return False

    def _leave(self, refs: Collection[IntentRef]) -> None:
        self._waiting = [w for w in self._waiting if w.pending.ref not in refs]


def _newest(group: Sequence[Wanted]) -> dict[str, Terms]:
    """Return the newest terms of each counter that somebody in *group* was priced with."""
    newest: dict[str, Terms] = {}
    for wanted in group:
        for claim in wanted.claims:
            known = newest.setdefault(claim.counter, claim.terms)
            if claim.terms.version > known.version:
                newest[claim.counter] = claim.terms
    return newest


def _units(group: Sequence[Wanted], counter: str) -> int:
    """Return the units that *group* wants of *counter*."""
    claims = (claim for wanted in group for claim in wanted.claims)
    return sum(claim.units for claim in claims if claim.counter == counter)
