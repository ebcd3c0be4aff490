"""How long shoppers wait for their orders while a run's lane is full, over while it is empty.

Both kinds want the same coupon, of the same tables, at the same time. Shoppers' intents come
at a steady rate. The lane never runs dry, which is what a million lines amount to; whatever its
workers settle, a feeder puts on record anew, and that takes the tables' write units as well.
Workers and feeder are charged what they compute (`bench.charges`).

    python -m bench.run_lane [--lane-workers N ...] [--live N] [--writes N] [--window MS] [--shards N]

prints the waits for so many workers in the lane.
"""

import argparse
import sys
from collections.abc import Collection, Sequence
from typing import Any

from bench import rush
from bench.charges import Charges, measured
from bench.coupon import QUOTA
from bench.figures import Figure
from bench.fleet import SETTLE_MS_MAX, Answers, again
from chalicelib.adapters.codec import PENDING
from chalicelib.adapters.dynamodb.plantings import DynamoPlantings
from chalicelib.adapters.sqs import SqsQueue
from chalicelib.application.keep_run import SLICE_MAX
from chalicelib.bootstrap import Services
from chalicelib.domain.errors import StoreUnavailableError
from chalicelib.domain.intent import Status
from simulation.clients import SimulatedClients
from simulation.dynamodb.capacity import Limits, warmed
from simulation.dynamodb.schema import Key, TableSchema
from simulation.dynamodb.values import Item
from simulation.queue import Message, Queue, SqsClient
from simulation.scheduler import MS, Scheduler
from simulation.stack import Stack
from simulation.worker import Function, Lambda

RUN = "run_bench"
LINES_FROM = 10**7
"""The number of the run's first customer; shoppers' lie below."""

UNITS, SHARDS = 10**7, 16
"""As many shards as a coupon has where nobody said."""

LIVE_PER_SECOND = 500
LIVE_WORKERS, BATCH, WINDOW_MS = 10, 98, 1_000
"""As the template has it, unless it is told otherwise."""
LANE_WORKERS = 2

SECONDS, SETTLING_SECONDS = 12, 2
"""How long shoppers come, and how long before their waits count."""

FEED_MS = 5
PERCENTILE = 99


def ratio(charges: Charges, *, seconds: int = SECONDS) -> Figure:
    """Compare the waits with a full lane to those with an empty one, on tables warmed to the quota."""
    limits = warmed(writes=QUOTA, reads=QUOTA)
    empty, full = (
        Street(charges=charges, lane_workers=workers, limits=limits, seconds=seconds)
        for workers in (0, LANE_WORKERS)
    )
    for street in (empty, full):
        street.run()
    return Figure(
        figure="run.live_wait_ratio",
        value=full.p99_ms / empty.p99_ms,
        reach=1.1,
        unit="x with the lane empty",
        note=(
            f"p99 of {len(full.answers.waits)} shoppers, {LIVE_PER_SECOND} a second:"
            f" {full.p99_ms} ms over {empty.p99_ms} ms; meanwhile {LANE_WORKERS} workers of the lane"
            f" settle {full.lane_per_second:.0f} lines/s of the same coupon on {SHARDS} shards;"
            f" tables warmed for {QUOTA} write units a second, of which"
            f" {full.writes_per_second:.0f} are used"
        ),
    )


