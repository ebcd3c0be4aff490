"""Adapters to look closely at: over moto or a simulation, with a test between them and the client."""

from collections.abc import Callable
from itertools import count
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.adapters.clients import Clients
from chalicelib.application.ports import Clock
from chalicelib.bootstrap import Services
from chalicelib.settings import Settings
from rushline_testing.resources import create
from simulation.dynamodb.times import INSTANT
from simulation.faults import Effect, Fault, Faults
from simulation.scheduler import Scheduler
from simulation.stack import Stack

_stacks = count(1)

Step = Callable[[str, dict[str, Any]], None]
"""What a test does just before a call is made: look at it, raise, or let somebody else be first."""


class Intercepted:
    """A client whose calls are noted, and before each of which `before` steps in."""

    def __init__(self, client: Any) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.before: Step = _nothing
        self._client = client

    def __getattr__(self, name: str) -> Any:
        """Return the client's method, with the test in front of it."""
        method = getattr(self._client, name)

        def call(**parameters: Any) -> Any:
            self.calls.append((name, parameters))
            self.before(name, parameters)
            return method(**parameters)

        return call

    def made(self, name: str) -> list[dict[str, Any]]:
        """Return the parameters of the calls of *name*, in order."""
        return [parameters for called, parameters in self.calls if called == name]


def _nothing(name: str, parameters: dict[str, Any]) -> None:
    """Leave every call as it is."""


def refused(code: str, *, status: int = 400, reasons: tuple[str, ...] = ()) -> ClientError:
    """Return the error by which AWS refuses a call; *reasons* are a transaction's, by index."""
    response: Any = {
        "Error": {"Code": code, "Message": "made up"},
        "ResponseMetadata": {"HTTPStatusCode": status},
        "CancellationReasons": [{"Code": reason} for reason in reasons],
    }
    return ClientError(response, "MadeUp")


class Opened:
    """The stores of a new stack, and the clients that they call."""

    def __init__(self, clients: Clients, clock: Clock) -> None:
        resources = create(clients, f"stores-{next(_stacks)}")
        self.raw: Any = clients.dynamodb
        self.orders_table = resources.orders_table
        self.coupons_table = resources.coupons_table
        self._clock = clock
        self._settings = Settings(
            orders_table=resources.orders_table,
            coupons_table=resources.coupons_table,
            control_table=resources.control_table,
            intents_queue_url=resources.intents.queue,
            settlements_queue_url=resources.settlements.queue,
            catalogues_bucket=resources.bucket,
            jwt_issuer="issuer",
            jwt_audience="audience",
        )
        self._clients = clients
        self.dynamodb = Intercepted(clients.dynamodb)
        self.services = self._services(self.dynamodb)

    def somebody_else(self) -> Services:
        """Return another worker's services over the same stack, with caches of their own."""
        return self._services(self._clients.dynamodb)

    def _services(self, dynamodb: Any) -> Services:
        services = Services(self._settings, clock=self._clock, random_number=lambda: 0.5)
        services.clients = Clients()
        services.clients.dynamodb = dynamodb
        services.clients.s3 = self._clients.s3
        services.clients.sqs = self._clients.sqs
        return services

    def item(self, table: str, key: dict[str, Any]) -> dict[str, Any]:
        """Return an item as it lies in *table*; empty where there is none."""
        answer = self.raw.get_item(TableName=table, Key=key, ConsistentRead=True)
        found: dict[str, Any] = answer.get("Item", {})
        return found


class Simulated:
    """The stores over simulated tables that take no time, and the client that they call."""

    def __init__(self, now: int) -> None:
        self.stack = Stack(Scheduler(epoch_ms=now), times=INSTANT)
        self.services = self.somebody_else()
        self.dynamodb = Intercepted(self.services.clients.dynamodb)
        self.services.clients.dynamodb = self.dynamodb  # type: ignore[assignment]

    def somebody_else(self) -> Services:
        """Return another worker's services over the same tables, with caches of their own."""
        return self.stack.services(retries=False)

    def strike(self, effect: Effect, at: int) -> None:
        """Have *effect* strike the call number *at* (from 0) that is made from now on, and no other."""
        calls = count()
        fault = Fault(effect=effect, times=1, when=lambda _: next(calls) == at)
        self.stack.dynamodb.faults = Faults(fault)

    def calm(self) -> None:
        """Let every call through from now on."""
        self.stack.dynamodb.faults = Faults()
