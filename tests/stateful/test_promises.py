"""The promises, held against everything at once: a shop that is used, crashed and repeated at random.

The machine drives the real use cases. Messages may come twice, late, in any order and in
any company; a worker may die after its effect; customers cancel, confirm and answer
while all that happens. After each step the coupon's units must balance with the orders,
and at the end everyone must have been answered.
"""

from collections import Counter
from contextlib import suppress
from random import Random

from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
)

from chalicelib.domain.answers import Answer
from chalicelib.domain.coupon import CouponState
from chalicelib.domain.errors import RushlineError
from chalicelib.domain.intent import (
    ANSWERED,
    ConfirmMode,
    CouponFallback,
    Intent,
    IntentRef,
    Pending,
    Status,
)
from tests.fakes.shop import Shop
from tests.unit.domain.builders import line, request, terms

UNITS = 7
USES = 2
HOLD_SECONDS = 120
CUSTOMERS = ("alice", "bob", "carol")


class Promises(RuleBasedStateMachine):
    """Random lives of a small shop with one scarce coupon."""

    refs = Bundle("refs")

    @initialize(shards=st.integers(1, 4))
    def open_shop(self, shards: int) -> None:
        """Open with one item, one coupon and three workers."""
        self.shop = Shop()
        self.shop.coupons.define(terms(units=UNITS, shards=shards, uses=USES))
        self.workers = [self.shop.worker(home) for home in range(3)]
        self.in_flight: list[Pending] = []
        self.keys = 0

    @rule(
        target=refs,
        customer=st.sampled_from(CUSTOMERS),
        review=st.booleans(),
        fallback=st.sampled_from(CouponFallback),
        copies=st.integers(1, 2),
        lost=st.booleans(),
    )
    def order(
        self, customer: str, *, review: bool, fallback: CouponFallback, copies: int, lost: bool
    ) -> IntentRef:
        """Post an intent, perhaps twice; perhaps its message is lost."""
        asked = request(
            line(),
            coupon="SPRING25",
            confirm=ConfirmMode.REVIEW if review else ConfirmMode.AUTO,
            fallback=fallback,
        )
        self.keys += 1
        accepted = [
            self.shop.accept(
                customer_id=customer,
                idempotency_key=str(self.keys),
                fingerprint="same",
                merchant=None,
                request=asked,
            )
            for _ in range(copies)
        ]
        assert [one.replayed for one in accepted] == [False, True][:copies]
        assert len({one.intent.ref for one in accepted}) == 1
        if lost:
            self.shop.settlements_queue.sent.pop()
        return accepted[0].intent.ref

    @rule(count=st.integers(1, 9), order=st.randoms(use_true_random=False))
    def receive(self, count: int, order: Random) -> None:
        """Take messages off the queue in any order; they are in flight until deleted."""
        sent = self.shop.settlements_queue.sent
        order.shuffle(sent)
        self.in_flight += sent[:count]
        del sent[:count]

    @rule(
        worker=st.integers(0, 2),
        order=st.randoms(use_true_random=False),
        crashed=st.booleans(),
        twice=st.booleans(),
    )
    def settle(self, worker: int, order: Random, *, crashed: bool, twice: bool) -> None:
        """Settle what is in flight. A worker that dies after its effect deletes no message."""
        order.shuffle(self.in_flight)
        batch = self.in_flight * 2 if twice else list(self.in_flight)
        settled = self.workers[worker](batch)
        if not crashed:
            self.in_flight = [p for p in self.in_flight if p.ref in settled.again]

    @rule(ref=refs)
    def cancel(self, ref: IntentRef) -> None:
        """Cancel, which may be too late."""
        with suppress(RushlineError):
            self.shop.cancel(ref)

    @rule(ref=refs)
    def confirm(self, ref: IntentRef) -> None:
        """Confirm, which may be too early or too late."""
        with suppress(RushlineError):
            self.shop.confirm(ref)

    @rule(ref=refs, number=st.integers())
    def agree(self, ref: IntentRef, number: int) -> None:
        """Agree to the full price, where that is the question."""
        answer = Answer(fingerprint=str(number), choice="full_price")
        with suppress(RushlineError):
            self.shop.answer(ref, answer)

    @rule(paused=st.booleans())
    def pause(self, *, paused: bool) -> None:
        """Pause or resume the coupon."""
        state = CouponState.PAUSED if paused else CouponState.ACTIVE
        self.shop.coupons.set_state("SPRING25", state)

    @rule(seconds=st.sampled_from([1, 60, 130, 1_000]))
    def wait(self, seconds: int) -> None:
        """Let time pass."""
        self.shop.clock.turn(seconds * 1000)

    @rule()
    def sweep(self) -> None:
        """Sweep."""
        self.shop.sweep(stop_at=self.shop.clock.now() + 1)

    @invariant()
    def units_balance_with_orders(self) -> None:
        """See that left, held and redeemed are what was issued, and each is what the orders say."""
        if not hasattr(self, "shop"):
            return
        coupon = self.shop.coupons.get("SPRING25")
        assert coupon is not None
        left = sum(shard.left for shard in coupon.shards)
        held = sum(shard.held for shard in coupon.shards)
        redeemed = sum(shard.redeemed for shard in coupon.shards)
        assert left + held + redeemed == UNITS
        assert all(min(s.left, s.held, s.redeemed) >= 0 for s in coupon.shards)
        assert held == len(self._with_unit(Status.READY))
        assert redeemed == len(self._with_unit(Status.CONFIRMED))
        assert sum(s.spent for s in coupon.shards) == 100 * redeemed

    @invariant()
    def nobody_uses_more_than_their_share(self) -> None:
        """See that a customer's orders with the coupon are within its limit, and as counted."""
        if not hasattr(self, "shop"):
            return
        uses = Counter(
            intent.ref.customer_id for intent in self._with_unit(Status.READY, Status.CONFIRMED)
        )
        assert all(count <= USES for count in uses.values())
        counted = {name: n for (name, _), n in self.shop.ledger.uses.items() if n}
        assert counted == dict(uses)

    def teardown(self) -> None:
        """At the end of time everyone has been answered, and nothing is held."""
        if not hasattr(self, "shop"):
            return
        self.shop.coupons.set_state("SPRING25", CouponState.ACTIVE)
        self.in_flight += self.shop.settlements_queue.sent
        self.shop.settlements_queue.sent.clear()
        self.workers[0](self.in_flight)
        for _ in range(3):
            self.shop.clock.turn(2_000_000)
            self.shop.sweep(stop_at=self.shop.clock.now() + 1)
        open_still = [i for i in self.shop.intents.on_record.values() if i.status not in ANSWERED]
        assert open_still == []
        self.units_balance_with_orders()

    def _with_unit(self, *statuses: Status) -> list[Intent]:
        return [
            intent
            for intent in self.shop.intents.on_record.values()
            if intent.status in statuses and intent.order and intent.order.redemption
        ]


Promises.TestCase.settings = hypothesis_settings(
    max_examples=150, stateful_step_count=40, deadline=None
)
TestPromises = Promises.TestCase
