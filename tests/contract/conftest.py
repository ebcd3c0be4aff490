"""The stores that keep the ports, each in turn under one suite."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

import pytest
from moto import mock_aws

from chalicelib.adapters.clients import Clients
from chalicelib.application.ports import Catalogues, Control, Coupons, Intents, Ledger, Queue
from chalicelib.bootstrap import Services
from chalicelib.settings import Settings
from rushline_testing.clock import TurnableClock
from rushline_testing.environment import sealed
from rushline_testing.resources import create
from simulation.clock import VirtualClock
from simulation.dynamodb.times import INSTANT
from simulation.scheduler import Scheduler
from simulation.stack import Stack
from tests.fakes import (
    FakeCatalogues,
    FakeControl,
    FakeCoupons,
    FakeIntents,
    FakeLedger,
    FakeQueue,
)
from tests.unit.domain.builders import NOW

_stacks = count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """One set of adapters over one backend."""

    intents: Intents
    ledger: Ledger
    coupons: Coupons
    control: Control
    catalogues: Catalogues
    queue: Queue
    clock: TurnableClock | VirtualClock


@pytest.fixture(scope="module")
def aws() -> Iterator[Clients]:
    """Return clients of an AWS that a module's tests share; each test has its own tables in it."""
    with sealed(), mock_aws():
        yield Clients()


@pytest.fixture(params=["dynamodb", "simulation", "memory"])
def store(request: pytest.FixtureRequest, aws: Clients) -> Store:
    """Return the adapters over moto's AWS and the simulated one, and the fakes that unit tests trust."""
    match request.param:
        case "dynamodb":
            return _dynamodb(aws)
        case "simulation":
            return _simulated()
        case _:
            return _memory()


def _memory() -> Store:
    intents, coupons = FakeIntents(), FakeCoupons()
    return Store(
        intents=intents,
        ledger=FakeLedger(intents, coupons),
        coupons=coupons,
        control=FakeControl(),
        catalogues=FakeCatalogues(),
        queue=FakeQueue(),
        clock=TurnableClock(NOW),
    )


def _dynamodb(clients: Clients) -> Store:
    made = create(clients, f"contract-{next(_stacks)}")
    clock = TurnableClock(NOW)
    services = Services(
        Settings(
            orders_table=made.orders_table,
            coupons_table=made.coupons_table,
            control_table=made.control_table,
            intents_queue_url=made.intents.queue,
            settlements_queue_url=made.settlements.queue,
            catalogues_bucket=made.bucket,
            jwt_issuer="issuer",
            jwt_audience="audience",
        ),
        clock=clock,
    )
    services.clients = clients
    return _store(services, clock)


def _simulated() -> Store:
    stack = Stack(Scheduler(epoch_ms=NOW), times=INSTANT)
    return _store(stack.services(), stack.clock)


def _store(services: Services, clock: TurnableClock | VirtualClock) -> Store:
    return Store(
        intents=services.intents,
        ledger=services.ledger,
        coupons=services.coupons,
        control=services.control,
        catalogues=services.catalogues,
        queue=services.intents_queue,
        clock=clock,
    )
