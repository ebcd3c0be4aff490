"""The stores that keep the ports, each in turn under one suite."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from moto import mock_aws

from chalicelib.adapters.clients import Clients
from chalicelib.application.ports import Catalogues, Control, Coupons, Intents, Ledger, Queue
from chalicelib.bootstrap import Services
from chalicelib.settings import Settings
from rushline_testing.clock import TurnableClock
from rushline_testing.environment import sealed
from rushline_testing.resources import create
from tests.fakes import (
    FakeCatalogues,
    FakeControl,
    FakeCoupons,
    FakeIntents,
    FakeLedger,
    FakeQueue,
)
from tests.unit.domain.builders import NOW


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """One set of adapters over one backend."""

    intents: Intents
    ledger: Ledger
    coupons: Coupons
    control: Control
    catalogues: Catalogues
    queue: Queue
    clock: TurnableClock


@pytest.fixture(params=["dynamodb", "memory"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """Return the adapters over moto's AWS, and the fakes that the unit tests trust."""
    opened = _dynamodb if request.param == "dynamodb" else _memory
    with opened() as adapters:
        yield adapters


@contextmanager
def _memory() -> Iterator[Store]:
    intents, coupons = FakeIntents(), FakeCoupons()
    yield Store(
        intents=intents,
        ledger=FakeLedger(intents, coupons),
        coupons=coupons,
        control=FakeControl(),
        catalogues=FakeCatalogues(),
        queue=FakeQueue(),
        clock=TurnableClock(NOW),
    )


@contextmanager
def _dynamodb() -> Iterator[Store]:
    with sealed(), mock_aws():
        clients = Clients()
        made = create(clients, "contract")
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
        yield Store(
            intents=services.intents,
            ledger=services.ledger,
            coupons=services.coupons,
            control=services.control,
            catalogues=services.catalogues,
            queue=services.intents_queue,
            clock=clock,
        )