class Waits(Answers):
    """The orders table, and how long each shopper since *since_ms* waited for an answer (ms)."""

    def __init__(self, schema: TableSchema, since_ms: int) -> None:
        super().__init__(schema, keeps_refused=True)
        self.waits: list[int] = []
        self.lines = 0
        """How many lines of the run were settled."""
        self._since_ms = since_ms

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
        """Write as any table does, and take note of an answer. The run's are not kept."""
        super().write(key, item, size, now_ns, stamp, indexed=indexed)
        if item is None or item.get("status") in {None, Status.ACCEPTED}:
            return
        if "run" in item:
            self.lines += 1
            del self.collections[key[0]]
        elif int(item["accepted_at"]) >= self._since_ms:
            self.waits.append(now_ns // MS - int(item["accepted_at"]))


class Street:
    """Shoppers for some *seconds*, their workers, and the lane's workers if there are any."""

    def __init__(
        self,
        *,
        charges: Charges,
        lane_workers: int,
        limits: Limits | None = None,
        live_per_second: int = LIVE_PER_SECOND,
        seconds: int = SECONDS,
        window_ms: int = WINDOW_MS,
        shards: int = SHARDS,
    ) -> None:
        self.scheduler = Scheduler(seed=1, computing=charges.computing())
        self.stack = Stack(self.scheduler, limits=limits)
        rush.define(self.stack.services(), units=UNITS, shards=shards)
        self._opened_ns = self.scheduler.now_ns
        self._until_ns = self._opened_ns + seconds * 1_000 * MS
        tables = self.stack.dynamodb.tables
        settled_at = self._opened_ns // MS + SETTLING_SECONDS * 1_000
        self.answers = Waits(tables[rush.ORDERS].schema, settled_at)
        tables[rush.ORDERS] = self.answers
        self._live, self._lane = (
            self.stack.settlements,
            Queue(url="BulkSettlementsQueue", scheduler=self.scheduler, visibility_ms=190_000),
        )
        self._sqs = SqsClient(self.scheduler, [self._live, self._lane])
        self._message_ns = int(charges.message_us * 1_000)
        self._live_per_second, self._lane_workers = live_per_second, lane_workers
        self._arrived = self._fed = 0
        for queue, workers in ((self._live, LIVE_WORKERS), (self._lane, lane_workers)):
            function = Lambda(
                self.scheduler,
                queue,
                lambda _, queue=queue: self._environment(queue),  # type: ignore[misc]
                concurrency_max=workers,
                batch_max=BATCH,
                window_ms=window_ms,
            )
            function.start(self._is_done)
        self._arrive()
        if lane_workers:
            self.scheduler.spawn(self._feed, name="feeder")

    def run(self) -> None:
        """Run until every shopper has an answer."""
        self.scheduler.run()

    @property
    def p99_ms(self) -> int:
        """The wait that one shopper in a hundred exceeds."""
        waits = sorted(self.answers.waits)
        return waits[len(waits) * PERCENTILE // 100]

    @property
    def lane_per_second(self) -> float:
        """Lines of the run that were settled a second."""
        return self.answers.lines / self._seconds

    @property
    def writes_per_second(self) -> float:
        """Write units that were used a second."""
        return self.stack.dynamodb.counters.write_units.total() / self._seconds

    @property
    def _seconds(self) -> float:
        return (self.scheduler.now_ns - self._opened_ns) / (1_000 * MS)

    def _is_done(self) -> bool:
        return self.scheduler.now_ns >= self._until_ns and not len(self._live)

    def _arrive(self) -> None:
        """Let shoppers arrive, and again a moment later."""
        now_ns = self.scheduler.now_ns
        due = int((now_ns - self._opened_ns) * self._live_per_second / (1_000 * MS))
        numbers = range(self._arrived, due)
        for message in rush.arrive(self.stack.dynamodb, numbers, now_ns // MS) if numbers else ():
            self._live.send(message)
        self._arrived = due
        if now_ns < self._until_ns:
            self.scheduler.call_at(now_ns + FEED_MS * MS, self._arrive)

    def _feed(self) -> None:
        """Keep more in the lane than its workers take at once."""
        services = self._services()
        plantings = DynamoPlantings(
            client=services.clients.dynamodb,
            table=rush.ORDERS,
            retention_days=rush.RETENTION_DAYS,
            clock=services.clock,
            backoff=services.backoff,
        )
        while not self._is_done():
            if self._lane.waiting()[0] >= 4 * self._lane_workers * BATCH:
                services.clock.sleep(FEED_MS)
                continue
            first = LINES_FROM + self._fed
            lines = rush.lines(range(first, first + SLICE_MAX), services.clock.now(), RUN)
            try:
                plantings.plant(lines)
            except StoreUnavailableError:
                continue
            for line in lines:
                self._lane.send(PENDING.dump(line.pending))
            self._fed += len(lines)

    def _environment(self, queue: Queue) -> Function:
        services = self._services()
        hides = SqsQueue(client=services.clients.sqs, url=queue.url, clock=services.clock)
        return lambda batch: self._work(services, hides, batch)

    def _services(self) -> Services:
        services = self.stack.services()
        dynamodb: Any = services.clients.dynamodb
        services.clients = SimulatedClients(dynamodb, self._sqs, self.stack.s3)
        return services

    def _work(
        self, services: Services, queue: SqsQueue, batch: Sequence[Message]
    ) -> Collection[str]:
        self.scheduler.leave(self._message_ns * len(batch))
        self.scheduler.enter()
        stop_at = services.clock.now() + SETTLE_MS_MAX
        places = rush.settle(services, [message.body for message in batch], stop_at)
        return again(queue, [batch[place] for place in places])


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.run_lane")
    parser.add_argument("--lane-workers", type=int, nargs="+", default=[0, 2, 4, 10])
    parser.add_argument("--live", type=int, default=LIVE_PER_SECOND)
    parser.add_argument("--writes", type=int, default=QUOTA)
    parser.add_argument("--window", type=int, default=WINDOW_MS)
    parser.add_argument("--shards", type=int, default=SHARDS)
    parser.add_argument("--seconds", type=int, default=SECONDS)
    options = parser.parse_args(arguments)
    charges = measured()
    print("workers  p50 ms  p99 ms  lines/s  write units/s  refused calls", flush=True)
    for workers in options.lane_workers:
        street = Street(
            charges=charges,
            lane_workers=workers,
            limits=warmed(writes=options.writes, reads=max(options.writes, 12_000)),
            live_per_second=options.live,
            seconds=options.seconds,
            window_ms=options.window,
            shards=options.shards,
        )
        street.run()
        waits = sorted(street.answers.waits)
        errors = street.stack.dynamodb.counters.errors.total()
        print(
            f"{workers:7} {waits[len(waits) // 2]:7} {street.p99_ms:7} {street.lane_per_second:8.0f}"
            f" {street.writes_per_second:14.0f} {errors:14}",
            flush=True,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
