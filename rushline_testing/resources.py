"""What the app stands on, in CloudFormation's words, as infra/template.yaml has it.

An installed package has no infra/, so the definitions stand here too, and a test keeps
the two alike.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from json import dumps
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chalicelib.adapters.clients import Clients

TABLES: Mapping[str, Mapping[str, Any]] = {
    "OrdersTable": {
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [
            {"AttributeName": "customer_id", "AttributeType": "S"},
            {"AttributeName": "id", "AttributeType": "S"},
            {"AttributeName": "accepted_at", "AttributeType": "N"},
            {"AttributeName": "watch_slot", "AttributeType": "N"},
            {"AttributeName": "watch_at", "AttributeType": "N"},
        ],
        "KeySchema": [
            {"AttributeName": "customer_id", "KeyType": "HASH"},
            {"AttributeName": "id", "KeyType": "RANGE"},
        ],
        "LocalSecondaryIndexes": [
            {
                "IndexName": "by_acceptance",
                "KeySchema": [
                    {"AttributeName": "customer_id", "KeyType": "HASH"},
                    {"AttributeName": "accepted_at", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
        "GlobalSecondaryIndexes": [
            {
                "IndexName": "watch",
                "KeySchema": [
                    {"AttributeName": "watch_slot", "KeyType": "HASH"},
                    {"AttributeName": "watch_at", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
    },
    "CouponsTable": {
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [
            {"AttributeName": "code", "AttributeType": "S"},
            {"AttributeName": "part", "AttributeType": "S"},
            {"AttributeName": "listed", "AttributeType": "S"},
        ],
        "KeySchema": [
            {"AttributeName": "code", "KeyType": "HASH"},
            {"AttributeName": "part", "KeyType": "RANGE"},
        ],
        "GlobalSecondaryIndexes": [
            {
                "IndexName": "listed",
                "KeySchema": [
                    {"AttributeName": "listed", "KeyType": "HASH"},
                    {"AttributeName": "code", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
    },
    "ControlTable": {
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "name", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "name", "KeyType": "HASH"}],
    },
    "ReadingsTable": {
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "key", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "key", "KeyType": "HASH"}],
    },
}
"""Name in the template: what create_table takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePair:
    """A stage's queue and the queue of its dead letters, by their names in the template."""

    queue: str
    dead_letters: str
    visibility_seconds: int
    receives_max: int = 5
    retention_seconds: int = 4 * 86_400
    dead_letters_retention_seconds: int = 14 * 86_400


INTENTS = QueuePair(queue="IntentsQueue", dead_letters="IntentsDeadLetters", visibility_seconds=360)
SETTLEMENTS = QueuePair(
    queue="SettlementsQueue", dead_letters="SettlementsDeadLetters", visibility_seconds=190
)
BULK_INTENTS = QueuePair(
    queue="BulkIntentsQueue", dead_letters="BulkIntentsDeadLetters", visibility_seconds=360
)
BULK_SETTLEMENTS = QueuePair(
    queue="BulkSettlementsQueue", dead_letters="BulkSettlementsDeadLetters", visibility_seconds=190
)
RUNS = QueuePair(queue="RunsQueue", dead_letters="RunsDeadLetters", visibility_seconds=1_800)
QUEUES = (INTENTS, SETTLEMENTS, BULK_INTENTS, BULK_SETTLEMENTS, RUNS)
BUCKET, RUNS_BUCKET = "CataloguesBucket", "RunsBucket"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueUrls:
    """Where a stage's queue and its dead letters are reached."""

    queue: str
    arn: str
    dead_letters: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Resources:
    """What was created, by the names that the settings want."""

    orders_table: str
    coupons_table: str
    control_table: str
    readings_table: str
    intents: QueueUrls
    settlements: QueueUrls
    bulk_intents: QueueUrls
    bulk_settlements: QueueUrls
    runs: QueueUrls
    bucket: str
    runs_bucket: str


def create(clients: "Clients", stack: str) -> Resources:
    """Create tables, queues and buckets, each named after *stack* as CloudFormation would."""
    for name, properties in TABLES.items():
        clients.dynamodb.create_table(TableName=f"{stack}-{name}", **properties)
    buckets = [f"{stack}-{name}".lower() for name in (BUCKET, RUNS_BUCKET)]
    for bucket in buckets:
        clients.s3.create_bucket(Bucket=bucket)
    queues = [_create_queues(clients, stack, pair) for pair in QUEUES]
    intents, settlements, bulk_intents, bulk_settlements, runs = queues
    return Resources(
        orders_table=f"{stack}-OrdersTable",
        coupons_table=f"{stack}-CouponsTable",
        control_table=f"{stack}-ControlTable",
        readings_table=f"{stack}-ReadingsTable",
        intents=intents,
        settlements=settlements,
        bulk_intents=bulk_intents,
        bulk_settlements=bulk_settlements,
        runs=runs,
        bucket=buckets[0],
        runs_bucket=buckets[1],
    )


def _create_queues(clients: "Clients", stack: str, pair: QueuePair) -> QueueUrls:
    dead = _create_queue(
        clients,
        f"{stack}-{pair.dead_letters}",
        {"MessageRetentionPeriod": pair.dead_letters_retention_seconds},
    )
    redrive = {"deadLetterTargetArn": dead.arn, "maxReceiveCount": pair.receives_max}
    live = _create_queue(
        clients,
        f"{stack}-{pair.queue}",
        {
            "VisibilityTimeout": pair.visibility_seconds,
            "MessageRetentionPeriod": pair.retention_seconds,
            "RedrivePolicy": dumps(redrive),
        },
    )
    return QueueUrls(queue=live.url, arn=live.arn, dead_letters=dead.url)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Created:
    url: str
    arn: str


def _create_queue(clients: "Clients", name: str, attributes: Mapping[str, object]) -> _Created:
    text = {key: str(value) for key, value in attributes.items()}
    url = clients.sqs.create_queue(QueueName=name, Attributes=text)["QueueUrl"]  # type: ignore[arg-type]
    got = clients.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return _Created(url=url, arn=got["Attributes"]["QueueArn"])
