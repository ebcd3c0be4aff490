"""GetItem, Query, Scan and DescribeTable."""

from collections.abc import Mapping
from itertools import islice
from typing import Any

from simulation.dynamodb.answers import EXPRESSIONS, answered, check_known, consumed
from simulation.dynamodb.projections import projected
from simulation.dynamodb.queries import query
from simulation.dynamodb.service import DynamoDB
from simulation.dynamodb.sizes import item_size, read_units
from simulation.dynamodb.table import Table
from simulation.dynamodb.values import Value, native_item, wire_item

_GET = EXPRESSIONS | {
    "TableName",
    "Key",
    "ConsistentRead",
    "ProjectionExpression",
    "ReturnConsumedCapacity",
}
_QUERY = (_GET - {"Key"}) | {
    "IndexName",
    "KeyConditionExpression",
    "FilterExpression",
    "ScanIndexForward",
    "Limit",
    "ExclusiveStartKey",
    "Select",
}
_SCAN = {"TableName", "ConsistentRead", "Limit", "ExclusiveStartKey"}


def draw_read(service: DynamoDB, owner: str, key: Value, units: float, table: Table) -> None:
    """Use read units of *owner*, a table or its index; raises `RefusedError` if there are too few."""
    now_ns = service.scheduler.now_ns
    on_demand = table.schema.on_demand
    refusal = service.reads.refusal(owner, key, units, now_ns, on_demand=on_demand)
    if refusal is not None:
        service.counters.throttles[table.schema.name] += 1
        raise refusal
    service.reads.draw(owner, key, units, now_ns)
    service.counters.read(owner, service.reads.partition(owner, key), units)


def get_item(service: DynamoDB, call: Mapping[str, Any]) -> dict[str, Any]:
    """Return an item. What a transaction has prepared and not yet committed is not seen."""
    check_known(call, _GET)
    there, back = service.times.call(service.scheduler.random)
    table = service.table(call["TableName"])
    key = table.schema.key_of(call["Key"])
    plan, _ = service.plans.of(call)
    service.scheduler.wait_ns(there)
    record = table.record(key)
    units = read_units(record.size if record else 0, consistent=bool(call.get("ConsistentRead")))
    draw_read(service, table.schema.name, key[0], units, table)
    answer = answered(**consumed(call, table.schema.name, units))
    if record is not None and record.item is not None:
        answer["Item"] = wire_item(projected(record.item, plan.projection))
    service.scheduler.wait_ns(back)
    return answer


def query_items(service: DynamoDB, call: Mapping[str, Any]) -> dict[str, Any]:
    """Return a page of one partition."""
    check_known(call, _QUERY)
    there, back = service.times.call(service.scheduler.random)
    table = service.table(call["TableName"])
    plan, values = service.plans.of(call)
    service.scheduler.wait_ns(there)
    found = query(table, call, plan, values, service.scheduler.now_ns)
    units = read_units(found.size, consistent=found.consistent)
    draw_read(service, found.owner, found.partition, units, table)
    service.scheduler.wait_ns(back)
    return answered(**found.answer, **consumed(call, table.schema.name, units))


def scan(service: DynamoDB, call: Mapping[str, Any]) -> dict[str, Any]:
    """Return a page of a table, without filters or capacity: for looking on, not for workers."""
    check_known(call, _SCAN)
    there, back = service.times.call(service.scheduler.random)
    table = service.table(call["TableName"])
    names = table.schema.names
    service.scheduler.wait_ns(there + back)
    items = sorted(table.items(), key=lambda item: [item[name] for name in names])
    if start := call.get("ExclusiveStartKey"):
        after = [native_item(start)[name] for name in names]
        items = [item for item in items if [item[name] for name in names] > after]
    page = list(islice(items, call.get("Limit") or len(items)))
    answer = answered(Items=[wire_item(item) for item in page], Count=len(page))
    answer["ScannedCount"] = len(page)
    if len(page) < len(items):
        answer["LastEvaluatedKey"] = wire_item({name: page[-1][name] for name in names})
    units = read_units(sum(map(item_size, page)), consistent=bool(call.get("ConsistentRead")))
    service.counters.read(table.schema.name, None, units)
    return answer


def describe_table(service: DynamoDB, call: Mapping[str, Any]) -> dict[str, Any]:
    """Return the table's name and state."""
    table = service.table(call["TableName"])
    return answered(Table={"TableName": table.schema.name, "TableStatus": "ACTIVE"})
