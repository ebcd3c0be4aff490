"""Draw a coupon's units for a group of orders that want one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from chalicelib.application.backoff import Backoff
from chalicelib.application.ports import Clock, Committed, Coupons, Ledger
from chalicelib.domain.coupon import Unavailable
from chalicelib.domain.drawing import Grant, believed, drawn_from, plan, spread
from chalicelib.domain.errors import StoreUnavailableError
from chalicelib.domain.intent import Change, IntentRef, Pending
from chalicelib.domain.refusal import Refusal
from chalicelib.domain.settlement import Wanted, granted


@dataclass(slots=True, kw_only=True)
class Drawn:
    """What became of a group: *made* changes, orders *refused* the coupon and why.

    *stale* met newer terms and want pricing anew; *again* could not be settled this time,
    and *down* says that it was because the store does not answer.
    """

    made: list[Change] = field(default_factory=list)
    refused: list[tuple[Wanted, Unavailable]] = field(default_factory=list)
    stale: list[Pending] = field(default_factory=list)
    again: set[IntentRef] = field(default_factory=set)
    down: bool = False


BELIEFS_MAX = 1_000
"""Coupons that a worker remembers the shards of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawUnits:
    """Give each order a unit while there is one anywhere, in as few transactions as can be.

    *home* is a number drawn once for each worker: it picks the shard that the worker
    draws on first. What is learnt of the shards is believed until the store says
    otherwise, and only a fresh, consistent read of every shard says "sold out".
    """

    coupons: Coupons
    ledger: Ledger
    clock: Clock
    backoff: Backoff
    hold_seconds: int
    home: int
    beliefs: dict[str, Mapping[int, int]] = field(default_factory=dict)

    def __call__(self, group: Sequence[Wanted], stop_at: int) -> Drawn:
        """Answer each of *group*, all of one coupon at one version, at most once.

        Past *stop_at* (ms) no transaction is begun, and who still waits is to come again.
        """
        return _Drawing(self, group, stop_at).run()


class _Drawing:
    """One group on its way; ends when nobody waits, or when time or attempts are used up."""

    def __init__(self, rule: DrawUnits, group: Sequence[Wanted], stop_at: int) -> None:
        self._rule = rule
        self._stop_at = stop_at
        self._terms = group[0].terms
        self._waiting = list(group)
        self._drawn = Drawn()
        self._attempt = 0
        self._fresh = False
        home = {rule.home % self._terms.shards: len(group)}
        self._left = rule.beliefs.get(self._terms.code) or home

    def run(self) -> Drawn:
        try:
            while self._waiting and self._rule.clock.now() < self._stop_at:
                self._step()
        except StoreUnavailableError:
            # What was drawn so far stands; the rest comes again, and so does what is in doubt.
            self._drawn.down = True
        self._drawn.again.update(wanted.pending.ref for wanted in self._waiting)
        self._remember()
        return self._drawn

    def _step(self) -> None:
        grants = plan(self._waiting, self._left)
        if grants:
            self._commit(grants)
        elif self._fresh:
            self._refuse_all(Unavailable.SOLD_OUT)
        else:
            self._look()

    def _remember(self) -> None:
        beliefs = self._rule.beliefs
        if len(beliefs) >= BELIEFS_MAX and self._terms.code not in beliefs:
            del beliefs[next(iter(beliefs))]
        beliefs[self._terms.code] = self._left

    def _look(self) -> None:
        """Read every shard, consistently: what is left now, and where to draw first."""
        left = self._rule.coupons.left(self._terms.code)
        self._left = spread(left, self._rule.home, len(self._waiting))
        self._fresh = True

    def _refuse_all(self, why: Unavailable) -> None:
        self._drawn.refused.extend((wanted, why) for wanted in self._waiting)
        self._waiting = []

    def _commit(self, grants: Sequence[Grant]) -> None:
        now = self._rule.clock.now()
        hold_seconds = self._rule.hold_seconds
        changes = [granted(g.wanted, g.shard, now, hold_seconds) for g in grants]
        fresh, self._fresh = self._fresh, False
        match self._rule.ledger.commit(changes, self._terms):
            case Committed():
                self._drawn.made.extend(changes)
                self._left = drawn_from(self._left, grants)
                self._leave({change.ref for change in changes})
            case Refusal() as refusal:
                self._read(grants, refusal, fresh=fresh)

    def _read(self, grants: Sequence[Grant], refusal: Refusal, *, fresh: bool) -> None:
        belief = believed([grant.wanted for grant in grants], refusal)
        self._drawn.refused.extend(
            (g.wanted, belief.unavailable[g.wanted.pending.ref])
            for g in grants
            if g.wanted.pending.ref in belief.unavailable
        )
        self._leave(belief.moved | belief.unavailable.keys())
        if refusal.superseded:
            self._drawn.stale.extend(wanted.pending for wanted in self._waiting)
            self._waiting = []
        elif refusal.short:
            # What was believed of one shard is wrong, so the rest may be: one read tells all.
            self._left = {}
        learnt = belief.moved or belief.unavailable or refusal.superseded or refusal.short
        if refusal.contended or not learnt or (refusal.short and fresh):
            self._try_again({grant.shard for grant in grants}, contended=refusal.contended)

    def _try_again(self, shards: set[int], *, contended: bool) -> None:
        """Go round once more, after a wait where others contend; give up when it was the last."""
        if not self._rule.backoff.wait(self._rule.clock, self._attempt, pause=contended):
            self._drawn.again.update(wanted.pending.ref for wanted in self._waiting)
            self._waiting = []
        self._attempt += 1
        # Somebody else writes these: begin with others, and look which there are.
        others = {shard: left for shard, left in self._left.items() if shard not in shards}
        mine = {shard: left for shard, left in self._left.items() if shard in shards}
        self._left = {**others, **mine} if any(others.values()) else {}

    def _leave(self, refs: set[IntentRef] | frozenset[IntentRef]) -> None:
        self._waiting = [w for w in self._waiting if w.pending.ref not in refs]
