from contextlib import suppress
from typing import Any

import pytest
from botocore.exceptions import ClientError

from simulation.dynamodb.capacity import Limits, hashed, new_table, warmed
from simulation.dynamodb.counters import Counters
from simulation.dynamodb.service import DynamoDB
from simulation.dynamodb.times import INSTANT
from simulation.scheduler import Scheduler
from tests.simulation.steps import TABLE, add, client, key, refusal, refused, service, together


def put(size: int, name: str = "a", **more: Any) -> dict[str, Any]:
    """Return a put of an item of *size* bytes."""
    text = "x" * (size - len("id" + name + "blob"))
    return {"TableName": "t", "Item": {**key(name), "blob": {"S": text}}, **more}


@pytest.mark.parametrize(("size", "units"), [(100, 1), (1_024, 1), (1_025, 2), (10_240, 10)])
def test_a_write_costs_a_unit_for_each_kilobyte_begun(size: int, units: int) -> None:
    """And twice that in a transaction: once to prepare, once to commit."""
    made = service()
    client(made).put_item(**put(size))
    assert made.counters.write_units["t"] == units
    client(made).transact_write_items(TransactItems=[{"Put": put(size, "b")}])
    assert made.counters.write_units["t"] == 3 * units


def test_a_write_costs_as_the_larger_of_the_item_before_and_after() -> None:
    """Making an item small costs as writing it large did."""
    made = service()
    client(made).put_item(**put(5_000))
    client(made).put_item(**put(100))
    assert made.counters.write_units["t"] == 10


def test_a_refused_write_costs_as_the_item_that_it_met() -> None:
    """A failed condition is paid for; in a cancelled transaction, the preparing is."""
    made = service()
    client(made).put_item(**put(3_000))
    absent = {"ConditionExpression": "attribute_not_exists(id)"}
    refused(lambda: client(made).put_item(**put(100, **absent)))
    assert made.counters.write_units["t"] == 3 + 3
    refused(lambda: client(made).transact_write_items(TransactItems=[{"Put": put(100, **absent)}]))
    assert made.counters.write_units["t"] == 3 + 3 + 3


