"""PutItem, UpdateItem and DeleteItem."""

from collections.abc import Collection, Mapping
from typing import Any

from simulation.dynamodb.answers import EXPRESSIONS, answered, check_known, consumed
from simulation.dynamodb.errors import CONFLICT, InvalidError, RefusedError, condition_failed
from simulation.dynamodb.service import DynamoDB
from simulation.dynamodb.values import Item, wire_item
from simulation.dynamodb.writes import Weighed, Write, read_write, told_old, weigh

_ANY = EXPRESSIONS | {
    "TableName",
    "ConditionExpression",
    "ReturnValues",
    "ReturnValuesOnConditionCheckFailure",
    "ReturnConsumedCapacity",
}
_KNOWN: Mapping[str, Collection[str]] = {
    "Put": _ANY | {"Item"},
    "Update": _ANY | {"Key", "UpdateExpression"},
    "Delete": _ANY | {"Key"},
}
_OLD_OR_NOTHING = ("NONE", "ALL_OLD")
_RETURNS: Mapping[str, Collection[str]] = {
    "Put": _OLD_OR_NOTHING,
    "Update": (*_OLD_OR_NOTHING, "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW"),
    "Delete": _OLD_OR_NOTHING,
}


def put_item(service: DynamoDB, call: Mapping[str, Any]) -> dict[str, Any]:
    """Put an item in place of whatever is there, if its condition holds."""
    return _write(service, "Put", call)


def update_item(service: DynamoDB, call: Mapping[str, Any]) -> dict[str, Any]:
    """Update an item, or make one, if its condition holds."""
    return _write(service, "Update", call)


def delete_item(service: DynamoDB, call: Mapping[str, Any]) -> dict[str, Any]:
    """Delete an item if its condition holds."""
    return _write(service, "Delete", call)


def _write(service: DynamoDB, kind: str, call: Mapping[str, Any]) -> dict[str, Any]:
    check_known(call, _KNOWN[kind])
    returns = call.get("ReturnValues", "NONE")
    if returns not in _RETURNS[kind]:
        msg = "Return values set to invalid value"
        raise InvalidError(msg)
    there, back = service.times.call(service.scheduler.random)
    plan, values = service.plans.of(call)
    write = read_write(kind, call, service.table(call["TableName"]), plan, values)
    service.scheduler.wait_ns(there)
    weighed = write_one(service, write)
    answer = answered(**consumed(call, write.table.schema.name, weighed.units))
    if attributes := _returned(write, weighed, returns):
        answer["Attributes"] = wire_item(attributes)
    service.scheduler.wait_ns(back)
    return answer


def write_one(service: DynamoDB, write: Write) -> Weighed:
    """Make one write now. Raises `RefusedError`, and changes nothing, where it can't be made.

    Its units are used whether or not its condition holds.
    """
    table, key, now_ns = write.table, write.key, service.scheduler.now_ns
    name, on_demand = table.schema.name, table.schema.on_demand
    record = table.record(key)
    weighed = weigh(write, record)
    for owner, partition, units in ((name, key[0], weighed.units), *weighed.index_units):
        refusal = service.writes.refusal(owner, partition, units, now_ns, on_demand=on_demand)
        if refusal is not None:
            service.counters.throttles[name] += 1
            raise refusal
    if record is not None and record.holder is not None:
        service.counters.conflicts[name] += 1
        raise RefusedError(CONFLICT, "Transaction is ongoing for the item")
    if weighed.invalid is not None:
        raise weighed.invalid
    for owner, partition, units in ((name, key[0], weighed.units), *weighed.index_units):
        service.writes.draw(owner, partition, units, now_ns)
        service.counters.wrote(owner, service.writes.partition(owner, partition), units)
    if not weighed.holds:
        raise condition_failed(told_old(write, weighed))
    table.write(key, weighed.after, weighed.size, now_ns, now_ns)
    return weighed


def _returned(write: Write, weighed: Weighed, returns: str) -> Item | None:
    before, after = weighed.before or {}, weighed.after or {}
    match returns:
        case "ALL_OLD":
            return before
        case "ALL_NEW":
            return after
        case "UPDATED_OLD" | "UPDATED_NEW":
            update = write.plan.update
            touched = update.touched if update else ()
            one, other = (before, after) if returns == "UPDATED_OLD" else (after, before)
            return {
                name: one[name]
                for name in touched
                if name in one and (returns == "UPDATED_NEW" or name in other or one is before)
            }
        case _:
            return None
