"""Queries: a range of one partition of a table or an index, in pages.

A page ends at `Limit` items or 1 MB, whichever is first, and counts what it read before its
filter. As the developer guide warns, a page that ended at its limit has a `LastEvaluatedKey`
even if nothing follows.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from simulation.dynamodb.errors import InvalidError
from simulation.dynamodb.indexes import Place, place_of
from simulation.dynamodb.keyed import split
from simulation.dynamodb.paths import Values
from simulation.dynamodb.plans import Plan
from simulation.dynamodb.projections import projected
from simulation.dynamodb.schema import IndexSchema
from simulation.dynamodb.sizes import item_size
from simulation.dynamodb.table import Table
from simulation.dynamodb.values import Item, Value, native_item, wire_item

PAGE_BYTES_MAX = 1_024 * 1_024


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A page: its *answer*, and what reading it comes to. *owner* is the table or index."""

    answer: dict[str, Any]
    size: int
    owner: str
    partition: Value
    consistent: bool


def query(table: Table, call: Mapping[str, Any], plan: Plan, values: Values, now_ns: int) -> Found:
    """Return a page of what *call* asks for. Raises `InvalidError` where DynamoDB would refuse it."""
    schema = table.schema
    index = _index(table, call.get("IndexName"))
    consistent = bool(call.get("ConsistentRead"))
    if index is not None and not index.local and consistent:
        msg = "Consistent reads are not supported on global secondary indexes"
        raise InvalidError(msg)
    if not plan.key:
        msg = "Either the KeyConditions or KeyConditionExpression parameter must be specified"
        raise InvalidError(msg)
    partition, in_range = split(plan.key, index.names if index else schema.names, values)
    entries = _entries(table, index, partition, now_ns)
    if in_range is not None:
        entries = (entry for entry in entries if in_range(entry[1], values))
    if not call.get("ScanIndexForward", True):
        entries = reversed(list(entries))
    items = _after(entries, table, index, call)
    page, size, last = _page(items, int(call.get("Limit") or 0))
    wanted = [item for item in page if plan.filter is None or plan.filter(item, values)]
    answer: dict[str, Any] = {"Count": len(wanted), "ScannedCount": len(page)}
    if call.get("Select") != "COUNT":
        answer["Items"] = [wire_item(projected(item, plan.projection)) for item in wanted]
    if last is not None:
        names = dict.fromkeys((*schema.names, *(index.names if index else ())))
        answer["LastEvaluatedKey"] = wire_item({name: last[name] for name in names})
    owner = schema.name if index is None or index.local else f"{schema.name}/{index.name}"
    return Found(answer=answer, size=size, owner=owner, partition=partition, consistent=consistent)


def _index(table: Table, name: str | None) -> IndexSchema | None:
    if name is None:
        return None
    index = table.schema.indexes.get(name)
    if index is None:
        msg = f"The table does not have the specified index: {name}"
        raise InvalidError(msg)
    return index


def _entries(
    table: Table, index: IndexSchema | None, partition: Value, now_ns: int
) -> Iterable[tuple[Place, Item]]:
    if index is not None and not index.local:
        return table.global_indexes[index.name].in_order(partition, now_ns)
    collection = table.collections.get(partition)
    if collection is None:
        return ()
    in_order = collection.in_order()
    if index is None:
        return (((sort,) if sort is not None else (), r.item or {}) for sort, r in in_order)
    held = [
        (place_of(index, (None, sort), entry), entry)
        for sort, record in in_order
        if (entry := index.projected(record.item or {})) is not None
    ]
    return sorted(held, key=lambda entry: entry[0])


def _after(
    entries: Iterable[tuple[Place, Item]],
    table: Table,
    index: IndexSchema | None,
    call: Mapping[str, Any],
) -> Iterator[Item]:
    """Yield the items of *entries* that come after `ExclusiveStartKey`."""
    start = _start(table, index, call.get("ExclusiveStartKey"))
    forward = call.get("ScanIndexForward", True)
    for place, item in entries:
        if start is not None and (place <= start if forward else place >= start):
            continue
        yield item


def _start(table: Table, index: IndexSchema | None, wire: Mapping[str, Any] | None) -> Place | None:
    if not wire:
        return None
    key = native_item(wire)
    schema = table.schema
    wanted = {*schema.names, *(index.names if index else ())}
    if key.keys() != wanted:
        msg = "The provided starting key is invalid"
        raise InvalidError(msg)
    own = tuple(key[name] for name in schema.names)
    if index is None:
        return own[1:]
    return place_of(index, (None, own[-1]) if index.local else (own[0], *own[1:]), key)


def _page(items: Iterator[Item], limit: int) -> tuple[list[Item], int, Item | None]:
    """Return the items of a page, their size, and the last if the page ended at a limit."""
    page: list[Item] = []
    size = 0
    for item in items:
        page.append(item)
        size += item_size(item)
        if len(page) == limit or size >= PAGE_BYTES_MAX:
            return page, size, item
    return page, size, None
