"""Simulated settle workers on a queue, whoever settles, and what becomes of the intents.

The workers are Lambda environments behind a queue, each with services of its own on one
simulated DynamoDB with real limits. What is settled, and when, is seen at the orders table:
at the instant at which a transaction is committed.
"""

from collections import Counter
from collections.abc import Callable, Collection, Sequence

from bench import rush
from bench.charges import Charges
from chalicelib.application.ports import Queue
from chalicelib.bootstrap import Services
from chalicelib.domain.intent import Status
from simulation.dynamodb.capacity import Limits
from simulation.dynamodb.schema import Key, TableSchema
from simulation.dynamodb.table import Table
from simulation.dynamodb.values import Item
from simulation.queue import Message
from simulation.scheduler import MS, Scheduler
from simulation.stack import Stack
from simulation.worker import Function, Lambda

Settle = Callable[[Services, Sequence[str], int], list[int]]
"""Works on messages until a time (ms), and returns the places of those that are to come again."""

SETTLE_MS_MAX = 22_000
"""A function of 30 s begins nothing in its last eight, as the real one."""

FEED_MS = 5
RETRY_SECONDS_MAX = 60


class Answers(Table):
    """The orders table, watched. *keeps_refused*: whether the intents of the refused stay in it.

    Its global index is left out: settlement doesn't write it and nobody here reads it.
    """

    def __init__(self, schema: TableSchema, *, keeps_refused: bool) -> None:
        super().__init__(schema, 0)
        self.global_indexes = {}
        self.by_status: Counter[str] = Counter()
        self.confirmed_ns: tuple[int, int] = (0, 0)
        """The first and the last time that an order was confirmed."""
        self.told_ns = 0
        """When the last of those was refused who had been waiting as the last was confirmed."""
        self.waited_ms = 0
        """The longest that anybody waited for an answer."""
        self.on_confirmed: Callable[[int], None] = lambda _: None
        self._keeps_refused = keeps_refused

    def write(
        self,
        key: Key,
        item: Item | None,
        size: int,
        now_ns: int,
        stamp: int,
        *,
        indexed: bool = True,
    ) -> None:
        """Write as any table does, and take note of an answer."""
        super().write(key, item, size, now_ns, stamp, indexed=indexed)
        status = item.get("status") if item else None
        if item is None or status is None or status == Status.ACCEPTED:
            return
        self.by_status[status] += 1
        accepted_at = int(item["accepted_at"])
        self.waited_ms = max(self.waited_ms, now_ns // MS - accepted_at)
        if status == Status.CONFIRMED:
            self.confirmed_ns = (self.confirmed_ns[0] or now_ns, now_ns)
            self.on_confirmed(self.by_status[status])
            return
        if accepted_at * MS <= self.confirmed_ns[1]:
            self.told_ns = now_ns
        if not self._keeps_refused:
            del self.collections[key[0]]

    @property
    def confirmed(self) -> int:
        """Orders made."""
        return self.by_status[Status.CONFIRMED]

    @property
    def refused(self) -> int:
        """Intents that ended without an order."""
        return self.by_status.total() - self.confirmed


class Fleet:
    """*workers* settle batches of up to *batch* with *settle* while *orders* customers arrive.

    They arrive so many *per_second*, or, where that is None, fast enough that no worker waits.
    """

    def __init__(
        self,
        *,
        charges: Charges,
        units: int,
        orders: int,
        workers: int,
        shards: int = 64,
        batch: int = 98,
        per_second: float | None = None,
        starts_per_second: float | None = None,
        window_ms: float = 0,
        settle: Settle = rush.settle,
        keeps_refused: bool = True,
        limits: Limits | None = None,
        seed: int = 1,
    ) -> None:
        self.scheduler = Scheduler(seed=seed, computing=charges.computing())
        self.stack = Stack(self.scheduler, limits=limits)
        self.desk = self.stack.services()
        rush.define(self.desk, units=units, shards=shards)
        tables = self.stack.dynamodb.tables
        self.answers = Answers(tables[rush.ORDERS].schema, keeps_refused=keeps_refused)
        tables[rush.ORDERS] = self.answers
        self.units, self.orders, self.workers = units, orders, workers
        self._settle = settle
        self._message_ns = int(charges.message_us * 1_000)
        self._per_second = per_second
        self._stock = 2 * workers * batch
        self._arrived = 0
        self._opened_ns = self.scheduler.now_ns
        self.function = Lambda(
            self.scheduler,
            self.stack.settlements,
            self._environment,
            concurrency_max=workers,
            batch_max=batch,
            window_ms=window_ms,
            starts_per_second=starts_per_second,
        )
        self._feed()
        self.function.start(self._is_done)

    def run(self, *, for_ms: float | None = None) -> None:
        """Run until everybody is answered, or for so long."""
        self.scheduler.run(for_ms=for_ms)

    @property
    def per_second(self) -> float:
        """Orders confirmed a second, from the first commit to the last."""
        first, last = self.answers.confirmed_ns
        return (self.answers.confirmed - 1) / (last - first) * 1e9 if last > first else 0.0

    def seconds(self, at_ns: int) -> float:
        """Return when *at_ns* was, from the moment when the first could arrive."""
        return (at_ns - self._opened_ns) / 1e9

    def _is_done(self) -> bool:
        return self._arrived == self.orders and not len(self.stack.settlements)

    def _feed(self) -> None:
        """Let customers arrive, and again a moment later."""
        now_ns = self.scheduler.now_ns
        if self._per_second is None:
            due = self._arrived + max(self._stock - self.stack.settlements.waiting()[0], 0)
        else:
            due = int((now_ns - self._opened_ns) * self._per_second / 1e9)
        numbers = range(self._arrived, min(due, self.orders))
        self._arrived += len(numbers)
        for message in rush.arrive(self.stack.dynamodb, numbers, now_ns // MS) if numbers else ():
            self.stack.settlements.send(message)
        if self._arrived < self.orders:
            self.scheduler.call_at(now_ns + FEED_MS * MS, self._feed)

    def _environment(self, _number: int) -> Function:
        services = self.stack.services()
        return lambda batch: self._work(services, batch)

    def _work(self, services: Services, batch: Sequence[Message]) -> Collection[str]:
        self.scheduler.leave(self._message_ns * len(batch))
        self.scheduler.enter()
        stop_at = services.clock.now() + SETTLE_MS_MAX
        places = self._settle(services, [message.body for message in batch], stop_at)
        return again(services.settlements_queue, [batch[place] for place in places])


def again(queue: Queue, messages: Sequence[Message]) -> Collection[str]:
    """Have *messages* come to *queue* again, later each time they do; return their ids."""
    by_wait: dict[int, list[str]] = {}
    for message in messages:
        wait = min(2**message.receives, RETRY_SECONDS_MAX)
        by_wait.setdefault(wait, []).append(message.receipt_handle)
    for wait, handles in by_wait.items():
        queue.hide(handles, wait)
    return {message.id for message in messages}
