"""The queue workers: a batch in, one call of a use case, the failures out.

Each record is read by itself, so that an unreadable one fails alone; the readable ones
are handed on together, because a batch is settled together. A message that is to come
again is hidden for a short while instead of for its whole visibility timeout.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial
from math import ceil
from typing import Any, TypedDict

from aws_lambda_powertools.metrics import MetricUnit
from chalice.app import Blueprint, SQSEvent, SQSRecord

from chalicelib.application.ports import Queue
from chalicelib.bootstrap import services
from chalicelib.domain.errors import StoreUnavailableError
from chalicelib.domain.intent import IntentRef, Pending
from chalicelib.entrypoints.observability import log_unexpected, logger, metrics

workers = Blueprint(__name__)

RESOLVE_BATCH_MAX = 10
"""Few, since each text may cost a call to the model."""

SETTLE_BATCH_MAX = 98
"""Many, since a transaction takes as many orders as fit and writes a shard once: two full ones
where each order counts a use, one where none does. Two more would cost another transaction."""

SETTLE_WINDOW_SECONDS = 1

STOP_BEFORE_END_MS = 8_000
"""A worker begins nothing later than this before its Lambda would be ended: one call that
hangs, and its report, still fit."""

RETRY_SECONDS_BASE = 2
RETRY_SECONDS_MAX = 60

PLACEHOLDER = "arn:aws:sqs:us-east-1:000000000000:placeholder-"
"""Chalice wants an ARN here; the merged template puts the stack's own queue in its place."""


class Failure(TypedDict):
    """A message that Lambda must leave in its queue."""

    itemIdentifier: str


