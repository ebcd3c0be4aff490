"""Keepers of runs, called through an SQS queue: the `Keepers` port."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.adapters.aws_errors import store_errors

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

DELAY_SECONDS_MAX = 900
"""SQS's own. A keeper that comes too early finds nothing due, and calls the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeeperCall:
    """Whose keeper is called, and for which moment (ms), if for one that its run has named."""

    run_id: str
    due: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SqsKeepers:
    """A message `{"run": ID, "due": MS}` calls a keeper; a queue of its own, of no other messages."""

    client: "SQSClient"
    url: str

    def call(self, run_id: str, delay_ms: int, due: int = 0) -> None:
        """Have a keeper look after the run in *delay_ms*, rounded up, or in a quarter of an hour."""
        seconds = min(max(-(-delay_ms // 1000), 0), DELAY_SECONDS_MAX)
        body = json.dumps({"run": run_id, "due": due} if due else {"run": run_id})
        with store_errors():
            self.client.send_message(QueueUrl=self.url, MessageBody=body, DelaySeconds=seconds)

    def put_off(self, receipt_handle: str, seconds: int) -> None:
        """Have a call that failed come back in *seconds*."""
        with store_errors():
            self.client.change_message_visibility(
                QueueUrl=self.url, ReceiptHandle=receipt_handle, VisibilityTimeout=seconds
            )


def call_in(body: str) -> KeeperCall | None:
    """Return the call that a message is; None if it is none."""
    try:
        match json.loads(body):
            case {"run": str(run_id), "due": int(due)}:
                return KeeperCall(run_id=run_id, due=due)
            case {"run": str(run_id)}:
                return KeeperCall(run_id=run_id)
    except (ValueError, RecursionError):
        pass
    return None
