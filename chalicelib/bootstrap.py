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
from chalicelib.application.counter_ports import Counters, Ledger
from chalicelib.application.ports import Catalogues, Clock, Control, Intents, Model, Queue, Reader
from chalicelib.application.run_ports import (
    Customers,
    Grants,
    Keepers,
    Lane,
    Plantings,
    Reports,
    Runs,
    Sources,
    Uploads,
)
from chalicelib.model_services import ModelServices
from chalicelib.settings import Settings

if TYPE_CHECKING:
    from chalicelib.adapters.side_by_side import Pool
    from chalicelib.application.answer_intent import AnswerIntent
    from chalicelib.application.ask_run import AskRun
    from chalicelib.application.backoff import Backoff
    from chalicelib.application.call_keepers import CallKeepers
    from chalicelib.application.cancel_intent import CancelIntent
    from chalicelib.application.check_health import CheckHealth
    from chalicelib.application.command_counter import CommandCounter
    from chalicelib.application.command_run import CommandRun
    from chalicelib.application.commit_moves import CommitMoves
    from chalicelib.application.confirm_intent import ConfirmIntent
    from chalicelib.application.end_overdue import EndOverdue
    from chalicelib.application.foresee_lines import ForeseeLines
    from chalicelib.application.keep_run import KeepRun
    from chalicelib.application.lane_budget import LaneBudget, LaneTurns
    from chalicelib.application.lane_rules import LaneRules
    from chalicelib.application.list_orders import ListOrders
    from chalicelib.application.make_run import MakeRun
    from chalicelib.application.reconcile import Reconcile
    from chalicelib.application.refund_order import RefundOrder
    from chalicelib.application.resolve_intents import ResolveIntents
    from chalicelib.application.see_counter import SeeCounter
    from chalicelib.application.see_intent import SeeIntent
    from chalicelib.application.see_run import SeeRun
    from chalicelib.application.settle_lane import SettleLane
    from chalicelib.application.settle_orders import SettleOrders
    from chalicelib.application.supply_run import SupplyRun
    from chalicelib.application.sweep import Sweep

SIDE_BY_SIDE = 8
"""Calls at once, below the ten connections that a client of boto3's keeps open."""


