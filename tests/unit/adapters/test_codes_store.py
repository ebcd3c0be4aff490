from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from moto import mock_aws

from chalicelib.adapters.clients import Clients
from chalicelib.adapters.dynamodb.codes import DynamoCodes
from chalicelib.adapters.dynamodb.transaction import TransactionRefusedError
from chalicelib.application.backoff import Backoff
from chalicelib.application.code_ports import Added
from chalicelib.domain.codes import CodeBatch, Imported
from chalicelib.domain.errors import StoreUnavailableError
from rushline_testing.environment import sealed
from tests.fakes import FakeClock
from tests.unit.adapters.stores import Opened, refused
from tests.unit.domain.builders import NOW

ATTEMPTS_MAX = 4
CANCELED = "TransactionCanceledException"


@pytest.fixture(scope="module")
def aws() -> Iterator[Clients]:
    """Return clients of an AWS that these tests share; each has its own tables in it."""
    with sealed(), mock_aws():
        yield Clients()


@pytest.fixture
def opened(aws: Clients) -> Opened:
    """Return the stores of a stack of its own."""
    return Opened(aws, FakeClock(NOW))


@pytest.fixture
def codes(opened: Opened) -> DynamoCodes:
    """Return the store of codes, with the test between it and its client."""
    backoff = Backoff(attempts_max=ATTEMPTS_MAX, base_ms=50, ceiling_ms=5_000, jitter=lambda: 0.5)
    client: Any = opened.dynamodb
    clock = FakeClock(NOW)
    return DynamoCodes(client=client, table=opened.coupons_table, clock=clock, backoff=backoff)


def failing(opened: Opened, name: str, *errors: Exception, after: bool = False) -> None:
    """Have the next calls of *name* fail, each with its error; *after* the effect where said."""
    left = list(reversed(errors))

    def step(called: str, parameters: dict[str, Any]) -> None:
        if called == name and left:
            error = left.pop()
            if after:
                getattr(opened.raw, name)(**parameters)
            raise error

    opened.dynamodb.before = step


def imported() -> CodeBatch:
    """Return a batch that was just begun."""
    return CodeBatch(
        coupon="SPRING25",
        name="b",
        source=Imported(fingerprint="f"),
        created_at=NOW,
        created_by="ann",
    )


TIMED_OUT = ReadTimeoutError(endpoint_url="https://made.up")
PASSING = [
    refused(CANCELED, reasons=("None", "TransactionConflict")),
    refused(CANCELED, reasons=("ThrottlingError", "None")),
    refused(CANCELED, reasons=("ProvisionedThroughputExceeded", "None")),
    refused("ThrottlingException"),
    refused("ProvisionedThroughputExceededException"),
    refused("InternalServerError", status=500),
    TIMED_OUT,
]


def test_a_hundred_codes_are_one_call(opened: Opened, codes: DynamoCodes) -> None:
    """What a million cost is counted in calls: 250 codes are three, and nothing is read first."""
    codes.add("SPRING25", "b", {f"C{n}": n for n in range(250)})
    puts = [len(call["TransactItems"]) for call in opened.dynamodb.made("transact_write_items")]
    assert puts == [100, 100, 50]
    assert len(opened.dynamodb.calls) == 3


def test_a_refused_hundred_is_sorted_out_by_what_refused_it(
    opened: Opened, codes: DynamoCodes
) -> None:
    """The refusal tells whose the codes are, so no further call asks; the others are put again."""
    codes.add("SPRING25", "b", {"AA": 0})
    codes.add("SUMMER25", "b", {"BB": 0})
    opened.dynamodb.calls.clear()
    added = codes.add("SPRING25", "b", {"AA": 0, "BB": 1, "CC": 2})
    assert added == Added(new={"CC": 2}, known={"AA": 0}, clashing={"BB": 1})
    assert [name for name, _ in opened.dynamodb.calls] == ["transact_write_items"] * 2


@pytest.mark.parametrize("error", PASSING)
def test_what_passes_is_waited_out(opened: Opened, codes: DynamoCodes, error: Exception) -> None:
    """Conflicts, throttling and outages end no bulk job that outlasts them."""
    failing(opened, "transact_write_items", *[error] * (ATTEMPTS_MAX - 1))
    assert codes.add("SPRING25", "b", {"AA": 0, "BB": 1}).new == {"AA": 0, "BB": 1}
    assert codes.clock.now() > NOW


@pytest.mark.parametrize("error", PASSING)
def test_what_does_not_pass_ends_the_call(
    opened: Opened, codes: DynamoCodes, error: Exception
) -> None:
    """Waiting is bounded, and what was not issued is not said to be."""
    failing(opened, "transact_write_items", *[error] * ATTEMPTS_MAX)
    with pytest.raises(StoreUnavailableError):
        codes.add("SPRING25", "b", {"AA": 0, "BB": 1})
    assert codes.states(["AA", "BB"]) == {}


