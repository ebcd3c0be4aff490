"""One simulated DynamoDB: its tables, its limits, and what happened in it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from simulation.dynamodb.capacity import Capacity, Limits
from simulation.dynamodb.counters import Counters
from simulation.dynamodb.errors import RefusedError
from simulation.dynamodb.plans import Plans
from simulation.dynamodb.request_tokens import RequestTokens
from simulation.dynamodb.schema import schema_of
from simulation.dynamodb.sizes import item_size
from simulation.dynamodb.table import Table
from simulation.dynamodb.times import Times
from simulation.dynamodb.values import Wire, native_item, wire_item
from simulation.faults import Faults
from simulation.scheduler import MS, Scheduler

NOT_FOUND = "ResourceNotFoundException"


@dataclass(frozen=True, slots=True)
class Call:
    """A call as the trace has it: when it was answered, who made it, and what came of it."""

    at_ns: int
    worker: str
    operation: str
    outcome: str


class DynamoDB:
    """Tables and all that their calls share. Make clients of it with `client.DynamoDBClient`."""

    def __init__(
        self,
        scheduler: Scheduler,
        *,
        times: Times | None = None,
        limits: Limits | None = None,
        faults: Faults | None = None,
        counters: Counters | None = None,
        traced: bool = False,
    ) -> None:
        self.scheduler = scheduler
        self.times = times or Times()
        self.faults = faults or Faults()
        self.counters = counters or Counters()
        self.plans = Plans()
        self.request_tokens = RequestTokens()
        self.tables: dict[str, Table] = {}
        limits = limits or Limits()
        self.writes = Capacity("Write", limits)
        self.reads = Capacity("Read", limits)
        self.trace: list[Call] | None = [] if traced else None

    def create(self, name: str, definition: Mapping[str, Any]) -> None:
        """Create a table as CreateTable would; it is there at once."""
        if name in self.tables:
            code = "ResourceInUseException"
            raise RefusedError(code, f"Table already exists: {name}")
        lag_ns = int(self.times.index_lag_ms * MS)
        self.tables[name] = Table(schema_of(name, definition), lag_ns)

    def table(self, name: str) -> Table:
        """Return the table called *name* (or by its ARN)."""
        table = self.tables.get(name.rpartition("/")[2] if name.startswith("arn:") else name)
        if table is None:
            raise RefusedError(NOT_FOUND, "Requested resource not found")
        return table

    def seed(self, name: str, items: Iterable[Wire]) -> None:
        """Put *items* into a table, outside of time: no call, no units, no lag of indexes."""
        table = self.table(name)
        for wire in items:
            item = native_item(wire)
            key = table.schema.key_in(item)
            table.schema.check_indexed(item)
            table.write(key, item, item_size(item), -1, -1)

    def contents(self, name: str) -> list[dict[str, Any]]:
        """Return every item of a table as it stands, outside of time, in order of their keys."""
        table = self.table(name)
        items = sorted(table.items(), key=lambda item: [item[n] for n in table.schema.names])
        return [wire_item(item) for item in items]

    def tell(self, operation: str, outcome: str) -> None:
        """Add a call to the trace, where one is kept."""
        if self.trace is not None:
            worker = self.scheduler.worker
            name = worker.name if worker else ""
            self.trace.append(Call(self.scheduler.now_ns, name, operation, outcome))
