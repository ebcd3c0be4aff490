"""How many calls to SQS, DynamoDB and S3 a run's line costs, from the file to the results."""

from bench.figures import Figure
from bench.run_keepers import orders
from bench.run_world import World
from chalicelib.domain.run import RunState
from chalicelib.entrypoints.keeping import STOP_BEFORE_END_MS
from rushline_testing.lambdas import TIMEOUT_MS

LINES, PER_SECOND = 100_000, 1_000
SLOW_LINES, SLOW_PER_SECOND = 5_000, 50
CALL_MS = 5
INVOCATION_MS = TIMEOUT_MS["keep"] - STOP_BEFORE_END_MS
"""What a keeper has, as deployed."""


def per_line(*, lines: int = LINES, slow_lines: int = SLOW_LINES) -> Figure:
    """Count, in about half a minute; the note has what a slower run costs."""
    slow = calls_per_line(slow_lines, SLOW_PER_SECOND)
    return Figure(
        figure="run.calls_per_line",
        value=calls_per_line(lines, PER_SECOND),
        reach=0.15,
        unit="calls",
        note=f"{lines} lines at {PER_SECOND} a second; at {SLOW_PER_SECOND} a second {slow:.3f}",
    )


def calls_per_line(lines: int, per_second: float) -> float:
    """Return the calls that feeding and collecting make for a line. Raises if one is missing."""
    world = World(b"".join(orders(lines)), per_second=per_second, call_ms=CALL_MS)
    run = world.run(INVOCATION_MS)
    if run.state is not RunState.COMPLETED or run.progress.outcomes != {"confirmed": lines}:
        msg = f"of {lines} lines {run.progress.outcomes} came through"
        raise RuntimeError(msg)
    return world.made.total() / lines
