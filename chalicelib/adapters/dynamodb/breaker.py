"""The control table's breaker, as the `SharedBreaker` port."""

from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from chalicelib.adapters.aws_errors import REFUSED, code_of, store_errors
from chalicelib.adapters.codec import Document, UnreadableError
from chalicelib.adapters.dynamodb.keys import NEVER_MOVED, NOT_MOVED
from chalicelib.adapters.recent import Recent
from chalicelib.application.breaker_port import UnreadableBreakerError
from chalicelib.application.ports import Clock
from chalicelib.domain.breaker import CLOSED, Breaker

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

NAME: Final = "model_breaker"
BREAKER_DOCUMENT = Document(Breaker)
BREAKER_TTL_MS: Final = 1_000


class DynamoBreaker:
    """One small item. Read once a second by each worker that would ask; written when it moves."""

    def __init__(self, *, client: "DynamoDBClient", table: str, clock: Clock) -> None:
        self._client = client
        self._table = table
        self._known: Recent[str, Breaker] = Recent(clock=clock, ttl_ms=BREAKER_TTL_MS)

    def read(self) -> Breaker:
        """Return it as of a second ago; closed where it was never moved."""
        return self._known.get(NAME, self._read)

    def _read(self) -> Breaker:
        # Eventually consistent, for half the price: a move from an old version is refused.
        with store_errors():
            answer: Any = self._client.get_item(TableName=self._table, Key={"name": {"S": NAME}})
        item = answer.get("Item")
        if not item:
            return CLOSED
        try:
            return BREAKER_DOCUMENT.load(item["document"]["S"])
        except (UnreadableError, KeyError) as error:
            raise UnreadableBreakerError(int(item.get("moved", {}).get("N", 0))) from error

    def move(self, to: Breaker) -> bool:
        """Put *to* in force if the version before it is; return whether it now is by this call."""
        before = to.version - 1
        try:
            with store_errors():
                self._client.update_item(
                    TableName=self._table,
                    Key={"name": {"S": NAME}},
                    UpdateExpression="SET moved = :to, document = :document",
                    ConditionExpression=NOT_MOVED if before else NEVER_MOVED,
                    ExpressionAttributeValues={
                        ":to": {"N": str(to.version)},
                        ":document": {"S": BREAKER_DOCUMENT.dump(to)},
                        **({":before": {"N": str(before)}} if before else {}),
                    },
                )
        except ClientError as error:
            if code_of(error) != REFUSED:
                raise
            self._known.forget([NAME])
            return False
        self._known.put(NAME, to)
        return True