class Failures(TypedDict):
    """The answer that ReportBatchItemFailures asks for."""

    batchItemFailures: list[Failure]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message as it came; *receives* counts this time."""

    message_id: str
    receipt_handle: str
    receives: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter(Message):
    """A message that carries an intent."""

    pending: Pending


Work = Callable[[Sequence[Letter]], Collection[IntentRef]]


@workers.on_sqs_message(
    queue_arn=PLACEHOLDER + "intents", batch_size=RESOLVE_BATCH_MAX, name="resolve"
)
def resolve(event: SQSEvent) -> Failures:
    """Resolve a batch of intents."""
    return _work(event, services().intents_queue, _resolve)


def _resolve(letters: Sequence[Letter]) -> Collection[IntentRef]:
    resolved = services().resolve([letter.pending for letter in letters])
    for outcome, count in resolved.outcomes.items():
        metrics.add_metric(name=f"resolved_{outcome}", unit=MetricUnit.Count, value=count)
    return resolved.again


@workers.on_sqs_message(
    queue_arn=PLACEHOLDER + "settlements",
    batch_size=SETTLE_BATCH_MAX,
    maximum_batching_window_in_seconds=SETTLE_WINDOW_SECONDS,
    name="settle",
)
def settle(event: SQSEvent) -> Failures:
    """Settle a batch of orders."""
    context: Any = event.context
    left_ms = context.get_remaining_time_in_millis()
    stop_at = services().clock.now() + max(left_ms - STOP_BEFORE_END_MS, 0)
    return _work(event, services().settlements_queue, partial(_settle, stop_at))


def _settle(stop_at: int, letters: Sequence[Letter]) -> Collection[IntentRef]:
    settled = services().settle([letter.pending for letter in letters], stop_at)
    for change in settled.changes:
        metrics.add_metric(name=f"settled_{change.status}", unit=MetricUnit.Count, value=1)
        logger.info(
            "intent settled",
            correlation_id=change.ref.id,
            status=change.status,
            reason=change.reason.code if change.reason else None,
        )
    return settled.again


def _work(event: SQSEvent, queue: Queue, together: Work) -> Failures:
    """Return the messages of *event* that are to stay: the unreadable, and who must come again."""
    received = [_received(record) for record in event]
    letters = [letter for letter in received if isinstance(letter, Letter)]
    poisoned: set[IntentRef] = set()
    again = _together(letters, together, poisoned)
    staying = [
        message
        for message in received
        if not isinstance(message, Letter)
        or message.pending.ref in poisoned
        or (message.pending.ref in again and not _sent_anew(message, queue))
    ]
    _hide(queue, staying)
    return {"batchItemFailures": [{"itemIdentifier": message.message_id} for message in staying]}


def _sent_anew(letter: Letter, queue: Queue) -> bool:
    """Return whether *letter*, on its last delivery, was replaced by a fresh copy.

    An outage or a rush is no fault of the message: it must not become a dead letter for
    having waited. Its intent's deadline ends it, not a count.
    """
    if letter.receives < services().settings.receives_max:
        return False
    try:
        queue.send(letter.pending)
    except StoreUnavailableError:
        return False
    return True


def _together(
    letters: Sequence[Letter], together: Work, poisoned: set[IntentRef]
) -> Collection[IntentRef]:
    """Return who must come again after *together* worked on *letters*.

    Where it fails for a reason that nobody foresaw, each half is tried by itself, down to
    the letter that is the cause and goes to *poisoned*: it must not take its neighbours along.
    """
    if not letters:
        return ()
    try:
        return together(letters)
    except StoreUnavailableError as error:
        logger.warning("batch not worked on", cause=str(error))
        return {letter.pending.ref for letter in letters}
    except Exception as error:  # noqa: BLE001 (whatever it is, the neighbours are not at fault)
        half = len(letters) // 2
        if not half:
            log_unexpected(error, at="worker")
            metrics.add_metric(name="message_failed", unit=MetricUnit.Count, value=1)
            poisoned.add(letters[0].pending.ref)
            return ()
        first = _together(letters[:half], together, poisoned)
        return {*first, *_together(letters[half:], together, poisoned)}


def _received(record: SQSRecord) -> Message:
    """Return the letter that *record* is, or the bare message where it is none."""
    from chalicelib.adapters.codec import PENDING, UnreadableError  # noqa: PLC0415 (not for accept)

    fields = record.to_dict()
    message = Message(
        message_id=fields["messageId"],
        receipt_handle=record.receipt_handle,
        receives=int(fields["attributes"]["ApproximateReceiveCount"]),
    )
    try:
        pending = PENDING.load(record.body)
    except UnreadableError as error:
        logger.error("message unreadable", message_id=message.message_id, cause=str(error))
        metrics.add_metric(name="message_unreadable", unit=MetricUnit.Count, value=1)
        return message
    return Letter(
        message_id=message.message_id,
        receipt_handle=message.receipt_handle,
        receives=message.receives,
        pending=pending,
    )


def _hide(queue: Queue, messages: Sequence[Message]) -> None:
    """Have *messages* come back soon, later each time they do. Where that fails, they come late."""
    by_wait: dict[int, list[str]] = {}
    for message in messages:
        wait = min(RETRY_SECONDS_BASE**message.receives, RETRY_SECONDS_MAX)
        if isinstance(message, Letter):
            wait = min(wait, _seconds_to_turn(message.pending))
        by_wait.setdefault(wait, []).append(message.receipt_handle)
    try:
        for wait, handles in by_wait.items():
            queue.hide(handles, wait)
    except Exception as error:  # noqa: BLE001 (the batch is done; this must not undo it)
        log_unexpected(error, at="hide")


def _seconds_to_turn(pending: Pending) -> int:
    """Return the time to the next moment at which *pending* is worked on otherwise.

    At half its time a failing model is given up for a question, at the end all is: a
    message that slept through either would leave its customer without an answer.
    """
    now = services().clock.now()
    half = (pending.queued_at + pending.expires_at) // 2
    turn = half if now < half else pending.expires_at
    return max(ceil((turn - now) / 1000), 1)
