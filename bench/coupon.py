"""What one coupon gives in a rush: how fast, how exactly, and how soon the others know.

The real use cases and adapters settle in simulated workers on a simulated DynamoDB with
real limits: 1,000 write units a second on a partition, 10 ms a transaction, conflicts. What
a worker computes is measured in the same run (`bench.charges`). The tables of the first
figures are warmed; what that takes is in docs/measuring.md.
"""

from bench import rush
from bench.charges import Charges
from bench.figures import Bound, Figure
from bench.fleet import Fleet
from chalicelib.domain.intent import Status
from simulation.dynamodb.capacity import warmed

SHARDS = 64
WORKERS = 128
BATCH = 98
"""Two full transactions: 49 orders, their 49 uses and the shard are 99 items of 100."""

UNITS = 250_000
TOO_MANY_PERCENT = 5
"""How many more want a unit than there are, so that the end of it is measured too."""

WARM_WRITES, WARM_READS = 1_000_000, 100_000
"""Units a second that each table is warmed for."""

QUOTA = 40_000
"""Units a second of a table, unless the account's quota is raised; the rush makes do with it."""

LAST_UNITS, LAST_WANTED, LAST_WATCHED = 1_000, 10_000, 64

RUSH_UNITS, RUSH_WANTED, RUSH_SECONDS = 50_000, 750_000, 480
RUSH_WORKERS = 10
"""As the template has it, unless it is told otherwise."""
RUSH_STARTS_PER_SECOND = 5
WINDOW_MS = 1_000


def redemptions(
    charges: Charges, *, units: int = UNITS, workers: int = WORKERS, batch: int = BATCH
) -> list[Figure]:
    """Redeem *units* of one code while a few more want one, and count them."""
    orders = units + units * TOO_MANY_PERCENT // 100
    fleet = Fleet(
        charges=charges,
        units=units,
        orders=orders,
        workers=workers,
        shards=SHARDS,
        batch=batch,
        limits=warmed(writes=WARM_WRITES, reads=WARM_READS),
    )
    fleet.run()
    oversold, stranded = exactness(fleet)
    write_units = fleet.stack.dynamodb.counters.write_units.total() / orders
    return [
        Figure(
            figure="coupon.redemptions_per_second",
            value=fleet.per_second,
            reach=100_000,
            bound=Bound.AT_LEAST,
            unit="redemptions/s",
            note=(
                f"{units} units on {SHARDS} shards, first commit to last; {workers} workers of one vCPU"
                f" like this machine's, batches of {batch}; {charges.note}; warmed tables;"
                f" {write_units:.2f} write units an intent"
            ),
        ),
        Figure(
            figure="coupon.oversold",
            value=oversold,
            reach=0,
            bound=Bound.EXACTLY,
            unit="orders",
            note=f"in that run, {orders} wanting one",
        ),
        Figure(
            figure="coupon.stranded",
            value=stranded,
            reach=0,
            bound=Bound.EXACTLY,
            unit="units",
            note="in that run",
        ),
    ]


def exactness(fleet: Fleet) -> tuple[int, int]:
    """Return how many orders have no unit, and how many units no order, though they are wanted.

    Orders are counted in the table, units on the shards. Raises `RuntimeError` if an intent
    was left without an answer.
    """
    answered = [item["status"] for item in fleet.answers.items() if "status" in item]
    if Status.ACCEPTED in answered:
        msg = f"{answered.count(Status.ACCEPTED)} intents were never answered"
        raise RuntimeError(msg)
    orders = answered.count(Status.CONFIRMED)
    _, redeemed = rush.units(fleet.desk)
    oversold = max(orders - min(redeemed, fleet.units), 0)
    return oversold, max(min(fleet.units, fleet.orders) - orders, 0)


def last_units(charges: Charges, *, workers: int = WORKERS) -> Figure:
    """Have ten want each of a thousand units, and see what finding the last ones takes."""
    fleet = Fleet(
        charges=charges,
        units=LAST_UNITS,
        orders=LAST_WANTED,
        workers=workers,
        shards=SHARDS,
        batch=BATCH,
    )
    calls, reads_at = fleet.stack.dynamodb.counters.calls, dict[int, int]()
    watched = LAST_UNITS - LAST_WATCHED
    fleet.answers.on_confirmed = lambda count: reads_at.update({count: calls["BatchGetItem"]})
    fleet.run()
    reads = reads_at[fleet.answers.confirmed] - reads_at[watched]
    return Figure(
        figure="coupon.last_units",
        value=fleet.answers.confirmed,
        reach=LAST_UNITS,
        bound=Bound.EXACTLY,
        unit="units",
        note=(
            f"on {SHARDS} shards, {LAST_WANTED} wanting one of {workers} workers;"
            f" the last {LAST_WATCHED} took {reads} reads of all shards"
        ),
    )


def seconds_to_tell(charges: Charges, *, share: int = 1) -> Figure:
    """Return how long after the last unit the last of those was told who were waiting then.

    With *share* there is only such a part of everything: customers, units and workers.
    """
    fleet = Fleet(
        charges=charges,
        units=RUSH_UNITS // share,
        orders=RUSH_WANTED // share,
        workers=max(RUSH_WORKERS // share, 1),
        batch=BATCH,
        per_second=RUSH_WANTED / RUSH_SECONDS / share,
        starts_per_second=RUSH_STARTS_PER_SECOND,
        window_ms=WINDOW_MS,
        keeps_refused=False,
        limits=warmed(writes=QUOTA, reads=QUOTA),
    )
    fleet.run()
    gone_ns = fleet.answers.confirmed_ns[1]
    ours, wanted = fleet.answers.confirmed, fleet.units
    if (ours, fleet.answers.refused) != (wanted, fleet.orders - wanted):
        msg = f"{ours} of {wanted} units were redeemed, {fleet.answers.refused} refused"
        raise RuntimeError(msg)
    return Figure(
        figure="coupon.rush_seconds_to_tell",
        value=max(fleet.answers.told_ns - gone_ns, 0) / 1e9,
        unit="s",
        note=(
            f"{fleet.units} units exactly, {fleet.orders} intents evenly over {RUSH_SECONDS} s,"
            f" at most {fleet.workers} workers; gone after {fleet.seconds(gone_ns):.0f} s;"
            f" nobody waited longer than {fleet.answers.waited_ms / 1_000:.1f} s"
        ),
    )
