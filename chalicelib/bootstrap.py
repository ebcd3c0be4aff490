"""Build the use cases from the settings, once a container, each when it is first wanted.

A Lambda needs few of them, so nothing is built or imported before it is asked for: the
accept path never loads a price, a parser or a model.
"""

# ruff: noqa: PLC0415 (imports stand where the thing is built, for the reason above)

import random
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.adapters.clients import Clients
from chalicelib.adapters.clock import SystemClock
from chalicelib.application.accept_intent import AcceptIntent
from chalicelib.application.backlog import Backlog
from chalicelib.application.ports import Clock, Model
from chalicelib.run_services import RunServices
from chalicelib.settings import Settings

if TYPE_CHECKING:
    from chalicelib.application.answer_intent import AnswerIntent
    from chalicelib.application.cancel_intent import CancelIntent
    from chalicelib.application.check_health import CheckHealth
    from chalicelib.application.command_counter import CommandCounter
    from chalicelib.application.commit_moves import CommitMoves
    from chalicelib.application.confirm_intent import ConfirmIntent
    from chalicelib.application.end_overdue import EndOverdue
    from chalicelib.application.list_orders import ListOrders
    from chalicelib.application.reconcile import Reconcile
    from chalicelib.application.refund_order import RefundOrder
    from chalicelib.application.resolve_intents import ResolveIntents
    from chalicelib.application.see_counter import SeeCounter
    from chalicelib.application.see_intent import SeeIntent
    from chalicelib.application.settle_lane import SettleLane
    from chalicelib.application.settle_orders import SettleOrders
    from chalicelib.application.sweep import Sweep


