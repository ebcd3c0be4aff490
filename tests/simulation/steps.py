"""What the simulation's tests do: small tables, calls, and what was refused."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from simulation.dynamodb.client import DynamoDBClient
from simulation.dynamodb.service import DynamoDB
from simulation.scheduler import MS, Scheduler

TABLE: dict[str, Any] = {
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [
        {"AttributeName": "id", "AttributeType": "S"},
        {"AttributeName": "color", "AttributeType": "S"},
    ],
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "by_color",
            "KeySchema": [{"AttributeName": "color", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        }
    ],
}


def service(scheduler: Scheduler | None = None, **more: Any) -> DynamoDB:
    """Return a DynamoDB with one table, "t"."""
    made = DynamoDB(scheduler or Scheduler(), **more)
    made.create("t", TABLE)
    return made


def key(name: str) -> dict[str, Any]:
    """Return an item's key."""
    return {"id": {"S": name}}


def add(name: str, more: int = 1, **extra: Any) -> dict[str, Any]:
    """Return an update that adds to an item's count."""
    return {
        "TableName": "t",
        "Key": key(name),
        "UpdateExpression": "ADD hits :n",
        "ExpressionAttributeValues": {":n": {"N": str(more)}},
        **extra,
    }


def together(*updates: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters of a transaction of *updates*."""
    return {"TransactItems": [{"Update": update} for update in updates]}


def hits(made: DynamoDB, name: str) -> int:
    """Return an item's count as it stands; 0 if it isn't there."""
    found = {item["id"]["S"]: item for item in made.contents("t")}
    return int(found[name]["hits"]["N"]) if name in found else 0


def refused(act: Callable[[], object]) -> Any:
    """Return the response of the error that *act* raises."""
    with pytest.raises(ClientError) as caught:
        act()
    return caught.value.response


def refusal(act: Callable[[], object]) -> str:
    """Return the code of the error that *act* raises."""
    return str(refused(act)["Error"]["Code"])


def at(scheduler: Scheduler, ms: float, act: Callable[[], object]) -> list[Any]:
    """Have a worker do *act* at *ms*; its outcome will be in the list: a result or an error's response."""
    outcome: list[Any] = []

    def work() -> None:
        try:
            outcome.append(act())
        except ClientError as error:
            outcome.append(error.response)

    scheduler.spawn(work, in_ms=ms)
    return outcome


def elapsed_ms(scheduler: Scheduler, since_ns: int) -> float:
    """Return the virtual milliseconds since *since_ns*."""
    return (scheduler.now_ns - since_ns) / MS


def client(made: DynamoDB) -> DynamoDBClient:
    """Return a client without retries."""
    return DynamoDBClient(made)
