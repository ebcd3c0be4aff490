"""The worker that keeps runs going: a call for a run in, and the next call out before it ends."""

from typing import TYPE_CHECKING

from aws_lambda_powertools.metrics import MetricUnit
from chalice.app import Blueprint, SQSEvent, SQSRecord

from chalicelib.adapters.run_keepers import KeeperCall, call_in
from chalicelib.bootstrap import services
from chalicelib.domain.errors import StoreUnavailableError
from chalicelib.entrypoints.observability import causes, count, log_unexpected, logger, metrics
from chalicelib.entrypoints.workers import PLACEHOLDER, Failures, stop_at

if TYPE_CHECKING:
    from chalicelib.application.keep_run import Kept

keeping = Blueprint(__name__)

STOP_BEFORE_END_MS = 30_000
"""What the slice that is under way may still take, and its record, with calls that hang."""

DELAY_MS_MAX = 900_000
"""SQS's own limit on a delay. A run that wants nobody for longer is looked at in between."""

RETRY_SECONDS = 60
"""When a call that failed comes back: as soon as the sweep would call."""


@keeping.on_sqs_message(queue_arn=PLACEHOLDER + "runs", batch_size=1, name="keep")
def keep(event: SQSEvent) -> Failures:
    """Keep each run that is called for, and call the next keeper before this one's time is over.

    A call that fails is delivered again; the sweep's comes within a minute anyway.
    """
    failures: Failures = {"batchItemFailures": []}
    for record in event:
        call = call_in(record.body)
        try:
            if call is None:
                logger.error("message unreadable")
                metrics.add_metric(name="message_unreadable", unit=MetricUnit.Count, value=1)
            else:
                _keep(call, stop_at(event, STOP_BEFORE_END_MS))
                continue
        except StoreUnavailableError as error:
            _put_off(error)
        except Exception as error:  # noqa: BLE001 (whatever it is, the call stays in its queue)
            log_unexpected(error, at="keep")
            metrics.add_metric(name="run_keeper_failed", unit=MetricUnit.Count, value=1)
        _hide(record)
        message_id = record.to_dict()["messageId"]
        failures["batchItemFailures"].append({"itemIdentifier": message_id})
    return failures


def _keep(call: KeeperCall, until: int) -> None:
    """Keep the run that is called for, and call its next keeper."""
    from chalicelib.entrypoints.wire.run_lines import parse_line  # noqa: PLC0415 (not for accept)

    logger.set_correlation_id(call.run_id)
    kept = services().keep_run(call.run_id, parse_line, until, call.due)
    _tell(kept)
    if kept.next_at is not None:
        delay = kept.next_at - services().clock.now()
        services().keepers.call(call.run_id, min(max(delay, 0), DELAY_MS_MAX), kept.next_at)


def _tell(kept: "Kept") -> None:
    """Count what was done, and say how the run ended and what held it up."""
    for name, lines in (("run_lines_fed", kept.fed), ("run_lines_collected", kept.collected)):
        if lines:
            metrics.add_metric(name=name, unit=MetricUnit.Count, value=lines)
    if kept.cause is not None:
        _put_off(kept.cause)
    if kept.behind:
        logger.warning("run behind its plan", fed=kept.fed)
        metrics.add_metric(name="run_behind", unit=MetricUnit.Count, value=1)
    if kept.ended and kept.run is not None:
        run = kept.run
        logger.info("run ended", state=run.state, reason=run.reason.code if run.reason else "none")
        count("run_ended", state=run.state)


def _put_off(error: StoreUnavailableError) -> None:
    """Say that a keeper broke off, since a store did not answer. It is called for again."""
    logger.warning("keeper put off", cause=str(error), causes=causes(error))
    metrics.add_metric(name="run_keeper_failed", unit=MetricUnit.Count, value=1)


def _hide(record: SQSRecord) -> None:
    """Have a call that failed come back in a minute, not after the half hour that a keeper may take."""
    try:
        services().keepers.put_off(record.receipt_handle, RETRY_SECONDS)
    except Exception as error:  # noqa: BLE001 (it comes back late then, and the sweep calls anyway)
        log_unexpected(error, at="hide")
