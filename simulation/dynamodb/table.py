"""A table's items, each with what the transaction protocol knows of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from simulation.dynamodb.indexes import GlobalIndex
from simulation.dynamodb.schema import Key, TableSchema
from simulation.dynamodb.values import Item, Value

NOWHERE: Item = {}
"""The item that isn't there, as conditions and updates see it."""


@dataclass(slots=True, eq=False)
class Record:
    """What lies under one key: an item, or none. *stamp* is when it was last written."""

    item: Item | None = None
    size: int = 0
    stamp: int = -1
    holder: object | None = None
    """The transaction that has prepared a write of it and neither committed nor cancelled."""


@dataclass(slots=True, eq=False)
class Collection:
    """All items of one partition key, by sort key."""

    records: dict[Value, Record] = field(default_factory=dict)
    _order: list[Value] | None = None

    def in_order(self) -> list[tuple[Value, Record]]:
        """Return the items that are there, in order of their sort keys."""
        if self._order is None:
            self._order = sorted(k for k, record in self.records.items() if record.item is not None)
        return [(sort, self.records[sort]) for sort in self._order]

    def forget_order(self) -> None:
        """Sort anew when next asked: an item came or went."""
        self._order = None


class Table:
    """A table and its global indexes. What it holds changes at once; time is the callers' matter."""

    def __init__(self, schema: TableSchema, index_lag_ns: int) -> None:
        self.schema = schema
        self.collections: dict[Value, Collection] = {}
        self.global_indexes = {
            index.name: GlobalIndex(index, schema, index_lag_ns)
            for index in schema.indexes.values()
            if not index.local
        }

    def record(self, key: Key) -> Record | None:
        """Return what lies under *key*, if anything was ever there."""
        collection = self.collections.get(key[0])
        return collection.records.get(key[1]) if collection else None

    def claim(self, key: Key) -> Record:
        """Return what lies under *key*, and make a place for it if there is none."""
        collection = self.collections.get(key[0])
        if collection is None:
            collection = self.collections[key[0]] = Collection()
        record = collection.records.get(key[1])
        if record is None:
            record = collection.records[key[1]] = Record()
        return record

    def write(
        self,
        key: Key,
        item: Item | None,
        size: int,
        now_ns: int,
        stamp: int,
        *,
        indexed: bool = True,
    ) -> None:
        """Put *item* (None: nothing) under *key*, as of *stamp*; indexes are told of it at *now_ns*.

        They are not if nothing that is *indexed* changes.
        """
        record = self.claim(key)
        before, record.item, record.size, record.stamp = record.item, item, size, stamp
        if (before is None) != (item is None):
            self.collections[key[0]].forget_order()
        for index in () if not indexed else self.global_indexes.values():
            index.note(key, before, item, now_ns)

    def items(self) -> Iterator[Item]:
        """Yield every item as it stands now, in no order that means anything."""
        for collection in self.collections.values():
            for record in collection.records.values():
                if record.item is not None:
                    yield record.item
