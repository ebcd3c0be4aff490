"""Three usual ways to redeem a coupon, each as well as it can be done, measured beside ours.

They run on the same simulated DynamoDB, with as many workers, the same frame round each
message and the same charges for calls. They neither price an order nor write it out, which
spares them most of what our workers compute.
"""

from collections.abc import Callable, Sequence
from typing import Any

from botocore.exceptions import ClientError

from bench import rush
from bench.charges import Charges
from bench.figures import Figure
from bench.fleet import Fleet, Settle
from chalicelib.adapters.aws_errors import CONTENDED, code_of
from chalicelib.adapters.codec import PENDING
from chalicelib.bootstrap import Services
from chalicelib.domain.intent import Pending, Status

BATCH = 10
"""Messages at a time; they are worked on one by one, so more would only make them wait."""

SHARDS = 64
TRIES = 2
PLENTY = 10**6
WARM_MS, STEADY_MS = 2_000, 4_000
END_UNITS, END_WANTED = 6_400, 6_720

CANCELED = "TransactionCanceledException"
FAILED = "ConditionalCheckFailed"

Outcome = str | None
"""An error's code or a cancelled transaction's first failed condition; None: it is done."""


def figures(charges: Charges, *, workers: int) -> list[Figure]:
    """Measure the three, each over some seconds at its steady rate."""
    told = _fixed_shards_told(charges, workers)
    ways: Sequence[tuple[str, Settle, int, str]] = (
        ("one_by_one", each(one_by_one), 1, "a message a transaction, one counter"),
        (
            "idempotency_record",
            each(idempotency_record),
            1,
            "four writes a message, one counter; no transaction, so a crash between two loses one",
        ),
        ("fixed_shards", each(fixed_shards), SHARDS, told),
    )
    return [
        Figure(
            figure=f"baseline.{name}.redemptions_per_second",
            value=_steady(settle, charges, workers, shards),
            unit="redemptions/s",
            note=f"{workers} workers; {note}",
        )
        for name, settle, shards, note in ways
    ]


def one_by_one(services: Services, pending: Pending, stop_at: int) -> bool:
    """Redeem in one transaction: the order, the one counter, the customer's use.

    Returns False if the message is to come again. A conflict is tried again after a pause.
    """
    outcome = _insist(services, stop_at, lambda: _redeemed(services, pending, 0))
    if outcome == FAILED:
        outcome = _insist(services, stop_at, lambda: _refused(services, pending))
    return outcome is None


def fixed_shards(services: Services, pending: Pending, stop_at: int) -> bool:
    """Do the same on one of 64 counters, drawn anew for a second try, and then say "sold out"."""
    outcome: Outcome = None
    for _ in range(TRIES):
        outcome = _insist(
            services,
            stop_at,
            lambda: _redeemed(services, pending, int(services.backoff.jitter() * SHARDS)),
        )
        if outcome != FAILED:
            return outcome is None
    return _insist(services, stop_at, lambda: _refused(services, pending)) is None


def idempotency_record(services: Services, pending: Pending, stop_at: int) -> bool:
    """Redeem in four writes: a record of the message, the counter, the order, the record again."""
    record = {"customer_id": {"S": f"idempotency#{pending.ref.id}"}, "id": {"S": "record"}}
    client: Any = services.clients.dynamodb
    absent = "attribute_not_exists(id)"
    put = {"TableName": rush.ORDERS, "Item": record, "ConditionExpression": absent}
    done = {
        "TableName": rush.ORDERS,
        "Key": record,
        "UpdateExpression": "SET done = :done",
        "ExpressionAttributeValues": {":done": {"BOOL": True}},
    }
    steps: Sequence[Callable[[], object]] = (
        lambda: client.put_item(**put),
        lambda: client.update_item(**rush.plain_draw(0)),
        lambda: client.update_item(**rush.plain_order(pending, Status.CONFIRMED)),
        lambda: client.update_item(**done),
    )
    return all(_insist(services, stop_at, lambda s=step: _tried(s)) is None for step in steps)  # type: ignore[misc]


def _redeemed(services: Services, pending: Pending, shard: int) -> Outcome:
    writes = (
        rush.plain_draw(shard),
        rush.plain_order(pending, Status.CONFIRMED),
        rush.plain_use(pending),
    )
    items: Any = [{"Update": write} for write in writes]
    return _tried(lambda: services.clients.dynamodb.transact_write_items(TransactItems=items))


def _refused(services: Services, pending: Pending) -> Outcome:
    write: Any = rush.plain_order(pending, Status.REJECTED)
    return _tried(lambda: services.clients.dynamodb.update_item(**write))


def _tried(write: Callable[[], object]) -> Outcome:
    try:
        write()
    except ClientError as error:
        code = code_of(error)
        if code != CANCELED:
            return code.removesuffix("Exception") if code.startswith(FAILED) else code
        reasons: Any = error.response.get("CancellationReasons", [])
        codes = {reason["Code"] for reason in reasons} - {"None"}
        return FAILED if codes == {FAILED} else (codes - {FAILED}).pop()
    return None


def _insist(services: Services, stop_at: int, write: Callable[[], Outcome]) -> Outcome:
    """Try *write* until it is done or refused for good, with pauses where others contend."""
    attempt = 0
    while True:
        outcome = write()
        contended = outcome is not None and (
            outcome in CONTENDED or f"{outcome}Exception" in CONTENDED
        )
        if not contended or services.clock.now() >= stop_at:
            return outcome
        services.backoff.wait(services.clock, attempt)
        attempt = min(attempt + 1, services.backoff.attempts_max - 2)


def each(way: Callable[[Services, Pending, int], bool]) -> Settle:
    """Return how a worker goes through a batch, one message after the other."""

    def settle(services: Services, messages: Sequence[str], stop_at: int) -> list[int]:
        return [
            place
            for place, message in enumerate(messages)
            if services.clock.now() >= stop_at or not way(services, PENDING.load(message), stop_at)
        ]

    return settle


def _steady(settle: Settle, charges: Charges, workers: int, shards: int) -> float:
    """Return the redemptions a second while there is plenty of everything."""
    fleet = Fleet(
        charges=charges,
        units=PLENTY,
        orders=PLENTY,
        workers=workers,
        shards=shards,
        batch=BATCH,
        settle=settle,
    )
    fleet.run(for_ms=WARM_MS)
    before = fleet.answers.confirmed
    fleet.run(for_ms=STEADY_MS)
    return (fleet.answers.confirmed - before) / STEADY_MS * 1_000


def _fixed_shards_told(charges: Charges, workers: int) -> str:
    """Return what becomes of the last units on shards that are tried twice only."""
    fleet = Fleet(
        charges=charges,
        units=END_UNITS,
        orders=END_WANTED,
        workers=workers,
        shards=SHARDS,
        batch=BATCH,
        settle=each(fixed_shards),
    )
    fleet.run()
    return (
        f"{SHARDS} counters, two tries; of {END_UNITS} units {END_WANTED} wanted"
        f" {END_UNITS - fleet.answers.confirmed} were stranded"
    )
