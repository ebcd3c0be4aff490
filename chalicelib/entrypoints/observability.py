"""Logs, metrics and traces, for every function alike.

Nothing that a customer wrote and no token may reach any of them. That is why an
unexpected exception is logged by its type and place, without its message, which may
quote what was being worked on; and why traces carry neither results nor exceptions.
"""

import os
import threading
from collections.abc import Callable
from functools import cache
from traceback import extract_tb
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import MetricUnit, single_metric
from aws_lambda_powertools.metrics.provider.cloudwatch_emf.cloudwatch import (
    AmazonCloudWatchEMFProvider,
)
from chalice.app import Chalice, ConvertToMiddleware

if TYPE_CHECKING:
    from aws_lambda_powertools import Tracer

SERVICE = "rushline"
NAMESPACE = "Rushline"

FRAMES_MAX = 12
"""Innermost frames of an unexpected exception that are logged."""

logger = Logger(service=SERVICE)


class Metrics(threading.local):
    """Counts for one invocation, in CloudWatch's embedded metric format.

    Powertools keeps them in one place for the process; here each thread has its own, so
    that functions may run side by side where they do (in tests).
    """

    def __init__(self) -> None:
        self._provider = AmazonCloudWatchEMFProvider(
            service=SERVICE,
            namespace=NAMESPACE,
            metric_set={},
            dimension_set={},
            metadata_set={},
            default_dimensions={},
        )

    def add_metric(self, name: str, unit: MetricUnit, value: float) -> None:
        """Add *value* to the metric *name*; written when the invocation ends."""
        self._provider.add_metric(name=name, unit=unit, value=value)

    def flush(self) -> None:
        """Write what was added since the last time. Nothing added, nothing written."""
        if self._provider.metric_set:
            self._provider.flush_metrics()


metrics = Metrics()


def count(name: str, **dimensions: str) -> None:
    """Count one *name* now, with *dimensions* of its own."""
    own = {"service": SERVICE, **dimensions}
    with single_metric(
        name=name, unit=MetricUnit.Count, value=1, namespace=NAMESPACE, default_dimensions=own
    ):
        pass


def log_unexpected(error: BaseException, *, at: str) -> None:
    """Log an exception that nobody foresaw while in *at*: its type, its causes and its place."""
    frames = extract_tb(error.__traceback__)[-FRAMES_MAX:]
    logger.error(
        "unexpected error",
        at=at,
        error=type(error).__qualname__,
        causes=causes(error),
        frames=[f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    )


def causes(error: BaseException) -> list[str]:
    """Name what *error* came from, outermost first: types, and AWS's error codes where there are any."""
    names: list[str] = []
    cause = error.__cause__ or error.__context__
    while cause is not None and len(names) < FRAMES_MAX:
        names.append(kind_of(cause))
        cause = cause.__cause__ or cause.__context__
    return names


def kind_of(error: BaseException) -> str:
    """Return the type of *error*, and AWS's code if it has one; never its message."""
    response = getattr(error, "response", None)
    code = response.get("Error", {}).get("Code", "") if isinstance(response, dict) else ""
    return f"{type(error).__qualname__} {code}".rstrip()


def observe(app: Chalice) -> None:
    """Put logger, metrics and tracer round every function of *app*."""
    # Said outright, so that no variable can have events, which carry customers' words, logged.
    contextual = logger.inject_lambda_context(log_event=False, clear_state=True)
    app.register_middleware(ConvertToMiddleware(contextual))
    app.register_middleware(ConvertToMiddleware(_traced))
    app.register_middleware(_measured)


def _traced(function: Callable[..., Any]) -> Callable[..., Any]:
    if not _is_traced():
        return function
    traced: Callable[..., Any] = _tracer().capture_lambda_handler(
        function, capture_response=False, capture_error=False
    )
    return traced


def _is_traced() -> bool:
    """Return whether there is somebody to trace for: in Lambda, unless it is switched off.

    The X-Ray SDK opens a socket and takes a tenth of a second to import, so nobody else
    gets it.
    """
    off = os.environ.get("POWERTOOLS_TRACE_DISABLED", "").lower() in ("1", "true", "yes", "on")
    return "LAMBDA_TASK_ROOT" in os.environ and not off


@cache
def _tracer() -> "Tracer":
    from aws_lambda_powertools import Tracer  # noqa: PLC0415 (only where it is wanted)

    tracer = Tracer(service=SERVICE, auto_patch=False)
    tracer.patch(modules=("botocore",))
    return tracer


def _measured(event: Any, get_response: Callable[[Any], Any]) -> Any:  # noqa: ANN401 (any event)
    try:
        return get_response(event)
    finally:
        metrics.flush()
