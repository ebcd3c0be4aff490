from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from moto import mock_aws

from chalicelib.adapters.clients import Clients
from chalicelib.adapters.dynamodb.keys import reading_key
from chalicelib.adapters.dynamodb.readings import ANSWER_MS, CLAIM_MS, DynamoReadings
from chalicelib.application.reading_ports import BeingAsked, Claimed, Remembered
from chalicelib.domain.errors import StoreUnavailableError
from chalicelib.domain.resolution import Reading
from rushline_testing.environment import sealed
from rushline_testing.resources import create
from tests.fakes import FakeClock
from tests.unit.adapters.stores import Intercepted, refused
from tests.unit.domain.builders import NOW, line

TEA = Reading(lines=(line(),), certain=True)
LATER = NOW + 3_600_000

_stacks = count(1)


@pytest.fixture(scope="module")
def aws() -> Iterator[Clients]:
    """Return clients of an AWS that these tests share; each has its own tables in it."""
    with sealed(), mock_aws():
        yield Clients()


class Opened:
    """A table of readings, with the test between its users and their client."""

    def __init__(self, clients: Clients) -> None:
        self.raw: Any = clients.dynamodb
        self.table = create(clients, f"remembering-{next(_stacks)}").readings_table
        self.dynamodb: Any = Intercepted(clients.dynamodb)
        self.clock = FakeClock(NOW)

    def worker(self) -> DynamoReadings:
        """Return another worker's readings."""
        return DynamoReadings(client=self.dynamodb, table=self.table, clock=self.clock)

    def put(self, key: str, **attributes: Any) -> None:
        """Put an item by hand."""
        self.raw.put_item(TableName=self.table, Item={**reading_key(key), **attributes})

    @property
    def calls(self) -> list[str]:
        """The calls that were made, by name, in order."""
        return [name for name, _ in self.dynamodb.calls]


@pytest.fixture
def opened(aws: Clients) -> Opened:
    """Return an empty table."""
    return Opened(aws)


def test_a_batch_is_one_read_of_half_the_price(opened: Opened) -> None:
    """Ten texts are one call, and it is not consistent: a claim sees what it missed."""
    opened.worker().recall([f"k{number}" for number in range(10)])
    (call,) = opened.dynamodb.made("batch_get_item")
    (asked,) = call["RequestItems"].values()
    assert (len(asked["Keys"]), asked["ConsistentRead"]) == (10, False)


def test_a_text_that_is_known_costs_a_worker_a_read_in_a_while(opened: Opened) -> None:
    """What it kept or read itself, it answers from its own memory."""
    opened.worker().keep("a", TEA, LATER)
    worker = opened.worker()
    for _ in range(100):
        assert worker.recall(["a"]) == {"a": Remembered(reading=TEA, until=LATER)}
    assert opened.calls == ["put_item", "batch_get_item"]
    worker.keep("b", TEA, LATER)
    assert worker.recall(["a", "b"]).keys() == {"a", "b"}
    assert opened.calls == ["put_item", "batch_get_item", "put_item"]
    opened.clock.turn(ANSWER_MS)
    worker.recall(["a"])
    assert opened.calls.count("batch_get_item") == 2


def test_a_text_that_is_being_asked_costs_a_worker_few_reads(opened: Opened) -> None:
    """A thousand who wait for one answer do not read it a thousand times, nor claim it once."""
    opened.worker().claim("a", "ann", NOW + 10_000)
    worker = opened.worker()
    for _ in range(100):
        assert worker.recall(["a"]) == {"a": BeingAsked(until=NOW + 10_000)}
    assert opened.calls == ["put_item", "batch_get_item"]
    opened.worker().keep("a", TEA, LATER)
    opened.clock.turn(CLAIM_MS)
    assert worker.recall(["a"]) == {"a": Remembered(reading=TEA, until=LATER)}


