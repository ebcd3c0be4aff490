"""The shared breaker in the control table: one move from one version, and a read a second."""

from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws

from chalicelib.adapters.clients import Clients
from chalicelib.adapters.dynamodb.breaker import BREAKER_TTL_MS, NAME, DynamoBreaker
from chalicelib.application.breaker_port import UnreadableBreakerError
from chalicelib.domain.breaker import CLOSED, Breaker, Phase
from chalicelib.domain.errors import StoreUnavailableError
from rushline_testing.environment import sealed
from rushline_testing.resources import create
from tests.fakes import FakeClock
from tests.unit.adapters.stores import Intercepted, refused


class Stores:
    """A control table, and workers that look at it."""

    def __init__(self) -> None:
        clients = Clients()
        self.table = create(clients, "breaker").control_table
        self.client = Intercepted(clients.dynamodb)
        self.clock = FakeClock()

    def worker(self) -> DynamoBreaker:
        """Return the breaker as another worker has it."""
        client: Any = self.client
        return DynamoBreaker(client=client, table=self.table, clock=self.clock)


@pytest.fixture
def stores() -> Iterator[Stores]:
    """Yield an empty control table."""
    with sealed(), mock_aws():
        yield Stores()


def test_it_is_closed_until_it_is_moved(stores: Stores) -> None:
    """And what one moved, another reads, field by field."""
    one, two = stores.worker(), stores.worker()
    assert one.read() == CLOSED
    moved = CLOSED.opened(stores.clock.now(), 0.25)
    assert one.move(moved)
    assert one.read() == two.read() == moved
    trial = moved.on_trial(stores.clock.now(), 15_000)
    assert two.move(trial)
    stores.clock.turn(BREAKER_TTL_MS)
    assert one.read() == trial


def test_of_many_who_would_move_it_one_does(stores: Stores) -> None:
    """From never moved, and from any version; the others then read what stands."""
    before = CLOSED
    for phase in (Phase.OPEN, Phase.TRIAL, Phase.CLOSED):
        workers = [stores.worker() for _ in range(4)]
        assert {worker.read() for worker in workers} == {before}
        to = Breaker(phase=phase, version=before.version + 1, until=7)
        assert [worker.move(to) for worker in workers] == [True, False, False, False]
        assert {worker.read() for worker in workers} == {to}
        before = to


def test_it_is_read_once_a_second(stores: Stores) -> None:
    """However many batches ask; and reading never writes."""
    worker = stores.worker()
    for _ in range(5):
        worker.read()
    stores.clock.turn(BREAKER_TTL_MS)
    worker.read()
    assert [name for name, _ in stores.client.calls] == ["get_item"] * 2


def test_an_outage_is_said(stores: Stores) -> None:
    """Whoever guards the model then decides what that means."""

    def down(*_: object) -> None:
        error = refused("InternalServerError", status=500)
        raise error

    stores.client.before = down
    with pytest.raises(StoreUnavailableError):
        stores.worker().read()
    with pytest.raises(StoreUnavailableError):
        stores.worker().move(CLOSED.opened(0, 0))


@pytest.mark.parametrize("document", [{"S": '{"phase": "ajar"}'}, {"N": "7"}])
def test_a_form_that_is_unknown_is_said_with_its_version(stores: Stores, document: Any) -> None:
    """So that a rollback finds a breaker that it can move, and not one that is stuck."""
    stores.worker().move(CLOSED.opened(stores.clock.now(), 0))
    stores.client.update_item(
        TableName=stores.table,
        Key={"name": {"S": NAME}},
        UpdateExpression="SET document = :document",
        ExpressionAttributeValues={":document": document},
    )
    worker = stores.worker()
    with pytest.raises(UnreadableBreakerError) as caught:
        worker.read()
    assert caught.value.version == 1
    moved = Breaker(version=caught.value.version).opened(stores.clock.now(), 0)
    assert worker.move(moved)
    assert stores.worker().read() == moved
