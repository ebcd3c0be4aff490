"""The control table's gate, count and mark, as the `Control` port."""

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from chalicelib.adapters.aws_errors import store_errors
from chalicelib.adapters.codec import Document
from chalicelib.adapters.dynamodb.items import Item
from chalicelib.adapters.recent import Recent
from chalicelib.application.ports import Clock, SweepMark
from chalicelib.domain.admission import Answered, Gate
from chalicelib.domain.errors import StoreUnavailableError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

GATE, ANSWERED, SWEEP = "gate", "answered", "sweep"
GATE_DOCUMENT = Document(Gate)
MARK_DOCUMENT = Document(SweepMark)

GATE_TTL_MS = 1_000
COUNT_EVERY_MS = 1_000
"""A worker adds to the common count once a second at most: 256 of them are a quarter of what
one partition takes."""


class DynamoControl:
    """Three small items."""

    def __init__(
        self, *, client: "DynamoDBClient", table: str, clock: Clock, rate_floor: float
    ) -> None:
        self._client = client
        self._table = table
        self._clock = clock
        self._rate_floor = rate_floor
        self._gate: Recent[str, Gate] = Recent(clock=clock, ttl_ms=GATE_TTL_MS)
        self._uncounted = Answered()
        self._counted_at = 0

    def gate(self) -> Gate:
        """Return the gate as of a second ago; where none was ever set, one at the floor."""
        return self._gate.get(GATE, self._read_gate)

    def _read_gate(self) -> Gate:
        item = self._item(GATE)
        if item is None:
            return Gate(rate_per_second=self._rate_floor)
        return GATE_DOCUMENT.load(item["document"]["S"])

    def set_gate(self, gate: Gate) -> None:
        """Put *gate* in force."""
        self._put(GATE, GATE_DOCUMENT.dump(gate))
        self._gate.put(GATE, gate)

    def count_answered(self, answered: Answered) -> None:
        """Add *answered* to what was answered in all, at most once a second.

        A table that does not answer costs a later second: nobody's order hangs on a count.
        """
        self._uncounted = Answered(
            count=self._uncounted.count + answered.count,
            waited_ms=self._uncounted.waited_ms + answered.waited_ms,
        )
        now = self._clock.now()
        if now - self._counted_at < COUNT_EVERY_MS:
            return
        with suppress(StoreUnavailableError), store_errors():
            self._client.update_item(
                TableName=self._table,
                Key={"name": {"S": ANSWERED}},
                UpdateExpression="ADD answered :count, waited_ms :waited_ms",
                ExpressionAttributeValues={
                    ":count": {"N": str(self._uncounted.count)},
                    ":waited_ms": {"N": str(self._uncounted.waited_ms)},
                },
            )
            self._uncounted = Answered()
            self._counted_at = now

    def answered(self) -> Answered:
        """Return what was answered in all."""
        item = self._item(ANSWERED)
        if item is None:
            return Answered()
        return Answered(count=int(item["answered"]["N"]), waited_ms=int(item["waited_ms"]["N"]))

    def mark(self) -> SweepMark:
        """Return where the last sweep stopped."""
        item = self._item(SWEEP)
        if item is None:
            return SweepMark(swept_until={}, tally=None)
        return MARK_DOCUMENT.load(item["document"]["S"])

    def set_mark(self, mark: SweepMark) -> None:
        """Remember where this sweep stopped."""
        self._put(SWEEP, MARK_DOCUMENT.dump(mark))

    def _item(self, name: str) -> Item | None:
        with store_errors():
            answer: Any = self._client.get_item(
                TableName=self._table, Key={"name": {"S": name}}, ConsistentRead=True
            )
        item: Item | None = answer.get("Item")
        return item

    def _put(self, name: str, document: str) -> None:
        with store_errors():
            self._client.put_item(
                TableName=self._table, Item={"name": {"S": name}, "document": {"S": document}}
            )
