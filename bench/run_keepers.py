"""A run to measure, and keepers for it: the real use case and adapters, over whichever clients.

The one place of the benchmarks that knows how a run is made, started and kept.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from pydantic import SecretStr

from bench.coupon import QUOTA
from bench.run_menu import READER, OneMenu
from chalicelib.adapters.clients import Clients
from chalicelib.adapters.dynamodb.customers import DynamoCustomers
from chalicelib.adapters.dynamodb.grants import DynamoGrants
from chalicelib.adapters.dynamodb.plantings import DynamoPlantings
from chalicelib.adapters.dynamodb.runs import DynamoRuns
from chalicelib.adapters.run_files import S3Sources
from chalicelib.adapters.run_reports import S3Reports
from chalicelib.adapters.side_by_side import Pool
from chalicelib.adapters.sqs import SqsQueue
from chalicelib.application.command_run import CommandRun, RunCommand
from chalicelib.application.keep_run import KeepRun
from chalicelib.application.ports import Clock
from chalicelib.application.run_ports import Keepers, Lane
from chalicelib.bootstrap import Services
from chalicelib.domain.pace import RatePlan
from chalicelib.domain.run import Form, ModelWay, Plan, Run, RunState, Source
from chalicelib.settings import Settings

RUN = "run_bench"
BUCKET = "runs"
SOURCE = f"runs/{RUN}/source"
RESULTS = f"runs/{RUN}/results"
TEXTS, READY = "BulkIntentsQueue", "BulkSettlementsQueue"
MERCHANT = "coffee-house"


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """The AWS clients that a keeper calls, or what stands in for them; and a Batch API, if any."""

    dynamodb: Any
    sqs: Any
    s3: Any
    batches: Any = None


def keeper(called: Called, clock: Clock, pool: Pool | None = None) -> KeepRun:
    """Return a keeper in a container of its own. Without *pool* it makes one call at a time."""
    return services(called, clock, pool).keep_run


def make(
    called: Called,
    clock: Clock,
    *,
    per_second: float,
    gzip: bool = False,
    run_id: str = RUN,
    closes_at: int | None = None,
) -> Run:
    """Put a run of the file at `SOURCE` on record. Where there is a Batch API, it is asked."""
    source = Source(key=SOURCE, form=Form.JSON_LINES, gzip=gzip)
    rate = RatePlan(per_second=per_second, closes_at=closes_at)
    model = ModelWay.NOW if called.batches is None else ModelWay.BATCH
    plan = Plan(name=run_id, merchant=MERCHANT, source=source, rate=rate, model=model)
    run = Run(id=run_id, plan=plan, state=RunState.DRAFT, made_at=clock.now(), made_by="bench")
    return runs(called).open(run)


def start(called: Called, clock: Clock, run_id: str = RUN) -> None:
    """Start the run."""
    say(called, clock, RunCommand.START, run_id)


def say(
    called: Called, clock: Clock, command: RunCommand, run_id: str = RUN, *, drop: bool = False
) -> None:
    """Command the run. Whoever measures keeps it; nobody is called."""
    CommandRun(runs=runs(called), keepers=_Nobody(), clock=clock)(run_id, command, drop=drop)


def stands(called: Called, run_id: str = RUN) -> Run:
    """Return the run as it stands."""
    run = runs(called).get(run_id)
    if run is None:
        msg = "the run is gone"
        raise RuntimeError(msg)
    return run


def runs(called: Called) -> DynamoRuns:
    """Return the runs on record."""
    return DynamoRuns(client=called.dynamodb, table="ControlTable")


def order(number: int) -> bytes:
    """Return a line that orders a latte for a customer of its own."""
    return b'{"customer_id":"c%08d","items":[{"sku":"latte","quantity":1}]}\n' % number


def orders(count: int) -> Iterator[bytes]:
    """Yield so many lines."""
    return map(order, range(1, count + 1))


class _Nobody(Keepers):
    def call(self, run_id: str, delay_ms: int, due: int = 0) -> None:
        """Call nobody."""

    def put_off(self, receipt_handle: str, seconds: int) -> None:
        """Put nothing off."""


def services(called: Called, clock: Clock, pool: Pool | None = None) -> Services:
    """Return a container's services, of a keeper or of a worker of the lane."""
    built = Services(_settings(called), clock=clock, random_number=lambda: 0.5)
    built.clients = cast("Clients", called)
    if called.batches is not None:
        menu: Any = OneMenu()
        built.batches, built.catalogues, built.reader = called.batches, menu, READER
    # Built here, since what `Services` may give them, threads, is nothing for virtual time.
    patience: Any = {"clock": clock, "backoff": built.backoff}
    queue: Any = {"client": called.sqs, "clock": clock, "pool": pool, "grouped": True}
    built.runs = runs(called)
    built.sources = S3Sources(client=called.s3, bucket=BUCKET)
    built.reports = S3Reports(client=called.s3, bucket=BUCKET)
    built.grants = DynamoGrants(client=called.dynamodb, table="CouponsTable", **patience)
    built.customers = DynamoCustomers(
        client=called.dynamodb, table="OrdersTable", pool=pool, **patience
    )
    built.plantings = DynamoPlantings(
        client=called.dynamodb, table="OrdersTable", retention_days=30, pool=pool, **patience
    )
    built.lane = Lane(
        intents=SqsQueue(url=TEXTS, **queue), settlements=SqsQueue(url=READY, **queue)
    )
    return built


def _settings(called: Called) -> Settings:
    asks: dict[str, Any] = {"model_batches": True, "openai_api_key": SecretStr("key")}
    return Settings(
        readings_table="ReadingsTable",
        lane_write_units=QUOTA,
        **(asks if called.batches is not None else {}),
        orders_table="OrdersTable",
        coupons_table="CouponsTable",
        control_table="ControlTable",
        intents_queue_url="IntentsQueue",
        settlements_queue_url="SettlementsQueue",
        catalogues_bucket="catalogues",
        jwt_issuer="bench",
        jwt_audience="bench",
    )
