"""The stores that keep the ports, each in turn under one suite."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

import pytest
from moto import mock_aws

from chalicelib.adapters.clients import Clients
from chalicelib.application.counter_ports import Counters, Ledger
from chalicelib.application.ports import Catalogues, Control, Intents, Queue
from chalicelib.bootstrap import Services
from chalicelib.settings import Settings
from rushline_testing.clock import TurnableClock
from rushline_testing.environment import sealed
from rushline_testing.resources import create
from simulation.clock import VirtualClock
from simulation.dynamodb.times import INSTANT
from simulation.scheduler import Scheduler
from simulation.stack import Stack
from tests.fakes import FakeCatalogues, FakeControl, FakeQueue
from tests.unit.domain.builders import NOW

_stacks = count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """What the app reads menus from, queues in, and is let in by."""

    control: Control
    catalogues: Catalogues
    queue: Queue
    clock: TurnableClock | VirtualClock


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """One set of adapters over one backend, and the services that they belong to."""

    intents: Intents
    ledger: Ledger
    counters: Counters
    clock: TurnableClock | VirtualClock
    services: Services


@pytest.fixture(scope="module")
def aws() -> Iterator[Clients]:
    """Return clients of an AWS that a module's tests share; each test has its own tables in it."""
    with sealed(), mock_aws():
        yield Clients()


@pytest.fixture(params=["dynamodb", "simulation"])
def store(request: pytest.FixtureRequest, aws: Clients) -> Store:
    """Return the adapters of the tables, over moto's DynamoDB and the simulated one."""
    services, clock = _dynamodb(aws) if request.param == "dynamodb" else _simulated()
    return Store(
        intents=services.intents,
        ledger=services.ledger,
        counters=services.counters,
        clock=clock,
        services=services,
    )


@pytest.fixture(params=["dynamodb", "simulation", "memory"])
def shop(request: pytest.FixtureRequest, aws: Clients) -> Shop:
    """Return the adapters over moto's AWS and the simulated one, and the fakes that unit tests trust."""
    if request.param == "memory":
        return Shop(
            control=FakeControl(),
            catalogues=FakeCatalogues(),
            queue=FakeQueue(),
            clock=TurnableClock(NOW),
        )
    services, clock = _dynamodb(aws) if request.param == "dynamodb" else _simulated()
    return Shop(
        control=services.control,
        catalogues=services.catalogues,
        queue=services.intents_queue,
        clock=clock,
    )


def _dynamodb(clients: Clients) -> tuple[Services, TurnableClock]:
    made = create(clients, f"contract-{next(_stacks)}")
    clock = TurnableClock(NOW)
    settings = Settings(
        orders_table=made.orders_table,
        coupons_table=made.coupons_table,
        control_table=made.control_table,
        intents_queue_url=made.intents.queue,
        settlements_queue_url=made.settlements.queue,
        catalogues_bucket=made.bucket,
        jwt_issuer="issuer",
        jwt_audience="audience",
    )
    services = Services(settings, clock=clock)
    services.clients = clients
    return services, clock


def _simulated() -> tuple[Services, VirtualClock]:
    stack = Stack(Scheduler(epoch_ms=NOW), times=INSTANT)
    return stack.services(), stack.clock
