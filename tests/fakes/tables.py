"""The app's own adapters over simulated tables that take no time: what tests stand on for stores.

Nothing is implemented a second time, so a test of a use case sees the conditions and the
transactions that customers will. Each store can be taken `down`, and then answers nothing.
"""

from collections.abc import Iterable
from typing import Any

from chalicelib.adapters.dynamodb import keys
from chalicelib.adapters.dynamodb.items import intent_of
from chalicelib.application.command_counter import Instruction
from chalicelib.application.counter_ports import Counter
from chalicelib.application.ports import Clock
from chalicelib.bootstrap import Services
from chalicelib.domain.command import Amend, CommandKind
from chalicelib.domain.intent import Intent, IntentRef
from chalicelib.domain.terms import Terms
from chalicelib.settings import Settings
from rushline_testing.resources import TABLES
from simulation.clients import SimulatedClients
from simulation.dynamodb.capacity import UNLIMITED
from simulation.dynamodb.client import DynamoDBClient
from simulation.dynamodb.service import DynamoDB
from simulation.dynamodb.times import INSTANT
from simulation.objects import S3Client
from simulation.queue import SqsClient
from simulation.scheduler import Scheduler
from tests.fakes.outage import Breakable


class Store(Breakable):
    """An adapter that can be taken down. Its methods can be replaced like any object's."""

    def __init__(self, adapter: object) -> None:
        super().__init__()
        self.adapter = adapter

    def __getattr__(self, name: str) -> Any:
        """Return the adapter's method, which fails while the store is down."""
        method = getattr(self.adapter, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            self.up_or_raise()
            return method(*args, **kwargs)

        return call


def define(services: Services, terms: Terms) -> Counter:
    """Define a coupon or stock."""
    instruction = Instruction(
        id=f"define-{terms.version}", kind=CommandKind.DEFINE, by="test", why="test"
    )
    counter, _ = services.command.define(terms, instruction)
    return counter


def obey(services: Services, counter: str, amend: Amend, id_: str) -> Counter:
    """Have a command obeyed; what kind it is stands in the record alone."""
    instruction = Instruction(id=id_, kind=CommandKind.TOP_UP, by="test", why="test")
    return services.command(counter, instruction, amend)


class Tables:
    """Orders and counters, as the app reads and writes them."""

    def __init__(self, clock: Clock) -> None:
        scheduler = Scheduler()
        self.dynamodb = DynamoDB(scheduler, times=INSTANT, limits=UNLIMITED)
        for name, definition in TABLES.items():
            self.dynamodb.create(name, definition)
        self._clients = SimulatedClients(
            DynamoDBClient(self.dynamodb, None), SqsClient(scheduler, []), S3Client(scheduler)
        )
        self._clock = clock
        services = self.services()
        self.intents: Any = Store(services.intents)
        self.ledger: Any = Store(services.ledger)
        self.counters: Any = Store(services.counters)
        self._services = services

    def services(self) -> Services:
        """Return services over these tables, with beliefs and caches of their own."""
        names = ("catalogues_bucket", "intents_queue_url", "settlements_queue_url")
        settings = Settings(
            orders_table="OrdersTable",
            coupons_table="CouponsTable",
            control_table="ControlTable",
            jwt_issuer="issuer",
            jwt_audience="audience",
            **{name: name for name in names},
        )
        built = Services(settings, clock=self._clock, random_number=lambda: 0.5)
        built.clients = self._clients
        return built

    @property
    def on_record(self) -> dict[IntentRef, Intent]:
        """Every intent as it stands."""
        items = self.dynamodb.contents("OrdersTable")
        intents = (intent_of(item) for item in items if "status" in item)
        return {intent.ref: intent for intent in intents}

    def uses(self, customer_id: str, code: str) -> int:
        """Return how often a customer is counted to have used a coupon."""
        key = keys.uses_key(customer_id, code)
        for item in self.dynamodb.contents("OrdersTable"):
            if all(item.get(name) == value for name, value in key.items()):
                return int(item["uses"]["N"])
        return 0

    def define(self, terms: Terms) -> Counter:
        """Define a coupon or stock."""
        return define(self._services, terms)

    def command(self, counter: str, amend: Amend, kind: CommandKind, id_: str) -> Counter:
        """Have a command obeyed."""
        return self._services.command(
            counter, Instruction(id=id_, kind=kind, by="test", why="test"), amend
        )

    def lay(self, counter: str, left: Iterable[int]) -> None:
        """Have each shard have so many units left, as if they had been issued so."""
        by_key = {
            keys.shard_key(counter, number)["code"]["S"]: units for number, units in enumerate(left)
        }
        items = [
            {**item, "left": units, "issued": units, "opened": units}
            for item in self.dynamodb.contents("CouponsTable")
            if item["part"]["S"] == keys.UNITS and item["code"]["S"] in by_key
            for units in [{"N": str(by_key[item["code"]["S"]])}]
        ]
        self.dynamodb.seed("CouponsTable", items)
