"""How long shoppers wait for their orders while a run's lane is full, over while it is empty.

Both kinds want the same coupon, of the same tables, at the same time. Shoppers' intents come
at a steady rate. The lane is long from the start and never runs dry, which is what a million
lines amount to, and a feeder puts more on record as fast as it may: that takes the tables' write
units as well. Workers and feeder are charged what they compute (`bench.charges`).

    python -m bench.run_lane [--lane-workers N ...] [--live N] [--writes N] [--lane-writes N] ...

prints the waits for so many workers in the lane.
"""

import argparse
import sys
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bench import rush
from bench.charges import Charges, measured
from bench.coupon import QUOTA
from bench.figures import Figure
from bench.fleet import SETTLE_MS_MAX, Answers, Settle, again
from chalicelib.adapters.codec import PENDING
from chalicelib.adapters.dynamodb.items import item_of
from chalicelib.adapters.dynamodb.plantings import DynamoPlantings
from chalicelib.adapters.sqs import SqsQueue
from chalicelib.application.keep_feed import LANE_MAX, SLICE_MAX
from chalicelib.application.lane_budget import LINE_UNITS
from chalicelib.bootstrap import Services
from chalicelib.domain.errors import StoreUnavailableError
from chalicelib.domain.intent import Intent, Status
from chalicelib.domain.pace import PER_SECOND_MAX
from simulation.clients import SimulatedClients
from simulation.dynamodb.capacity import Limits, new_table, warmed
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

LIVE_PER_SECOND, NEW_LIVE_PER_SECOND = 500, 200
"""Shoppers on warmed and on new tables."""
ACCEPT_UNITS = 4
"""Write units that it took to accept a shopper's intent, which nobody here does (runbook)."""
LIVE_WORKERS, BATCH, WINDOW_MS = 10, 98, 1_000
"""As the template has it, unless it is told otherwise."""
LANE_WORKERS = 2
LANE_WRITES, WARMED_LANE_WRITES = 1_500, PER_SECOND_MAX * LINE_UNITS
"""Write units a second for the lane: as deployed on new tables, and for the fastest run on warmed ones."""
LANE_LINES = 5_000
"""What waits in the lane at first."""

SECONDS, SETTLING_SECONDS = 12, 2
"""How long shoppers come, and how long before their waits count."""

WAIT_RATIO_MAX = 1.1
SETTLING_RATIO_MAX = 1.25
"""Without the window a shopper waits some 25 ms, and the milliseconds that all are counted in show."""

FEED_MS = 5
PERCENTILE = 99


