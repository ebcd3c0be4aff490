from typing import Any

import pytest

from tests.package.conftest import DEAD_LETTERS, LASTING, TABLES, WORKERS, Node, OfType

DAY = 86_400

HASH, RANGE = "HASH", "RANGE"
BUCKETS = ("CataloguesBucket", "RunsBucket")

KEYS = {
    "OrdersTable": {"customer_id": HASH, "id": RANGE},
    "CouponsTable": {"code": HASH, "part": RANGE},
    "ControlTable": {"name": HASH},
    "ReadingsTable": {"key": HASH},
}


def keys(schema: list[Node]) -> dict[str, str]:
    """Read a key schema."""
    return {key["AttributeName"]: key["KeyType"] for key in schema}


@pytest.mark.parametrize(("queue", "dead_letters"), DEAD_LETTERS.items())
def test_every_queue_has_dead_letters_of_its_own(
    of_type: OfType, queue: str, dead_letters: str
) -> None:
    """A message that fails five times leaves the queue for one place, which takes no others."""
    queues = of_type("AWS::SQS::Queue")
    assert set(queues) == {*DEAD_LETTERS, *DEAD_LETTERS.values()}
    target = queues[queue]["RedrivePolicy"]
    assert target == {
        "deadLetterTargetArn": {"Fn::GetAtt": [dead_letters, "Arn"]},
        "maxReceiveCount": 5,
    }
    allowed = queues[dead_letters]["RedriveAllowPolicy"]
    assert allowed["redrivePermission"] == "byQueue"
    (source,) = allowed["sourceQueueArns"]
    named = queues[queue]["QueueName"]["Fn::Sub"]
    assert source["Fn::Sub"].endswith(f":{named}")


@pytest.mark.parametrize(("worker", "queue"), WORKERS.items())
def test_a_message_stays_hidden_six_times_as_long_as_its_worker_may_run(
    of_type: OfType, functions: dict[str, Node], worker: str, queue: str
) -> None:
    """A batch that is gathered or still being worked on is not delivered a second time."""
    hidden = of_type("AWS::SQS::Queue")[queue]["VisibilityTimeout"]
    (source,) = functions[worker]["Events"].values()
    window = source["Properties"]["MaximumBatchingWindowInSeconds"]
    assert hidden >= 6 * functions[worker]["Timeout"] + window


@pytest.mark.parametrize(("queue", "dead_letters"), DEAD_LETTERS.items())
def test_dead_letters_outlive_their_queue(of_type: OfType, queue: str, dead_letters: str) -> None:
    """A message keeps its first timestamp when it moves, so there are days left to look at it."""
    queues = of_type("AWS::SQS::Queue")
    assert queues[queue]["MessageRetentionPeriod"] <= 4 * DAY
    assert queues[dead_letters]["MessageRetentionPeriod"] == 14 * DAY


def test_queues_are_encrypted_and_refuse_plain_http(of_type: OfType) -> None:
    """No message lies or travels in the clear."""
    queues = of_type("AWS::SQS::Queue")
    assert all(queue["SqsManagedSseEnabled"] is True for queue in queues.values())
    policies = of_type("AWS::SQS::QueuePolicy").values()
    assert {policy["Queues"][0]["Ref"] for policy in policies} == set(queues)
    for policy in policies:
        (queue,) = policy["Queues"]
        (statement,) = policy["PolicyDocument"]["Statement"]
        assert refuses_plain_http(statement)
        assert statement["Resource"] == {"Fn::GetAtt": [queue["Ref"], "Arn"]}


