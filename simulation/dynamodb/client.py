"""The calls of boto3's low-level DynamoDB client, on a simulated DynamoDB.

Every call lets virtual time pass; meanwhile other workers run. Parameters are those of
boto3; a parameter that isn't modelled is refused rather than overlooked.
"""

from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ReadTimeoutError

from simulation.dynamodb import batches, reading, transacting, writing
from simulation.dynamodb.answers import Parameter, answered
from simulation.dynamodb.errors import SERVER_ERROR, RefusedError, client_error, server_error
from simulation.dynamodb.retries import Retries
from simulation.dynamodb.service import DynamoDB
from simulation.faults import Effect, crash
from simulation.scheduler import MS

Answer = dict[str, Any]
Serve = Callable[[DynamoDB, Mapping[str, Any]], Answer]


class DynamoDBClient:
    """One worker's client, or one for all. With *retries* it tries again as botocore does."""

    def __init__(self, service: DynamoDB, retries: Retries | None = None) -> None:
        self.service = service
        self._retries = retries

    def get_item(self, **call: Parameter) -> Answer:
        """Return an item, as it was when the call reached it."""
        return self._call("GetItem", call, reading.get_item)

    def query(self, **call: Parameter) -> Answer:
        """Return a page of items."""
        return self._call("Query", call, reading.query_items)

    def scan(self, **call: Parameter) -> Answer:
        """Return a page of a table's items."""
        return self._call("Scan", call, reading.scan)

    def put_item(self, **call: Parameter) -> Answer:
        """Put an item."""
        return self._call("PutItem", call, writing.put_item)

    def update_item(self, **call: Parameter) -> Answer:
        """Update an item."""
        return self._call("UpdateItem", call, writing.update_item)

    def delete_item(self, **call: Parameter) -> Answer:
        """Delete an item."""
        return self._call("DeleteItem", call, writing.delete_item)

    def batch_get_item(self, **call: Parameter) -> Answer:
        """Return up to 100 items, or those that there was capacity for."""
        items = sum(len(keys.get("Keys", ())) for keys in call.get("RequestItems", {}).values())
        return self._call("BatchGetItem", call, batches.batch_get_item, items)

    def batch_write_item(self, **call: Parameter) -> Answer:
        """Put and delete up to 25 items, each by itself."""
        items = sum(len(writes) for writes in call.get("RequestItems", {}).values())
        return self._call("BatchWriteItem", call, batches.batch_write_item, items)

    def transact_write_items(self, **call: Parameter) -> Answer:
        """Write up to 100 items, all or none."""
        items = len(call.get("TransactItems", ()))
        return self._call("TransactWriteItems", call, transacting.transact_write_items, items)

    def transact_get_items(self, **call: Parameter) -> Answer:
        """Read up to 100 items as they were at one moment."""
        items = len(call.get("TransactItems", ()))
        return self._call("TransactGetItems", call, transacting.transact_get_items, items)

    def create_table(self, **call: Parameter) -> Answer:
        """Create a table, which is there at once."""
        return self._call("CreateTable", call, _create_table)

    def describe_table(self, **call: Parameter) -> Answer:
        """Return the table's name and state."""
        return self._call("DescribeTable", call, reading.describe_table)

    def _call(
        self, operation: str, call: Mapping[str, Any], serve: Serve, items: int = 1
    ) -> Answer:
        scheduler = self.service.scheduler
        scheduler.leave(scheduler.computing.client_ns(items))
        try:
            if self._retries is None:
                return self._attempt(operation, call, serve)
            return self._retries.run(
                operation, call, lambda again: self._attempt(operation, again, serve)
            )
        finally:
            scheduler.enter()

    def _attempt(self, operation: str, call: Mapping[str, Any], serve: Serve) -> Answer:
        service = self.service
        service.counters.calls[operation] += 1
        fault = service.faults.strike(operation, call)
        if fault is None:
            return self._serve(operation, call, serve)
        match fault.effect:
            case Effect.CRASH_BEFORE:
                raise crash(fault.effect, operation)
            case Effect.FAIL:
                service.scheduler.wait_ns(int(service.times.call_ms * MS))
                service.counters.errors[operation, SERVER_ERROR] += 1
                service.tell(operation, SERVER_ERROR)
                raise client_error(server_error(), operation)
            case Effect.DELAY:
                service.scheduler.wait_ns(int(fault.delay_ms * MS))
                return self._serve(operation, call, serve)
            case Effect.CRASH_AFTER:
                self._serve(operation, call, serve)
                raise crash(fault.effect, operation)
            case Effect.LOSE_ANSWER:
                self._serve(operation, call, serve)
                service.scheduler.wait_ns(int(service.times.time_out_ms * MS))
                raise ReadTimeoutError(endpoint_url="simulation")

    def _serve(self, operation: str, call: Mapping[str, Any], serve: Serve) -> Answer:
        service = self.service
        try:
            answer = serve(service, call)
        except RefusedError as refused:
            service.counters.errors[operation, refused.code] += 1
            service.tell(operation, refused.code)
            raise client_error(refused, operation) from None
        service.tell(operation, "ok")
        return answer


def _create_table(service: DynamoDB, call: Mapping[str, Any]) -> Answer:
    service.create(call["TableName"], call)
    return answered(TableDescription={"TableName": call["TableName"], "TableStatus": "ACTIVE"})
