from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from moto import mock_aws

from chalicelib.adapters.clients import Clients
from rushline_testing.environment import sealed
from simulation.dynamodb.client import DynamoDBClient
from simulation.dynamodb.differences import CRASHED, DIFFERENCES, Difference, Outcome
from simulation.dynamodb.service import DynamoDB
from simulation.dynamodb.times import INSTANT
from simulation.scheduler import Scheduler
from tests.simulation.operations import MALFORMED, TABLE, Call, calls, puts

_tables = count(1)

NOT_COMPARED = ("ResponseMetadata", "ConsumedCapacity", "ItemCollectionMetrics")


@pytest.fixture(scope="module")
def moto() -> Iterator[Any]:
    """Return moto's client. One thread calls it, so its calls are serialised."""
    with sealed(), mock_aws():
        yield Clients().dynamodb


def model() -> DynamoDBClient:
    """Return the model's client, without time or limits to what partitions take."""
    return DynamoDBClient(DynamoDB(Scheduler(), times=INSTANT))


def addressed(call: Call, table: str) -> dict[str, Any]:
    """Return the parameters of *call* with the table's name wherever it belongs."""
    method, params = call
    match method:
        case "transact_write_items" | "transact_get_items":
            actions = [
                {kind: {**action, "TableName": table} for kind, action in entry.items()}
                for entry in params["TransactItems"]
            ]
            return {"TransactItems": actions}
        case "batch_get_item":
            return {"RequestItems": {table: params["RequestItems"][""]}}
        case _:
            return {**params, "TableName": table}


def outcome(client: Any, method: str, params: dict[str, Any]) -> Outcome:
    """Return what came of the call, in a form that two clients share."""
    try:
        answer = getattr(client, method)(**params)
    except ClientError as error:
        response: Any = error.response
        reasons = response.get("CancellationReasons", ())
        kept = {"Item": response.get("Item"), "Items": [r.get("Item") for r in reasons]}
        return Outcome(
            answer=_plain(kept),
            code=response["Error"]["Code"],
            reasons=tuple(reason["Code"] for reason in reasons),
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        if isinstance(client, DynamoDBClient):
            raise
        return Outcome(answer={}, code=CRASHED)
    return Outcome(answer=_plain({k: v for k, v in answer.items() if k not in NOT_COMPARED}))


def _plain(value: Any) -> Any:
    """Return *value* with sets in one order and numbers written in one way."""
    if isinstance(value, dict):
        if set(value) == {"N"}:
            return {"N": float(value["N"])}
        if set(value) & {"SS", "NS"}:
            return {kind: sorted(members) for kind, members in value.items()}
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value


def contents(client: Any, table: str) -> Any:
    """Return all items of *table*, in order of their keys."""
    items = _plain(client.scan(TableName=table)["Items"])
    return sorted(items, key=lambda item: (item["pk"]["S"], item["sk"]["S"]))


def listed(method: str, params: dict[str, Any], ours: Outcome, motos: Outcome) -> Difference | None:
    """Return the known difference that a disagreement is a case of."""
    return next((d for d in DIFFERENCES if d.covers(method, str(params), ours, motos)), None)


def _in_one_order(method: str, found: Outcome) -> Outcome:
    """Return a batch's answer with its items in one order, since the API promises none."""
    if method != "batch_get_item" or found.code:
        return found
    responses = {
        table: sorted(items, key=lambda item: (item["pk"]["S"], item["sk"]["S"]))
        for table, items in found.answer["Responses"].items()
    }
    return Outcome(answer={**found.answer, "Responses": responses})


@settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(first=st.lists(puts, max_size=4), asked=st.lists(calls, min_size=1, max_size=12))
def test_the_model_answers_as_moto_does(moto: Any, first: list[Call], asked: list[Call]) -> None:
    """The same calls in the same order give the same answers, errors, reasons and contents."""
    table = f"t{next(_tables)}"
    ours = model()
    for client in (moto, ours):
        client.create_table(TableName=table, **TABLE)
    for call in first + asked:
        method, params = call[0], addressed(call, table)
        one = _in_one_order(method, outcome(ours, method, params))
        other = _in_one_order(method, outcome(moto, method, params))
        if one != other:
            assert listed(method, params, one, other), (method, params, one, other)
        if contents(ours, table) != contents(moto, table):
            assert listed(method, params, one, other), (method, params, one, other)
            return


@pytest.mark.parametrize("call", MALFORMED)
def test_the_model_refuses_what_moto_refuses(moto: Any, call: Call) -> None:
    """A malformed call is refused with the same code, and changes nothing."""
    table = f"t{next(_tables)}"
    ours = model()
    for client in (moto, ours):
        client.create_table(TableName=table, **TABLE)
        client.put_item(
            TableName=table,
            Item={"pk": {"S": "a"}, "sk": {"S": "1"}, "f": {"BOOL": True}},
        )
    method, params = call[0], addressed(call, table)
    one, other = outcome(ours, method, params), outcome(moto, method, params)
    assert one.code
    if (one.code, one.reasons) != (other.code, other.reasons):
        assert listed(method, params, one, other), (one, other)
    assert contents(ours, table) == [
        {"pk": {"S": "a"}, "sk": {"S": "1"}, "f": {"BOOL": True}},
    ]
