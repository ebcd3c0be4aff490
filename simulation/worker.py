"""A Lambda function that works off a queue, as Lambda's event source mapping runs it.

So many environments at once; each takes a batch when it has the size or the window since its
first message has passed, calls the function with it, deletes what did not fail, and takes
the next. A function that crashes or runs out of time has failed its whole batch, which comes
back when its visibility timeout has passed, and its environment is made anew. Environments
start together, or so many a second: Lambda begins with five batches at once and adds up to
300 a minute (Lambda developer guide, "Amazon SQS event source mapping scaling behavior").
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from rushline_testing.faults import CrashError
from simulation.queue import Message, Queue
from simulation.scheduler import MS, Scheduler, Worker

Function = Callable[[Sequence[Message]], Collection[str]]
"""Works on a batch, and returns the ids of the messages that failed."""

LOOKS_IN_WINDOW = 10
"""How often a poller looks for more messages while a window is open."""


@dataclass(slots=True, kw_only=True)
class Invocations:
    """What became of the batches."""

    batches: int = 0
    messages: int = 0
    failed: int = 0
    crashes: int = 0


class Lambda:
    """A function and its event source mapping.

    *make* builds an environment and returns its function; it is called with the environment's
    number, again for each that crashed. Environments stop when *done* says so.
    """

    def __init__(
        self,
        scheduler: Scheduler,
        queue: Queue,
        make: Callable[[int], Function],
        *,
        concurrency_max: int,
        batch_max: int,
        window_ms: float,
        timeout_ms: float = 30_000.0,
        poll_ms: float = 20.0,
        starts_per_second: float | None = None,
    ) -> None:
        self.invocations = Invocations()
        self._scheduler = scheduler
        self._queue = queue
        self._make = make
        self._concurrency_max = concurrency_max
        self._batch_max = batch_max
        self._window_ns = int(window_ms * MS)
        self._timeout_ns = int(timeout_ms * MS)
        self._poll_ns = int(poll_ms * MS)
        self._starts_per_second = starts_per_second

    def start(self, done: Callable[[], bool]) -> list[Worker]:
        """Start the environments; the scheduler's `run` makes them work until *done*."""
        gap_ms = 1_000 / self._starts_per_second if self._starts_per_second else 0.0
        return [
            self._scheduler.spawn(
                lambda number=number: self._serve(number, done),  # type: ignore[misc]
                name=f"lambda-{number}",
                in_ms=number * gap_ms,
            )
            for number in range(self._concurrency_max)
        ]

    def _serve(self, number: int, done: Callable[[], bool]) -> None:
        self._scheduler.leave()
        function: Function | None = None
        while not done():
            batch = self._gather()
            if not batch:
                self._scheduler.wait_ns(self._poll_ns)
                continue
            function = function or self._make(number)
            if not self._invoke(function, batch):
                function = None
        self._scheduler.enter()

    def _gather(self) -> list[Message]:
        """Return a batch: full, or as much as came within the window after its first message."""
        batch = self._queue.receive(self._batch_max)
        looks = LOOKS_IN_WINDOW if batch and self._window_ns else 0
        while looks and len(batch) < self._batch_max:
            self._scheduler.wait_ns(self._window_ns // LOOKS_IN_WINDOW)
            batch += self._queue.receive(self._batch_max - len(batch))
            looks -= 1
        return batch

    def _invoke(self, function: Function, batch: Sequence[Message]) -> bool:
        """Call *function*; return False if its environment is lost."""
        worker = self._scheduler.worker
        self.invocations.batches += 1
        self.invocations.messages += len(batch)
        if worker is not None:
            worker.deadline_ns = self._scheduler.now_ns + self._timeout_ns
        try:
            self._scheduler.enter()
            failed = function(batch)
            self._scheduler.leave()
        except CrashError:
            self.invocations.crashes += 1
            return False
        finally:
            if worker is not None:
                worker.deadline_ns = None
        self.invocations.failed += len(failed)
        for message in batch:
            if message.id not in failed:
                self._queue.delete(message.receipt_handle)
        return True
