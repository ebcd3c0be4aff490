"""The worker that keeps runs going: a call for a run in, and the next call out before it ends."""

from typing import TYPE_CHECKING

from aws_lambda_powertools.metrics import MetricUnit
from chalice.app import Blueprint, SQSEvent

from chalicelib.adapters.run_keepers import run_in
from chalicelib.bootstrap import services
from chalicelib.entrypoints.observability import log_unexpected, logger, metrics
from chalicelib.entrypoints.workers import PLACEHOLDER, Failures, stop_at

if TYPE_CHECKING:
    from chalicelib.application.keep_run import Kept

keeping = Blueprint(__name__)

STOP_BEFORE_END_MS = 30_000
"""What the slice that is under way may still take, and its record, with calls that hang."""

DELAY_MS_MAX = 900_000
"""SQS's own limit on a delay. A run that wants nobody for longer is looked at in between."""


@keeping.on_sqs_message(queue_arn=PLACEHOLDER + "runs", batch_size=1, name="keep")
def keep(event: SQSEvent) -> Failures:
    """Keep each run that is called for, and call the next keeper before this one's time is over.

    A call that fails is delivered again; the sweep's comes within a minute anyway.
    """
    from chalicelib.entrypoints.wire.run_lines import parse_line  # noqa: PLC0415 (not for accept)

    failures: Failures = {"batchItemFailures": []}
    for record in event:
        run_id = run_in(record.body)
        try:
            if run_id is None:
                logger.error("message unreadable")
                metrics.add_metric(name="message_unreadable", unit=MetricUnit.Count, value=1)
            else:
                logger.set_correlation_id(run_id)
                kept = services().keep_run(run_id, parse_line, stop_at(event, STOP_BEFORE_END_MS))
                _count(kept)
                if kept.next_at is not None:
                    delay = kept.next_at - services().clock.now()
                    services().keepers.call(run_id, min(max(delay, 0), DELAY_MS_MAX))
                continue
        except Exception as error:  # noqa: BLE001 (whatever it is, the call stays in its queue)
            log_unexpected(error, at="keep")
        message_id = record.to_dict()["messageId"]
        failures["batchItemFailures"].append({"itemIdentifier": message_id})
    return failures


def _count(kept: "Kept") -> None:
    for name, lines in (("run_lines_fed", kept.fed), ("run_lines_collected", kept.collected)):
        if lines:
            metrics.add_metric(name=name, unit=MetricUnit.Count, value=lines)
