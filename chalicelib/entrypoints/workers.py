"""The queue workers: a batch in, one call of a use case, the failures out.

Each record is read by itself, so that an unreadable one fails alone; the readable ones
are handed on together, because a batch is settled together. A message that is to come
again is hidden for as long as there is reason to, instead of for its visibility timeout.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import ceil
from typing import TYPE_CHECKING, Any, TypedDict

from aws_lambda_powertools.metrics import MetricUnit
from chalice.app import Blueprint, SQSEvent, SQSRecord

from chalicelib.application.ports import Queue
from chalicelib.application.resolved import Again, Resolved
from chalicelib.bootstrap import services
from chalicelib.domain.errors import StoreUnavailableError
from chalicelib.domain.intent import IntentRef, Pending
from chalicelib.entrypoints.model_report import report_consulted, report_errors, report_moves
from chalicelib.entrypoints.observability import log_unexpected, logger, metrics

if TYPE_CHECKING:
    from chalicelib.application.settle_lane import Settle

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


Work = Callable[[Sequence[Letter]], Mapping[IntentRef, Again]]
"""Returns who must be delivered again."""


@workers.on_sqs_message(
    queue_arn=PLACEHOLDER + "intents", batch_size=RESOLVE_BATCH_MAX, name="resolve"
)
def resolve(event: SQSEvent) -> Failures:
    """Resolve a batch of intents."""
    context: Any = event.context
    return _work(event, services().intents_queue, partial(_resolve, context.function_name))


@workers.on_sqs_message(
    queue_arn=PLACEHOLDER + "bulk-intents", batch_size=RESOLVE_BATCH_MAX, name="bulk_resolve"
)
def bulk_resolve(event: SQSEvent) -> Failures:
    """Resolve a batch of the lane of runs."""
    context: Any = event.context
    return _work(event, services().lane.intents, partial(_bulk_resolve, context.function_name))


def _resolve(function: str, letters: Sequence[Letter]) -> Mapping[IntentRef, Again]:
    return _told(function, services().resolve([letter.pending for letter in letters]))


def _bulk_resolve(function: str, letters: Sequence[Letter]) -> Mapping[IntentRef, Again]:
    return _told(function, services().bulk_resolve([letter.pending for letter in letters]))


def _told(function: str, resolved: Resolved) -> Mapping[IntentRef, Again]:
    for outcome, count in resolved.outcomes.items():
        metrics.add_metric(name=f"resolved_{outcome}", unit=MetricUnit.Count, value=count)
    report_consulted(resolved.consulted, services().model_prices)
    if (guard := services().guarded_model) is not None:
        report_moves(guard.take_moves(), function)
        report_errors(guard.take_errors())
    return resolved.again


@workers.on_sqs_message(
    queue_arn=PLACEHOLDER + "settlements",
    batch_size=SETTLE_BATCH_MAX,
    maximum_batching_window_in_seconds=SETTLE_WINDOW_SECONDS,
    name="settle",
)
def settle(event: SQSEvent) -> Failures:
    """Settle a batch of orders."""
    return _work(event, services().settlements_queue, partial(_settle, stop_at(event)))


@workers.on_sqs_message(
    queue_arn=PLACEHOLDER + "bulk-settlements",
    batch_size=SETTLE_BATCH_MAX,
    maximum_batching_window_in_seconds=SETTLE_WINDOW_SECONDS,
    name="bulk_settle",
)
def bulk_settle(event: SQSEvent) -> Failures:
    """Settle a batch of the lane of runs."""
    return _work(event, services().lane.settlements, partial(_bulk_settle, stop_at(event)))


def stop_at(event: SQSEvent, before_end_ms: int = STOP_BEFORE_END_MS) -> int:
    """Return the moment (ms) after which a worker begins nothing more."""
    context: Any = event.context
    left_ms: int = context.get_remaining_time_in_millis()
    return services().clock.now() + max(left_ms - before_end_ms, 0)


def _settle(until: int, letters: Sequence[Letter]) -> Mapping[IntentRef, Again]:
    return _settled(services().settle, until, letters)


def _bulk_settle(until: int, letters: Sequence[Letter]) -> Mapping[IntentRef, Again]:
    return _settled(services().bulk_settle, until, letters)


def _settled(rule: "Settle", until: int, letters: Sequence[Letter]) -> Mapping[IntentRef, Again]:
    settled = rule([letter.pending for letter in letters], until)
    for change in settled.changes:
        metrics.add_metric(name=f"settled_{change.status}", unit=MetricUnit.Count, value=1)
        logger.info(
            "intent settled",
            correlation_id=change.ref.id,
            status=change.status,
            reason=change.reason.code if change.reason else None,
        )
    return {ref: again for ref, again in _as_they_came(letters).items() if ref in settled.again}


def _as_they_came(letters: Sequence[Letter]) -> dict[IntentRef, Again]:
    """Return every intent as its newest letter has it."""
    by_turn = sorted(letters, key=lambda letter: letter.pending.turn)
    return {letter.pending.ref: Again(pending=letter.pending) for letter in by_turn}


def _work(event: SQSEvent, queue: Queue, together: Work) -> Failures:
    """Return the messages of *event* that are to stay: the unreadable, and who must come again."""
    received = [_received(record) for record in event]
    letters = [letter for letter in received if isinstance(letter, Letter)]
    poisoned: set[IntentRef] = set()
    again = _together(letters, together, poisoned)
    anew: set[IntentRef] = set()
    staying: dict[int, list[Message]] = {}
    for message in received:
        seconds = _backoff(message.receives)
        if isinstance(message, Letter):
            ref = message.pending.ref
            if ref not in again and ref not in poisoned:
                continue
            due = again.get(ref) or Again(pending=message.pending)
            seconds = _seconds_until(due, message)
            if ref not in poisoned and _sent_anew(message, due, seconds, queue, anew):
                continue
        staying.setdefault(seconds, []).append(message)
    _hide(queue, staying)
    stay = [message for messages in staying.values() for message in messages]
    return {"batchItemFailures": [{"itemIdentifier": message.message_id} for message in stay]}


def _sent_anew(
    letter: Letter, due: Again, seconds: int, queue: Queue, anew: set[IntentRef]
) -> bool:
    """Return whether *letter* was replaced by a fresh copy that comes after *seconds*.

    So it is on its last delivery: an outage, a rush or a limit is no fault of the message,
    and it must not become a dead letter for having waited. Its intent's deadline ends it,
    not a count. And so it is where the message has since come to carry more: what the model
    took. Of an intent with several letters in the batch there is one copy.
    """
    if letter.receives < services().settings.receives_max and not _has_spent(due, letter):
        return False
    if due.pending.ref in anew:
        return True
    try:
        queue.send(due.pending, seconds)
    except StoreUnavailableError:
        return False
    except Exception as error:  # noqa: BLE001 (the batch is done; this must not undo it)
        log_unexpected(error, at="send anew")
        return False
    anew.add(due.pending.ref)
    return True


def _together(
    letters: Sequence[Letter], together: Work, poisoned: set[IntentRef]
) -> Mapping[IntentRef, Again]:
    """Return who must come again after *together* worked on *letters*.

    Where it fails for a reason that nobody foresaw, each half is tried by itself, down to
    the letter that is the cause and goes to *poisoned*: it must not take its neighbours along.
    """
    if not letters:
        return {}
    try:
        return together(letters)
    except StoreUnavailableError as error:
        logger.warning("batch not worked on", cause=str(error))
        return _as_they_came(letters)
    except Exception as error:  # noqa: BLE001 (whatever it is, the neighbours are not at fault)
        half = len(letters) // 2
        if not half:
            log_unexpected(error, at="worker")
            metrics.add_metric(name="message_failed", unit=MetricUnit.Count, value=1)
            poisoned.add(letters[0].pending.ref)
            return {}
        first = _together(letters[:half], together, poisoned)
        return {**first, **_together(letters[half:], together, poisoned)}


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


def _hide(queue: Queue, messages: Mapping[int, Sequence[Message]]) -> None:
    """Have *messages*, by seconds, come back after so many. Where that fails, they come late."""
    try:
        for seconds, together in messages.items():
            queue.hide([message.receipt_handle for message in together], seconds)
    except Exception as error:  # noqa: BLE001 (the batch is done; this must not undo it)
        log_unexpected(error, at="hide")


def _backoff(attempts: int) -> int:
    """Return the seconds to wait after so many attempts: soon, and later each time."""
    return min(int(RETRY_SECONDS_BASE**attempts), RETRY_SECONDS_MAX)


def _has_spent(due: Again, letter: Letter) -> bool:
    return due.pending.model_use.calls > letter.pending.model_use.calls


def _seconds_until(due: Again, letter: Letter) -> int:
    """Return after how many seconds *due* is worked on next, never past the next turn of its intent.

    At half its time a failing model is given up for a question, at the end all is: a
    message that slept through either would leave its customer without an answer. A fresh
    copy begins its count of receives anew, but not that of its calls to the model.
    """
    pending, now = due.pending, services().clock.now()
    if due.wait_ms is not None:
        wait = ceil(due.wait_ms / 1000)
    else:
        calls = pending.model_use.calls if _has_spent(due, letter) else 0
        wait = _backoff(max(letter.receives, calls))
    half = (pending.queued_at + pending.expires_at) // 2
    turn = half if now < half else pending.expires_at
    return max(min(wait, ceil((turn - now) / 1000)), 1)
