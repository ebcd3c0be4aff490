"""A stage's queue, as Lambda's poller sees it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from moto.backends import get_backend

from rushline_testing.calls import aside
from rushline_testing.resources import QueueUrls

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

RECEIVE_MAX = 10
"""SQS's limit on the messages of one call."""

Record = Mapping[str, Any]
"""A message as it stands in a Lambda's event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageQueue:
    """Receives, deletes and gives back messages. Its calls meet no faults: they are Lambda's."""

    sqs: "SQSClient"
    urls: QueueUrls

    def send(self, body: str) -> None:
        """Queue *body* as it is."""
        with aside():
            self.sqs.send_message(QueueUrl=self.urls.queue, MessageBody=body)

    def receive(self, limit: int) -> list[Record]:
        """Return up to *limit* messages, which stay invisible until deleted or given back.

        What has been received too often moves to the dead letters instead.
        """
        return [
            _record(message, self.urls.arn) for message in self._receive(self.urls.queue, limit)
        ]

    def delete(self, records: Collection[Record]) -> None:
        """Delete what was worked off."""
        with aside():
            for record in records:
                self.sqs.delete_message(
                    QueueUrl=self.urls.queue, ReceiptHandle=record["receiptHandle"]
                )

    def give_back(self, records: Collection[Record]) -> None:
        """Make messages visible again, as when their visibility timeout has passed.

        The visibility timeout itself runs on real time in moto, whatever the test's clock says.
        """
        self._show(self.urls.queue, [record["receiptHandle"] for record in records])

    def show_delayed(self) -> None:
        """Let messages that were sent with a delay be received, as when it has passed.

        A delay runs on real time in moto too, and SQS has no call that ends one.
        """
        _, account, name = self.urls.queue.rsplit("/", 2)
        queue = get_backend("sqs")[account][self.sqs.meta.region_name].queues[name]
        for message in list(queue._messages):  # noqa: SLF001 (there is no other way)
            message.delayed_until = 0

    def waiting(self) -> int:
        """Return how many messages are in the queue, visible or not."""
        with aside():
            got = self.sqs.get_queue_attributes(
                QueueUrl=self.urls.queue,
                AttributeNames=[
                    "ApproximateNumberOfMessages",
                    "ApproximateNumberOfMessagesNotVisible",
                    "ApproximateNumberOfMessagesDelayed",
                ],
            )
        return sum(int(count) for count in got["Attributes"].values())

    def dead_letters(self) -> list[str]:
        """Return the bodies of the dead letters, and leave them where they are."""
        messages = self._receive(self.urls.dead_letters, limit=None)
        self._show(self.urls.dead_letters, [message["ReceiptHandle"] for message in messages])
        return [message["Body"] for message in messages]

    def _receive(self, url: str, limit: int | None) -> "list[MessageTypeDef]":
        got: list[MessageTypeDef] = []
        while limit is None or len(got) < limit:
            wanted = RECEIVE_MAX if limit is None else min(limit - len(got), RECEIVE_MAX)
            with aside():
                answer = self.sqs.receive_message(
                    QueueUrl=url,
                    MaxNumberOfMessages=wanted,
                    MessageSystemAttributeNames=["All"],
                    MessageAttributeNames=["All"],
                    WaitTimeSeconds=0,
                )
            messages = answer.get("Messages", [])
            if not messages:
                break
            got.extend(messages)
        return got

    def _show(self, url: str, receipt_handles: Sequence[str]) -> None:
        with aside():
            for handle in receipt_handles:
                self.sqs.change_message_visibility(
                    QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=0
                )


def _record(message: "MessageTypeDef", arn: str) -> Record:
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": dict(message["Attributes"]),
        "messageAttributes": {
            name: {"stringValue": value.get("StringValue"), "dataType": value["DataType"]}
            for name, value in message.get("MessageAttributes", {}).items()
        },
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": arn,
        "awsRegion": "us-east-1",
    }
