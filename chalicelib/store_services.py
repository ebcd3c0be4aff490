"""Build the adapters: tables, queues, files, and the menu parser."""

# ruff: noqa: PLC0415 (imports stand where the thing is built, as in bootstrap)

from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.application.counter_ports import Counters, Ledger
from chalicelib.application.ports import Catalogues, Control, Intents, Queue, Reader
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

if TYPE_CHECKING:
    from chalicelib.adapters.side_by_side import Pool
    from chalicelib.application.backoff import Backoff

SIDE_BY_SIDE = 8
"""Calls at once, below the ten connections that a client of boto3's keeps open."""


class StoreServices(ModelServices):
    """What the use cases stand on, wired."""

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
    def backoff(self) -> "Backoff":
        """How to try again where others contend: at most four seconds in all."""
        from chalicelib.application.backoff import Backoff

        return Backoff(attempts_max=8, base_ms=25, ceiling_ms=1_000, jitter=self._random)