def test_a_lost_answer_doubles_nothing(opened: Opened, codes: DynamoCodes) -> None:
    """Codes that were issued without our hearing of it are known when they are added again."""
    failing(opened, "transact_write_items", TIMED_OUT, after=True)
    assert codes.add("SPRING25", "b", {"AA": 0}) == Added(new={}, known={"AA": 0}, clashing={})


def test_a_lost_answer_to_an_advance_takes_no_step_twice(
    opened: Opened, codes: DynamoCodes
) -> None:
    """The batch stands where it was taken to, and its list has the codes once."""
    begun = codes.open_batch(imported())
    onward = replace(begun, done=2, codes=1)
    failing(opened, "transact_write_items", TIMED_OUT, after=True)
    assert codes.advance_batch(begun, onward, ["AA"]) == onward
    assert list(codes.listed(onward)) == [["AA"]]


def test_a_list_and_its_checkpoint_are_one_write(opened: Opened, codes: DynamoCodes) -> None:
    """No crash comes between them."""
    begun = codes.open_batch(imported())
    opened.dynamodb.calls.clear()
    codes.advance_batch(begun, replace(begun, done=2, codes=1), ["AA"])
    (call,) = opened.dynamodb.made("transact_write_items")
    assert len(call["TransactItems"]) == 2
    assert len(opened.dynamodb.calls) == 1


@pytest.mark.parametrize("reason", ["ValidationError", "ItemCollectionSizeLimitExceeded"])
def test_a_code_that_can_never_be_written_is_no_outage(
    opened: Opened, codes: DynamoCodes, reason: str
) -> None:
    """It is told at once and not tried again."""
    failing(opened, "transact_write_items", refused(CANCELED, reasons=(reason, "None")))
    with pytest.raises(TransactionRefusedError, match=reason):
        codes.add("SPRING25", "b", {"AA": 0, "BB": 1})
    assert len(opened.dynamodb.made("transact_write_items")) == 1


def test_a_right_that_is_lacking_is_told_at_once(opened: Opened, codes: DynamoCodes) -> None:
    """What no retry mends passes through."""
    failing(opened, "transact_write_items", refused("AccessDeniedException"))
    with pytest.raises(ClientError, match="AccessDenied"):
        codes.add("SPRING25", "b", {"AA": 0})
    failing(opened, "update_item", refused("AccessDeniedException"))
    with pytest.raises(ClientError, match="AccessDenied"):
        codes.revoke("SPRING25", "AA")


@pytest.mark.parametrize("name", ["batch_get_item", "query", "update_item"])
def test_reading_and_revoking_wait_too(opened: Opened, codes: DynamoCodes, name: str) -> None:
    """A throttled read in the middle of a million ends no export."""
    codes.add("SPRING25", "b", {"AA": 0})
    begun = codes.open_batch(imported())
    codes.advance_batch(begun, replace(begun, done=2, codes=1), ["AA"])
    failing(opened, name, *[refused("ThrottlingException")] * (ATTEMPTS_MAX - 1))
    assert codes.states(["AA"]) == {"AA": "issued"}
    assert list(codes.listed(begun)) == [["AA"]]
    assert codes.revoke("SPRING25", "AA") == "revoked"
    assert codes.clock.now() > NOW


def test_a_list_of_many_pages_is_read_whole(opened: Opened, codes: DynamoCodes) -> None:
    """A page of the query is a megabyte; the codes after it are not forgotten."""
    stands = codes.open_batch(imported())
    for done in range(1, 6):
        stands = codes.advance_batch(stands, replace(stands, done=done), [f"C{done}"])

    def small(name: str, parameters: dict[str, Any]) -> None:
        if name == "query":
            parameters["Limit"] = 2

    opened.dynamodb.before = small
    assert [some for (some,) in codes.listed(stands)] == [f"C{n}" for n in range(1, 6)]
    assert len(opened.dynamodb.made("query")) == 3


def test_bulk_stays_off_the_partition_of_the_terms(opened: Opened, codes: DynamoCodes) -> None:
    """Only the batch's own record, once a slice, is written where a rush reads the terms."""
    begun = codes.open_batch(imported())
    codes.add("SPRING25", "b", {"AA": 0})
    codes.advance_batch(begun, replace(begun, done=2, codes=1), ["AA"])
    items = opened.raw.scan(TableName=opened.coupons_table)["Items"]
    beside_the_terms = [i["part"]["S"] for i in items if i["code"]["S"] == "SPRING25"]
    assert beside_the_terms == ["batch#b"]
