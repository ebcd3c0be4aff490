"""An SQS standard queue, and boto3's client of it, in virtual time.

At least once: a message that was received comes back when its visibility timeout has passed
unless it was deleted, and some are delivered twice though nothing went wrong, at a rate of
the simulation's choosing (SQS gives none). In the order of sending, which a standard queue
only tries for. What was received too often goes to the dead letters. A queue takes any
number of calls a second, as SQS says of standard queues.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Any

from simulation.dynamodb.answers import Parameter, answered
from simulation.scheduler import MS, Scheduler

RECEIVE_MAX = 10
CALL_MS = 5.0


@dataclass(slots=True, kw_only=True, eq=False)
class Message:
    """A message. *receives* counts its deliveries; its receipt handle is that of the last."""

    id: str
    body: str
    sent_ns: int
    receives: int = 0
    visible_ns: int = 0
    deleted: bool = False

    @property
    def receipt_handle(self) -> str:
        """The handle of the last delivery."""
        return f"{self.id}/{self.receives}"


@dataclass(slots=True, kw_only=True)
class Queue:
    """One queue. Nothing here takes time; its client's calls do."""

    url: str
    scheduler: Scheduler
    visibility_ms: float = 30_000.0
    duplicates: float = 0.0
    """The share of deliveries after which the message can be received at once again."""
    receives_max: int | None = None
    dead_letters: "Queue | None" = None
    sent: int = 0
    _messages: dict[str, Message] = field(default_factory=dict)
    _visible: deque[Message] = field(default_factory=deque)
    _hidden: list[tuple[int, int, Message]] = field(default_factory=list)
    _hides: int = 0

    def send(self, body: str, delay_ms: float = 0) -> Message:
        """Queue *body*, to be received after *delay_ms*."""
        self.sent += 1
        message = Message(id=f"m{self.sent}", body=body, sent_ns=self.scheduler.now_ns)
        self._messages[message.id] = message
        if delay_ms:
            self._hide(message, delay_ms)
        else:
            self._visible.append(message)
        return message

    def receive(self, limit: int) -> list[Message]:
        """Return up to *limit* messages, hidden from now on for the visibility timeout."""
        self._show()
        received: list[Message] = []
        while self._visible and len(received) < limit:
            message = self._visible.popleft()
            if message.deleted:
                continue
            if self.receives_max is not None and message.receives >= self.receives_max:
                self._bury(message)
                continue
            message.receives += 1
            received.append(message)
        for message in received:
            again = self.duplicates and self.scheduler.random.random() < self.duplicates
            self._hide(message, 0 if again else self.visibility_ms)
        return received

    def delete(self, receipt_handle: str) -> None:
        """Delete a message, whichever of its deliveries *receipt_handle* is of."""
        message = self._messages.pop(receipt_handle.partition("/")[0], None)
        if message is not None:
            message.deleted = True

    def hide(self, receipt_handle: str, for_ms: float) -> None:
        """Have a message come back after *for_ms* from now."""
        message = self._messages.get(receipt_handle.partition("/")[0])
        if message is not None:
            self._hide(message, for_ms)

    def waiting(self) -> tuple[int, int]:
        """Return how many messages can be received, and how many are in flight."""
        self._show()
        visible = sum(not message.deleted for message in self._visible)
        return visible, len(self._messages) - visible

    def __len__(self) -> int:
        return len(self._messages)

    def _hide(self, message: Message, for_ms: float) -> None:
        message.visible_ns = self.scheduler.now_ns + int(for_ms * MS)
        self._hides += 1
        heappush(self._hidden, (message.visible_ns, self._hides, message))

    def _show(self) -> None:
        now_ns = self.scheduler.now_ns
        while self._hidden and self._hidden[0][0] <= now_ns:
            at_ns, _, message = heappop(self._hidden)
            if not message.deleted and message.visible_ns == at_ns:
                self._visible.append(message)

    def _bury(self, message: Message) -> None:
        self._messages.pop(message.id, None)
        message.deleted = True
        if self.dead_letters is not None:
            self.dead_letters.send(message.body)


class SqsClient:
    """The calls of boto3's SQS client that Rushline makes. Each takes *call_ms*."""

    def __init__(
        self, scheduler: Scheduler, queues: Sequence[Queue], *, call_ms: float = CALL_MS
    ) -> None:
        self._scheduler = scheduler
        self._queues: Mapping[str, Queue] = {queue.url: queue for queue in queues}
        self._call_ns = int(call_ms * MS)

    def send_message(self, **call: Parameter) -> dict[str, Any]:
        """Queue one message."""
        queue = self._reach(call)
        delay_ms = call.get("DelaySeconds", 0) * 1_000
        return self._answer(MessageId=queue.send(call["MessageBody"], delay_ms).id)

    def send_message_batch(self, **call: Parameter) -> dict[str, Any]:
        """Queue up to ten messages."""
        queue = self._reach(call, len(call["Entries"]))
        sent = [
            {"Id": entry["Id"], "MessageId": queue.send(entry["MessageBody"]).id}
            for entry in call["Entries"]
        ]
        return self._answer(Successful=sent)

    def receive_message(self, **call: Parameter) -> dict[str, Any]:
        """Return up to ten messages that are there now; it never waits for any."""
        queue = self._reach(call)
        received = queue.receive(min(call.get("MaxNumberOfMessages", 1), RECEIVE_MAX))
        messages = [
            {
                "MessageId": message.id,
                "ReceiptHandle": message.receipt_handle,
                "Body": message.body,
                "Attributes": {"ApproximateReceiveCount": str(message.receives)},
            }
            for message in received
        ]
        return self._answer(**({"Messages": messages} if messages else {}))

    def delete_message(self, **call: Parameter) -> dict[str, Any]:
        """Delete one message."""
        self._reach(call).delete(call["ReceiptHandle"])
        return self._answer()

    def change_message_visibility_batch(self, **call: Parameter) -> dict[str, Any]:
        """Hide up to ten messages for some seconds."""
        queue = self._reach(call, len(call["Entries"]))
        for entry in call["Entries"]:
            queue.hide(entry["ReceiptHandle"], entry["VisibilityTimeout"] * 1_000)
        return self._answer(Successful=[{"Id": entry["Id"]} for entry in call["Entries"]])

    def get_queue_attributes(self, **call: Parameter) -> dict[str, Any]:
        """Return the numbers of messages."""
        visible, in_flight = self._reach(call).waiting()
        numbers = {
            "ApproximateNumberOfMessages": str(visible),
            "ApproximateNumberOfMessagesNotVisible": str(in_flight),
            "ApproximateNumberOfMessagesDelayed": "0",  # counted as in flight
        }
        return self._answer(Attributes=numbers)

    def _reach(self, call: Mapping[str, Any], items: int = 1) -> Queue:
        self._scheduler.leave(self._scheduler.computing.client_ns(items))
        self._scheduler.wait_ns(self._call_ns // 2)
        return self._queues[call["QueueUrl"]]

    def _answer(self, **more: Parameter) -> dict[str, Any]:
        self._scheduler.wait_ns(self._call_ns - self._call_ns // 2)
        self._scheduler.enter()
        return answered(**more)
