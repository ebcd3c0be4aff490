"""The use cases over the fakes, wired as bootstrap wires them over AWS."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from chalicelib.application.accept_intent import AcceptIntent
from chalicelib.application.answer_intent import AnswerIntent
from chalicelib.application.backlog import Backlog
from chalicelib.application.backoff import Backoff
from chalicelib.application.cancel_intent import CancelIntent
from chalicelib.application.confirm_intent import ConfirmIntent
from chalicelib.application.draw_units import DrawUnits
from chalicelib.application.end_overdue import EndOverdue
from chalicelib.application.ports import CatalogueDraft, Moved, Stale
from chalicelib.application.see_intent import SeeIntent
from chalicelib.application.settle_orders import Settled, SettleOrders
from chalicelib.application.sweep import Sweep
from chalicelib.domain.catalogue import Item
from chalicelib.domain.intent import TRANSITIONS, Change, Pending
from tests.fakes.catalogues import FakeCatalogues
from tests.fakes.clock import FakeClock
from tests.fakes.control import FakeControl
from tests.fakes.coupons import FakeCoupons
from tests.fakes.intents import FakeIntents
from tests.fakes.ledger import FakeLedger
from tests.fakes.queue import FakeQueue

HOLD_SECONDS = 120


class Watched(FakeIntents):
    """The orders table, which sees to it that every move is in the lifecycle."""

    def apply(self, change: Change) -> Moved | Stale:
        """Make *change*, which has to be a legal one."""
        assert change.status in TRANSITIONS[change.source]
        return super().apply(change)


@dataclass
class Shop:
    """A tea house that sells one tea, and its use cases."""

    clock: FakeClock = field(default_factory=FakeClock)
    intents: Watched = field(default_factory=Watched)
    coupons: FakeCoupons = field(default_factory=FakeCoupons)
    control: FakeControl = field(default_factory=FakeControl)
    catalogues: FakeCatalogues = field(default_factory=FakeCatalogues)
    intents_queue: FakeQueue = field(default_factory=FakeQueue)
    settlements_queue: FakeQueue = field(default_factory=FakeQueue)

    def __post_init__(self) -> None:
        self.ledger = FakeLedger(self.intents, self.coupons)
        self.backlog = Backlog(
            intents_queue=self.intents_queue, settlements_queue=self.settlements_queue
        )
        tea = Item(sku="tea", name="Tea", unit_price=400)
        self.catalogues.publish(
            CatalogueDraft(
                merchant="tea-house", currency="USD", items=(tea,), groups=(), digest="1"
            )
        )
        self.accept = AcceptIntent(
            intents=self.intents,
            catalogues=self.catalogues,
            intents_queue=self.intents_queue,
            settlements_queue=self.settlements_queue,
            backlog=self.backlog,
            control=self.control,
            clock=self.clock,
        )
        self.answer = AnswerIntent(
            intents=self.intents,
            intents_queue=self.intents_queue,
            settlements_queue=self.settlements_queue,
            clock=self.clock,
        )
        self.confirm = ConfirmIntent(intents=self.intents, ledger=self.ledger, clock=self.clock)
        self.cancel = CancelIntent(intents=self.intents, ledger=self.ledger, clock=self.clock)
        self.end_overdue = EndOverdue(intents=self.intents, ledger=self.ledger, clock=self.clock)
        self.see = SeeIntent(
            intents=self.intents,
            backlog=self.backlog,
            control=self.control,
            clock=self.clock,
            end_overdue=self.end_overdue,
        )
        self.sweep = Sweep(
            intents=self.intents,
            intents_queue=self.intents_queue,
            settlements_queue=self.settlements_queue,
            backlog=self.backlog,
            control=self.control,
            clock=self.clock,
            end_overdue=self.end_overdue,
            rate_floor=50,
        )

    def worker(self, home: int, seconds: int = 1_000) -> Callable[[Sequence[Pending]], Settled]:
        """Return a settle worker with its own home shard and beliefs, and so long for a batch."""
        backoff = Backoff(attempts_max=8, base_ms=1, ceiling_ms=8, jitter=lambda: 0.5)
        draw = DrawUnits(
            coupons=self.coupons,
            ledger=self.ledger,
            clock=self.clock,
            backoff=backoff,
            hold_seconds=HOLD_SECONDS,
            home=home,
        )
        settle = SettleOrders(
            catalogues=self.catalogues,
            coupons=self.coupons,
            ledger=self.ledger,
            control=self.control,
            clock=self.clock,
            draw=draw,
            hold_seconds=HOLD_SECONDS,
        )
        return lambda pendings: settle(pendings, self.clock.now() + seconds * 1000)
