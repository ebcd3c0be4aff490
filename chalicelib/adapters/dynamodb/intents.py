"""The orders table as the `Intents` port."""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from botocore.exceptions import ClientError

from chalicelib.adapters.aws_errors import REFUSED, code_of, store_errors
from chalicelib.adapters.codec import REQUEST, UnreadableError
from chalicelib.adapters.dynamodb import keys
from chalicelib.adapters.dynamodb.batch import KEYS_MAX, read_all
from chalicelib.adapters.dynamodb.items import (
    Item,
    Update,
    forgotten_at,
    intent_of,
    item_of,
    update_of,
)
from chalicelib.application.ports import Accepted, Moved, Page, Repeated, Stale
from chalicelib.domain.errors import StoreUnavailableError
from chalicelib.domain.intent import Change, Intent, IntentRef, Pending, Request, Status

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_PLACE = re.compile(r"in_\w{1,40} [0-9]{1,15}", re.ASCII)
"""What a cursor may say. It is the client's to make up, and DynamoDB's to choke on."""

NEWCOMER_PAGES_MAX = 3
"""Of a hundred intents each: nobody tries that often and is new."""

ORDERS = (Status.CONFIRMED, Status.REFUNDED)

PAGE_QUERIES_MAX = 10
"""A customer with a thousand intents and hardly an order gets a short page, and a cursor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamoIntents:
    """Intents in DynamoDB; every move is one conditional write."""

    client: "DynamoDBClient"
    table: str
    retention_days: int

    def accept(self, intent: Intent) -> Accepted | Repeated:
        """Put *intent* on record unless one of its name is there.

        botocore tries again what it got no answer to. The mark of this call, in the item,
        tells its own first try from somebody else's.
        """
        call = uuid4().hex
        try:
            with store_errors():
                self.client.put_item(
                    TableName=self.table,
                    Item={**item_of(intent, self.retention_days), "put_by": {"S": call}},
                    ConditionExpression=keys.ABSENT,
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except ClientError as error:
            if code_of(error) != REFUSED:
                raise
            found: Any = error.response.get("Item") or {}
            if found.get("put_by") != {"S": call}:
                return Repeated(self._known(intent.ref, error))
        return Accepted()

    def _known(self, ref: IntentRef, error: ClientError) -> Intent:
        item: Any = error.response.get("Item")
        existing = intent_of(item) if item else self.get(ref)
        if existing is None:
            msg = "the intent was there and is gone"
            raise StoreUnavailableError(msg) from error
        return existing

    def get(self, ref: IntentRef) -> Intent | None:
        """Return the intent as it stands now."""
        if "#" in ref.id:
            return None
        with store_errors():
            answer = self.client.get_item(
                TableName=self.table, Key=keys.intent_key(ref), ConsistentRead=True
            )
        return intent_of(answer["Item"]) if "Item" in answer else None

    def apply(self, change: Change) -> Moved | Stale:
        """Make *change* if the intent still stands where it begins."""
        return self._update(update_of(change, self.table, self.retention_days))

    def answer(
        self, intent: Intent, request: Request, answered_with: str, expires_at: int, watch_at: int
    ) -> Moved | Stale:
        """Take *intent* from needs_input back to accepted, one turn on."""
        update = (
            "SET #status = :accepted, turn = :next, #request = :request, expires_at = :expires_at,"
            " watch_at = :watch_at, answered_with = :answered_with, #ttl = :ttl"
            " REMOVE question, reason, unsent"
        )
        values = {
            ":source": {"S": Status.NEEDS_INPUT},
            ":turn": {"N": str(intent.turn)},
            ":accepted": {"S": Status.ACCEPTED},
            ":next": {"N": str(intent.turn + 1)},
            ":request": {"S": REQUEST.dump(request)},
            ":expires_at": {"N": str(expires_at)},
            ":watch_at": {"N": str(watch_at)},
            ":answered_with": {"S": answered_with},
            ":ttl": {"N": str(forgotten_at(expires_at, self.retention_days))},
        }
        return self._update(self._while_standing(intent.ref, update, values))

    def mark_sent(self, pending: Pending, *, sent: bool) -> None:
        """Note whether the queue took the message."""
        update = "REMOVE unsent" if sent else "SET unsent = :unsent"
        values = {} if sent else {":unsent": {"BOOL": True}}
        self._update(self._while_accepted(pending, update, values))

    def watch(self, pending: Pending, at: int) -> None:
        """Have the sweep look again at *at*."""
        self._update(
            self._while_accepted(pending, "SET watch_at = :watch_at", {":watch_at": {"N": str(at)}})
        )

    def _while_accepted(self, pending: Pending, update: str, values: dict[str, Any]) -> Update:
        stands = {":source": {"S": Status.ACCEPTED}, ":turn": {"N": str(pending.turn)}}
        return self._while_standing(pending.ref, update, {**stands, **values})

    def _while_standing(self, ref: IntentRef, update: str, values: dict[str, Any]) -> Update:
        return {
            "TableName": self.table,
            "Key": keys.intent_key(ref),
            "UpdateExpression": update,
            "ConditionExpression": keys.STANDS,
            "ExpressionAttributeNames": keys.named(f"{update} {keys.STANDS}"),
            "ExpressionAttributeValues": values,
        }

    def _update(self, update: Update) -> Moved | Stale:
        try:
            with store_errors():
                self.client.update_item(**update)
        except ClientError as error:
            if code_of(error) != REFUSED:
                raise
            return Stale()
        return Moved()

    def confirmed(self, customer_id: str, cursor: str | None, limit: int) -> Page:
        """Return a page of the customer's orders, the latest accepted first."""
        start = _start(cursor, customer_id) if cursor else None
        found: list[Intent] = []
        for _ in range(PAGE_QUERIES_MAX):
            query: dict[str, Any] = {"ExclusiveStartKey": start} if start else {}
            with store_errors():
                answer = self.client.query(
                    TableName=self.table,
                    IndexName=keys.BY_ACCEPTANCE,
                    KeyConditionExpression="customer_id = :customer",
                    ExpressionAttributeValues={":customer": {"S": customer_id}},
                    ScanIndexForward=False,
                    ConsistentRead=True,
                    Limit=min(2 * limit, KEYS_MAX),
                    **query,
                )
            keyed = answer["Items"]
            intents = self._read_all(keyed)
            for position, key in enumerate(keyed):
                intent = intents.get(key["id"]["S"])
                if intent is None or intent.status not in ORDERS:
                    continue
                found.append(intent)
                if len(found) == limit:
                    last = position + 1 == len(keyed) and "LastEvaluatedKey" not in answer
                    return Page(intents=tuple(found), next_cursor=None if last else _cursor(key))
            start = answer.get("LastEvaluatedKey")
            if not start:
                return Page(intents=tuple(found), next_cursor=None)
        return Page(intents=tuple(found), next_cursor=_cursor(start or {}))

    def with_orders(self) -> Iterator[Intent]:
        """Yield every intent that has an order, consistently read.

        One that can't be read is passed over: the sums then name what is missing.
        """
        start: dict[str, Any] = {}
        while True:
            with store_errors():
                answer: Any = self.client.scan(TableName=self.table, ConsistentRead=True, **start)
            for item in answer["Items"]:
                if "order" in item and (intent := _readable(item)):
                    yield intent
            if "LastEvaluatedKey" not in answer:
                return
            start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    def has_ordered(self, customer_id: str, merchant: str) -> bool:
        """Return whether the customer has an order with the merchant; the latest intents tell.

        Who has more intents than are looked through is taken for no newcomer.
        """
        page: dict[str, Any] = {}
        for _ in range(NEWCOMER_PAGES_MAX):
            with store_errors():
                answer = self.client.query(
                    TableName=self.table,
                    IndexName=keys.BY_ACCEPTANCE,
                    KeyConditionExpression="customer_id = :customer",
                    ExpressionAttributeValues={":customer": {"S": customer_id}},
                    ScanIndexForward=False,
                    ConsistentRead=True,
                    Limit=KEYS_MAX,
                    **page,
                )
            intents = self._read_all(answer["Items"]).values()
            if any((i.merchant, i.status) == (merchant, Status.CONFIRMED) for i in intents):
                return True
            if "LastEvaluatedKey" not in answer:
                return False
            page = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}
        return True

    def due(self, slot: int, since: int, until: int) -> Iterator[tuple[int, Intent | None]]:
        """Yield the intents of *slot* that are watched for in [since, until], in order."""
        query: dict[str, Any] = {}
        while True:
            with store_errors():
                answer = self.client.query(
                    TableName=self.table,
                    IndexName=keys.WATCH,
                    KeyConditionExpression="watch_slot = :slot AND watch_at BETWEEN :since AND :until",
                    ExpressionAttributeValues={
                        ":slot": {"N": str(slot)},
                        ":since": {"N": str(since)},
                        ":until": {"N": str(until)},
                    },
                    Limit=KEYS_MAX,
                    **query,
                )
            wanted = [keys.intent_key(_ref(key)) for key in answer["Items"]]
            items = {item["id"]["S"]: item for item in read_all(self.client, self.table, wanted)}
            for key in answer["Items"]:
                item = items.get(key["id"]["S"])
                if item is not None:
                    yield int(key["watch_at"]["N"]), _readable(item)
            if "LastEvaluatedKey" not in answer:
                return
            query = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    def _read_all(self, keyed: Sequence[Item]) -> dict[str, Intent]:
        """Return the intents of at most 100 keys, by id. An id is a hash: no two customers share one."""
        wanted = [keys.intent_key(_ref(key)) for key in keyed]
        items = read_all(self.client, self.table, wanted)
        return {item["id"]["S"]: intent_of(item) for item in items}


def _ref(key: Item) -> IntentRef:
    return IntentRef(customer_id=key["customer_id"]["S"], id=key["id"]["S"])


def _readable(item: Item) -> Intent | None:
    try:
        return intent_of(item)
    except (UnreadableError, KeyError, ValueError):
        return None


def _cursor(key: Item) -> str:
    place = [key["id"]["S"], key["accepted_at"]["N"]]
    return urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def _start(cursor: str, customer_id: str) -> dict[str, Any]:
    """Return where a page begins; the customer is never taken from the cursor."""
    padded = cursor + "=" * (-len(cursor) % 4)
    match json.loads(urlsafe_b64decode(padded.encode())):
        case [str(id_), str(accepted_at)] if _PLACE.fullmatch(f"{id_} {accepted_at}"):
            return {
                "customer_id": {"S": customer_id},
                "id": {"S": id_},
                "accepted_at": {"N": accepted_at},
            }
        case _:
            msg = "no page gave this cursor"
            raise ValueError(msg)
