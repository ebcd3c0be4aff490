"""One write: read from a call, then weighed against the item that it meets.

Weighing changes nothing. It tells what the write would cost, what would become of the item,
and why it can't be done, so that single writes and transactions may decide each their way.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from simulation.dynamodb.errors import InvalidError
from simulation.dynamodb.indexes import entry_units
from simulation.dynamodb.paths import Values
from simulation.dynamodb.plans import Plan
from simulation.dynamodb.schema import Key
from simulation.dynamodb.sizes import (
    ITEM_BYTES_MAX,
    attribute_size,
    item_size,
    write_units,
)
from simulation.dynamodb.table import NOWHERE, Record, Table
from simulation.dynamodb.values import Item, Value, native_item, wire_item

_ABSENT = Record()
"""What lies where nothing was ever written."""


@dataclass(slots=True, kw_only=True, eq=False)
class Write:
    """A put, update, deletion or check of one item, as a call asks for it."""

    kind: str
    table: Table
    key: Key
    plan: Plan
    values: Values
    item: Item | None
    """What a put puts."""
    tells_old: bool
    """Whether a failed condition is to answer with the item that it met."""


@dataclass(slots=True, kw_only=True, eq=False)
class Weighed:
    """What a write would do, where it is what it met."""

    before: Item | None
    after: Item | None = None
    size: int = 0
    holds: bool = True
    """Whether its condition does."""
    invalid: InvalidError | None = None
    indexed: bool = False
    """Whether an index might be told."""
    units: int = 1
    """Of the table, with its local indexes; outside of a transaction."""
    index_units: list[tuple[str, Value, int]] = field(default_factory=list)
    """Of global indexes: the index, its partition key, the units."""


def read_write(
    kind: str, call: Mapping[str, Any], table: Table, plan: Plan, values: Values
) -> Write:
    """Return the write that *call* asks for. Raises `InvalidError` where it can't be one."""
    schema = table.schema
    item: Item | None = None
    if kind == "Put":
        item = native_item(call["Item"])
        key = schema.key_in(item)
        schema.check_indexed(item)
    else:
        key = schema.key_of(call["Key"])
    if plan.update is not None:
        for name in schema.names:
            if name in plan.update.touched:
                msg = (
                    "One or more parameter values were invalid: Cannot update attribute"
                    f" {name}. This attribute is part of the key"
                )
                raise InvalidError(msg)
    if kind == "ConditionCheck" and plan.condition is None:
        msg = "The expression can not be empty"
        raise InvalidError(msg)
    return Write(
        kind=kind,
        table=table,
        key=key,
        plan=plan,
        values=values,
        item=item,
        tells_old=call.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD",
    )


def weigh(write: Write, record: Record | None) -> Weighed:
    """Return what *write* would do to *record*."""
    met = record or _ABSENT
    before = met.item
    weighed = Weighed(before=before, units=write_units(met.size))
    condition = write.plan.condition
    try:
        if condition is not None and not condition(before or NOWHERE, write.values):
            weighed.holds = False
            return weighed
        _apply(write, met, weighed)
    except InvalidError as error:
        weighed.invalid = error
    return weighed


def _apply(write: Write, met: Record, weighed: Weighed) -> None:
    schema = write.table.schema
    before = weighed.before
    if write.kind == "ConditionCheck":
        weighed.after, weighed.size = before, met.size
        return
    if write.kind == "Delete":
        weighed.after, weighed.size = None, 0
    elif write.kind == "Put":
        weighed.after = write.item
        weighed.size = item_size(write.item or NOWHERE)
    else:
        _update(write, met, weighed)
    if weighed.size > ITEM_BYTES_MAX:
        what = "Item size to update" if write.kind == "Update" else "Item size"
        msg = f"{what} has exceeded the maximum allowed size"
        raise InvalidError(msg)
    weighed.units = max(weighed.units, write_units(weighed.size))
    update = write.plan.update
    if before is None or update is None or not schema.untouched(update.touched):
        weighed.indexed = True
        _weigh_indexes(write, weighed)


def _update(write: Write, met: Record, weighed: Weighed) -> None:
    schema, update = write.table.schema, write.plan.update
    before, size = weighed.before, met.size
    if before is None:
        before = dict(zip(schema.names, write.key, strict=False))
        size = item_size(before)
    if update is None:
        weighed.after, weighed.size = before, size
        return
    after = update.apply(before, write.values)
    for name in update.touched:
        if name in before:
            size -= attribute_size(name, before[name])
        if name in after:
            size += attribute_size(name, after[name])
    if not schema.untouched(update.touched):
        schema.check_indexed(after)
    weighed.after, weighed.size = after, size


def _weigh_indexes(write: Write, weighed: Weighed) -> None:
    schema = write.table.schema
    for index in schema.indexes.values():
        before = index.projected(weighed.before) if weighed.before else None
        after = index.projected(weighed.after) if weighed.after else None
        units = entry_units(before, after)
        if not units:
            continue
        if index.local:
            weighed.units += units
            continue
        partition = (after or before or NOWHERE)[index.names[0]]
        weighed.index_units.append((f"{schema.name}/{index.name}", partition, units))


def told_old(write: Write, weighed: Weighed) -> dict[str, Any] | None:
    """Return the item that a failed condition answers with; None if it answers with none."""
    if not write.tells_old or weighed.before is None:
        return None
    return wire_item(weighed.before)
