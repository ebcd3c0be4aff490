"""What runs by the clock."""

from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from chalice.app import Blueprint, CloudWatchEvent, Rate

from chalicelib.bootstrap import services
from chalicelib.entrypoints.observability import log_unexpected, logger, metrics

schedules = Blueprint(__name__)

STOP_BEFORE_END_MS = 10_000
"""The sweep stops this long before its Lambda would be ended, to remember where it stopped."""


@schedules.schedule(Rate(1, unit=Rate.MINUTES), name="sweep")
def sweep(event: CloudWatchEvent) -> dict[str, int]:
    """Sweep once, and say what was found."""
    context: Any = event.context
    left_ms = context.get_remaining_time_in_millis()
    clock = services().clock
    swept = services().sweep(stop_at=clock.now() + max(left_ms - STOP_BEFORE_END_MS, 0))
    for error in swept.errors:
        log_unexpected(error, at="sweep")
    for outcome, count in swept.outcomes.items():
        metrics.add_metric(name=f"swept_{outcome}", unit=MetricUnit.Count, value=count)
    if not swept.finished:
        logger.warning("sweep not finished", outcomes=dict(swept.outcomes))
    return {**swept.outcomes, **_keepers_called()}


def _keepers_called() -> dict[str, int]:
    """Have every open run looked after; return how many, if any. What fails is a minute late."""
    if not services().settings.runs_queue_url:
        return {}
    try:
        called = services().call_keepers()
    except Exception as error:  # noqa: BLE001 (the sweep is done; this must not undo it)
        log_unexpected(error, at="sweep")
        return {}
    for name in called.unreadable:
        logger.error("run unreadable", run=name)
        metrics.add_metric(name="run_unreadable", unit=MetricUnit.Count, value=1)
    if called.count:
        metrics.add_metric(name="runs_open", unit=MetricUnit.Count, value=called.count)
    return {"keepers_called": called.count} if called.count else {}


class OutOfBalanceError(Exception):
    """Coupons or stock don't balance; each fault is in the log."""


@schedules.schedule(Rate(1, unit=Rate.HOURS), name="reconcile")
def reconcile(event: CloudWatchEvent) -> dict[str, int]:
    """Hold coupons and stock against their ledgers; fail where one does not balance, for the alarm.

    Those for which the time did not do are counted as skipped: another hour begins with others.
    """
    context: Any = event.context
    clock = services().clock
    stop_at = clock.now() + max(context.get_remaining_time_in_millis() - STOP_BEFORE_END_MS, 0)
    counts = {"reconciled": 0, "moving": 0, "skipped": 0, "out_of_balance": 0}
    for reconciled in services().reconcile(stop_at=stop_at):
        counts["reconciled"] += not reconciled.skipped
        counts["skipped"] += reconciled.skipped
        counts["moving"] += reconciled.moving
        counts["out_of_balance"] += not reconciled.balanced
        for fault in reconciled.faults:
            logger.error("out of balance", counter=reconciled.counter, fault=fault)
    if counts["skipped"]:
        logger.warning("reconciliation not finished", skipped=counts["skipped"])
    for name, count in counts.items():
        metrics.add_metric(name=f"reconcile_{name}", unit=MetricUnit.Count, value=count)
    if counts["out_of_balance"]:
        raise OutOfBalanceError(counts["out_of_balance"])
    return counts
