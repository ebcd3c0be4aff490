"""The orders table as the `Customers` port: a customer is known by any item under their id."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.adapters.aws_errors import store_errors
from chalicelib.adapters.side_by_side import Pool, side_by_side
from chalicelib.application.backoff import Backoff
from chalicelib.application.ports import Clock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamoCustomers:
    """A query for each distinct customer; with a *pool*, some side by side."""

    client: "DynamoDBClient"
    table: str
    clock: Clock
    backoff: Backoff
    pool: Pool | None = None

    def unknown(self, ids: Collection[str]) -> Collection[str]:
        """Return those of *ids* under whom nothing lies, read consistently."""
        distinct = list(dict.fromkeys(ids))
        known = side_by_side(self.pool, self._is_known, distinct)
        return {id_ for id_, is_known in zip(distinct, known, strict=True) if not is_known}

    def _is_known(self, customer_id: str) -> bool:
        return self.backoff.persist(self.clock, lambda: self._has_item(customer_id))

    def _has_item(self, customer_id: str) -> bool:
        with store_errors():
            found = self.client.query(
                TableName=self.table,
                KeyConditionExpression="customer_id = :customer",
                ExpressionAttributeValues={":customer": {"S": customer_id}},
                ProjectionExpression="customer_id",
                ConsistentRead=True,
                Limit=1,
            )
        return bool(found["Items"])
