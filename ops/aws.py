"""AWS as a bulk job uses it: more patient than a function that somebody waits for."""

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError

from chalicelib.adapters.clock import SystemClock
from chalicelib.adapters.dynamodb.amending import Amending
from chalicelib.adapters.dynamodb.codes import DynamoCodes
from chalicelib.adapters.dynamodb.counters import DynamoCounters
from chalicelib.adapters.dynamodb.intents import DynamoIntents
from chalicelib.application.backoff import Backoff
from chalicelib.application.begin_batch import BeginBatch
from chalicelib.application.export_codes import ExportCodes
from chalicelib.application.import_codes import ImportCodes
from chalicelib.application.make_codes import MakeCodes
from chalicelib.application.reconcile import Reconcile
from ops.command import UnusableInputError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


CLOCK = SystemClock()
PATIENCE = Backoff(attempts_max=12, base_ms=50, ceiling_ms=5_000, jitter=random.random)
"""Contention and throttling are waited out, some 13 s at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeJobs:
    """The use cases of unique codes, wired."""

    make: MakeCodes
    read: ImportCodes
    export: ExportCodes
    codes: DynamoCodes


def dynamodb() -> "DynamoDBClient":
    """Return a client by the normal environment: credentials, region, `AWS_ENDPOINT_URL`.

    It doesn't check parameters, which are ours and of one form: for a million codes that
    halves the computing, 42 s to 22 s.
    """
    config = Config(
        connect_timeout=3,
        read_timeout=10,
        retries={"mode": "standard", "total_max_attempts": 3},
        parameter_validation=False,
    )
    try:
        return boto3.client("dynamodb", config=config)
    except (BotoCoreError, ValueError) as fault:
        raise UnusableInputError(str(fault)) from fault


def code_jobs(client: "DynamoDBClient", table: str) -> CodeJobs:
    """Return the jobs over *table*."""
    codes = DynamoCodes(client=client, table=table, clock=CLOCK, backoff=PATIENCE)
    begin = BeginBatch(counters=counters(client, table), codes=codes, clock=CLOCK)
    return CodeJobs(
        make=MakeCodes(begin=begin, codes=codes),
        read=ImportCodes(begin=begin, codes=codes),
        export=ExportCodes(codes=codes),
        codes=codes,
    )


def reconciliation(client: "DynamoDBClient", coupons_table: str, orders_table: str) -> Reconcile:
    """Return the reconciliation over both tables."""
    # Nothing is put on record here, so how long it would be kept is nobody's question.
    intents = DynamoIntents(client=client, table=orders_table, retention_days=0)
    return Reconcile(counters=counters(client, coupons_table), intents=intents, clock=CLOCK)


def counters(client: "DynamoDBClient", table: str) -> DynamoCounters:
    """Return the coupons and stocks of *table*."""
    amending = Amending(client=client, table=table, clock=CLOCK, patience=PATIENCE)
    return DynamoCounters(client=client, table=table, clock=CLOCK, amending=amending)
