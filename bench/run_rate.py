"""How near a run's rate comes to its plan, over ten minutes of keepers that take turns.

The real keeper and adapters in virtual time: calls take as long as the simulated services', what
the keeper computes is charged as it runs, botocore's part as it was measured (`bench.charges`).
Orders are confirmed at once and nothing is kept (`bench.run_answers`), so that the keeper has to
collect as fast as it feeds. Each hand-over takes what a message's delay is rounded up to, and a
cold start.
"""

import json
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from time import thread_time_ns
from typing import Any, TypeVar

from bench.charges import Charges
from bench.figures import Figure
from bench.run_answers import answering
from bench.run_keepers import RUN, Called, keeper, make, stands, start
from chalicelib.domain.pace import PER_SECOND_MAX
from chalicelib.entrypoints.wire.run_lines import parse_line
from simulation.dynamodb.times import Times
from simulation.objects import CALL_MS as OBJECT_MS
from simulation.queue import CALL_MS as QUEUE_MS
from simulation.scheduler import EPOCH_MS, MS

T = TypeVar("T")
R = TypeVar("R")

RATES = (1, 50, 1_000, PER_SECOND_MAX)
FAST, FAST_SECONDS = 2_000, 240
"""From that rate on it is measured for less long: its lines are many."""
CONFIG = Path(__file__).parents[1] / ".chalice" / "config.json"
WHOLE_CORE_MB = 1_769
"""What Lambda gives one vCPU for; with less memory it gives less in proportion."""
SECONDS, STEADY_AFTER_SECONDS = 600, 60
INVOCATION_MS = 120_000
"""Shorter than the function's, so that there are five hand-overs in the ten minutes."""
COLD_START_MS = 1_500
OBJECT_BYTES_PER_MS = 50_000
"""What one connection to S3 carries."""
THREADS = 8
"""As many calls go side by side, as `Services` has it."""

_TIMES = Times()
CALL_MS: Mapping[str, float] = {
    "transact_write_items": _TIMES.transaction_ms,
    "batch_get_item": _TIMES.call_ms,
    "update_item": _TIMES.call_ms,
    "send_message_batch": QUEUE_MS,
    "get_queue_attributes": QUEUE_MS,
    "head_object": OBJECT_MS,
    "get_object": OBJECT_MS,
    "put_object": OBJECT_MS,
}


def worst(charges: Charges, *, rates: Iterable[float] = RATES, seconds: int = SECONDS) -> Figure:
    """Return the largest error over the *rates*, in per cent of the plan."""
    errors = {
        rate: error_percent(charges, rate, seconds if rate < FAST else min(seconds, FAST_SECONDS))
        for rate in rates
    }
    each = ", ".join(f"{error:+.2f} % at {rate:g}/s" for rate, error in errors.items())
    return Figure(
        figure="run.rate_error",
        value=max(map(abs, errors.values())),
        reach=5,
        unit="% of the plan",
        note=(
            f"{each}; {seconds} s, from second {STEADY_AFTER_SECONDS} on;"
            f" a hand-over each {INVOCATION_MS // 1_000} s; {memory_mb()} MB of memory"
        ),
    )


def memory_mb() -> int:
    """Return what a keeper is deployed with."""
    (stage,) = json.loads(CONFIG.read_text())["stages"].values()
    mb: int = stage["lambda_functions"]["keep"]["lambda_memory_size"]
    return mb


def error_percent(charges: Charges, rate: float, seconds: int) -> float:
    """Return by how much more than planned was fed once the run was steady, in per cent."""
    clock = Spent(charges, memory_mb())
    with tempfile.TemporaryDirectory() as folder:
        bare = answering(int(rate * seconds * 2) + 1, Path(folder))
        called = Called(
            dynamodb=Timed(bare.dynamodb, clock),
            sqs=Timed(bare.sqs, clock),
            s3=Timed(bare.s3, clock),
        )
        make(bare, clock, per_second=rate)
        start(bare, clock)
        seen: list[tuple[int, int]] = []
        while clock.now() < EPOCH_MS + seconds * 1_000:
            kept = keeper(called, clock, clock)(RUN, parse_line, clock.now() + INVOCATION_MS)
            now = clock.now()
            if now >= EPOCH_MS + STEADY_AFTER_SECONDS * 1_000:
                seen.append((now, stands(bare).progress.fed.lines))
            wait = max((kept.next_at or now) - now, 0)
            clock.sleep(-(-wait // 1_000) * 1_000 + COLD_START_MS)
    (first, before), (last, after) = seen[0], seen[-1]
    return ((after - before) * 1_000 / (last - first) / rate - 1) * 100


class Timed:
    """One of the keeper's clients, whose calls take their time."""

    def __init__(self, inner: object, clock: "Spent") -> None:
        self._inner = inner
        self._clock = clock

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 (any of boto3's calls)
        """Return the call."""
        call = getattr(self._inner, name)

        def timed(**parameters: Any) -> Any:  # noqa: ANN401 (as boto3 has it)
            items, sized = _measure(parameters)
            ms = CALL_MS[name] + sized / OBJECT_BYTES_PER_MS
            return self._clock.call(ms, items, lambda: call(**parameters))

        return timed


def _measure(parameters: Mapping[str, Any]) -> tuple[int, int]:
    """Return how many items a call has, and how many bytes it carries to or from S3."""
    items = parameters.get("TransactItems") or parameters.get("Entries") or ()
    for wanted in parameters.get("RequestItems", {}).values():
        items = wanted["Keys"]
    if "Range" in parameters:
        first, last = map(int, parameters["Range"].removeprefix("bytes=").split("-"))
        return 1, last - first
    return max(len(items), 1), len(parameters.get("Body", b""))


class Spent:
    """A keeper's clock, and its pool of threads: what it sleeps, calls and computes is spent.

    Calls of the pool overlap; what is computed for them does not.
    """

    def __init__(self, charges: Charges, mb: int = WHOLE_CORE_MB) -> None:
        self._charges = charges
        self._slower = max(WHOLE_CORE_MB / mb, 1)
        self._ns = EPOCH_MS * MS
        self._mark = thread_time_ns()
        self._beside: int | None = None

    def now(self) -> int:
        """Return milliseconds since the epoch, UTC."""
        self._compute()
        return self._ns // MS

    def sleep(self, ms: int) -> None:
        """Let *ms* milliseconds pass."""
        self._compute()
        self._ns += ms * MS

    def call(self, ms: float, items: int, make: Callable[[], T]) -> T:
        """Return what a call of so many *items* answers after *ms*."""
        self._compute()
        answer = make()
        # What the simulated service computed is nobody's.
        self._mark = thread_time_ns()
        botocore_us = self._charges.call_us + self._charges.item_us * items
        self._ns += int(botocore_us * 1_000 * self._slower)
        if self._beside is None:
            self._ns += int(ms * MS)
        else:
            self._beside += int(ms * MS)
        return answer

    def map(self, call: Callable[[T], R], some: Iterable[T], /) -> list[R]:
        """Return what *call* makes of each of *some*, made by `THREADS` threads."""
        busy_ns, answers = [0] * THREADS, []
        for one in some:
            first = busy_ns.index(min(busy_ns))
            self._beside = busy_ns[first]
            answers.append(call(one))
            busy_ns[first] = self._beside
        self._beside = None
        self._ns += max(busy_ns)
        return answers

    def _compute(self) -> None:
        """Spend what was computed since the last time, if that is metered."""
        now = thread_time_ns()
        if self._charges.metered:
            self._ns += int((now - self._mark) * self._slower)
        self._mark = now
