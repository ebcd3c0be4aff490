"""What resolving says of the model: a line for each text taken to it, and its calls, tokens and cost."""

from collections import Counter
from collections.abc import Sequence

from aws_lambda_powertools.metrics import MetricUnit

from chalicelib.application.ports import Lack, ModelReading, ModelUnavailable, ModelUnusable
from chalicelib.application.resolved import Became, Consulted
from chalicelib.domain.breaker import Breaker, Phase
from chalicelib.domain.model_use import NO_USE, ModelPrices, ModelUse
from chalicelib.entrypoints.observability import count, kind_of, logger, metrics


def report_consulted(consulted: Sequence[Consulted], prices: ModelPrices) -> None:
    """Log each of *consulted*, and count what they took. No word of a text is in it."""
    for one in consulted:
        logger.info(
            "intent put off" if one.became is Became.AGAIN else "intent resolved",
            correlation_id=one.ref.id,
            became=one.became,
            why=None if isinstance(one.result, ModelReading) else one.result.why,
            model_calls=one.use.calls,
            input_tokens=one.use.input_tokens,
            cached_tokens=one.use.cached_tokens,
            output_tokens=one.use.output_tokens,
            cost_microdollars=prices.cost_microdollars(one.use),
        )
    use = sum((one.result.use for one in consulted), NO_USE)
    counts = {**_used(use, prices), **_failed(consulted)}
    for name, number in counts.items():
        if number:
            metrics.add_metric(name=f"model_{name}", unit=MetricUnit.Count, value=number)


def report_moves(moves: Sequence[Breaker], function: str) -> None:
    """Log how the breaker was moved, and count its openings by *function*, for the stack's alarm."""
    for breaker in moves:
        logger.warning(
            "model breaker moved",
            phase=breaker.phase,
            openings=breaker.openings,
            until=breaker.until,
        )
        if breaker.phase is Phase.OPEN:
            count("model_breaker_opened", function=function)


def report_errors(errors: Sequence[Exception]) -> None:
    """Log why the breaker could not be read or moved: without it, each worker is on its own."""
    for error in errors:
        logger.warning("model breaker out of reach", error=kind_of(error))


def _used(use: ModelUse, prices: ModelPrices) -> dict[str, int]:
    return {
        "calls": use.calls,
        "input_tokens": use.input_tokens,
        "cached_tokens": use.cached_tokens,
        "output_tokens": use.output_tokens,
        "cost_microdollars": prices.cost_microdollars(use) or 0,
    }


def _failed(consulted: Sequence[Consulted]) -> dict[str, int]:
    """Return for how many there was no order in an answer, or no answer, by kind.

    *rejected* are those of the unusable that the model never judged.
    """
    results = [one.result for one in consulted]
    lacks = Counter(result.lack for result in results if isinstance(result, ModelUnavailable))
    unusable = [result for result in results if isinstance(result, ModelUnusable)]
    return {
        "unavailable": lacks[Lack.FAILED] + lacks[Lack.UNBUILT],
        "held": lacks[Lack.HELD],
        "busy": lacks[Lack.BUSY],
        "unasked": lacks[Lack.UNASKED],
        "unusable": len(unusable),
        "rejected": sum(not result.judged for result in unusable),
    }
