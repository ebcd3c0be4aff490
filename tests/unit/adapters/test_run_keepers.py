import json
from typing import Any

import pytest

from chalicelib.adapters.run_keepers import KeeperCall, SqsKeepers, call_in
from chalicelib.domain.errors import StoreUnavailableError
from tests.unit.adapters.stores import refused


class StubSqs:
    """SQS, which notes what it was sent."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.hidden: list[dict[str, Any]] = []
        self.down = False

    def send_message(self, **call: Any) -> None:
        """Take a message."""
        if self.down:
            error = refused("ServiceUnavailable", status=503)
            raise error
        self.sent.append(call)

    def change_message_visibility(self, **call: Any) -> None:
        """Hide a message."""
        self.hidden.append(call)


@pytest.mark.parametrize(
    ("delay_ms", "seconds"), [(-5, 0), (0, 0), (1, 1), (2_000, 2), (2_001, 3), (10**9, 900)]
)
def test_a_keeper_is_called_in_its_time(delay_ms: int, seconds: int) -> None:
    """Never earlier but for what SQS can't wait for, and the message names the run."""
    sqs: Any = StubSqs()
    SqsKeepers(client=sqs, url="https://queue.example/keepers").call("run_1", delay_ms)
    (call,) = sqs.sent
    assert (call["DelaySeconds"], json.loads(call["MessageBody"])) == (seconds, {"run": "run_1"})
    assert call_in(call["MessageBody"]) == KeeperCall(run_id="run_1")


def test_a_call_names_its_moment() -> None:
    """Where the run has named one."""
    sqs: Any = StubSqs()
    SqsKeepers(client=sqs, url="https://queue.example/keepers").call("run_1", 0, 1_234)
    (call,) = sqs.sent
    assert call_in(call["MessageBody"]) == KeeperCall(run_id="run_1", due=1_234)


def test_a_call_that_failed_is_put_off() -> None:
    """By its receipt, for so many seconds."""
    sqs: Any = StubSqs()
    SqsKeepers(client=sqs, url="https://queue.example/keepers").put_off("handle", 60)
    (call,) = sqs.hidden
    assert (call["ReceiptHandle"], call["VisibilityTimeout"]) == ("handle", 60)
    assert call["QueueUrl"] == "https://queue.example/keepers"


def test_an_outage_is_told() -> None:
    """So that whoever calls tries again."""
    sqs: Any = StubSqs()
    sqs.down = True
    with pytest.raises(StoreUnavailableError):
        SqsKeepers(client=sqs, url="https://queue.example/keepers").call("run_1", 0)


@pytest.mark.parametrize("body", ["", "{", "[]", '{"run": 1}', "{}"])
def test_other_messages_name_no_run(body: str) -> None:
    """And are no surprise."""
    assert call_in(body) is None