def test_a_claim_in_memory_that_ran_out_is_read_anew(opened: Opened) -> None:
    """The answer may stand there by now: it is read before anybody claims."""
    opened.worker().claim("a", "ann", NOW + 100)
    worker = opened.worker()
    worker.recall(["a"])
    opened.worker().keep("a", TEA, LATER)
    opened.clock.turn(100)
    assert worker.recall(["a"]) == {"a": Remembered(reading=TEA, until=LATER)}


def test_keys_that_were_left_out_are_asked_for_again(opened: Opened) -> None:
    """A throttled batch comes in parts."""
    for key in "abc":
        opened.put(key, until={"N": str(LATER)}, reading={"S": '{"lines":[],"certain":false}'})
    whole = opened.raw.batch_get_item

    def in_parts(**call: Any) -> Any:
        ((table, asked),) = call["RequestItems"].items()
        first, *rest = asked["Keys"]
        answer = whole(RequestItems={table: {**asked, "Keys": [first]}})
        if rest:
            answer["UnprocessedKeys"] = {table: {**asked, "Keys": rest}}
        return answer

    opened.dynamodb.batch_get_item = in_parts
    assert opened.worker().recall("abc").keys() == set("abc")


ERRORS = [
    refused("ThrottlingException"),
    refused("InternalServerError", status=500),
    refused("AccessDeniedException"),
    refused("ResourceNotFoundException"),
    EndpointConnectionError(endpoint_url="https://made.up"),
]


@pytest.mark.parametrize("error", ERRORS)
def test_every_error_is_an_outage(opened: Opened, error: Exception) -> None:
    """A table that is missing or forbidden, too: the model can be asked without it."""

    def fail(name: str, parameters: dict[str, Any]) -> None:  # noqa: ARG001 (whatever it is)
        raise error

    opened.dynamodb.before = fail
    worker = opened.worker()
    with pytest.raises(StoreUnavailableError):
        worker.recall(["a"])
    with pytest.raises(StoreUnavailableError):
        worker.claim("a", "ann", LATER)
    with pytest.raises(StoreUnavailableError):
        worker.keep("a", TEA, LATER)
    with pytest.raises(StoreUnavailableError):
        worker.give_up("a", "ann", NOW)
    opened.dynamodb.before = lambda *_: None
    assert worker.recall(["a"]) == {}


@pytest.mark.parametrize(
    "item",
    [
        {"until": {"N": str(LATER)}, "reading": {"S": "nonsense"}},
        {"until": {"N": str(LATER)}, "reading": {"S": '{"lines": 7, "certain": true}'}},
        {"until": {"N": str(LATER)}, "reading": {"N": "7"}},
        {"until": {"N": "1.5"}, "reading": {"S": '{"lines":[],"certain":false}'}},
        {"reading": {"S": '{"lines":[],"certain":false}'}},
        {},
    ],
)
def test_what_cannot_be_read_is_as_if_it_were_not_there(opened: Opened, item: Any) -> None:
    """It is asked about and replaced; nobody waits for it to run out."""
    opened.put("a", **item)
    opened.put("b", until={"N": str(LATER)})
    worker = opened.worker()
    assert worker.recall(["a", "b"]) == {"b": BeingAsked(until=LATER)}
    assert worker.claim("a", "ann", NOW + 5_000) == Claimed()
    worker.keep("a", TEA, LATER)
    assert opened.worker().recall(["a"]) == {"a": Remembered(reading=TEA, until=LATER)}


def test_dynamodb_deletes_nothing_before_its_time(opened: Opened) -> None:
    """Its seconds are rounded up; ours, to the millisecond, are what counts."""
    worker = opened.worker()
    worker.keep("a", TEA, NOW + 1)
    worker.claim("b", "ann", NOW + 2_000)
    worker.give_up("b", "ann", NOW + 999)
    for item in opened.raw.scan(TableName=opened.table)["Items"]:
        assert int(item["ttl"]["N"]) == NOW // 1000 + 1
