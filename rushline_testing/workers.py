"""The workers: queues drained when told, by the real functions, as Lambda would do it.

A batch's failures come back, the rest is deleted; a function that raises or crashes has
failed its whole batch; what was delivered too often becomes a dead letter.
"""

from collections import deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from json import dumps, loads
from typing import Any
from uuid import uuid4

from chalice.app import SQSEventConfig

from rushline_testing.clock import TurnableClock
from rushline_testing.faults import CrashError
from rushline_testing.lambdas import Lambdas
from rushline_testing.queues import Record, StageQueue

ROUND_MS = 1_000
"""What a round takes on the test's clock, so that what is remembered for a second is read anew."""

BATCHES_MAX = 1_000
"""So that a round ends even if the app should queue more than it works off."""

REMEMBERED_MAX = 1_000

TIME_MS = {"keep": 40_000}
"""What a stage's function is given here, where that is less than in Lambda. A keeper waits for what
others do, and here they don't get to it before it ends; it keeps 30 seconds back."""


@dataclass(slots=True, kw_only=True)
class Drained:
    """What a drain did. *left* are the messages that are still in the queues."""

    rounds: int = 0
    delivered: int = 0
    failed: int = 0
    crashes: int = 0
    errors: list[Exception] = field(default_factory=list)
    left: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Delivery:
    stage: str
    records: Sequence[Record]


class Workers:
    """Runs the functions that nobody calls: the queue workers and what a schedule starts. Safe to use from several threads."""

    def __init__(
        self, lambdas: Lambdas, clock: TurnableClock, queues: Mapping[str, StageQueue]
    ) -> None:
        self._lambdas = lambdas
        self._clock = clock
        self._queues = queues
        self._batch_sizes = {
            source.name: source.batch_size
            for source in lambdas.app.event_sources
            if isinstance(source, SQSEventConfig)
        }
        self._delivered: deque[_Delivery] = deque(maxlen=REMEMBERED_MAX)

    def drain(
        self,
        *,
        max_rounds: int = 10,
        batch_size: int | None = None,
        deliver_twice: bool = False,
        only: Collection[str] | None = None,
    ) -> Drained:
        """Run keepers, the live workers and the lane's, until nothing is left or *max_rounds* are over.

        A run is fed and collected for up to ten seconds of the test's clock in a round; else a
        round takes one. What fails in a round comes back in the next, at once: its visibility
        timeout, or the delay of a message, is taken to have passed, whatever the clock says. With
        *deliver_twice* each batch comes a second time before anything is deleted. *only* names the
        functions that work; what is in the others' queues stays there.
        """
        stages = [name for name in self._queues if only is None or name in only]
        done = Drained()
        while done.rounds < max_rounds:
            done.rounds += 1
            self._clock.sleep(ROUND_MS)
            before = done.delivered
            failed = {
                stage: self._round(stage, done, batch_size, twice=deliver_twice) for stage in stages
            }
            for stage, records in failed.items():
                self._queues[stage].give_back(records)
                self._queues[stage].show_delayed()
            if done.delivered == before:
                break
        done.left = sum(queue.waiting() for queue in self._queues.values())
        return done

    def redeliver(self) -> Drained:
        """Deliver once more whatever was delivered so far, as SQS may at any time.

        Nothing is deleted for it or comes back after it. What it makes the app queue
        waits for the next drain.
        """
        done = Drained()
        for delivery in tuple(self._delivered):
            self._invoke(delivery, done)
        done.left = sum(queue.waiting() for queue in self._queues.values())
        return done

    def scheduled(self, name: str) -> Any:  # noqa: ANN401 (the function's own answer)
        """Run the function *name* once, as its schedule does. A crash is the caller's to see."""
        time = datetime.fromtimestamp(self._clock.now() / 1000, UTC)
        event = {
            "version": "0",
            "id": str(uuid4()),
            "detail-type": "Scheduled Event",
            "source": "aws.events",
            "account": "123456789012",
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "region": "us-east-1",
            "resources": [f"arn:aws:events:us-east-1:123456789012:rule/{name}"],
            "detail": {},
        }
        return self._lambdas.invoke(name, event)

    def _round(
        self, stage: str, done: Drained, batch_size: int | None, *, twice: bool
    ) -> list[Record]:
        """Work off all of a stage's visible messages; return those that failed."""
        queue = self._queues[stage]
        failed: list[Record] = []
        for _ in range(BATCHES_MAX):
            records = queue.receive(batch_size or self._batch_sizes[stage])
            if not records:
                break
            delivery = _Delivery(stage=stage, records=records)
            self._delivered.append(delivery)
            again = self._invoke(delivery, done)
            if twice:
                again &= self._invoke(delivery, done)
            queue.delete([record for record in records if record["messageId"] not in again])
            failed.extend(record for record in records if record["messageId"] in again)
        return failed

    def _invoke(self, delivery: _Delivery, done: Drained) -> set[str]:
        """Return the ids of the messages that the function failed."""
        ids = {record["messageId"] for record in delivery.records}
        event = {"Records": [dict(record) for record in delivery.records]}
        done.delivered += len(ids)
        again = ids
        try:
            answer = self._lambdas.invoke(delivery.stage, event, TIME_MS.get(delivery.stage))
            again = failures(answer, ids)
        except CrashError:
            done.crashes += 1
        except Exception as error:  # noqa: BLE001 (whatever a function raises, Lambda lives on)
            done.errors.append(error)
        done.failed += len(again)
        return again


def failures(answer: object, ids: set[str]) -> set[str]:
    """Return which of the messages *ids* Lambda takes to have failed, by the function's *answer*.

    As ReportBatchItemFailures has it: no list, or an empty one, is success; an answer
    that it can't read, or a message that wasn't there, fails the whole batch.
    """
    match loads(dumps(answer)):
        case None | {"batchItemFailures": None}:
            return set()
        case {"batchItemFailures": [*items]}:
            named = {str(item.get("itemIdentifier")) for item in items if isinstance(item, dict)}
            return named if len(named) == len(items) and named <= ids else ids
        case {"batchItemFailures": _}:
            return ids
        case dict():
            return set()
        case _:
            return ids
