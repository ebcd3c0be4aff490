"""What a command promises by returning, while workers settle all around it."""

from dataclasses import replace
from random import Random

import pytest

from chalicelib.adapters.dynamodb.items import item_of
from chalicelib.application.command_counter import Instruction
from chalicelib.application.ports import CatalogueDraft
from chalicelib.bootstrap import Services
from chalicelib.domain.command import Amend, CommandKind, ended, paused, redefined, topped_up
from chalicelib.domain.counter import Shard
from chalicelib.domain.discount import AmountOff
from chalicelib.domain.intent import CouponFallback, Intent, Pending, Status
from chalicelib.domain.terms import Terms
from simulation.dynamodb.times import Times
from simulation.scheduler import Scheduler
from simulation.stack import Stack
from tests.fakes.clock import START
from tests.fakes.shop import TEA
from tests.stateful.books import Books
from tests.unit.domain.builders import intent, request, terms

WORKERS, BATCH, ORDERS = 4, 8, 160
CODE = "SPRING25"


class Rush:
    """Orders that want one coupon, in small batches to four workers; and one who commands it."""

    def __init__(self, seed: int, *, orders: int = ORDERS, units: int = 100) -> None:
        self.scheduler = Scheduler(seed=seed, epoch_ms=START)
        self.stack = Stack(self.scheduler, times=Times(jitter=0.5))
        self.staff = self.stack.services()
        draft = CatalogueDraft(
            merchant="tea-house", currency="USD", items=(TEA,), groups=(), digest="d"
        )
        self.staff.catalogues.publish(draft)
        opening = replace(self.order(CommandKind.DEFINE), id="opening")
        self.staff.command.define(terms(units=units, shards=5), opening)
        asked = request(coupon=CODE, fallback=CouponFallback.REJECT)
        intents = [
            replace(intent(asked, id_=f"in_{n}", customer=f"c{n}"), expires_at=START + 900_000)
            for n in range(orders)
        ]
        self.stack.dynamodb.seed("OrdersTable", [item_of(one, 30) for one in intents])
        self.waiting: list[Pending] = [one.pending for one in intents]
        self.at_return: list[Intent] = []

    def order(self, kind: CommandKind) -> Instruction:
        """Return a command, as it is given."""
        return Instruction(id=kind.value, kind=kind, by="staff", why="because")

    def run(self, kind: CommandKind, amend: Amend, in_ms: float) -> None:
        """Settle everything, with a command that is given after *in_ms*."""
        for _ in range(WORKERS):
            services = self.stack.services()
            self.scheduler.spawn(lambda services=services: self._work(services))  # type: ignore[misc]
        self.scheduler.spawn(lambda: self._command(kind, amend), in_ms=in_ms)
        self.scheduler.run()
        Books(self.stack.dynamodb).check(self.stack.clock.now())

    def _work(self, services: Services) -> None:
        while self.waiting:
            batch, self.waiting = self.waiting[:BATCH], self.waiting[BATCH:]
            settled = services.settle(batch, self.stack.clock.now() + 20_000)
            self.waiting += [one for one in batch if one.ref in settled.again]

    def _command(self, kind: CommandKind, amend: Amend) -> None:
        self.stack.services().command(CODE, self.order(kind), amend)
        self.at_return = self.granted()

    def granted(self) -> list[Intent]:
        """Return the orders that have the coupon."""
        return [one for one in Books(self.stack.dynamodb).intents if one.status is Status.CONFIRMED]

    def shards(self) -> list[Shard]:
        """Return the coupon's shards."""
        return list(Books(self.stack.dynamodb).shards.values())


def instead(wanted: Terms) -> Amend:
    """Return what puts *wanted* in the place of other terms."""
    return lambda current: redefined(current, wanted)


def moment(seed: int) -> float:
    """Return when the command is given: some time while the orders are settled."""
    return Random(seed).uniform(5, 35)  # noqa: S311 (chance that can be repeated)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("kind", [CommandKind.PAUSE, CommandKind.END])
def test_once_a_stop_has_returned_nothing_more_is_granted(seed: int, kind: CommandKind) -> None:
    """Whatever was priced, planned or on its way by then."""
    rush = Rush(seed)
    rush.run(kind, paused if kind is CommandKind.PAUSE else lambda t: ended(t, START), moment(seed))
    assert 0 < len(rush.at_return) < 100
    assert rush.granted() == rush.at_return


def test_once_new_terms_have_returned_nothing_more_is_granted_at_the_old() -> None:
    """Every order from then on has the new discount."""
    after = 0
    for seed in range(4):
        rush = Rush(seed, orders=400, units=400)
        cheaper = terms(units=400, shards=5, off=AmountOff(amount=40))
        rush.run(CommandKind.DEFINE, instead(cheaper), moment(seed))
        before = {one.ref for one in rush.at_return}
        later = [one.order for one in rush.granted() if one.ref not in before]
        assert {order.discount for order in later if order} <= {40}
        assert len(before) + len(later) == 400
        after += len(later)
    assert after


@pytest.mark.parametrize("seed", range(4))
def test_units_that_are_added_in_a_rush_are_all_granted(seed: int) -> None:
    """Nobody is told "sold out" of what is issued by then, and none is granted twice."""
    rush = Rush(seed)
    rush.run(CommandKind.TOP_UP, lambda current: topped_up(current, 60, 0), moment(seed))
    assert len(rush.granted()) == ORDERS
    assert sum(shard.left for shard in rush.shards()) == 0
