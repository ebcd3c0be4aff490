"""How many settle workers a coupon takes, and how large their batches should be.

    python -m bench.workers [--workers N ...] [--batch N ...] [--units N] [--shards N]

For each: redemptions a second from the first commit to the last, and over the middle four
fifths of the units; write units an intent; the share of transactions that met another's; how
often all shards were read; messages that came again.
"""

import argparse
import sys
import time
from collections.abc import Sequence

from bench.charges import Charges, measured
from bench.fleet import Fleet

HEAD = "workers batch  per second  in the middle  write units  conflicts  reads  again  cpu s"
EXTRA_PERCENT = 5


def row(charges: Charges, *, workers: int, batch: int, units: int, shards: int) -> str:
    """Return one line of the table."""
    start = time.process_time()
    orders = units + units * EXTRA_PERCENT // 100
    fleet = Fleet(
        charges=charges, units=units, orders=orders, workers=workers, batch=batch, shards=shards
    )
    early, late = units // 10, units * 9 // 10
    marks: dict[int, int] = {}

    def mark(count: int) -> None:
        if count in (early, late):
            marks[count] = fleet.scheduler.now_ns

    fleet.answers.on_confirmed = mark
    fleet.run()
    counters = fleet.stack.dynamodb.counters
    middle = (late - early) / (marks[late] - marks[early]) * 1e9
    contended = counters.conflicts["CouponsTable"] / counters.calls["TransactWriteItems"]
    return (
        f"{workers:7} {batch:5} {fleet.per_second:11.0f} {middle:14.0f}"
        f" {counters.write_units.total() / orders:12.2f} {contended:10.1%}"
        f" {counters.calls['BatchGetItem']:6} {fleet.function.invocations.failed:6}"
        f" {time.process_time() - start:6.0f}"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.workers")
    parser.add_argument("--workers", type=int, nargs="+", default=[64, 128, 256])
    parser.add_argument("--batch", type=int, nargs="+", default=[98])
    parser.add_argument("--units", type=int, default=100_000)
    parser.add_argument("--shards", type=int, default=64)
    options = parser.parse_args(arguments)
    charges = measured()
    print(charges.note, HEAD, sep="\n", flush=True)
    for workers in options.workers:
        for batch in options.batch:
            rate = row(
                charges,
                workers=workers,
                batch=batch,
                units=options.units,
                shards=options.shards,
            )
            print(rate, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