@pytest.mark.parametrize(
    ("size", "consistent", "units"), [(100, True, 1), (100, False, 0.5), (9_000, True, 3)]
)
def test_a_read_costs_a_unit_for_four_kilobytes(
    size: int, units: float, *, consistent: bool
) -> None:
    """Half where it may be stale, twice in a transaction."""
    made = service()
    client(made).put_item(**put(size))
    client(made).get_item(TableName="t", Key=key("a"), ConsistentRead=consistent)
    assert made.counters.read_units["t"] == units
    client(made).transact_get_items(TransactItems=[{"Get": {"TableName": "t", "Key": key("a")}}])
    assert made.counters.read_units["t"] == units + 2 * -(-size // 4_096)


def test_an_index_is_paid_for_when_its_entry_changes() -> None:
    """A new entry costs a write, another key two, and an update beside it none."""
    made = service()
    paint: dict[str, Any] = {
        "TableName": "t",
        "Key": key("a"),
        "UpdateExpression": "SET color = :color",
    }
    for color in ("red", "blue"):
        client(made).update_item(**paint, ExpressionAttributeValues={":color": {"S": color}})
    client(made).update_item(**add("a"))
    assert made.counters.write_units["t/by_color"] == 1 + 2


def test_a_partition_takes_a_thousand_write_units_a_second_and_no_more() -> None:
    """Ten workers that want three times as much get a thousand and a bucket's worth in a second."""
    scheduler = Scheduler()
    made = service(scheduler, counters=Counters(detailed=("t",)))
    written: list[int] = []

    def work() -> None:
        while scheduler.now_ns < end:
            try:
                client(made).update_item(**add("hot"))
                written.append(scheduler.now_ns)
            except ClientError:
                continue

    end = scheduler.now_ns + 3 * 10**9
    for _ in range(10):
        scheduler.spawn(work)
    scheduler.run()
    # Ten workers at 5 ms make 2,000 a second; the bucket holds one second's worth at first.
    assert 3_950 <= len(written) <= 4_000
    last = [at_ns for at_ns in written if at_ns > end - 10**9]
    assert len(last) == pytest.approx(1_000, abs=10)
    assert made.counters.throttles["t"] > 1_500
    assert made.counters.partition_write_units["t", "hot"] == len(written)


def test_a_throttled_call_is_refused_with_the_reason() -> None:
    """On demand it is a ThrottlingException; in a transaction, a reason by index."""
    made = service(limits=Limits(partition_writes=2))
    client(made).transact_write_items(**together(add("a")))
    found = refused(lambda: client(made).update_item(**add("a")))
    assert found["Error"]["Code"] == "ThrottlingException"
    assert found["ThrottlingReasons"][0]["reason"] == "TableWriteKeyRangeThroughputExceeded"
    canceled = refused(lambda: client(made).transact_write_items(**together(add("b"), add("a"))))
    assert [r["Code"] for r in canceled["CancellationReasons"]] == ["None", "ThrottlingError"]


def test_a_provisioned_table_is_throttled_by_another_name() -> None:
    """ProvisionedThroughputExceededException, and its reason without "Exception"."""
    made = DynamoDB(Scheduler(), limits=Limits(partition_writes=1, partition_reads=1))
    made.create("t", {**TABLE, "BillingMode": "PROVISIONED"})
    client(made).update_item(**add("a"))
    name = "ProvisionedThroughputExceeded"
    assert refusal(lambda: client(made).update_item(**add("a"))) == f"{name}Exception"
    canceled = refused(lambda: client(made).transact_write_items(**together(add("a"))))
    assert [r["Code"] for r in canceled["CancellationReasons"]] == [name]


def test_keys_share_partitions_where_they_are_told_to() -> None:
    """One partition for all keys is full when one key is."""
    own, shared = Limits(partition_writes=1), Limits(partition_writes=1, partitioning=hashed(1))
    for limits, throttled in ((own, False), (shared, True)):
        made = service(limits=limits)
        client(made).update_item(**add("a"))
        if throttled:
            assert refusal(lambda: client(made).update_item(**add("b"))) == "ThrottlingException"  # noqa: B023
        else:
            client(made).update_item(**add("b"))


def test_a_table_s_quota_counts_all_its_partitions() -> None:
    """It is off unless it is set."""
    made = service(limits=Limits(table_writes=2))
    client(made).update_item(**add("a"))
    client(made).update_item(**add("b"))
    found = refused(lambda: client(made).update_item(**add("c")))
    assert found["ThrottlingReasons"][0]["reason"] == "TableWriteAccountLimitExceeded"


@pytest.mark.parametrize(
    ("limits", "taken"), [(new_table(), 4_000), (warmed(writes=6_500, reads=12_000), 6_500)]
)
def test_a_table_takes_at_once_what_it_is_warm_for(limits: Limits, taken: int) -> None:
    """Four thousand writes if it is new; a little less where keys don't spread quite evenly."""
    made = service(limits=limits, times=INSTANT)
    written = 0
    for n in range(8_000):
        with suppress(ClientError):
            client(made).update_item(**add(f"item-{n}"))
            written += 1
    assert 0.95 * taken <= written <= taken


def test_a_hot_key_is_one_partition_s_however_warm_the_table() -> None:
    """A thousand writes a second, and the table's warmth is no help."""
    made = service(limits=warmed(writes=100_000, reads=12_000), times=INSTANT)
    for _ in range(1_000):
        client(made).update_item(**add("hot"))
    assert refusal(lambda: client(made).update_item(**add("hot"))) == "ThrottlingException"


def test_no_table_is_colder_than_a_new_one() -> None:
    """DynamoDB takes no lower warm throughput either."""
    with pytest.raises(ValueError, match="4000 write and 12000 read"):
        warmed(writes=3_999, reads=12_000)


def test_a_batch_returns_what_there_was_no_capacity_for() -> None:
    """Throttled keys are unprocessed; only if all are is the call refused."""
    made = service(limits=Limits(partition_reads=1))
    made.seed("t", [key("a"), key("b")])
    wanted = {"t": {"Keys": [key("a"), key("b")], "ConsistentRead": True}}
    client(made).get_item(TableName="t", Key=key("a"), ConsistentRead=True)
    answer = client(made).batch_get_item(RequestItems=wanted)
    assert answer["Responses"]["t"] == [key("b")]
    assert answer["UnprocessedKeys"]["t"] == {"Keys": [key("a")], "ConsistentRead": True}
    assert (
        refusal(lambda: client(made).batch_get_item(RequestItems=wanted)) == "ThrottlingException"
    )


def test_a_global_index_is_behind_its_table() -> None:
    """An item is in the table at once, and in the index after the lag."""
    made = service()
    item = {**key("a"), "color": {"S": "red"}}
    client(made).put_item(TableName="t", Item=item)
    query: dict[str, Any] = {
        "TableName": "t",
        "IndexName": "by_color",
        "KeyConditionExpression": "color = :red",
        "ExpressionAttributeValues": {":red": {"S": "red"}},
    }
    assert client(made).query(**query)["Items"] == []
    made.scheduler.wait_ns(20 * 10**6)
    assert client(made).query(**query)["Items"] == [item]
