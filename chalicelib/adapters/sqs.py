"""One SQS queue as the `Queue` port."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from chalicelib.adapters.aws_errors import store_errors
from chalicelib.adapters.codec import PENDING
from chalicelib.adapters.recent import Recent
from chalicelib.application.ports import Clock
from chalicelib.domain.errors import StoreUnavailableError
from chalicelib.domain.intent import IntentRef, Pending

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

BATCH_MAX = 10
"""SQS's limit on the entries of one batch; ten of our messages stay far below its bytes."""

WAITING_TTL_MS = 1_000


class SqsQueue:
    """A standard queue: at least once, in roughly the order of sending."""

    def __init__(self, *, client: "SQSClient", url: str, clock: Clock) -> None:
        self._client = client
        self._url = url
        self._waiting: Recent[str, int] = Recent(clock=clock, ttl_ms=WAITING_TTL_MS)

    def send(self, pending: Pending) -> None:
        """Queue *pending*."""
        with store_errors():
            self._client.send_message(QueueUrl=self._url, MessageBody=PENDING.dump(pending))

    def send_all(self, pendings: Sequence[Pending]) -> Collection[IntentRef]:
        """Queue all of *pendings*, ten to a call; return those that were refused."""
        refused: list[IntentRef] = []
        for start in range(0, len(pendings), BATCH_MAX):
            refused.extend(self._send_batch(pendings[start : start + BATCH_MAX]))
        return refused

    def _send_batch(self, pendings: Sequence[Pending]) -> Collection[IntentRef]:
        entries: Any = [
            {"Id": str(index), "MessageBody": PENDING.dump(pending)}
            for index, pending in enumerate(pendings)
        ]
        try:
            with store_errors():
                answer = self._client.send_message_batch(QueueUrl=self._url, Entries=entries)
        except StoreUnavailableError:
            return [pending.ref for pending in pendings]
        return [pendings[int(failed["Id"])].ref for failed in answer.get("Failed", [])]

    def waiting(self) -> int:
        """Return about how many wait in the queue or are being worked on, as of a second ago."""
        return self._waiting.get(self._url, self._count)

    def _count(self) -> int:
        with store_errors():
            answer = self._client.get_queue_attributes(
                QueueUrl=self._url,
                AttributeNames=[
                    "ApproximateNumberOfMessages",
                    "ApproximateNumberOfMessagesNotVisible",
                ],
            )
        return sum(int(count) for count in answer["Attributes"].values())

    def hide(self, receipt_handles: Sequence[str], seconds: int) -> None:
        """Have messages that are being worked on come back after *seconds*, not after their time.

        Where it fails, they come back later.
        """
        for start in range(0, len(receipt_handles), BATCH_MAX):
            entries: Any = [
                {"Id": str(index), "ReceiptHandle": handle, "VisibilityTimeout": seconds}
                for index, handle in enumerate(receipt_handles[start : start + BATCH_MAX])
            ]
            with store_errors():
                self._client.change_message_visibility_batch(QueueUrl=self._url, Entries=entries)
