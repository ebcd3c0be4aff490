"""Orders and coupons together, in memory: every condition is looked at before anything is written."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from chalicelib.application.ports import Committed, Moved, Stale
from chalicelib.domain.coupon import CouponState, CouponTerms
from chalicelib.domain.intent import Change, Intent, IntentRef, Status
from chalicelib.domain.order import Redemption
from chalicelib.domain.refusal import Refusal
from tests.fakes.coupons import FakeCoupons, Part
from tests.fakes.intents import FakeIntents
from tests.fakes.outage import Breakable


class FakeLedger(Breakable):
    """All or nothing, over the other two fakes; and how often a customer used a coupon."""

    def __init__(self, intents: FakeIntents, coupons: FakeCoupons) -> None:
        super().__init__()
        self._intents = intents
        self._coupons = coupons
        self.uses: Counter[tuple[str, str]] = Counter()

    def commit(self, changes: Sequence[Change], terms: CouponTerms | None) -> Committed | Refusal:
        """Make *changes* and draw the units that their orders redeem, or say what stood in the way."""
        self.up_or_raise()
        refusal = self._refusal(changes, terms)
        if refusal is not None:
            return refusal
        for change in changes:
            self._intents.apply(change)
            redemption = _redeemed(change)
            if redemption is not None:
                self._draw(redemption, held=change.status is Status.READY)
                if redemption.counted:
                    self.uses[change.ref.customer_id, redemption.code] += 1
        return Committed()

    def _refusal(self, changes: Sequence[Change], terms: CouponTerms | None) -> Refusal | None:
        moved = frozenset(change.ref for change in changes if not self._intents.stands(change))
        limited: set[IntentRef] = set()
        short: dict[int, int] = {}
        paused = superseded = False
        drawn = Counter(r.shard for change in changes if (r := _redeemed(change)))
        if terms is not None:
            limited = {change.ref for change in changes if self._limited(change, terms)}
            for number, units in drawn.items():
                part = self._coupons.parts[terms.code][number]
                gone = part.state is CouponState.PAUSED
                newer = part.version > terms.version
                if gone or newer or part.shard.left < units:
                    short[number] = part.shard.left
                paused |= gone
                superseded |= newer
        if not (moved or limited or short):
            return None
        return Refusal(
            moved=moved,
            limited=frozenset(limited),
            short=short,
            paused=paused,
            superseded=superseded,
        )

    def _limited(self, change: Change, terms: CouponTerms) -> bool:
        if terms.uses_per_customer is None or _redeemed(change) is None:
            return False
        return self.uses[change.ref.customer_id, terms.code] >= terms.uses_per_customer

    def confirm_held(self, intent: Intent, change: Change) -> Moved | Stale:
        """Turn what is held for *intent* into a redemption."""
        self.up_or_raise()
        if not self._intents.stands(change):
            return Stale()
        redemption = intent.order.redemption if intent.order else None
        if redemption is not None:
            part = self._part(redemption)
            part.shard = replace(
                part.shard,
                held=part.shard.held - 1,
                redeemed=part.shard.redeemed + 1,
                spent=part.shard.spent + redemption.discount,
            )
        return self._intents.apply(change)

    def release(self, intent: Intent, change: Change) -> Moved | Stale:
        """Make *change* and give back what is held for *intent*."""
        self.up_or_raise()
        if not self._intents.stands(change):
            return Stale()
        redemption = intent.order.redemption if intent.order else None
        if redemption is not None:
            part = self._part(redemption)
            part.shard = replace(part.shard, held=part.shard.held - 1, left=part.shard.left + 1)
            if redemption.counted:
                self.uses[intent.ref.customer_id, redemption.code] -= 1
        return self._intents.apply(change)

    def _draw(self, redemption: Redemption, *, held: bool) -> None:
        part = self._part(redemption)
        part.shard = replace(
            part.shard,
            left=part.shard.left - 1,
            held=part.shard.held + held,
            redeemed=part.shard.redeemed + (not held),
            spent=part.shard.spent + (0 if held else redemption.discount),
        )

    def _part(self, redemption: Redemption) -> Part:
        return self._coupons.parts[redemption.code][redemption.shard]


def _redeemed(change: Change) -> Redemption | None:
    return change.order.redemption if change.order else None
