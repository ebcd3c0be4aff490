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
class SqsKeepers:
    """A message `{"run": ID}` calls a keeper; a queue of its own, of no other messages."""

    client: "SQSClient"
    url: str

    def call(self, run_id: str, delay_ms: int) -> None:
        """Have a keeper look after the run in *delay_ms*, rounded up, or in a quarter of an hour."""
        seconds = min(max(-(-delay_ms // 1000), 0), DELAY_SECONDS_MAX)
        with store_errors():
            self.client.send_message(
                QueueUrl=self.url, MessageBody=json.dumps({"run": run_id}), DelaySeconds=seconds
            )


def run_in(body: str) -> str | None:
    """Return the run that a keeper's message names; None if it names none."""
    try:
        match json.loads(body):
            case {"run": str(run_id)}:
                return run_id
    except (ValueError, RecursionError):
        pass
    return None