class Services(RunServices):
    """The use cases, wired. *clock*, *model* and *random_number* may be given, for tests."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock | None = None,
        model: Model | None = None,
        random_number: Callable[[], float] = random.random,
    ) -> None:
        self.settings = settings
        self.clock: Clock = clock or SystemClock()
        self.clients = Clients()
        self._model = model
        self._random = random_number

    @cached_property
    def backlog(self) -> Backlog:
        """What stands before a newcomer."""
        return Backlog(intents_queue=self.intents_queue, settlements_queue=self.settlements_queue)

    @cached_property
    def accept(self) -> AcceptIntent:
        """Accept an intent."""
        return AcceptIntent(
            intents=self.intents,
            catalogues=self.catalogues,
            intents_queue=self.intents_queue,
            settlements_queue=self.settlements_queue,
            backlog=self.backlog,
            control=self.control,
            clock=self.clock,
        )

    @cached_property
    def end_overdue(self) -> "EndOverdue":
        """End what is over."""
        from chalicelib.application.end_overdue import EndOverdue

        return EndOverdue(intents=self.intents, commit=self.commit, clock=self.clock)

    @cached_property
    def see(self) -> "SeeIntent":
        """See where an intent stands."""
        from chalicelib.application.see_intent import SeeIntent

        return SeeIntent(
            intents=self.intents,
            backlog=self.backlog,
            control=self.control,
            clock=self.clock,
            end_overdue=self.end_overdue,
        )

    @cached_property
    def answer(self) -> "AnswerIntent":
        """Answer our question."""
        from chalicelib.application.answer_intent import AnswerIntent

        return AnswerIntent(
            intents=self.intents,
            intents_queue=self.intents_queue,
            settlements_queue=self.settlements_queue,
            clock=self.clock,
        )

    @cached_property
    def confirm(self) -> "ConfirmIntent":
        """Confirm a held quote."""
        from chalicelib.application.confirm_intent import ConfirmIntent

        return ConfirmIntent(intents=self.intents, commit=self.commit, clock=self.clock)

    @cached_property
    def cancel(self) -> "CancelIntent":
        """Cancel an intent."""
        from chalicelib.application.cancel_intent import CancelIntent

        return CancelIntent(intents=self.intents, commit=self.commit, clock=self.clock)

    @cached_property
    def refund(self) -> "RefundOrder":
        """Refund an order."""
        from chalicelib.application.refund_order import RefundOrder

        return RefundOrder(intents=self.intents, commit=self.commit, clock=self.clock)

    @cached_property
    def list_orders(self) -> "ListOrders":
        """List a customer's orders."""
        from chalicelib.application.list_orders import ListOrders

        return ListOrders(intents=self.intents)

    @cached_property
    def commit(self) -> "CommitMoves":
        """Commit moves that take nothing."""
        from chalicelib.application.commit_moves import CommitMoves

        return CommitMoves(ledger=self.ledger, clock=self.clock, backoff=self.backoff)

    @cached_property
    def command(self) -> "CommandCounter":
        """Command a coupon or stock."""
        from chalicelib.application.command_counter import CommandCounter

        return CommandCounter(counters=self.counters, see=self.see_counter, clock=self.clock)

    @cached_property
    def see_counter(self) -> "SeeCounter":
        """See a coupon or stock."""
        from chalicelib.application.see_counter import SeeCounter

        return SeeCounter(counters=self.counters)

    @cached_property
    def reconcile(self) -> "Reconcile":
        """Reconcile coupons and stock."""
        from chalicelib.application.reconcile import Reconcile

        return Reconcile(counters=self.counters, intents=self.intents, clock=self.clock)

    @cached_property
    def health(self) -> "CheckHealth":
        """Check that every table and queue answers."""
        from chalicelib.application.check_health import CheckHealth

        return CheckHealth(
            intents=self.intents,
            counters=self.counters,
            control=self.control,
            intents_queue=self.intents_queue,
            settlements_queue=self.settlements_queue,
        )

    @cached_property
    def resolve(self) -> "ResolveIntents":
        """Resolve a batch of intents."""
        from chalicelib.application.resolve_intents import ResolveIntents

        return ResolveIntents(
            intents=self.intents,
            catalogues=self.catalogues,
            settlements_queue=self.settlements_queue,
            control=self.control,
            reader=self.reader,
            model=self.model,
            clock=self.clock,
            mode=self.settings.reading_mode,
        )

    @cached_property
    def bulk_resolve(self) -> "ResolveIntents":
        """Resolve a batch of the lane."""
        rules = self.lane_rules
        return replace(
            self.resolve,
            settlements_queue=self.lane.settlements,
            is_dropped=rules.is_dropped,
            model_way=rules.model_way,
            recall=self.remembered_model,
        )

    @cached_property
    def settle(self) -> "SettleOrders":
        """Settle a batch of orders."""
        from chalicelib.application.draw_units import DrawUnits
        from chalicelib.application.settle_orders import SettleOrders

        draw = DrawUnits(
            counters=self.counters,
            ledger=self.ledger,
            clock=self.clock,
            backoff=self.backoff,
            home=int(self._random() * 2**16),
        )
        return SettleOrders(
            catalogues=self.catalogues,
            counters=self.counters,
            intents=self.intents,
            control=self.control,
            clock=self.clock,
            draw=draw,
            commit=self.commit,
            hold_seconds=self.settings.hold_seconds,
        )

    @cached_property
    def bulk_settle(self) -> "SettleLane":
        """Settle a batch of the lane."""
        from chalicelib.application.settle_lane import SettleLane

        rule = replace(self.settle, is_dropped=self.lane_rules.is_dropped)
        return SettleLane(settle=rule, budget=self.lane_budget, clock=self.clock)

    @cached_property
    def sweep(self) -> "Sweep":
        """Sweep once."""
        from chalicelib.application.sweep import Sweep

        return Sweep(
            intents=self.intents,
            intents_queue=self.intents_queue,
            settlements_queue=self.settlements_queue,
            lane=self.lane,
            backlog=self.backlog,
            control=self.control,
            clock=self.clock,
            end_overdue=self.end_overdue,
            rate_floor=self.settings.rate_floor_per_second,
        )


_services: list[Services] = []


def services() -> Services:
    """Return this container's services, built from the environment on the first call."""
    if not _services:
        _services.append(Services(Settings.from_environment()))
    return _services[0]


def install(built: Services | None) -> None:
    """Make `services` return *built*; None makes the next call build anew. For tests."""
    _services[:] = [] if built is None else [built]
