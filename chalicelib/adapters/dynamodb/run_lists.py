"""The lists of runs' ids in the control table: of all, in pages, and of those that are open."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from chalicelib.adapters.aws_errors import code_of, store_errors
from chalicelib.adapters.dynamodb import keys
from chalicelib.adapters.dynamodb.run_items import HEAD, OPEN, PAGE_IDS, page_key
from chalicelib.domain.errors import StoreUnavailableError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

REFUSED = "ConditionalCheckFailedException"

TURNS_MAX = 10
"""How often a page may be full by the time an id comes to it: others fill it meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLists:
    """Ids in sets. One may be listed that leads nowhere, or twice; none is left out."""

    client: "DynamoDBClient"
    table: str

    def enter(self, run_id: str) -> None:
        """Put the id on the newest page of all, which is turned where it is full. Safe to repeat."""
        for _ in range(TURNS_MAX):
            page = self._newest()
            listed = {":id": {"SS": [run_id]}, ":one": {"N": "1"}, ":most": {"N": str(PAGE_IDS)}}
            add = "ADD ids :id, filled :one"
            if self._update(page_key(page), add, listed, keys.PAGE_HAS_ROOM):
                return
            turned = {":newest": {"N": str(page)}, ":next": {"N": str(page + 1)}}
            self._update(HEAD, "SET newest = :next", turned, keys.PAGE_IS_NEWEST)
        msg = "the list of runs fills faster than it can be written"
        raise StoreUnavailableError(msg)

    def pages(self) -> Iterator[Sequence[str]]:
        """Yield the ids of all runs, the newest page first."""
        for page in range(self._newest(), -1, -1):
            yield self._ids(page_key(page))

    def opened(self, run_id: str) -> None:
        """Put the id among the open ones. A repeat changes nothing."""
        self._update(OPEN, "ADD ids :id", {":id": {"SS": [run_id]}})

    def closed(self, run_id: str) -> None:
        """Take the id from the open ones. A repeat changes nothing."""
        self._update(OPEN, "DELETE ids :id", {":id": {"SS": [run_id]}})

    def open_ids(self) -> Sequence[str]:
        """Return the ids of the open runs."""
        return self._ids(OPEN)

    def _newest(self) -> int:
        head = self._item(HEAD)
        return int(head["newest"]["N"]) if "newest" in head else 0

    def _ids(self, key: keys.Key) -> Sequence[str]:
        found = self._item(key)
        return sorted(found["ids"]["SS"]) if "ids" in found else ()

    def _item(self, key: keys.Key) -> dict[str, Any]:
        with store_errors():
            answer: Any = self.client.get_item(TableName=self.table, Key=key, ConsistentRead=True)
        item: dict[str, Any] = answer.get("Item", {})
        return item

    def _update(
        self, key: keys.Key, update: str, values: dict[str, Any], condition: str = ""
    ) -> bool:
        """Return whether *condition* let *update* happen."""
        call: dict[str, Any] = {"ConditionExpression": condition} if condition else {}
        try:
            with store_errors():
                self.client.update_item(
                    TableName=self.table,
                    Key=key,
                    UpdateExpression=update,
                    ExpressionAttributeValues=values,
                    **call,
                )
        except ClientError as error:
            if code_of(error) != REFUSED:
                raise
            return False
        return True
