from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count, repeat
from typing import Any

import pytest

from chalicelib.adapters.clients import Clients
from chalicelib.adapters.dynamodb.plantings import DynamoPlantings
from chalicelib.application.backoff import Backoff
from chalicelib.application.run_ports import Plantings
from chalicelib.domain.errors import StoreUnavailableError
from chalicelib.domain.intent import Intent, IntentRef
from rushline_testing.clock import TurnableClock
from rushline_testing.resources import create
from simulation.dynamodb.capacity import UNLIMITED
from simulation.dynamodb.times import INSTANT
from simulation.scheduler import Scheduler
from simulation.stack import Stack
from tests.fakes.runs import FakePlantings
from tests.unit.adapters.stores import Intercepted, refused
from tests.unit.domain.builders import NOW, intent, request

_stacks = count(1)


def over(client: Any, table: str, **more: Any) -> DynamoPlantings:
    """Return plantings in *table*."""
    backoff = Backoff(attempts_max=3, base_ms=1, ceiling_ms=1, jitter=lambda: 0.5)
    clock = TurnableClock(NOW)
    return DynamoPlantings(
        client=client, table=table, retention_days=30, clock=clock, backoff=backoff, **more
    )


def simulated() -> Any:
    """Return a client of simulated tables."""
    stack = Stack(Scheduler(epoch_ms=NOW), times=INSTANT, limits=UNLIMITED)
    return stack.services().clients.dynamodb


@pytest.fixture(params=["dynamodb", "simulation", "memory"])
def plantings(request: pytest.FixtureRequest, aws: Clients) -> Plantings:
    """Return the adapter over moto's AWS and the simulated one, and the fake that unit tests trust."""
    match request.param:
        case "dynamodb":
            return over(aws.dynamodb, create(aws, f"plantings-{next(_stacks)}").orders_table)
        case "simulation":
            return over(simulated(), "OrdersTable")
        case _:
            return FakePlantings()


def lines(*numbers: int, **more: Any) -> list[Intent]:
    """Return the intents of some lines of a run."""
    return [intent(id_=f"in_{n}", customer=f"c{n}", run="run_1", **more) for n in numbers]


def refs(intents: list[Intent]) -> list[IntentRef]:
    """Return their names."""
    return [one.ref for one in intents]


def test_each_intent_is_put_on_record_once(plantings: Plantings) -> None:
    """A repeat changes nothing, not even where it comes with another content."""
    planted = lines(1, 2)
    assert not plantings.plant(planted)
    assert not plantings.plant([])
    others = lines(2, 3, turn=7)
    assert set(plantings.plant(others)) == {planted[1].ref}
    found = plantings.harvest([*refs(planted), others[1].ref])
    assert found == [*planted, others[1]]


def test_those_that_are_there_keep_back_no_other(plantings: Plantings) -> None:
    """However many of each hundred there are, and however many hundreds."""
    all_lines = lines(*range(1, 236))
    known = all_lines[3::7]
    plantings.plant(known)
    assert set(plantings.plant(all_lines)) == set(refs(known))
    assert plantings.harvest(refs(all_lines)) == all_lines


def test_a_harvest_is_in_the_order_that_was_asked_for(plantings: Plantings) -> None:
    """With none where there is none, and one twice that is asked for twice."""
    one, two = lines(1, 2)
    plantings.plant([one, two])
    nobody = IntentRef(customer_id="c1", id="in_9")
    assert plantings.harvest([two.ref, nobody, one.ref, two.ref]) == [two, None, one, two]
    assert plantings.harvest([]) == []


def test_an_intent_without_a_run_is_what_it_was() -> None:
    """Its item has no attribute more."""
    client = simulated()
    over(client, "OrdersTable").plant([intent()])
    assert all("run" not in item for item in client.scan(TableName="OrdersTable")["Items"])


def test_contention_is_waited_for_and_outages_end() -> None:
    """A conflict or throttling beside what is there already, and then one that stays."""
    client = Intercepted(simulated())
    plantings = over(client, "OrdersTable")
    planted = lines(1, 2, 3)
    plantings.plant(planted[:1])
    reasons = [("ConditionalCheckFailed", "TransactionConflict", "None"), ("ThrottlingError",) * 2]
    cancelled = iter([refused("TransactionCanceledException", reasons=some) for some in reasons])

    def contended(*_: object) -> None:
        for error in cancelled:
            raise error

    client.before = contended
    assert plantings.plant(planted) == [planted[0].ref]
    assert plantings.harvest(refs(planted)) == planted
    cancelled = repeat(refused("ThrottlingException"))
    with pytest.raises(StoreUnavailableError):
        plantings.plant(lines(9))


@pytest.mark.parametrize(("letters", "most"), [(10, 100), (16_000, 20)])
def test_no_transaction_is_more_than_dynamodb_takes(letters: int, most: int) -> None:
    """Neither in items nor in bytes: an umlaut is six of them, as it is written."""
    client = Intercepted(simulated())
    asked = request(text="ä" * (letters // 2))
    intents = [intent(asked, id_=f"in_{n}", run="run_1") for n in range(205)]
    over(client, "OrdersTable").plant(intents)
    sizes = [len(call["TransactItems"]) for call in client.made("transact_write_items")]
    assert sum(sizes) == 205
    assert max(sizes) <= most


def test_a_pool_plants_several_hundreds_at_a_time() -> None:
    """They come out the same."""

    def called() -> Iterator[int]:
        with ThreadPoolExecutor(4) as pool:
            client = Intercepted(simulated())
            plantings = over(client, "OrdersTable", pool=pool)
            planted = lines(*range(350))
            assert plantings.plant(planted) == []
            assert plantings.harvest(refs(planted)) == planted
            yield len(client.made("transact_write_items"))

    assert list(called()) == [4]
