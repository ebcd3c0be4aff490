"""A run on simulated stores, with a lane that confirms what is in it, and calls that can be fatal.

The real keeper and adapters, each invocation in a container of its own. Their calls are counted
at the clients, in the order in which they are made.
"""

import gzip
import json
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bench.run_keepers import (
    BUCKET,
    READY,
    RESULTS,
    RUN,
    SOURCE,
    TEXTS,
    Called,
    keeper,
    make,
    stands,
    start,
)
from chalicelib.adapters.codec import PENDING
from chalicelib.adapters.dynamodb.keys import unique_key
from chalicelib.application.keep_run import lease_ms
from chalicelib.domain.intent import Pending, Status, move
from chalicelib.domain.run import Run
from chalicelib.entrypoints.wire.run_lines import parse_line
from rushline_testing.faults import CrashError
from simulation.clock import VirtualClock
from simulation.dynamodb.capacity import UNLIMITED
from simulation.dynamodb.times import INSTANT
from simulation.objects import S3Client
from simulation.queue import RECEIVE_MAX, Queue, SqsClient
from simulation.scheduler import Scheduler
from simulation.stack import Stack

INVOCATION_MS = 20_000
INVOCATIONS_MAX = 60
CONFIRMED = {"S": Status.CONFIRMED}


class How(StrEnum):
    """What befalls a keeper at a call. One that hangs does so for longer than its lease."""

    DIES_BEFORE = "dies before"
    DIES_AFTER = "dies after"
    HANGS_BEFORE = "hangs before"
    HANGS_AFTER = "hangs after"


