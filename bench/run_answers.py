"""Stores that answer and keep next to nothing, in the place of boto3's clients.

A million lines leave no trace in the process that is measured. An order's item is made up
when it is read, and has been confirmed by then. The source is made up as it is read, of lines
that are all of one length. Reports lie in files. Runs are kept, in a simulated control table.
"""

from collections.abc import Callable, Mapping
from hashlib import md5
from io import BytesIO
from pathlib import Path
from typing import Any

from bench.run_keepers import MERCHANT, SOURCE, Called, order
from chalicelib.adapters.codec import ORDER
from chalicelib.adapters.dynamodb.items import item_of
from chalicelib.domain.intent import Intent, IntentRef, Promise, Request, Status
from chalicelib.domain.order import Order, PricedLine
from chalicelib.domain.resolution import Line
from rushline_testing.resources import TABLES
from simulation.dynamodb.answers import answered
from simulation.dynamodb.capacity import UNLIMITED
from simulation.dynamodb.client import DynamoDBClient
from simulation.dynamodb.errors import RefusedError, client_error
from simulation.dynamodb.service import DynamoDB
from simulation.dynamodb.times import INSTANT
from simulation.scheduler import EPOCH_MS, Scheduler

READINGS = "ReadingsTable"


def answering(lines: int, folder: Path, batches: object = None) -> Called:
    """Return clients over a source of so many *lines*; reports go to *folder*.

    With *batches* every line is a text of its own that nobody has read before.
    """
    line = order if batches is None else text
    return Called(dynamodb=Tables(), sqs=Queues(), s3=Objects(lines, folder, line), batches=batches)


def text(number: int) -> bytes:
    """Return a line of a text."""
    return b'{"customer_id":"c%08d","text":"flurble %08d"}\n' % (number, number)


class Tables:
    """DynamoDB's calls that a keeper makes."""

    def __init__(self) -> None:
        control = DynamoDB(Scheduler(), times=INSTANT, limits=UNLIMITED)
        control.create("ControlTable", TABLES["ControlTable"])
        client = DynamoDBClient(control, None)
        self.get_item, self._put_item = client.get_item, client.put_item
        self.update_item = client.update_item
        self._item = _confirmed()
        self.planted = 0

    def transact_write_items(self, **call: Any) -> dict[str, Any]:  # noqa: ANN401 (boto3's own)
        """Take all, and count them."""
        self.planted += len(call["TransactItems"])
        return answered()

    def put_item(self, **call: Any) -> dict[str, Any]:  # noqa: ANN401 (boto3's own)
        """Put an item; what a model said is forgotten."""
        return answered() if call["TableName"] == READINGS else self._put_item(**call)

    def batch_get_item(self, **call: Any) -> dict[str, Any]:  # noqa: ANN401 (boto3's own)
        """Return a confirmed order for each key; nothing of what a model may have said."""
        ((table, wanted),) = call["RequestItems"].items()
        if table == READINGS:
            return answered(Responses={}, UnprocessedKeys={})
        items = [{**self._item, **key} for key in wanted["Keys"]]
        return answered(Responses={table: items}, UnprocessedKeys={})


class Queues:
    """SQS's calls that a keeper makes: a lane that takes everything and is empty."""

    def __init__(self) -> None:
        self.sent = 0

    def send_message_batch(self, **call: Any) -> dict[str, Any]:  # noqa: ANN401 (boto3's own)
        """Take all, and count them."""
        self.sent += len(call["Entries"])
        return answered(Successful=[{"Id": entry["Id"]} for entry in call["Entries"]])

    def get_queue_attributes(self, **call: Any) -> dict[str, Any]:  # noqa: ANN401 (boto3's own)
        """Return that nothing waits."""
        return answered(Attributes=dict.fromkeys(call["AttributeNames"], "0"))


class Objects:
    """S3's calls that a keeper makes."""

    def __init__(self, lines: int, folder: Path, line: Callable[[int], bytes] = order) -> None:
        self._line = line
        self._line_bytes = len(line(1))
        self._size = lines * self._line_bytes
        self._folder = folder
        self._metadata: dict[str, dict[str, str]] = {}

    def head_object(self, **_: Any) -> dict[str, Any]:  # noqa: ANN401 (boto3's own)
        """Return what the source is."""
        return answered(ETag='"source"', ContentLength=self._size)

    def get_object(self, **call: Any) -> dict[str, Any]:  # noqa: ANN401 (boto3's own)
        """Return a range of the source, or a report's object."""
        if call["Key"] == SOURCE:
            first, last = map(int, call["Range"].removeprefix("bytes=").split("-"))
            return answered(Body=BytesIO(self._source(first, last + 1)), ETag='"source"')
        file = self._file(call)
        if not file.exists():
            code = "NoSuchKey"
            raise client_error(RefusedError(code, "There is none."), "GetObject")
        content = file.read_bytes()
        metadata = self._metadata[call["Key"]]
        return answered(Body=BytesIO(content), ETag=_etag(content), Metadata=metadata)

    def put_object(self, **call: Any) -> dict[str, Any]:  # noqa: ANN401 (boto3's own)
        """Put a report's object."""
        self._file(call).write_bytes(call["Body"])
        self._metadata[call["Key"]] = call["Metadata"]
        return answered(ETag=_etag(call["Body"]))

    def _source(self, start: int, end: int) -> bytes:
        first, last = start // self._line_bytes, (end - 1) // self._line_bytes
        lines = b"".join(map(self._line, range(first + 1, last + 2)))
        before = first * self._line_bytes
        return lines[start - before : end - before]

    def _file(self, call: Mapping[str, Any]) -> Path:
        key: str = call["Key"]
        return self._folder / key.replace("/", "_")


def _etag(content: bytes) -> str:
    return f'"{md5(content, usedforsecurity=False).hexdigest()}"'


def _confirmed() -> dict[str, Any]:
    """Return an order's item, of which a read replaces the key."""
    line = PricedLine(sku="latte", name="latte", quantity=1, unit_price=425)
    expires_at = EPOCH_MS + 3_600_000
    intent = Intent(
        ref=IntentRef(customer_id="", id="in_"),
        fingerprint="0" * 64,
        status=Status.CONFIRMED,
        turn=0,
        merchant=MERCHANT,
        request=Request(lines=(Line(sku="latte", quantity=1),), expires_in_seconds=3_600),
        promise=Promise(position=0, estimated_wait_seconds=0, expires_at=expires_at),
        accepted_at=EPOCH_MS,
        expires_at=expires_at,
        watch_at=expires_at,
    )
    order = Order(currency="USD", catalogue_version=1, lines=(line,))
    return {**item_of(intent, 30), "order": {"S": ORDER.dump(order)}}
