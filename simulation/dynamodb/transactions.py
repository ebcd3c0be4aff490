"""TransactWriteItems and TransactGetItems: all of it, or none and the reasons by index.

After "Distributed Transactions at Scale in Amazon DynamoDB" (Idziorek et al., USENIX ATC
2023) and the developer guide's "Transaction conflict handling in DynamoDB". A coordinator
gives the transaction a timestamp and asks every item to prepare. An item accepts if its
condition holds, if no other transaction has it prepared, and if it was not written at a
later timestamp; all items answer, so the reasons name every one that refused. If all
accepted they are written, else all let go. While an item is prepared, single writes of it are
refused with `TransactionConflictException` and reads see it as it was. Nothing waits for
anything. A read transaction reads every item twice without writing: it is refused where one is
prepared, or was written in between.

Each item costs its write units twice, "one to prepare the transaction and one to commit".
The guide doesn't say what a cancelled transaction costs; here it has paid for preparing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from simulation.dynamodb.capacity import Capacity
from simulation.dynamodb.counters import Counters
from simulation.dynamodb.errors import CANCELED, InvalidError, RefusedError
from simulation.dynamodb.sizes import TRANSACTION_BYTES_MAX
from simulation.dynamodb.table import Record, Table
from simulation.dynamodb.writes import Weighed, Write, told_old, weigh

ACTIONS_MAX = 100
"""The developer guide's limit on the actions of a transaction."""

NONE: dict[str, Any] = {"Code": "None"}
Reason = dict[str, Any]


@dataclass(slots=True, eq=False)
class Transaction:
    """One write transaction on its way. *stamp* is its place in the order of all writes."""

    writes: Sequence[Write]
    stamp: int
    weighed: list[Weighed] = field(default_factory=list)
    _held: list[Record] = field(default_factory=list)

    def prepare(self, writes: Capacity, counters: Counters, now_ns: int) -> list[Reason] | None:
        """Have every item prepare; return the reasons of those that refused, or None if all accepted.

        Raises `InvalidError` if the transaction as a whole is too large; nothing is held then.
        """
        refused = False
        reasons: list[Reason] = []
        for write in self.writes:
            reason = self._prepare(write, writes, counters, now_ns)
            refused |= reason is not NONE
            reasons.append(reason)
        if sum(weighed.size for weighed in self.weighed) > TRANSACTION_BYTES_MAX:
            self.cancel()
            msg = "The aggregate size of the items in the transaction exceeds 4 MB"
            raise InvalidError(msg)
        return reasons if refused else None

    def _prepare(self, write: Write, capacity: Capacity, counters: Counters, now_ns: int) -> Reason:
        table, key = write.table, write.key
        record = table.record(key)
        weighed = weigh(write, record)
        self.weighed.append(weighed)
        name, on_demand = table.schema.name, table.schema.on_demand
        refusal = capacity.refusal(name, key[0], weighed.units, now_ns, on_demand=on_demand)
        for owner, partition, units in weighed.index_units:
            refusal = refusal or capacity.refusal(
                owner, partition, units, now_ns, on_demand=on_demand
            )
        if refusal:
            counters.throttles[name] += 1
            code = "ThrottlingError" if on_demand else "ProvisionedThroughputExceeded"
            return {"Code": code, "Message": refusal.message}
        _draw(write, weighed, capacity, counters, now_ns)
        if record is not None and (record.holder is not None or record.stamp > self.stamp):
            counters.conflicts[name] += 1
            return {
                "Code": "TransactionConflict",
                "Message": "Transaction is ongoing for the item",
            }
        if weighed.invalid is not None:
            return {"Code": "ValidationError", "Message": weighed.invalid.message}
        if not weighed.holds:
            old = told_old(write, weighed)
            failed = {
                "Code": "ConditionalCheckFailed",
                "Message": "The conditional request failed",
            }
            return failed if old is None else {**failed, "Item": old}
        record = record or table.claim(key)
        record.holder = self
        self._held.append(record)
        return NONE

    def commit(self, capacity: Capacity, counters: Counters, now_ns: int) -> None:
        """Write every item."""
        for write, weighed in zip(self.writes, self.weighed, strict=True):
            _draw(write, weighed, capacity, counters, now_ns)
            for owner, partition, units in weighed.index_units:
                capacity.draw(owner, partition, units, now_ns)
                counters.wrote(owner, capacity.partition(owner, partition), units)
            if write.kind != "ConditionCheck":
                write.table.write(
                    write.key,
                    weighed.after,
                    weighed.size,
                    now_ns,
                    self.stamp,
                    indexed=weighed.indexed,
                )
        self.cancel()

    def cancel(self) -> None:
        """Let go of every item."""
        for record in self._held:
            record.holder = None
        self._held.clear()


def _draw(
    write: Write, weighed: Weighed, capacity: Capacity, counters: Counters, now_ns: int
) -> None:
    name, partition = write.table.schema.name, write.key[0]
    capacity.draw(name, partition, weighed.units, now_ns)
    counters.wrote(name, capacity.partition(name, partition), weighed.units)


def canceled(reasons: Sequence[Reason], counters: Counters) -> RefusedError:
    """Return the refusal of a transaction, with the reasons in the order of its actions."""
    for reason in reasons:
        if reason is not NONE:
            counters.reasons[reason["Code"]] += 1
    codes = ", ".join(reason["Code"] for reason in reasons)
    return RefusedError(
        CANCELED,
        f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]",
        CancellationReasons=[dict(reason) for reason in reasons],
    )


def reading_conflicts(
    records: Sequence[tuple[Table, Record | None]], counters: Counters
) -> list[Reason] | None:
    """Return the reasons why items can't be read together now, or None."""
    held = [record is not None and record.holder is not None for _, record in records]
    if not any(held):
        return None
    for (table, _), is_held in zip(records, held, strict=True):
        counters.conflicts[table.schema.name] += is_held
    conflict = {"Code": "TransactionConflict", "Message": "Transaction is ongoing for the item"}
    return [conflict if is_held else NONE for is_held in held]
