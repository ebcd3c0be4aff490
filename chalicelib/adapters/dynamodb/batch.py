"""Reading many items by their keys."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from chalicelib.adapters.aws_errors import store_errors
from chalicelib.adapters.dynamodb.items import Item
from chalicelib.adapters.dynamodb.keys import Key
from chalicelib.domain.errors import StoreUnavailableError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEYS_MAX = 100
"""DynamoDB's limit on the keys of one BatchGetItem."""

ATTEMPTS_MAX = 5
"""How often what a call left out (throttled, or beyond 16 MB) is asked for again."""

ALL: Mapping[str, Any] = MappingProxyType({})
"""Every attribute."""


def read_all(
    client: "DynamoDBClient",
    table: str,
    wanted: Sequence[Key],
    projection: Mapping[str, Any] = ALL,
    *,
    consistent: bool = True,
) -> Iterator[Item]:
    """Yield the items of at most 100 keys, in any order and *consistent* or not; absent ones not.

    *projection* is what DynamoDB is told of the attributes that are wanted. Raises
    `StoreUnavailableError` when the table keeps leaving some out.
    """
    keys: Any = list(wanted)
    for _ in range(ATTEMPTS_MAX):
        if not keys:
            return
        asked: Any = {table: {"Keys": keys, "ConsistentRead": consistent, **projection}}
        with store_errors():
            answer: Any = client.batch_get_item(RequestItems=asked)
        yield from answer["Responses"].get(table, [])
        keys = answer.get("UnprocessedKeys", {}).get(table, {}).get("Keys", [])
    if keys:
        msg = "the table gave some of the items only"
        raise StoreUnavailableError(msg)