@pytest.mark.parametrize("table", LASTING)
def test_tables_are_safe_from_a_rush_and_from_a_mistake(
    resources: dict[str, Node], table: str
) -> None:
    """Tables grow on demand, can be wound back, and outlive the stack."""
    assert resources[table]["DeletionPolicy"] == "Retain"
    assert resources[table]["UpdateReplacePolicy"] == "Retain"
    properties = resources[table]["Properties"]
    assert properties["BillingMode"] == "PAY_PER_REQUEST"
    assert properties["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}
    assert properties["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert properties["DeletionProtectionEnabled"] == {"Fn::If": ["IsProtected", True, False]}
    assert properties["SSESpecification"] == {"SSEEnabled": True}
    # A name of our own would keep a retained table from being replaced.
    assert "TableName" not in properties


def test_what_the_model_said_is_not_kept_for_ever(resources: dict[str, Node]) -> None:
    """It can be asked again: the table grows on demand, forgets, and goes with its stack."""
    table = resources["ReadingsTable"]
    assert (table["DeletionPolicy"], table["UpdateReplacePolicy"]) == ("Delete", "Delete")
    properties = table["Properties"]
    assert properties["BillingMode"] == "PAY_PER_REQUEST"
    assert properties["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}
    assert properties["SSESpecification"] == {"SSEEnabled": True}
    assert "PointInTimeRecoverySpecification" not in properties
    assert "TableName" not in properties


def test_tables_are_protected_unless_told_otherwise(template: Node) -> None:
    """A deployment that says nothing gets protected tables."""
    assert template["Parameters"]["DeletionProtection"]["Default"] == "on"
    assert template["Conditions"]["IsProtected"] == {
        "Fn::Equals": [{"Ref": "DeletionProtection"}, "on"]
    }


def warm(table: str) -> Node:
    """Return the warm throughput of a table, or of an index of it."""
    name = table.removesuffix("Table")
    units = {
        f"{kind}UnitsPerSecond": {"Ref": f"{name}Warm{kind}Units"} for kind in ("Read", "Write")
    }
    return {"Fn::If": [f"{name}AreWarm", units, {"Ref": "AWS::NoValue"}]}


def stands_for(rule: Node, **given: str) -> bool:
    """Tell whether an assertion of CloudFormation's holds for the parameters *given*."""
    match rule:
        case {"Fn::Or": [*alternatives]}:
            return any(stands_for(one, **given) for one in alternatives)
        case {"Fn::And": [*parts]}:
            return all(stands_for(one, **given) for one in parts)
        case {"Fn::Not": [denied]}:
            return not stands_for(denied, **given)
        case {"Fn::Equals": [{"Ref": str(name)}, value]}:
            return given[name] == str(value)
        case _:
            raise AssertionError(rule)


@pytest.mark.parametrize("table", LASTING)
def test_tables_can_be_warm_before_a_rush(
    template: Node, resources: dict[str, Node], table: str
) -> None:
    """A deployment may have a table take a rush at once; one that says nothing leaves it be."""
    assert resources[table]["Properties"]["WarmThroughput"] == warm(table)
    name = table.removesuffix("Table")
    reads, writes = f"{name}WarmReadUnits", f"{name}WarmWriteUnits"
    for parameter in (reads, writes):
        assert template["Parameters"][parameter]["Default"] == 0
        assert template["Parameters"][parameter]["MinValue"] == 0
    assert not stands_for(template["Conditions"][f"{name}AreWarm"], **{writes: "0"})
    assert stands_for(template["Conditions"][f"{name}AreWarm"], **{writes: "20000"})


@pytest.mark.parametrize("table", LASTING)
def test_a_table_is_warm_for_reads_and_writes_or_not_at_all(template: Node, table: str) -> None:
    """DynamoDB takes no zero, so one figure without the other stops a deployment at its start."""
    name = table.removesuffix("Table")
    (assertion,) = template["Rules"][f"{name}AreWarmForBoth"]["Assertions"]
    for reads, writes, deploys in (
        ("0", "0", True),
        ("30000", "20000", True),
        ("30000", "0", False),
        ("0", "20000", False),
    ):
        given = {f"{name}WarmReadUnits": reads, f"{name}WarmWriteUnits": writes}
        assert stands_for(assertion["Assert"], **given) == deploys


def test_the_index_of_what_is_watched_is_as_warm_as_its_table(of_type: OfType) -> None:
    """Each accepted intent writes it too, and an index that throttles holds up its table."""
    (watch,) = of_type("AWS::DynamoDB::Table")["OrdersTable"]["GlobalSecondaryIndexes"]
    assert watch["WarmThroughput"] == warm("OrdersTable")


@pytest.mark.parametrize("table", TABLES)
def test_tables_have_the_keys_of_the_design(of_type: OfType, table: str) -> None:
    """The code and the template agree on every key."""
    properties = of_type("AWS::DynamoDB::Table")[table]
    assert keys(properties["KeySchema"]) == KEYS[table]


def test_orders_have_their_two_indexes(of_type: OfType) -> None:
    """Orders are listed by acceptance for a customer, and watched across customers."""
    orders = of_type("AWS::DynamoDB::Table")["OrdersTable"]
    (local,) = orders["LocalSecondaryIndexes"]
    (everywhere,) = orders["GlobalSecondaryIndexes"]
    assert local["IndexName"] == "by_acceptance"
    assert keys(local["KeySchema"]) == {"customer_id": HASH, "accepted_at": RANGE}
    assert everywhere["IndexName"] == "watch"
    assert keys(everywhere["KeySchema"]) == {"watch_slot": HASH, "watch_at": RANGE}
    for index in (local, everywhere):
        assert index["Projection"] == {"ProjectionType": "KEYS_ONLY"}
    types = {a["AttributeName"]: a["AttributeType"] for a in orders["AttributeDefinitions"]}
    assert types == {
        "customer_id": "S",
        "id": "S",
        "accepted_at": "N",
        "watch_slot": "N",
        "watch_at": "N",
    }


def test_no_version_of_a_catalogue_is_lost(resources: dict[str, Node]) -> None:
    """An order names the version that it was priced by."""
    properties = resources["CataloguesBucket"]["Properties"]
    assert properties["VersioningConfiguration"] == {"Status": "Enabled"}
    assert "LifecycleConfiguration" not in properties


def test_files_of_runs_go_when_their_intents_do(resources: dict[str, Node]) -> None:
    """They name customers: none lies longer, in whichever version, and no half of one costs anything."""
    properties = resources["RunsBucket"]["Properties"]
    assert "VersioningConfiguration" not in properties
    assert "CorsConfiguration" not in properties
    uploads, files = properties["LifecycleConfiguration"]["Rules"]
    assert uploads["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}
    assert files["ExpirationInDays"] == {"Ref": "RetentionDays"}
    assert [rule["Status"] for rule in (uploads, files)] == ["Enabled", "Enabled"]
    assert not {"Prefix", "TagFilters"} & (uploads.keys() | files.keys())


@pytest.mark.parametrize("name", BUCKETS)
def test_buckets_are_private_and_kept(resources: dict[str, Node], name: str) -> None:
    """Nobody outside reads a catalogue or a file of customers, and neither goes with the stack."""
    bucket = resources[name]
    assert (bucket["DeletionPolicy"], bucket["UpdateReplacePolicy"]) == ("Retain", "Retain")
    properties = bucket["Properties"]
    assert set(properties["PublicAccessBlockConfiguration"].values()) == {True}
    assert len(properties["PublicAccessBlockConfiguration"]) == 4
    assert properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    policy = resources[f"{name}Policy"]["Properties"]
    assert policy["Bucket"] == {"Ref": name}
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert refuses_plain_http(statement)
    assert {"Fn::GetAtt": [name, "Arn"]} in statement["Resource"]


def test_there_are_no_other_buckets(of_type: OfType) -> None:
    """Each that there is, is looked at here."""
    assert set(of_type("AWS::S3::Bucket")) == set(BUCKETS)


def refuses_plain_http(statement: dict[str, Any]) -> bool:
    """Tell whether a statement denies everyone everything without TLS."""
    return bool(
        statement["Effect"] == "Deny"
        and statement["Principal"] == "*"
        and statement["Action"] in {"sqs:*", "s3:*"}
        and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    )
