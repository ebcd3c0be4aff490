"""A table's keys and indexes, from what CreateTable takes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simulation.dynamodb.errors import InvalidError
from simulation.dynamodb.values import Item, Value, Wire, kind_of, native

KEY_BYTES_MAX = {0: 2_048, 1: 1_024}
"""The developer guide's limits on a partition key and a sort key."""

Key = tuple[Value, Value]
"""A partition key and a sort key; None where the table has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexSchema:
    """An index: *names* of its partition key and, if it has one, its sort key."""

    name: str
    names: tuple[str, ...]
    local: bool
    kept: frozenset[str] | None
    """The attributes that it projects; None for all of them."""

    def projected(self, item: Item) -> Item | None:
        """Return what the index holds of *item*; None if it is not in the index."""
        for name in self.names:
            if name not in item:
                return None
        if self.kept is None:
            return item
        return {name: item[name] for name in item if name in self.kept}


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSchema:
    """A table: *names* of its partition key and, if it has one, its sort key; its indexes."""

    name: str
    names: tuple[str, ...]
    kinds: Mapping[str, str]
    indexes: Mapping[str, IndexSchema]
    on_demand: bool
    indexed: frozenset[str] | None
    """The attributes that indexes hold; None where one holds all. Others change for free."""

    def untouched(self, names: tuple[str, ...]) -> bool:
        """Tell whether no index holds any of *names*."""
        return self.indexed is not None and self.indexed.isdisjoint(names)

    def key_of(self, wire: Wire) -> Key:
        """Return the key in *wire*, which must be the whole key and nothing else."""
        names = self.names
        if len(wire) != len(names):
            msg = "The provided key element does not match the schema"
            raise InvalidError(msg)
        return self._key({name: native(wire[name]) for name in names if name in wire})

    def key_in(self, item: Item) -> Key:
        """Return the key of *item*. Raises `InvalidError` if it can't be in the table."""
        for name in self.names:
            if name not in item:
                msg = (
                    f"One or more parameter values were invalid: Missing the key {name} in the item"
                )
                raise InvalidError(msg)
        return self._key(item)

    def check_indexed(self, item: Item) -> None:
        """Raise `InvalidError` where an index's key in *item* is empty or of the wrong type."""
        for index in self.indexes.values():
            for name in index.names:
                if name not in item:
                    continue
                if kind_of(item[name]) != self.kinds[name]:
                    msg = (
                        "One or more parameter values were invalid: Type mismatch for Index Key"
                        f" {name} Expected: {self.kinds[name]} Actual: {kind_of(item[name])}"
                        f" IndexName: {index.name}"
                    )
                    raise InvalidError(msg)
                if item[name] in {"", b""}:
                    raise _empty(name)

    def _key(self, item: Item) -> Key:
        values: list[Value] = []
        for place, name in enumerate(self.names):
            if name not in item:
                msg = "The provided key element does not match the schema"
                raise InvalidError(msg)
            value = item[name]
            kind = type(value)
            if kind is str:
                if not value:
                    raise _empty(name)
                if len(value) > KEY_BYTES_MAX[place]:
                    msg = "One or more parameter values were invalid: Size of a key has exceeded"
                    raise InvalidError(msg)
            if (self.kinds[name] != "S" or kind is not str) and kind_of(value) != self.kinds[name]:
                msg = "The provided key element does not match the schema"
                raise InvalidError(msg)
            values.append(value)
        return (values[0], values[1]) if len(values) > 1 else (values[0], None)


def _empty(name: str) -> InvalidError:
    msg = (
        "One or more parameter values are not valid. The AttributeValue for a key attribute"
        f" cannot contain an empty string value. Key: {name}"
    )
    return InvalidError(msg)


def schema_of(name: str, definition: Mapping[str, Any]) -> TableSchema:
    """Return the schema that *definition* gives a table called *name*."""
    keys = _names(definition["KeySchema"])
    indexes: dict[str, IndexSchema] = {}
    for kind in ("LocalSecondaryIndexes", "GlobalSecondaryIndexes"):
        for index in definition.get(kind, ()):
            indexes[index["IndexName"]] = _index(index, keys, local=kind.startswith("Local"))
    return TableSchema(
        name=name,
        names=keys,
        kinds={a["AttributeName"]: a["AttributeType"] for a in definition["AttributeDefinitions"]},
        indexes=indexes,
        on_demand=definition.get("BillingMode") == "PAY_PER_REQUEST",
        indexed=_indexed(indexes.values()),
    )


def _indexed(indexes: Iterable[IndexSchema]) -> frozenset[str] | None:
    held: frozenset[str] = frozenset()
    for index in indexes:
        if index.kept is None:
            return None
        held |= index.kept
    return held


def _index(definition: Mapping[str, Any], keys: tuple[str, ...], *, local: bool) -> IndexSchema:
    names = _names(definition["KeySchema"])
    projection = definition["Projection"]
    kept = {*keys, *names, *projection.get("NonKeyAttributes", ())}
    return IndexSchema(
        name=definition["IndexName"],
        names=names,
        local=local,
        kept=None if projection["ProjectionType"] == "ALL" else frozenset(kept),
    )


def _names(schema: Sequence[Mapping[str, str]]) -> tuple[str, ...]:
    ordered = sorted(schema, key=lambda element: element["KeyType"] != "HASH")
    return tuple(element["AttributeName"] for element in ordered)
