"""Secondary indexes: what they hold of an item, what keeping them costs, and how late they are.

A local index is read off the table itself, so it can be read consistently. A global one is
told of each write some time after it ("eventually consistent", the developer guide says;
"within a fraction of a second under normal conditions").
"""

from collections import deque
from collections.abc import Iterator

from simulation.dynamodb.schema import IndexSchema, Key, TableSchema
from simulation.dynamodb.sizes import item_size, write_units
from simulation.dynamodb.values import Item, Value

Place = tuple[Value, ...]
"""An entry's place in its partition: the index's sort key, then the item's own key."""


def entry_units(before: Item | None, after: Item | None) -> int:
    """Return what an index's entry costs to become *after*: nothing where it stays as it is.

    A changed key is a deletion and a put (developer guide, "Provisioned throughput
    considerations for Global Secondary Indexes").
    """
    if before == after:
        return 0
    return sum(write_units(item_size(entry)) for entry in (before, after) if entry is not None)


def place_of(index: IndexSchema, key: Key, item: Item) -> Place:
    """Return where *item* stands among those of its partition of *index*."""
    sort = tuple(item[name] for name in index.names[1:])
    return (*sort, *(part for part in key if part is not None))


class GlobalIndex:
    """A global secondary index, *lag_ns* behind its table."""

    def __init__(self, schema: IndexSchema, table: TableSchema, lag_ns: int) -> None:
        self.schema = schema
        self._table = table
        self._lag_ns = lag_ns
        self._entries: dict[Value, dict[Place, Item]] = {}
        self._coming: deque[tuple[int, Key, Item | None, Item | None]] = deque()

    def note(self, key: Key, before: Item | None, after: Item | None, now_ns: int) -> None:
        """Take note of a write, to be seen once the lag has passed."""
        old = self.schema.projected(before) if before else None
        new = self.schema.projected(after) if after else None
        if old == new:
            return
        if now_ns < 0 or not self._lag_ns:
            self._change(key, old, new)
        else:
            self._coming.append((now_ns + self._lag_ns, key, old, new))

    def in_order(self, partition: Value, now_ns: int) -> Iterator[tuple[Place, Item]]:
        """Yield the entries of *partition* that can be seen at *now_ns*, in order."""
        while self._coming and self._coming[0][0] <= now_ns:
            _, key, old, new = self._coming.popleft()
            self._change(key, old, new)
        entries = self._entries.get(partition, {})
        for place in sorted(entries):
            yield place, entries[place]

    def _change(self, key: Key, old: Item | None, new: Item | None) -> None:
        if old is not None:
            partition = self._entries.get(old[self.schema.names[0]], {})
            partition.pop(place_of(self.schema, key, old), None)
        if new is not None:
            partition = self._entries.setdefault(new[self.schema.names[0]], {})
            partition[place_of(self.schema, key, new)] = new
