"""Many workers in one virtual time: who works, on what, and what is left of it."""

from collections.abc import Callable
from random import Random

from chalicelib.adapters.codec import PENDING
from chalicelib.adapters.dynamodb.keys import unique_key
from chalicelib.application.command_counter import Instruction
from chalicelib.application.ports import CatalogueDraft
from chalicelib.bootstrap import Services
from chalicelib.domain.command import CommandKind
from chalicelib.domain.errors import RushlineError
from chalicelib.domain.intent import Intent, Pending, Status
from rushline_testing.faults import CrashError
from simulation.dynamodb.capacity import Limits
from simulation.dynamodb.times import Times
from simulation.faults import Effect, Fault, Faults
from simulation.scheduler import Scheduler
from simulation.stack import Stack
from tests.fakes.clock import START
from tests.fakes.shop import CAKE, TEA
from tests.stateful.books import Books
from tests.stateful.world import CODES, UNIQUE, counters

Work = Callable[[Services], object]

LAMBDA_MS = 20_000
WRITES_PER_SECOND = 100
"""So little that a few transactions on one shard within a second are throttled."""


class Crowd:
    """A shop on simulated tables and queues, and all who use it at once."""

    def __init__(self, seed: int, shards: int, *, throttled: bool) -> None:
        self.scheduler = Scheduler(seed=seed, epoch_ms=START)
        self.stack = Stack(
            self.scheduler,
            times=Times(jitter=0.5),
            limits=Limits(partition_writes=WRITES_PER_SECOND if throttled else None),
        )
        self.staff = self.stack.services()
        self._open(shards)
        self.messages: list[Pending] = []
        self._settlers = [self.stack.services() for _ in range(3)]
        self._done: set[Pending] = set()
        self.died = 0

    def _open(self, shards: int) -> None:
        draft = CatalogueDraft(
            merchant="tea-house", currency="USD", items=(TEA, CAKE), groups=(), digest="d"
        )
        self.staff.catalogues.publish(draft)
        for terms in counters(shards, START):
            order = Instruction(id="open", kind=CommandKind.DEFINE, by="staff", why="we open")
            self.staff.command.define(terms, order)
        codes = [
            {**unique_key(code), "coupon": {"S": UNIQUE}, "state": {"S": "issued"}}
            for code in CODES
        ]
        self.stack.dynamodb.seed("CouponsTable", codes)

    @property
    def books(self) -> Books:
        """The tables as they stand."""
        return Books(self.stack.dynamodb)

    def some(self, which: int, *statuses: Status) -> Intent | None:
        """Return one of the intents, of those in *statuses* if any are named."""
        found = [one for one in self.books.intents if not statuses or one.status in statuses]
        return found[which % len(found)] if found else None

    def at_once(self, works: list[Work], chance: Random, *, trouble: float) -> None:
        """Have all of *works* be done at once, beside three who settle what is in flight.

        *trouble* is how often a call fails, loses its answer or kills its caller.
        """
        self.stack.dynamodb.faults = Faults(
            Fault(effect=Effect.FAIL, rate=trouble),
            Fault(effect=Effect.LOSE_ANSWER, rate=trouble),
            Fault(effect=Effect.CRASH_BEFORE, rate=trouble),
            Fault(effect=Effect.CRASH_AFTER, rate=trouble),
            seed=chance.randrange(2**32),
        )
        for number in range(len(self._settlers)):
            batch = [one for one in self.messages if chance.random() < 0.6]
            chance.shuffle(batch)
            self._spawn(lambda n=number, b=batch: self._settle(n, b), chance)  # type: ignore[misc]
        for work in works:
            self._spawn(lambda work=work: work(self.stack.services()), chance)  # type: ignore[misc]
        self.scheduler.run()
        self.stack.dynamodb.faults = Faults()
        # Some come again though they were settled.
        self.messages = [
            one for one in self.messages if one not in self._done or chance.random() < 0.1
        ]
        self._done.clear()
        self._receive()

    def _spawn(self, work: Callable[[], object], chance: Random) -> None:
        """Start somebody who may be refused, and may die."""

        def live() -> None:
            try:
                work()
            except RushlineError:
                pass
            except CrashError:
                self.died += 1

        self.scheduler.spawn(live, in_ms=chance.random() * 30)

    def _settle(self, number: int, batch: list[Pending]) -> None:
        died = True
        try:
            settled = self._settlers[number].settle(batch, self.stack.clock.now() + LAMBDA_MS)
            self._done.update(one for one in batch if one.ref not in settled.again)
            died = False
        except RushlineError:
            died = False
        finally:
            if died:
                self._settlers[number] = self.stack.services()

    def _receive(self) -> None:
        """Take what is queued into flight."""
        for queue in (self.stack.settlements, self.stack.intents):
            for message in queue.receive(1_000):
                self.messages.append(PENDING.load(message.body))
                queue.delete(message.receipt_handle)

    def close(self) -> None:
        """Let everything come to its end, with nothing in its way."""
        chance = Random(0)  # noqa: S311 (chance that can be repeated)
        for _ in range(9):
            self.at_once([], chance, trouble=0)
            self.stack.clock.turn(seconds=5)
        for _ in range(4):
            self.stack.clock.turn(seconds=1_000)
            self.at_once([lambda s: s.sweep(s.clock.now() + LAMBDA_MS)], chance, trouble=0)
