"""A shard as an item, a shift of it as an update, and the ledger entry that tells of shifts."""

import json
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any
from uuid import uuid4

from chalicelib.adapters.dynamodb.items import Item, Update
from chalicelib.adapters.dynamodb.keys import (
    MONEY_LEFT,
    UNITS_LEFT,
    WITHIN_PLAN,
    Key,
    ledger_of,
    named,
    shard_key,
)
from chalicelib.application.counter_ports import Entry
from chalicelib.domain.counter import Shard
from chalicelib.domain.movement import EntryKind, Guard, Shift

COLUMNS = ("left", "held", "redeemed", "money_left", "money_held", "spent")
"""What a ledger entry tells of a shard, in this order."""

SHIFT = (
    "ADD #left :left, held :held, redeemed :redeemed, taken :taken, money_left :money_left,"
    " money_held :money_held, spent :spent, moves :one, gains :gained"
)

ID_BYTES = 12
"""96 bits of the hash of an intent's id, which in a ledger entry stand for the intent."""

_ONE = {"N": "1"}
_NONE = {"N": "0"}


def shard_item(counter: str, number: int, version: int, units: int, money: int) -> Key:
    """Return the item of a new shard that has so much to give."""
    amounts = {
        "opened": units,
        "issued": units,
        "left": units,
        "held": 0,
        "redeemed": 0,
        "taken": 0,
        "funded": money,
        "budget": money,
        "money_left": money,
        "money_held": 0,
        "spent": 0,
        "moves": 0,
        "gains": 0,
        "version": version,
    }
    numbers = {name: {"N": str(amount)} for name, amount in amounts.items()}
    return {**shard_key(counter, number), **numbers}


def shard_of(item: Item) -> Shard:
    """Return the shard in *item*."""
    amounts = {name: int(value["N"]) for name, value in item.items() if "N" in value}
    return Shard(number=int(item["code"]["S"].rpartition("#")[2]), **amounts)


def shifts_by_shard(shifts: Iterable[Shift]) -> dict[tuple[str, int], list[int]]:
    """Return the sum of *shifts* for each counter and shard, column by column."""
    sums: dict[tuple[str, int], list[int]] = {}
    for shift in shifts:
        columns = (
            shift.left,
            shift.held,
            shift.redeemed,
            shift.money_left,
            shift.money_held,
            shift.spent,
        )
        total = sums.setdefault((shift.counter, shift.shard), [0] * len(COLUMNS))
        for index, amount in enumerate(columns):
            total[index] += amount
    return sums


def shift_update(
    table: str, counter: str, number: int, columns: Sequence[int], guard: Guard | None
) -> Update:
    """Return the update that adds *columns* to a shard, if it is as *guard* wants it."""
    values: dict[str, Any] = {
        f":{name}": {"N": str(amount)} for name, amount in zip(COLUMNS, columns, strict=True)
    }
    taken = -columns[0]
    values[":taken"] = {"N": str(taken)}
    values[":one"] = _ONE
    values[":gained"] = _ONE if columns[0] > 0 or columns[3] > 0 else _NONE
    update: Update = {
        "TableName": table,
        "Key": shard_key(counter, number),
        "UpdateExpression": SHIFT,
        "ExpressionAttributeNames": named(SHIFT),
        "ExpressionAttributeValues": values,
    }
    if guard is None:
        return update
    condition = UNITS_LEFT
    values[":version"] = {"N": str(guard.version)}
    values[":units"] = {"N": str(taken)}
    if guard.budgeted:
        condition += f" AND {MONEY_LEFT}"
        values[":money"] = {"N": str(-columns[3])}
    if guard.allowed is not None and taken:
        condition += f" AND {WITHIN_PLAN}"
        values[":most"] = {"N": str(guard.allowed[number] - taken)}
    update["ConditionExpression"] = condition
    update["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
    return update


def intent_mark(intent_id: str) -> bytes:
    """Return what stands for an intent in a ledger entry, and is the same each time."""
    return sha256(intent_id.encode()).digest()[:ID_BYTES]


def entry_item(
    counter: str,
    at: int,
    kind: EntryKind,
    sums: Mapping[int, Sequence[int]],
    intents: Sequence[str] = (),
    *,
    command: str | None = None,
    issued: int = 0,
    funded: int = 0,
    name: str | None = None,
) -> Key:
    """Return the ledger entry of *sums* by shard. Nothing ever changes it.

    *name* tells it from others of its moment; drawn by chance if not given.
    """
    item: Key = {
        "code": {"S": ledger_of(counter, min(sums))},
        "part": {"S": f"{at:013d}#{name or uuid4().hex[:12]}"},
        "kind": {"S": kind},
        "shifts": {"S": json.dumps([[n, *sums[n]] for n in sums], separators=(",", ":"))},
    }
    if intents:
        item["intents"] = {"B": b"".join(map(intent_mark, intents))}
    if command is not None:
        item["command"] = {"S": command}
    for column, amount in (("issued", issued), ("funded", funded)):
        if amount:
            item[column] = {"N": str(amount)}
    return item


def entry_of(counter: str, item: Item) -> Entry:
    """Return the ledger entry in *item*."""
    found: bytes = item["intents"]["B"] if "intents" in item else b""
    return Entry(
        at=int(item["part"]["S"].partition("#")[0]),
        kind=EntryKind(item["kind"]["S"]),
        shifts=tuple(
            Shift(counter=counter, shard=number, **dict(zip(COLUMNS, columns, strict=True)))
            for number, *columns in json.loads(item["shifts"]["S"])
        ),
        issued=int(item["issued"]["N"]) if "issued" in item else 0,
        funded=int(item["funded"]["N"]) if "funded" in item else 0,
        intents=tuple(found[i : i + ID_BYTES].hex() for i in range(0, len(found), ID_BYTES)),
        command=item["command"]["S"] if "command" in item else None,
    )
