"""What a partition takes in a second.

A partition takes 1,000 write units and 3,000 read units a second (developer guide, "Best
practices for designing and using partition keys effectively"), whatever the table's billing
mode. Each is a bucket of tokens that refills at that rate and holds a second's worth. The
guide's burst capacity, up to 300 seconds of unused throughput, is of what a *table* was
given, and can't lift a partition past its own limit for longer than a moment, nor is it
promised; so it is left out, which can only make the simulation slower than the truth.

How a table's keys lie on partitions is DynamoDB's own business. `own_partition` gives each
partition key one of its own, as adaptive capacity comes to in time for a hot key; `hashed`
puts them on so many by their hash. Neither splits a partition key's items by their sort
keys, which DynamoDB may do where there is no local index.

What a table takes at once is its warm throughput. A new on-demand table's is 4,000 write
and 12,000 read units a second, and rises by itself with use; CreateTable and UpdateTable
take a higher one, which DynamoDB prepares partitions for (developer guide, "Understanding
DynamoDB warm throughput in different scenarios" and "DynamoDB warm throughput"). `new_table`
and `warmed` are such tables. That a table grows while it is used, and that it takes up to
twice its earlier peak, is left out: a rush is shorter than what that takes (half an hour,
the guide says). An index has a warm throughput of its own and is counted by itself here.

A table's own quota (40,000 of either unit a second on demand, unless raised: "Quotas in
Amazon DynamoDB") is a quota of the account and off unless it is set.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from math import ceil
from zlib import crc32

from simulation.dynamodb.errors import RefusedError, throttled
from simulation.dynamodb.values import Value

SECOND_NS = 1_000_000_000
WRITE_UNITS_PER_SECOND = 1_000
READ_UNITS_PER_SECOND = 3_000

_BUCKETS_MAX = 20_000
"""Past this many, those that are full again are forgotten: they are as if never drawn on."""

Partitioning = Callable[[str, Value], Hashable]
"""The partition of a table (or index) on which a partition key's items lie."""


def own_partition(_table: str, key: Hashable) -> Hashable:
    """Put each partition key on a partition of its own."""
    return key


def hashed(count: int) -> Partitioning:
    """Return how *count* partitions share a table's keys by their hash."""
    return lambda _table, key: crc32(repr(key).encode()) % count


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What partitions and tables take, in units a second. None is no limit."""

    partition_writes: float | None = WRITE_UNITS_PER_SECOND
    partition_reads: float | None = READ_UNITS_PER_SECOND
    table_writes: float | None = None
    table_reads: float | None = None
    bucket_seconds: float = 1.0
    partitioning: Partitioning = own_partition


UNLIMITED = Limits(partition_writes=None, partition_reads=None)

NEW_WRITES, NEW_READS = 4_000, 12_000
"""Units a second that a new on-demand table takes."""


def new_table() -> Limits:
    """Return what a new on-demand table takes: 4,000 write units a second, on four partitions."""
    return warmed(writes=NEW_WRITES, reads=NEW_READS)


def warmed(*, writes: float, reads: float) -> Limits:
    """Return what a table with that warm throughput takes, on as many partitions as it needs.

    Every table of the simulation gets the same. Raises `ValueError` below a new table's, which
    DynamoDB doesn't take either.
    """
    if writes < NEW_WRITES or reads < NEW_READS:
        msg = f"warm throughput begins at {NEW_WRITES} write and {NEW_READS} read units a second"
        raise ValueError(msg)
    count = max(ceil(writes / WRITE_UNITS_PER_SECOND), ceil(reads / READ_UNITS_PER_SECOND))
    return Limits(table_writes=writes, table_reads=reads, partitioning=hashed(count))


class _Buckets:
    """Buckets of one size, by what they are for. One that nobody drew on is full."""

    def __init__(self, rate: float, seconds: float) -> None:
        self._rate = rate / SECOND_NS
        self._full = rate * seconds
        self._left: dict[Hashable, tuple[int, float]] = {}

    def left(self, name: Hashable, now_ns: int) -> float:
        at = self._left.get(name)
        if at is None:
            return self._full
        return min(self._full, at[1] + (now_ns - at[0]) * self._rate)

    def has(self, name: Hashable, units: float, now_ns: int) -> bool:
        return self.left(name, now_ns) >= min(units, self._full)

    def draw(self, name: Hashable, units: float, now_ns: int) -> None:
        """Draw *units*, into debt if need be: what was begun is finished."""
        if len(self._left) >= _BUCKETS_MAX:
            self._left = {
                known: state
                for known, state in self._left.items()
                if self.left(known, now_ns) < self._full
            }
        self._left[name] = (now_ns, self.left(name, now_ns) - units)


class Capacity:
    """The buckets of every table and partition, for one kind of unit (*kind*: Read or Write)."""

    def __init__(self, kind: str, limits: Limits) -> None:
        per_partition = limits.partition_writes if kind == "Write" else limits.partition_reads
        per_table = limits.table_writes if kind == "Write" else limits.table_reads
        self._kind = kind
        self._partitioning = limits.partitioning
        seconds = limits.bucket_seconds
        self._partitions = None if per_partition is None else _Buckets(per_partition, seconds)
        self._tables = None if per_table is None else _Buckets(per_table, seconds)

    def partition(self, table: str, key: Value) -> Hashable:
        """Return the partition of *table* that *key* lies on."""
        return self._partitioning(table, key)

    def refusal(
        self, table: str, key: Value, units: float, now_ns: int, *, on_demand: bool
    ) -> RefusedError | None:
        """Return the refusal of *units* on *key*'s partition, if there is not room for them."""
        owner = "Index" if "/" in table else "Table"
        if self._partitions is not None:
            place = (table, self._partitioning(table, key))
            if not self._partitions.has(place, units, now_ns):
                what = f"{owner}{self._kind}KeyRangeThroughputExceeded"
                return throttled(on_demand=on_demand, what=what)
        if self._tables is not None and not self._tables.has(table, units, now_ns):
            limit = "AccountLimitExceeded" if on_demand else "ProvisionedThroughputExceeded"
            return throttled(on_demand=on_demand, what=f"{owner}{self._kind}{limit}")
        return None

    def draw(self, table: str, key: Value, units: float, now_ns: int) -> None:
        """Use *units* of *key*'s partition and of *table*."""
        if self._partitions is not None:
            self._partitions.draw((table, self._partitioning(table, key)), units, now_ns)
        if self._tables is not None:
            self._tables.draw(table, units, now_ns)
