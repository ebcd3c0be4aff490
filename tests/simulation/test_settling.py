from collections import Counter
from dataclasses import replace

from chalicelib.adapters.dynamodb.items import item_of
from chalicelib.application.ports import CatalogueDraft
from chalicelib.domain.intent import CouponFallback, IntentRef, Pending, Status
from simulation.dynamodb.service import Call
from simulation.dynamodb.times import Times
from simulation.faults import Effect, Fault, Faults
from simulation.scheduler import Computing, Scheduler
from simulation.stack import Stack
from tests.unit.domain.builders import EXTRAS, NOW, SIZE, intent, menu, request, terms

WORKERS, BATCH = 8, 20
LAMBDA_MS = 20_000


class Rush:
    """Orders that want a coupon, settled by the real use case in eight workers at once."""

    def __init__(
        self, *, units: int, orders: int, seed: int = 1, faults: Faults | None = None
    ) -> None:
        self.scheduler = Scheduler(seed=seed, epoch_ms=NOW, computing=Computing(call_us=500))
        self.stack = Stack(self.scheduler, times=Times(jitter=0.2), faults=faults, traced=True)
        services = self.stack.services()
        items, groups = tuple(menu().items.values()), (SIZE, EXTRAS)
        draft = CatalogueDraft(
            merchant="tea-house", currency="USD", items=items, groups=groups, digest="d"
        )
        services.catalogues.publish(draft)
        services.coupons.define(terms(units=units, shards=4, uses=1))
        self.coupons = services.coupons
        asked = request(coupon="SPRING25", fallback=CouponFallback.REJECT)
        intents = [
            replace(intent(asked), ref=IntentRef(customer_id=f"c{n}", id=f"in_{n}"))
            for n in range(orders)
        ]
        self.stack.dynamodb.seed("OrdersTable", [item_of(one, 30) for one in intents])
        self.waiting: list[Pending] = [one.pending for one in intents]
        self.crashes = 0

    def run(self) -> Counter[str]:
        """Settle everything; return how many intents stand in each state."""
        self._start(WORKERS)
        self.scheduler.run()
        items = self.stack.dynamodb.contents("OrdersTable")
        return Counter(item["status"]["S"] for item in items if "status" in item)

    def _start(self, workers: int) -> None:
        for _ in range(workers):
            self.scheduler.spawn(self._work)

    def _work(self) -> None:
        settle = self.stack.services().settle
        while self.waiting:
            batch, self.waiting = self.waiting[:BATCH], self.waiting[BATCH:]
            done = False
            try:
                settled = settle(batch, self.stack.clock.now() + LAMBDA_MS)
                done = True
            finally:
                if not done:
                    self.crashes += 1
                    self.waiting += batch
                    self._start(1)
            self.waiting += [pending for pending in batch if pending.ref in settled.again]

    def units(self) -> tuple[int, int]:
        """Return the coupon's units left and redeemed."""
        coupon = self.coupons.get("SPRING25")
        assert coupon is not None
        left = sum(shard.left for shard in coupon.shards)
        return left, sum(shard.redeemed for shard in coupon.shards)


def test_a_rush_is_never_oversold_and_strands_no_unit() -> None:
    """More orders than units: each unit is redeemed once, and everybody else is told."""
    rush = Rush(units=300, orders=500)
    assert rush.run() == {Status.CONFIRMED: 300, Status.REJECTED: 200}
    assert rush.units() == (0, 300)
    assert rush.stack.dynamodb.counters.reasons["TransactionConflict"] > 0


def test_the_same_seed_gives_the_same_run() -> None:
    """Call for call; another seed gives another."""

    def trace(seed: int) -> list[Call] | None:
        rush = Rush(units=100, orders=150, seed=seed)
        rush.run()
        return rush.stack.dynamodb.trace

    assert trace(3) == trace(3)
    assert trace(3) != trace(4)


def test_units_balance_whatever_fails() -> None:
    """Errors, lost answers and dying workers: as many redeemed as confirmed, and never too many."""
    faults = Faults(
        Fault(effect=Effect.FAIL, rate=0.03),
        Fault(effect=Effect.LOSE_ANSWER, rate=0.03),
        Fault(effect=Effect.CRASH_AFTER, operation="TransactWriteItems", rate=0.1),
        Fault(effect=Effect.CRASH_BEFORE, operation="TransactWriteItems", rate=0.1),
        seed=5,
    )
    rush = Rush(units=200, orders=300)
    rush.stack.dynamodb.faults = faults
    found = rush.run()
    rush.stack.dynamodb.faults = Faults()
    assert rush.crashes > 0
    assert found == {Status.CONFIRMED: 200, Status.REJECTED: 100}
    assert rush.units() == (0, 200)
