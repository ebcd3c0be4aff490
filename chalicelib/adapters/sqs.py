"""One SQS queue as the `Queue` port."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from chalicelib.adapters.aws_errors import store_errors
from chalicelib.adapters.codec import PENDING
from chalicelib.adapters.recent import Recent
from chalicelib.adapters.side_by_side import Pool, side_by_side
from chalicelib.application.ports import Clock, Depth
from chalicelib.domain.errors import StoreUnavailableError
from chalicelib.domain.intent import IntentRef, Pending

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

BATCH_MAX = 10
"""SQS's limit on the entries of one batch; ten of our messages stay far below its bytes."""

DELAY_SECONDS_MAX = 900
"""SQS's limit on DelaySeconds."""

HIDE_SECONDS_MAX = 43_000
"""SQS hides a message for 12 hours at most, counted from when it was received."""

DEPTH_TTL_MS = 1_000


class SqsQueue:
    """A standard queue: at least once, in roughly the order of sending.

    With a *pool*, batches are sent side by side. With *grouped*, each run's messages are a
    group, which on a standard queue keeps no order but makes it fair: the group with the most
    in flight waits for the others (docs: SQS fair queues).
    """

    def __init__(
        self,
        *,
        client: "SQSClient",
        url: str,
        clock: Clock,
        pool: Pool | None = None,
        grouped: bool = False,
    ) -> None:
        self._client = client
        self._url = url
        self._pool = pool
        self._grouped = grouped
        self._counted: Recent[str, Depth] = Recent(clock=clock, ttl_ms=DEPTH_TTL_MS)
        self._last: Depth | None = None
        self._sent = 0

    def send(self, pending: Pending, delay_seconds: int = 0) -> None:
        """Queue *pending*, to be received after *delay_seconds*, or after 15 minutes if that is less."""
        delay: Any = (
            {"DelaySeconds": min(delay_seconds, DELAY_SECONDS_MAX)} if delay_seconds else {}
        )
        with store_errors():
            self._client.send_message(QueueUrl=self._url, **self._message(pending), **delay)
        self._sent += 1

    def send_all(self, pendings: Sequence[Pending]) -> Collection[IntentRef]:
        """Queue all of *pendings*, ten to a call; return those that were refused."""
        batches = [
            pendings[start : start + BATCH_MAX] for start in range(0, len(pendings), BATCH_MAX)
        ]
        answers = side_by_side(self._pool, self._send_batch, batches)
        refused = [ref for answer in answers for ref in answer]
        self._sent += len(pendings) - len(refused)
        return refused

    def _send_batch(self, pendings: Sequence[Pending]) -> Collection[IntentRef]:
        entries: Any = [
            {"Id": str(index), **self._message(pending)} for index, pending in enumerate(pendings)
        ]
        try:
            with store_errors():
                answer = self._client.send_message_batch(QueueUrl=self._url, Entries=entries)
        except StoreUnavailableError:
            return [pending.ref for pending in pendings]
        return [pendings[int(entry["Id"])].ref for entry in answer.get("Failed", [])]

    def _message(self, pending: Pending) -> Any:  # noqa: ANN401 (as botocore takes it)
        message = {"MessageBody": PENDING.dump(pending)}
        if self._grouped and pending.run is not None:
            message["MessageGroupId"] = pending.run
        return message

    def depth(self) -> Depth:
        """Return about how many messages there are.

        An estimate, so it does not fail: while SQS can't say, what it said last is said again.
        """
        try:
            counted = self._counted.get(self._url, self._count)
        except StoreUnavailableError:
            if self._last is None:
                raise
            counted = self._counted.put(self._url, self._last)
        self._last = counted
        return replace(counted, waiting=counted.waiting + self._sent)

    def _count(self) -> Depth:
        with store_errors():
            answer = self._client.get_queue_attributes(
                QueueUrl=self._url,
                AttributeNames=[
                    "ApproximateNumberOfMessages",
                    "ApproximateNumberOfMessagesNotVisible",
                    "ApproximateNumberOfMessagesDelayed",
                ],
            )
        self._sent = 0
        counts = answer["Attributes"]
        return Depth(
            waiting=int(counts["ApproximateNumberOfMessages"]),
            in_flight=int(counts["ApproximateNumberOfMessagesNotVisible"])
            + int(counts["ApproximateNumberOfMessagesDelayed"]),
        )

    def hide(self, receipt_handles: Sequence[str], seconds: int) -> None:
        """Have messages that are being worked on come back after *seconds*, not after their time.

        Where it fails, they come back later.
        """
        seconds = min(seconds, HIDE_SECONDS_MAX)
        for start in range(0, len(receipt_handles), BATCH_MAX):
            entries: Any = [
                {"Id": str(index), "ReceiptHandle": handle, "VisibilityTimeout": seconds}
                for index, handle in enumerate(receipt_handles[start : start + BATCH_MAX])
            ]
            with store_errors():
                self._client.change_message_visibility_batch(QueueUrl=self._url, Entries=entries)
