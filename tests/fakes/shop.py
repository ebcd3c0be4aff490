"""The app's use cases as bootstrap wires them, over simulated tables and the fakes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from chalicelib.adapters.dynamodb.items import item_of
from chalicelib.adapters.dynamodb.keys import unique_key
from chalicelib.application.ports import CatalogueDraft
from chalicelib.application.run_ports import Lane
from chalicelib.application.settle_orders import Settled
from chalicelib.bootstrap import Services
from chalicelib.domain.catalogue import Item
from chalicelib.domain.counter import Shard
from chalicelib.domain.intent import TRANSITIONS, Change, Intent, IntentRef, Pending, Status
from tests.fakes.catalogues import FakeCatalogues
from tests.fakes.clock import FakeClock
from tests.fakes.control import FakeControl
from tests.fakes.queue import FakeQueue
from tests.fakes.runs import FakeRuns
from tests.fakes.tables import Store, Tables

HOLD_SECONDS = 600

TEA = Item(sku="tea", name="Tea", unit_price=400)
CAKE = Item(sku="cake", name="Cake", unit_price=300, stocked=True)
PIE = Item(sku="pie", name="Pie", unit_price=500, stocked=True)


@dataclass(frozen=True, kw_only=True)
class Worker:
    """A settle worker with a home shard, beliefs and caches of its own, and so long for a batch."""

    services: Services
    seconds: int

    @property
    def counters(self) -> Any:
        """The counters as this worker sees them."""
        return self.services.counters

    def __call__(self, pendings: Sequence[Pending]) -> Settled:
        """Settle a batch."""
        return self.services.settle(pendings, self.services.clock.now() + self.seconds * 1000)


@dataclass
class Shop:
    """A tea house that sells one tea, and counted cakes and pies; and its use cases."""

    clock: FakeClock = field(default_factory=FakeClock)
    control: FakeControl = field(default_factory=FakeControl)
    catalogues: FakeCatalogues = field(default_factory=FakeCatalogues)
    intents_queue: FakeQueue = field(default_factory=FakeQueue)
    settlements_queue: FakeQueue = field(default_factory=FakeQueue)
    bulk_intents: FakeQueue = field(default_factory=FakeQueue)
    bulk_settlements: FakeQueue = field(default_factory=FakeQueue)
    runs: FakeRuns = field(default_factory=FakeRuns)

    def __post_init__(self) -> None:
        self.tables = Tables(self.clock)
        self.intents = self.tables.intents
        self.ledger = self.tables.ledger
        self.counters = self.tables.counters
        self.unindexed: set[IntentRef] = set()
        """Intents that the sweep's index does not show yet."""
        self._lag()
        self._watch_moves()
        self.sell(TEA, CAKE, PIE)
        services = self.services()
        services.counters = self.counters
        self.accept = services.accept
        self.answer = services.answer
        self.confirm = services.confirm
        self.cancel = services.cancel
        self.refund = services.refund
        self.command = services.command
        self.commit = services.commit
        self.end_overdue = services.end_overdue
        self.see = services.see
        self.sweep = services.sweep
        self.health = services.health

    def services(self) -> Services:
        """Return services over this shop, with caches and beliefs of their own."""
        services = self.tables.services()
        services.intents, services.ledger = self.intents, self.ledger
        services.control, services.catalogues = self.control, self.catalogues
        services.intents_queue = self.intents_queue
        services.settlements_queue = self.settlements_queue
        services.lane = Lane(intents=self.bulk_intents, settlements=self.bulk_settlements)
        services.runs = self.runs
        return services

    def worker(self, home: int, seconds: int = 1_000) -> Worker:
        """Return another settle worker."""
        services = self.services()
        services.counters = Store(services.counters)
        settle = services.settle
        services.settle = replace(settle, draw=replace(settle.draw, home=home))
        return Worker(services=services, seconds=seconds)

    def sell(self, *items: Item) -> None:
        """Publish a menu of *items*."""
        self.catalogues.publish(
            CatalogueDraft(
                merchant="tea-house", currency="USD", items=items, groups=(), digest=repr(items)
            )
        )

    @property
    def on_record(self) -> Mapping[IntentRef, Intent]:
        """Every intent as it stands."""
        return self.tables.on_record

    def status(self, ref: IntentRef) -> Status:
        """Return where the intent stands."""
        return self.on_record[ref].status

    def shards(self, counter: str = "SPRING25") -> tuple[Shard, ...]:
        """Return a counter's shards."""
        found = self.tables.services().counters.get(counter)
        assert found is not None
        return found.shards

    def total(self, column: str, counter: str = "SPRING25") -> int:
        """Return the sum of a column over a counter's shards."""
        return sum(getattr(shard, column) for shard in self.shards(counter))

    def put(self, *intents: Intent) -> None:
        """Have *intents* be on record as they stand."""
        items = [item_of(intent, retention_days=30) for intent in intents]
        self.tables.dynamodb.seed("OrdersTable", items)

    def issue(self, coupon: str, *codes: str, state: str = "issued") -> None:
        """Put unique codes of a coupon on record."""
        items = [
            {**unique_key(code), "coupon": {"S": coupon}, "state": {"S": state}} for code in codes
        ]
        self.tables.dynamodb.seed("CouponsTable", items)

    def codes(self, coupon: str) -> dict[str, str | None]:
        """Return which intent used each of a coupon's unique codes, None for those still to be had."""
        items = self.tables.dynamodb.contents("CouponsTable")
        mine = [item for item in items if item.get("coupon") == {"S": coupon}]
        return {item["code"]["S"]: item["by"]["S"] if "by" in item else None for item in mine}

    def _lag(self) -> None:
        due = self.intents.due

        def lagging(slot: int, since: int, until: int) -> Iterator[tuple[int, Intent | None]]:
            for at, intent in due(slot, since, until):
                if intent is None or intent.ref not in self.unindexed:
                    yield at, intent

        self.intents.due = lagging

    def _watch_moves(self) -> None:
        """See to it that every move that is made of an intent is in the lifecycle."""
        apply, commit = self.intents.apply, self.ledger.commit

        def legal(change: Change) -> None:
            assert change.status in TRANSITIONS[change.source]

        def checked_apply(change: Change) -> Any:
            legal(change)
            return apply(change)

        def checked_commit(moves: Sequence[Any], *more: Any) -> Any:
            for move in moves:
                legal(move.change)
            return commit(moves, *more)

        self.intents.apply = checked_apply
        self.ledger.commit = checked_commit
