"""A rush of orders for one coupon, settled by the real use cases in many workers at once."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from chalicelib.adapters.dynamodb.items import intent_of, item_of
from chalicelib.adapters.dynamodb.keys import unique_key
from chalicelib.application.command_counter import Instruction
from chalicelib.application.ports import CatalogueDraft
from chalicelib.bootstrap import Services
from chalicelib.domain.command import Amend, CommandKind
from chalicelib.domain.errors import IllegalMoveError, StoreUnavailableError
from chalicelib.domain.intent import CouponFallback, Intent, IntentRef, Pending, Request, Status
from chalicelib.domain.terms import Terms
from simulation.dynamodb.times import Times
from simulation.faults import Faults
from simulation.scheduler import MS, Computing, Scheduler
from simulation.stack import Stack
from tests import books
from tests.unit.domain.builders import EXTRAS, NOW, SIZE, intent, menu, request

LAMBDA_MS = 20_000
SPRING = "SPRING25"


def asking(
    count: int,
    *,
    customers: int | None = None,
    named: str = "in",
    asked: Callable[[int], Request] | None = None,
) -> list[Intent]:
    """Return accepted intents that want the coupon, each of a customer of its own unless said."""
    wish = request(coupon=SPRING, fallback=CouponFallback.REJECT)
    return [
        replace(
            intent(asked(n) if asked else wish),
            ref=IntentRef(customer_id=f"c{n % (customers or count)}", id=f"{named}_{n}"),
        )
        for n in range(count)
    ]


class Rush:
    """Tables with counters in them, intents that wait to be settled, and workers."""

    def __init__(
        self,
        *rules: Terms,
        stocked: Sequence[str] = (),
        seed: int = 1,
        workers: int = 8,
        batch: int = 20,
        faults: Faults | None = None,
    ) -> None:
        self.scheduler = Scheduler(seed=seed, epoch_ms=NOW, computing=Computing(call_us=500))
        self.stack = Stack(self.scheduler, times=Times(jitter=0.2), traced=True)
        self.services = self.stack.services()
        catalogue = menu(*stocked)
        self.services.catalogues.publish(
            CatalogueDraft(
                merchant="tea-house",
                currency="USD",
                items=tuple(catalogue.items.values()),
                groups=(SIZE, EXTRAS),
                digest="d",
            )
        )
        for rule in rules:
            order = Instruction(id="define", kind=CommandKind.DEFINE, by="ops", why="test")
            self.services.command.define(rule, order)
        if faults:
            self.stack.dynamodb.faults = faults
        self.waiting: list[Pending] = []
        self.crashes = 0
        self._workers, self._batch = workers, batch

    def accept(self, intents: Iterable[Intent]) -> list[IntentRef]:
        """Have *intents* on record, and waiting to be settled."""
        new = list(intents)
        self.stack.dynamodb.seed("OrdersTable", [item_of(one, 30) for one in new])
        self.waiting += [one.pending for one in new]
        return [one.ref for one in new]

    def issue(self, unique: str, coupon: str = SPRING) -> None:
        """Lay down a unique code."""
        code = {**unique_key(unique), "coupon": {"S": coupon}, "state": {"S": "issued"}}
        self.stack.dynamodb.seed("CouponsTable", [code])

    def run(self) -> Counter[str]:
        """Settle everything; return how many intents stand in each state, by reason if refused."""
        self.start()
        self.scheduler.run()
        return self.found()

    def start(self, workers: int | None = None) -> None:
        """Start workers; they run when the scheduler does."""
        for _ in range(self._workers if workers is None else workers):
            self.scheduler.spawn(self._work)

    def found(self) -> Counter[str]:
        """Return how many intents stand in each state, by reason if refused."""
        return Counter(one.reason.code if one.reason else one.status for one in self.intents)

    @property
    def intents(self) -> list[Intent]:
        """Every intent as it stands."""
        items = self.stack.dynamodb.contents("OrdersTable")
        return [intent_of(item) for item in items if "status" in item]

    def settled(self, status: Status) -> list[Intent]:
        """Return the intents that stand at *status*."""
        return [one for one in self.intents if one.status is status]

    def _work(self) -> None:
        settle = self.stack.services().settle
        while self.waiting:
            batch, self.waiting = self.waiting[: self._batch], self.waiting[self._batch :]
            again = batch
            died = True
            try:
                settled = settle(batch, self.stack.clock.now() + LAMBDA_MS)
                again = [pending for pending in batch if pending.ref in settled.again]
                died = False
            except StoreUnavailableError:
                died = False
            finally:
                self.waiting += again
                if died:
                    self.crashes += 1
                    self.start(1)

    def at(self, ms: float, act: Callable[[Services], object]) -> None:
        """Have somebody with services of their own do *act*, *ms* from now.

        To be too late is no fault, and who finds the store busy tries again.
        """

        def work() -> None:
            services = self.stack.services()
            while True:
                try:
                    act(services)
                except IllegalMoveError:
                    return
                except StoreUnavailableError:
                    self.stack.clock.sleep(50)
                else:
                    return

        self.scheduler.spawn(work, in_ms=ms)

    def command(self, ms: float, kind: CommandKind, amend: Amend, id_: str = "amend") -> list[int]:
        """Have a command obeyed *ms* from now; return where its time in ms stands once it was."""
        took: list[int] = []

        def act(services: Services) -> None:
            begun = self.scheduler.now_ns
            order = Instruction(id=id_, kind=kind, by="ops", why="test")
            services.command(SPRING, order, amend)
            took.append((self.scheduler.now_ns - begun) // MS)

        self.at(ms, act)
        return took

    def books(self, counter: str = SPRING) -> tuple[int, ...]:
        """Return left, held, redeemed and the same of money; the ledger tells the same."""
        self.stack.dynamodb.faults = Faults()
        return books.books(self.stack.services().counters, counter)