class Clock:
    """Virtual time in which the lane works while a keeper waits or calls."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._clock = VirtualClock(scheduler)
        self.meanwhile: Callable[[int], None] = lambda _: None

    def now(self) -> int:
        """Return milliseconds since the epoch, UTC."""
        return self._clock.now()

    def sleep(self, ms: int) -> None:
        """Let *ms* milliseconds pass."""
        self._clock.sleep(ms)
        self.meanwhile(ms)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Watched:
    """One of boto3's clients, or the Batch API; *around* is told of every call, and makes it."""

    inner: Any
    around: Callable[[str, Callable[[], Any]], Any]

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 (any of boto3's calls)
        call = getattr(self.inner, name)
        return lambda *given, **named: self.around(name, lambda: call(*given, **named))


class World:
    """A run of the file *content*, so many lines *per_second*, kept to its end by `run`.

    Its lane confirms *answers* orders a second. Each call takes *call_ms*. What *befalls* its
    maker at a call stands under the call's number, from 1; it does so once. After *open_ms* its
    window closes, if it has one.
    """

    def __init__(
        self,
        content: bytes,
        *,
        per_second: float,
        packed: bool = False,
        answers: int = 1_200,
        call_ms: int = 0,
        befalls: Mapping[int, How] | None = None,
        codes: Collection[str] = (),
        batches: object = None,
        open_ms: int | None = None,
    ) -> None:
        self.made: Counter[str] = Counter()
        self.order: list[str] = []
        self._befalls = dict(befalls or {})
        self._answers, self._call_ms, self._worked = answers, call_ms, 0
        scheduler = Scheduler()
        self.clock = Clock(scheduler)
        self.stack = Stack(scheduler, times=INSTANT, limits=UNLIMITED)
        services = self.stack.services(retries=False)
        self._intents = services.intents
        self._ready = Queue(url=READY, scheduler=scheduler)
        self._texts = Queue(url=TEXTS, scheduler=scheduler)
        queues = [self._ready, self._texts]
        dynamodb: Any = services.clients.dynamodb
        s3 = S3Client(scheduler, call_ms=0)
        sqs = SqsClient(scheduler, queues, call_ms=0)
        self.called = Called(dynamodb=dynamodb, sqs=sqs, s3=s3, batches=batches)
        s3.put_object(
            Bucket=BUCKET, Key=SOURCE, Body=gzip.compress(content, 1) if packed else content
        )
        for code in codes:
            item = {**unique_key(code), "coupon": {"S": "GIFT"}, "state": {"S": "issued"}}
            self.stack.dynamodb.seed("CouponsTable", [item])
        closes_at = None if open_ms is None else self.clock.now() + open_ms
        make(self.called, self.clock, per_second=per_second, gzip=packed, closes_at=closes_at)
        start(self.called, self.clock)
        self.clock.meanwhile = self._answer

    def run(self, invocation_ms: int = INVOCATION_MS) -> Run:
        """Have keepers keep the run, one invocation after the other, and return how it ends.

        Or how it stands when so many have come that it never will.
        """
        for _ in range(INVOCATIONS_MAX):
            self._invoke(invocation_ms)
            if not stands(self.called).open:
                break
        return stands(self.called)

    def _invoke(self, invocation_ms: int) -> None:
        called = Called(
            dynamodb=_Watched(inner=self.called.dynamodb, around=self._around),
            sqs=_Watched(inner=self.called.sqs, around=self._around),
            s3=_Watched(inner=self.called.s3, around=self._around),
            batches=self._watched_batches(),
        )
        keep = keeper(called, self.clock)
        try:
            kept = keep(RUN, parse_line, self.clock.now() + invocation_ms)
        except CrashError:
            self._outlast()
            return
        if kept.next_at is not None:
            self.clock.sleep(max(kept.next_at - self.clock.now(), 0))

    def _watched_batches(self) -> object:
        batches = self.called.batches
        return None if batches is None else _Watched(inner=batches, around=self._around)

    def _around(self, name: str, call: Callable[[], Any]) -> Any:  # noqa: ANN401 (boto3's answers)
        self.made[name] += 1
        self.order.append(name)
        how = self._befalls.pop(self.made.total(), None)
        self._strike(how, How.DIES_BEFORE, How.HANGS_BEFORE)
        answer = call()
        if self._call_ms:
            self.clock.sleep(self._call_ms)
        self._strike(how, How.DIES_AFTER, How.HANGS_AFTER)
        return answer

    def _strike(self, how: How | None, dies: How, hangs: How) -> None:
        """Have the keeper die, or hang while others keep the run for a while."""
        if how is dies:
            raise CrashError(how)
        if how is hangs:
            self._outlast()
            self._invoke(INVOCATION_MS)

    def _outlast(self) -> None:
        """Let the lease of whoever keeps the run come to its end."""
        self.clock.sleep(lease_ms(stands(self.called).plan.source) + 1)

    def _answer(self, ms: int) -> None:
        """Confirm what waits in the lane, as much as there is time for."""
        self._worked += ms * self._answers
        room, self._worked = divmod(self._worked, 1_000)
        while room > 0 and (messages := self._ready.receive(min(room, RECEIVE_MAX))):
            room -= len(messages)
            for message in messages:
                pending = PENDING.load(message.body)
                self._settle(pending)
                self._ready.delete(message.receipt_handle)

    def _settle(self, pending: Pending) -> None:
        self._intents.apply(move(pending, Status.CONFIRMED, self.clock.now()))

    def rows(self) -> Sequence[Mapping[str, Any]]:
        """Return the rows of the results, as far as the run counts them."""
        report, found = stands(self.called).progress.results, b""
        for number in range(report.closed + bool(report.open_bytes)):
            answer = self.called.s3.get_object(Bucket=BUCKET, Key=f"{RESULTS}/{number:05}.jsonl")
            body: bytes = answer["Body"].read()
            found += body if number < report.closed else body[: report.open_bytes]
        return [json.loads(row) for row in found.splitlines()]

    def orders(self) -> Counter[str]:
        """Return how many confirmed orders each customer has in the table."""
        items = self.stack.dynamodb.contents("OrdersTable")
        return Counter(i["customer_id"]["S"] for i in items if i.get("status") == CONFIRMED)

    def intents(self) -> Counter[str]:
        """Return how many intents each customer has in the table, whatever became of them."""
        items = self.stack.dynamodb.contents("OrdersTable")
        return Counter(i["customer_id"]["S"] for i in items if "status" in i)

    def granted(self) -> Mapping[str, str]:
        """Return whose each granted code is."""
        items = self.stack.dynamodb.contents("CouponsTable")
        return {i["code"]["S"]: i["granted_to"]["S"] for i in items if "granted_to" in i}
