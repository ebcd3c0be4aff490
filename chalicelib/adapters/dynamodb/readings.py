"""The readings table, as the `Readings` port.

In a table of its own, since all of it can be lost: it is not backed up, goes with its stack,
and throttles nothing but itself. A text that everybody sends is one key, so it is read
first, claimed only where nothing stands, and for a while answered from the worker's memory:
it costs each worker a read a minute once it is known, and two a second while it is asked.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from math import ceil
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.adapters.aws_errors import REFUSED, code_of
from chalicelib.adapters.codec import READING, UnreadableError
from chalicelib.adapters.dynamodb.batch import KEYS_MAX, read_all
from chalicelib.adapters.dynamodb.items import Item
from chalicelib.adapters.dynamodb.keys import FREE, OWN, named, reading_key
from chalicelib.adapters.recent import Recent
from chalicelib.application.ports import Clock
from chalicelib.application.reading_ports import BeingAsked, Claimed, Known, Remembered, Resting
from chalicelib.domain.errors import StoreUnavailableError
from chalicelib.domain.resolution import Reading

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


ANSWERS_MAX = 1_000
ANSWER_MS = 60_000
CLAIM_MS = 500
"""How long a worker goes by what it read itself."""


class DynamoReadings:
    """One small item for each text that was asked about.

    Reads are not consistent, which is half the price: a claim is, and answers what they missed.
    """

    def __init__(self, *, client: "DynamoDBClient", table: str, clock: Clock) -> None:
        self._client = client
        self._table = table
        self._clock = clock
        self._answers: Recent[str, Known] = Recent(
            clock=clock, ttl_ms=ANSWER_MS, size_max=ANSWERS_MAX
        )
        self._claims: Recent[str, Known] = Recent(
            clock=clock, ttl_ms=CLAIM_MS, size_max=ANSWERS_MAX
        )

    def recall(self, keys: Collection[str]) -> Mapping[str, Known]:
        """Return what is known of *keys*, from this worker's memory or the table."""
        found = {key: known for key in keys if (known := self._in_force(self._recent(key)))}
        missing = [reading_key(key) for key in keys if key not in found]
        with _outages():
            for start in range(0, len(missing), KEYS_MAX):
                wanted = missing[start : start + KEYS_MAX]
                for item in read_all(self._client, self._table, wanted, consistent=False):
                    if known := self._in_force(self._remember(item)):
                        found[item["key"]["S"]] = known
        return found

    def _recent(self, key: str) -> Known | None:
        return self._answers.known(key) or self._claims.known(key)

    def _in_force(self, known: Known | None) -> Known | None:
        """Return *known* unless it has run out, whether or not the table has deleted it."""
        return known if known is not None and known.until > self._clock.now() else None

    def _remember(self, item: Item) -> Known | None:
        """Return what *item* says, and remember it; None for one that can't be read."""
        known = _known_of(item)
        match known:
            case Remembered():
                self._answers.put(item["key"]["S"], known)
            case BeingAsked() | Resting():
                self._claims.put(item["key"]["S"], known)
        return known

    def claim(self, key: str, owner: str, until: int) -> Claimed | Known:
        """Put the claim of *owner* unless something stands that has not run out."""
        try:
            self._put(key, until, {"owner": {"S": owner}}, free_for=owner)
        except _RefusedError as refused:
            # What can't be read is asked about as if it were not there, and then replaced.
            return self._remember(refused.item) or Claimed()
        return Claimed()

    def keep(self, key: str, reading: Reading, until: int) -> None:
        """Put *reading* in place of whatever stands."""
        self._put(key, until, {"reading": {"S": READING.dump(reading)}})
        self._answers.put(key, Remembered(reading=reading, until=until))

    def _put(
        self, key: str, until: int, said: Mapping[str, Any], *, free_for: str | None = None
    ) -> None:
        """Put an item; *free_for* an owner only where nobody else's stands."""
        condition: dict[str, Any] = {}
        if free_for is not None:
            condition = {
                "ConditionExpression": FREE,
                "ExpressionAttributeNames": named(FREE),
                "ExpressionAttributeValues": {
                    ":now": {"N": str(self._clock.now())},
                    ":owner": {"S": free_for},
                },
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }
        item: Any = {**reading_key(key), **_lasting(until), **said}
        with _outages():
            self._client.put_item(TableName=self._table, Item=item, **condition)

    def give_up(self, key: str, owner: str, until: int) -> None:
        """Have the claim of *owner* be a rest until *until*, if it still stands."""
        lasting = _lasting(until)
        expression = "SET #until = :until, #ttl = :ttl, rests = :rests"
        try:
            with _outages():
                self._client.update_item(
                    TableName=self._table,
                    Key=reading_key(key),
                    UpdateExpression=expression,
                    ConditionExpression=OWN,
                    ExpressionAttributeNames=named(expression + OWN),
                    ExpressionAttributeValues={
                        ":owner": {"S": owner},
                        ":until": lasting["until"],
                        ":ttl": lasting["ttl"],
                        ":rests": {"BOOL": True},
                    },
                )
        except _RefusedError:
            return


class _RefusedError(Exception):
    """A condition did not hold; *item* is what stands."""

    def __init__(self, item: Item) -> None:
        super().__init__()
        self.item = item


@contextmanager
def _outages() -> Iterator[None]:
    """Take every error for an outage, but for a refused condition.

    A right that is lacking, too: it must cost calls to the model, and not the intents.
    """
    try:
        yield
    except ClientError as error:
        if code_of(error) == REFUSED:
            item: Any = error.response.get("Item", {})
            raise _RefusedError(item) from error
        raise StoreUnavailableError(code_of(error)) from error
    except BotoCoreError as error:
        raise StoreUnavailableError(type(error).__name__) from error


def _known_of(item: Item) -> Known | None:
    try:
        until = int(item["until"]["N"])
        if "reading" not in item:
            return Resting(until=until) if "rests" in item else BeingAsked(until=until)
        return Remembered(reading=READING.load(item["reading"]["S"]), until=until)
    except (UnreadableError, KeyError, ValueError):
        return None


def _lasting(until: int) -> dict[str, Any]:
    """Return when an item has run out, for us and (some time later, in seconds) for DynamoDB."""
    return {"until": {"N": str(until)}, "ttl": {"N": str(ceil(until / 1000))}}