def ratios(charges: Charges, *, seconds: int = SECONDS) -> Iterator[Figure]:
    """Compare the waits with a full lane to those with an empty one, on warmed tables and on new ones.

    A shopper waits mostly for a batch to fill, up to a second, so each is measured without that
    window too.
    """
    warm = _Setting(
        name="",
        limits=warmed(writes=QUOTA, reads=QUOTA),
        live_per_second=LIVE_PER_SECOND,
        lane_writes=WARMED_LANE_WRITES,
        seeds=(1, 2),
    )
    new = _Setting(
        name=".new_tables",
        limits=new_table(),
        live_per_second=NEW_LIVE_PER_SECOND,
        lane_writes=LANE_WRITES,
        seeds=(1, 2, 3),
    )
    for setting in (warm, new):
        yield setting.ratio("run.live_wait_ratio", WAIT_RATIO_MAX, charges, seconds, WINDOW_MS)
        yield setting.ratio("run.live_settling_ratio", SETTLING_RATIO_MAX, charges, seconds, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Setting:
    """Tables, shoppers and what the lane may take."""

    name: str
    limits: Limits
    live_per_second: int
    lane_writes: float
    seeds: Sequence[int]

    def ratio(
        self, figure: str, reach: float, charges: Charges, seconds: int, window_ms: int
    ) -> Figure:
        """Compare the p99s over all seeds: of one alone it hangs on a few batches."""
        pairs = [self._pair(charges, seconds, window_ms, seed) for seed in self.seeds]
        empty, full = (
            [wait for street in streets for wait in street.answers.waits]
            for streets in zip(*pairs, strict=True)
        )
        street = pairs[0][1]
        return Figure(
            figure=figure + self.name,
            value=p99(full) / p99(empty),
            reach=reach,
            unit="x with the lane empty",
            note=(
                f"p99 of {len(full)} shoppers, {self.live_per_second} a second: {p99(full)} ms over"
                f" {p99(empty)} ms; meanwhile {LANE_WORKERS} workers of the lane settle"
                f" {street.lane_per_second:.0f} lines/s of the same coupon on {SHARDS} shards, with"
                f" {self.lane_writes:.0f} write units a second for them; the tables take"
                f" {self.limits.table_writes or 0:.0f}, of which {street.writes_per_second:.0f} are used"
            ),
        )

    def _pair(
        self, charges: Charges, seconds: int, window_ms: int, seed: int
    ) -> tuple["Street", "Street"]:
        empty, full = (
            Street(
                charges=charges,
                lane_workers=workers,
                lane_writes=self.lane_writes,
                limits=self.limits,
                live_per_second=self.live_per_second,
                seconds=seconds,
                window_ms=window_ms,
                seed=seed,
            )
            for workers in (0, LANE_WORKERS)
        )
        empty.run()
        full.run()
        return empty, full


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
        lane_writes: float,
        limits: Limits | None = None,
        live_per_second: int = LIVE_PER_SECOND,
        seconds: int = SECONDS,
        window_ms: int = WINDOW_MS,
        shards: int = SHARDS,
        seed: int = 1,
    ) -> None:
        self.scheduler = Scheduler(seed=seed, computing=charges.computing())
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
        self._lane_writes = lane_writes
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
            self._fill()
            self.scheduler.spawn(self._feed, name="feeder")

    def run(self) -> None:
        """Run until every shopper has an answer."""
        self.scheduler.run()

    @property
    def p99_ms(self) -> int:
        """The wait that one shopper in a hundred exceeds."""
        return p99(self.answers.waits)

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
        for number in numbers:
            self.stack.dynamodb.writes.draw(rush.ORDERS, str(number), ACCEPT_UNITS, now_ns)
        self._arrived = due
        if now_ns < self._until_ns:
            self.scheduler.call_at(now_ns + FEED_MS * MS, self._arrive)

    def _fill(self) -> None:
        """Have lines in the lane that were put on record before."""
        now = self.scheduler.now_ns // MS
        lines = rush.lines(range(LINES_FROM, LINES_FROM + LANE_LINES), now, RUN)
        self.stack.dynamodb.seed(
            rush.ORDERS, (item_of(line, rush.RETENTION_DAYS) for line in lines)
        )
        self._send(lines)

    def _send(self, lines: Sequence[Intent]) -> None:
        for line in lines:
            self._lane.send(PENDING.dump(line.pending))
        self._fed += len(lines)

    def _feed(self) -> None:
        """Feed as a keeper does that has more lines than it may feed."""
        services = self._services()
        plantings = DynamoPlantings(
            client=services.clients.dynamodb,
            table=rush.ORDERS,
            retention_days=rush.RETENTION_DAYS,
            clock=services.clock,
            backoff=services.backoff,
        )
        turns, clock = services.lane_turns, services.clock
        most = min(SLICE_MAX, turns.lines_max)
        while not self._is_done():
            now = clock.now()
            if self._lane.waiting()[0] >= LANE_MAX:
                clock.sleep(FEED_MS)
                continue
            turn_at = turns.take(most, now)
            if turn_at > now:
                clock.sleep(turn_at - now)
                continue
            first = LINES_FROM + self._fed
            lines = rush.lines(range(first, first + most), clock.now(), RUN)
            try:
                plantings.plant(lines)
            except StoreUnavailableError:
                continue
            self._send(lines)

    def _environment(self, queue: Queue) -> Function:
        services = self._services()
        hides = SqsQueue(client=services.clients.sqs, url=queue.url, clock=services.clock)
        settle = rush.settle_lane if queue is self._lane else rush.settle
        return lambda batch: self._work(services, settle, hides, batch)

    def _services(self) -> Services:
        services = self.stack.services()
        lane = {
            "lane_write_units": self._lane_writes,
            "bulk_settle_concurrency": self._lane_workers or 1,
        }
        services.settings = services.settings.model_copy(update=lane)
        dynamodb: Any = services.clients.dynamodb
        services.clients = SimulatedClients(dynamodb, self._sqs, self.stack.s3)
        return services

    def _work(
        self, services: Services, settle: Settle, queue: SqsQueue, batch: Sequence[Message]
    ) -> Collection[str]:
        self.scheduler.leave(self._message_ns * len(batch))
        self.scheduler.enter()
        stop_at = services.clock.now() + SETTLE_MS_MAX
        places = settle(services, [message.body for message in batch], stop_at)
        return again(queue, [batch[place] for place in places])


def p99(waits: Sequence[int]) -> int:
    """Return the wait (ms) that one in a hundred exceeds."""
    return sorted(waits)[len(waits) * PERCENTILE // 100]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.run_lane")
    parser.add_argument("--lane-workers", type=int, nargs="+", default=[0, 2, 4, 10])
    parser.add_argument("--live", type=int, default=LIVE_PER_SECOND)
    parser.add_argument("--writes", type=int, default=QUOTA)
    parser.add_argument("--lane-writes", type=float, default=WARMED_LANE_WRITES)
    parser.add_argument("--seed", type=int, default=1)
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
            lane_writes=options.lane_writes,
            seed=options.seed,
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
