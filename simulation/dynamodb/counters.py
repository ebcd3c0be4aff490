"""What was called, what it cost, and what stood in the way."""

from collections import Counter
from collections.abc import Collection, Hashable
from dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True)
class Counters:
    """Counts of one run. Units by partition are kept for the tables in *detailed* alone.

    A run with a million customers has a million partitions of the orders table.
    """

    detailed: Collection[str] = ()
    calls: Counter[str] = field(default_factory=Counter)
    """By operation."""
    errors: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By operation and error code."""
    reasons: Counter[str] = field(default_factory=Counter)
    """Cancellation reasons, by code, one for each item that had one."""
    conflicts: Counter[str] = field(default_factory=Counter)
    """Items that another transaction held, by table."""
    throttles: Counter[str] = field(default_factory=Counter)
    """Refusals for want of capacity, by table."""
    write_units: Counter[str] = field(default_factory=Counter)
    read_units: dict[str, float] = field(default_factory=dict)
    partition_write_units: Counter[tuple[str, Hashable]] = field(default_factory=Counter)
    partition_read_units: dict[tuple[str, Hashable], float] = field(default_factory=dict)

    def wrote(self, table: str, partition: Hashable, units: int) -> None:
        """Count write units."""
        self.write_units[table] += units
        if table in self.detailed:
            self.partition_write_units[table, partition] += units

    def read(self, table: str, partition: Hashable, units: float) -> None:
        """Count read units."""
        self.read_units[table] = self.read_units.get(table, 0.0) + units
        if table in self.detailed:
            place = (table, partition)
            self.partition_read_units[place] = self.partition_read_units.get(place, 0.0) + units
