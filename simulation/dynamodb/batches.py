"""BatchGetItem and BatchWriteItem: many calls in one, each item by itself."""

from collections.abc import Iterator, Mapping
from typing import Any

from simulation.dynamodb.answers import answered, check_known
from simulation.dynamodb.errors import CONFLICT, InvalidError, RefusedError
from simulation.dynamodb.plans import NOTHING
from simulation.dynamodb.projections import projected
from simulation.dynamodb.reading import draw_read
from simulation.dynamodb.schema import Key
from simulation.dynamodb.service import DynamoDB
from simulation.dynamodb.sizes import read_units
from simulation.dynamodb.table import Table
from simulation.dynamodb.values import wire_item
from simulation.dynamodb.writes import Write, read_write
from simulation.dynamodb.writing import write_one

GETS_MAX = 100
GET_BYTES_MAX = 16 * 1_024 * 1_024
WRITES_MAX = 25
"""The developer guide's limits on a batch."""

_GETS = {
    "Keys",
    "ConsistentRead",
    "ProjectionExpression",
    "ExpressionAttributeNames",
}
_WRITES = {"PutRequest": "Put", "DeleteRequest": "Delete"}


def batch_get_item(service: DynamoDB, call: Mapping[str, Any]) -> dict[str, Any]:
    """Return the items of up to 100 keys; what there is no capacity for is in `UnprocessedKeys`.

    Raises the throttling error only if there is capacity for none.
    """
    check_known(call, {"RequestItems"})
    there, back = service.times.call(service.scheduler.random)
    wanted = list(_wanted(service, call["RequestItems"]))
    service.scheduler.wait_ns(there)
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in call["RequestItems"]}
    left: dict[str, dict[str, Any]] = {}
    size = 0
    refusal: RefusedError | None = None
    for name, table, key, wire in wanted:
        request = call["RequestItems"][name]
        record = table.record(key)
        consistent = bool(request.get("ConsistentRead"))
        units = read_units(record.size if record else 0, consistent=consistent)
        refused = _drawn(service, table, key, units) if size < GET_BYTES_MAX else None
        if refused is not None or size >= GET_BYTES_MAX:
            refusal = refused or refusal
            left.setdefault(name, {**request, "Keys": []})["Keys"].append(wire)
            continue
        if record is not None and record.item is not None:
            size += record.size
            plan, _ = service.plans.of(_expressions(request))
            found[name].append(wire_item(projected(record.item, plan.projection)))
    if refusal is not None and not any(found.values()):
        raise refusal
    service.scheduler.wait_ns(back)
    return answered(Responses=found, UnprocessedKeys=left)


def _drawn(service: DynamoDB, table: Table, key: Key, units: float) -> RefusedError | None:
    """Use read units for one item; return the refusal if there are too few."""
    try:
        draw_read(service, table.schema.name, key[0], units, table)
    except RefusedError as refused:
        return refused
    return None


def batch_write_item(service: DynamoDB, call: Mapping[str, Any]) -> dict[str, Any]:
    """Make up to 25 puts and deletions; what could not be made is in `UnprocessedItems`."""
    check_known(call, {"RequestItems"})
    there, back = service.times.call(service.scheduler.random)
    writes = list(_writes(service, call["RequestItems"]))
    if not 1 <= len(writes) <= WRITES_MAX:
        msg = "1 validation error detected: the batch must have 1 to 25 writes"
        raise InvalidError(msg)
    if len({(name, write.key) for name, write, _ in writes}) != len(writes):
        msg = "Provided list of item keys contains duplicates"
        raise InvalidError(msg)
    service.scheduler.wait_ns(there)
    left: dict[str, list[Any]] = {}
    refusal = None
    for name, write, request in writes:
        try:
            write_one(service, write)
        except InvalidError:
            raise
        except RefusedError as refused:
            refusal = refused
            left.setdefault(name, []).append(request)
    if refusal and refusal.code != CONFLICT and sum(map(len, left.values())) == len(writes):
        raise refusal
    service.scheduler.wait_ns(back)
    return answered(UnprocessedItems=left)


def _wanted(
    service: DynamoDB, requests: Mapping[str, Any]
) -> Iterator[tuple[str, Table, Key, Mapping[str, Any]]]:
    """Yield each key that is asked for, all of them checked first."""
    keys: list[tuple[str, Table, Key, Mapping[str, Any]]] = []
    for name, request in requests.items():
        check_known(request, _GETS)
        service.plans.of(_expressions(request))
        table = service.table(name)
        keys.extend((name, table, table.schema.key_of(wire), wire) for wire in request["Keys"])
    if not 1 <= len(keys) <= GETS_MAX:
        msg = "Too many items requested for the BatchGetItem call"
        raise InvalidError(msg)
    if len({(name, key) for name, _, key, _ in keys}) != len(keys):
        msg = "Provided list of item keys contains duplicates"
        raise InvalidError(msg)
    yield from keys


def _expressions(request: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        name: value for name, value in request.items() if name.endswith(("Expression", "Names"))
    }


def _writes(
    service: DynamoDB, requests: Mapping[str, Any]
) -> Iterator[tuple[str, Write, Mapping[str, Any]]]:
    plan, _ = service.plans.of({})
    for name, entries in requests.items():
        table = service.table(name)
        for entry in entries:
            ((kind, request),) = entry.items()
            yield name, read_write(_WRITES[kind], request, table, plan, NOTHING), entry
