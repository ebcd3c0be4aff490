"""TransactWriteItems and TransactGetItems as calls, through their times."""

from collections.abc import Mapping, Sequence
from typing import Any

from simulation.dynamodb.answers import EXPRESSIONS, answered, check_known
from simulation.dynamodb.errors import InvalidError
from simulation.dynamodb.projections import projected
from simulation.dynamodb.reading import draw_read
from simulation.dynamodb.service import DynamoDB
from simulation.dynamodb.sizes import read_units
from simulation.dynamodb.table import Record
from simulation.dynamodb.transactions import (
    ACTIONS_MAX,
    Transaction,
    canceled,
    reading_conflicts,
)
from simulation.dynamodb.values import wire_item
from simulation.dynamodb.writes import Write, read_write

_WRITE = EXPRESSIONS | {
    "TableName",
    "ConditionExpression",
    "ReturnValuesOnConditionCheckFailure",
}
_KNOWN = {
    "Put": _WRITE | {"Item"},
    "Update": _WRITE | {"Key", "UpdateExpression"},
    "Delete": _WRITE | {"Key"},
    "ConditionCheck": _WRITE | {"Key"},
    "Get": {"TableName", "Key", "ProjectionExpression", "ExpressionAttributeNames"},
}
_CALL = {"TransactItems", "ClientRequestToken"}


def transact_write_items(service: DynamoDB, call: Mapping[str, Any]) -> dict[str, Any]:
    """Make all writes or none. Raises `RefusedError` with the reasons by index."""
    check_known(call, _CALL)
    scheduler = service.scheduler
    to_coordinator, to_items, decide, write, back = service.times.transaction(scheduler.random)
    writes = _writes(service, call["TransactItems"])
    scheduler.wait_ns(to_coordinator)
    token = call.get("ClientRequestToken")
    if token is not None and service.request_tokens.repeats(token, call, scheduler.now_ns):
        scheduler.wait_ns(to_items + back)
        return answered()
    done = False
    transaction = Transaction(writes, stamp=scheduler.now_ns)
    try:
        scheduler.wait_ns(to_items)
        reasons = transaction.prepare(service.writes, service.counters, scheduler.now_ns)
        scheduler.wait_ns(decide)
        if reasons is not None:
            transaction.cancel()
            scheduler.wait_ns(back)
            raise canceled(reasons, service.counters)
        scheduler.wait_ns(write)
        transaction.commit(service.writes, service.counters, scheduler.now_ns)
        done = True
    finally:
        if token is not None and not done:
            service.request_tokens.forget(token)
    if token is not None:
        service.request_tokens.finish(token, scheduler.now_ns)
    scheduler.wait_ns(back)
    return answered()


def transact_get_items(service: DynamoDB, call: Mapping[str, Any]) -> dict[str, Any]:
    """Read all items as they were at one moment, or none. Raises `RefusedError` as writing does."""
    check_known(call, _CALL - {"ClientRequestToken"})
    scheduler = service.scheduler
    to_coordinator, to_items, decide, _, back = service.times.transaction(scheduler.random)
    gets = [_only(entry, {"Get"}) for entry in call["TransactItems"]]
    _check_count(gets)
    plans = [service.plans.of(_expressions(get))[0] for _, get in gets]
    tables = [service.table(get["TableName"]) for _, get in gets]
    keys = [table.schema.key_of(get["Key"]) for table, (_, get) in zip(tables, gets, strict=True)]
    _check_apart([(t.schema.name, key) for t, key in zip(tables, keys, strict=True)])
    scheduler.wait_ns(to_coordinator + to_items)
    met = [(table, table.record(key)) for table, key in zip(tables, keys, strict=True)]
    for (table, record), key in zip(met, keys, strict=True):
        units = 2 * read_units(record.size if record else 0, consistent=True)
        draw_read(service, table.schema.name, key[0], units, table)
    stamps = [_stamp(record) for _, record in met]
    answers: list[dict[str, Any]] = [
        {"Item": wire_item(projected(record.item, plan.projection))}
        if record is not None and record.item is not None
        else {}
        for (_, record), plan in zip(met, plans, strict=True)
    ]
    reasons = reading_conflicts(met, service.counters)
    scheduler.wait_ns(decide)
    again = [(table, table.record(key)) for table, key in zip(tables, keys, strict=True)]
    reasons = reasons or reading_conflicts(again, service.counters)
    if reasons is None and stamps != [_stamp(record) for _, record in again]:
        written = [
            {"Code": "None" if stamp == _stamp(record) else "TransactionConflict"}
            for stamp, (_, record) in zip(stamps, again, strict=True)
        ]
        reasons = written
    scheduler.wait_ns(back)
    if reasons is not None:
        raise canceled(reasons, service.counters)
    return answered(Responses=answers)


def _stamp(record: Record | None) -> int:
    return -1 if record is None else record.stamp


def _writes(service: DynamoDB, entries: Sequence[Mapping[str, Any]]) -> list[Write]:
    _check_count(entries)
    writes: list[Write] = []
    for entry in entries:
        kind, call = _only(entry, _KNOWN.keys() - {"Get"})
        plan, values = service.plans.of(call)
        table = service.table(call["TableName"])
        writes.append(read_write(kind, call, table, plan, values))
    _check_apart([(write.table.schema.name, write.key) for write in writes])
    return writes


def _only(entry: Mapping[str, Any], kinds: "frozenset[str] | set[str]") -> tuple[str, Any]:
    if len(entry) != 1:
        msg = "TransactItems can only contain one of Check, Put, Update or Delete"
        raise InvalidError(msg)
    ((kind, call),) = entry.items()
    if kind not in kinds:
        msg = f"no such action here: {kind}"
        raise InvalidError(msg)
    check_known(call, _KNOWN[kind])
    return kind, call


def _check_count(entries: Sequence[object]) -> None:
    if not 1 <= len(entries) <= ACTIONS_MAX:
        msg = "Member must have length less than or equal to 100, and at least 1"
        raise InvalidError(msg)


def _check_apart(keys: Sequence[object]) -> None:
    if len(set(keys)) != len(keys):
        msg = "Transaction request cannot include multiple operations on one item"
        raise InvalidError(msg)


def _expressions(get: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: get[name] for name in get if name.endswith(("Expression", "Names"))}