class Services(ModelServices):
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
    def intents(self) -> Intents:
        """The orders table."""
        from chalicelib.adapters.dynamodb.intents import DynamoIntents

        return DynamoIntents(
            client=self.clients.dynamodb,
            table=self.settings.orders_table,
            retention_days=self.settings.retention_days,
        )

    @cached_property
    def ledger(self) -> Ledger:
        """Orders and coupons, together."""
        from chalicelib.adapters.dynamodb.ledger import DynamoLedger

        return DynamoLedger(
            client=self.clients.dynamodb,
            orders_table=self.settings.orders_table,
            coupons_table=self.settings.coupons_table,
            retention_days=self.settings.retention_days,
            clock=self.clock,
        )

    @cached_property
    def counters(self) -> Counters:
        """The coupons table."""
        from chalicelib.adapters.dynamodb.amending import Amending
        from chalicelib.adapters.dynamodb.counters import DynamoCounters
        from chalicelib.application.backoff import Backoff

        client, table = self.clients.dynamodb, self.settings.coupons_table
        patience = Backoff(attempts_max=150, base_ms=5, ceiling_ms=100, jitter=self._random)
        return DynamoCounters(
            client=client,
            table=table,
            clock=self.clock,
            amending=Amending(client=client, table=table, clock=self.clock, patience=patience),
        )

    @cached_property
    def control(self) -> Control:
        """The control table: the gate and the sweep's mark."""
        from chalicelib.adapters.dynamodb.control import DynamoControl

        return DynamoControl(
            client=self.clients.dynamodb,
            table=self.settings.control_table,
            clock=self.clock,
            rate_floor=self.settings.rate_floor_per_second,
        )

    @cached_property
    def catalogues(self) -> Catalogues:
        """Each merchant's menu."""
        from chalicelib.adapters.catalogues import StoredCatalogues

        return StoredCatalogues(
            dynamodb=self.clients.dynamodb,
            s3=self.clients.s3,
            table=self.settings.control_table,
            bucket=self.settings.catalogues_bucket,
            clock=self.clock,
        )

    @cached_property
    def intents_queue(self) -> Queue:
        """The queue of the resolve stage."""
        from chalicelib.adapters.sqs import SqsQueue

        return SqsQueue(
            client=self.clients.sqs, url=self.settings.intents_queue_url, clock=self.clock
        )

    @cached_property
    def settlements_queue(self) -> Queue:
        """The queue of the settle stage."""
        from chalicelib.adapters.sqs import SqsQueue

        return SqsQueue(
            client=self.clients.sqs, url=self.settings.settlements_queue_url, clock=self.clock
        )

    @cached_property
    def lane(self) -> Lane:
        """The queues of bulk work."""
        settings = self.settings
        return Lane(
            intents=self._bulk_queue(settings.bulk_intents_queue_url),
            settlements=self._bulk_queue(settings.bulk_settlements_queue_url),
        )

    def _bulk_queue(self, url: str) -> Queue:
        from chalicelib.adapters.sqs import SqsQueue

        return SqsQueue(
            client=self.clients.sqs, url=url, clock=self.clock, pool=self.pool, grouped=True
        )

    @cached_property
    def pool(self) -> "Pool":
        """Threads for calls of bulk work that may be made side by side."""
        from concurrent.futures import ThreadPoolExecutor

        return ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="bulk")

    @cached_property
    def runs(self) -> Runs:
        """The runs on record."""
        from chalicelib.adapters.dynamodb.runs import DynamoRuns

        return DynamoRuns(client=self.clients.dynamodb, table=self.settings.control_table)

    @cached_property
    def plantings(self) -> Plantings:
        """The orders table, many intents at once."""
        from chalicelib.adapters.dynamodb.plantings import DynamoPlantings

        return DynamoPlantings(
            client=self.clients.dynamodb,
            table=self.settings.orders_table,
            retention_days=self.settings.retention_days,
            clock=self.clock,
            backoff=self.backoff,
            pool=self.pool,
        )

    @cached_property
    def grants(self) -> Grants:
        """The unique codes that runs grant."""
        from chalicelib.adapters.dynamodb.grants import DynamoGrants

        return DynamoGrants(
            client=self.clients.dynamodb,
            table=self.settings.coupons_table,
            clock=self.clock,
            backoff=self.backoff,
        )

    @cached_property
    def customers(self) -> Customers:
        """The customers whom the orders table knows."""
        from chalicelib.adapters.dynamodb.customers import DynamoCustomers

        return DynamoCustomers(
            client=self.clients.dynamodb,
            table=self.settings.orders_table,
            clock=self.clock,
            backoff=self.backoff,
            pool=self.pool,
        )

    @cached_property
    def sources(self) -> Sources:
        """The files that runs are fed from."""
        from chalicelib.adapters.run_files import S3Sources

        return S3Sources(client=self.clients.s3, bucket=self.settings.runs_bucket)

    @cached_property
    def reports(self) -> Reports:
        """The files that runs write."""
        from chalicelib.adapters.run_reports import S3Reports

        return S3Reports(client=self.clients.s3, bucket=self.settings.runs_bucket)

    @cached_property
    def uploads(self) -> Uploads:
        """Where the files of runs are put."""
        from chalicelib.adapters.run_uploads import S3Uploads

        return S3Uploads(client=self.clients.s3, bucket=self.settings.runs_bucket)

    @cached_property
    def keepers(self) -> Keepers:
        """Whoever keeps runs going."""
        from chalicelib.adapters.run_keepers import SqsKeepers

        return SqsKeepers(client=self.clients.sqs, url=self.settings.runs_queue_url)

    @cached_property
    def reader(self) -> Reader:
        """The menu parser."""
        from chalicelib.understanding.readers import MenuReaders

        return MenuReaders()

    @cached_property
    def ask_run(self) -> "AskRun | None":
        """Have a run's texts read in batches, where there is a Batch API."""
        if self.remembered_model is None or not self.asks_batches:
            return None
        from chalicelib.application.ask_run import AskRun
        from chalicelib.application.put_off_lines import Unsettled

        return AskRun(
            build=lambda: self.batches,
            unsettled=Unsettled(
                catalogues=self.catalogues,
                reader=self.reader,
                memory=self.remembered_model,
                mode=self.settings.reading_mode,
            ),
            reports=self.reports,
            prices=self.model_prices.times(self.settings.batch_price_share),
        )

    @cached_property
    def backlog(self) -> Backlog:
        """What stands before a newcomer."""
        return Backlog(intents_queue=self.intents_queue, settlements_queue=self.settlements_queue)

    @cached_property
    def backoff(self) -> "Backoff":
        """How to try again where others contend: at most four seconds in all."""
        from chalicelib.application.backoff import Backoff

        return Backoff(attempts_max=8, base_ms=25, ceiling_ms=1_000, jitter=self._random)

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
    def lane_rules(self) -> "LaneRules":
        """What runs say of their lines in the lane."""
        from chalicelib.application.lane_rules import LaneRules

        return LaneRules(runs=self.runs, clock=self.clock)

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
    def lane_budget(self) -> "LaneBudget":
        """What all runs together may take."""
        from chalicelib.application.lane_budget import LaneBudget

        settings = self.settings
        return LaneBudget(
            write_units=settings.lane_write_units, workers=settings.bulk_settle_concurrency
        )

    @cached_property
    def lane_turns(self) -> "LaneTurns":
        """Whose turn it is to feed a run."""
        from chalicelib.adapters.dynamodb.lane_time import DynamoLaneTime
        from chalicelib.application.lane_budget import LaneTurns

        time = DynamoLaneTime(client=self.clients.dynamodb, table=self.settings.control_table)
        return LaneTurns(budget=self.lane_budget, time=time)

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

    @cached_property
    def make_run(self) -> "MakeRun":
        """Make a run."""
        from chalicelib.application.make_run import MakeRun

        return MakeRun(
            runs=self.runs,
            catalogues=self.catalogues,
            counters=self.counters,
            clock=self.clock,
            batches=self.asks_batches,
        )

    @cached_property
    def supply_run(self) -> "SupplyRun":
        """Bring in what a run is fed from."""
        from chalicelib.application.supply_run import SupplyRun

        return SupplyRun(runs=self.runs, uploads=self.uploads)

    @cached_property
    def command_run(self) -> "CommandRun":
        """Command a run."""
        from chalicelib.application.command_run import CommandRun

        return CommandRun(runs=self.runs, keepers=self.keepers, clock=self.clock)

    @cached_property
    def see_run(self) -> "SeeRun":
        """See how a run stands."""
        from chalicelib.application.see_run import SeeRun

        return SeeRun(
            runs=self.runs, reports=self.reports, catalogues=self.catalogues, clock=self.clock
        )

    @cached_property
    def foresee_lines(self) -> "ForeseeLines":
        """Say what would become of a run's lines."""
        from chalicelib.application.foresee_lines import ForeseeLines

        return ForeseeLines(
            catalogues=self.catalogues,
            reader=self.reader,
            counters=self.counters,
            grants=self.grants,
            customers=self.customers,
            clock=self.clock,
        )

    @cached_property
    def keep_run(self) -> "KeepRun":
        """Keep a run going."""
        from chalicelib.application.check_run import CheckRun
        from chalicelib.application.collect_run import CollectRun
        from chalicelib.application.feed_run import FeedRun
        from chalicelib.application.keep_run import KeepRun

        return KeepRun(
            runs=self.runs,
            sources=self.sources,
            plantings=self.plantings,
            lane=self.lane,
            check=CheckRun(foresee=self.foresee_lines, reports=self.reports),
            feed=FeedRun(
                plantings=self.plantings,
                grants=self.grants,
                customers=self.customers,
                lane=self.lane,
                reports=self.reports,
                clock=self.clock,
            ),
            collect=CollectRun(reports=self.reports, prices=self.model_prices),
            clock=self.clock,
            turns=self.lane_turns,
            ask=self.ask_run,
        )

    @cached_property
    def call_keepers(self) -> "CallKeepers":
        """Call a keeper for every open run."""
        from chalicelib.application.call_keepers import CallKeepers

        return CallKeepers(runs=self.runs, keepers=self.keepers)


_services: list[Services] = []


def services() -> Services:
    """Return this container's services, built from the environment on the first call."""
    if not _services:
        _services.append(Services(Settings.from_environment()))
    return _services[0]


def install(built: Services | None) -> None:
    """Make `services` return *built*; None makes the next call build anew. For tests."""
    _services[:] = [] if built is None else [built]
