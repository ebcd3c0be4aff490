"""What the functions call is what their policies allow: no more, and of the tables no less."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from botocore.client import BaseClient

from chalicelib.bootstrap import Services
from rushline_testing.demo import CATALOGUE
from rushline_testing.harness import Rushline
from rushline_testing.lambdas import Lambdas
from tests.integration.steps import MUFFIN, order, orders, see, settle

POLICIES = Path(__file__).parents[2] / "infra" / "policies"
FUNCTIONS = {
    "api_handler": "api",
    "resolve": "resolve",
    "settle": "settle",
    "sweep": "sweep",
    "reconcile": "reconcile",
}
WHY = {"reason": "because"}

#: What each action of a transaction takes.
ACTIONS = {"Put": "PutItem", "Update": "UpdateItem", "ConditionCheck": "ConditionCheckItem"}

Rights = dict[str, set[tuple[str, str]]]


def allowed(function: str) -> set[tuple[str, str]]:
    """Return what a function may do, as pairs of resource and action."""
    policy = json.loads((POLICIES / f"{FUNCTIONS[function]}.json").read_text())
    return {
        (_resource(resource), action)
        for statement in policy["Statement"]
        if "Fn::If" not in statement
        for resource in statement["Resource"]
        for action in statement["Action"]
    }


def _resource(resource: Any) -> str:
    match resource:
        case {"Fn::GetAtt": [str(name), "Arn"]}:
            return name
        case {"Fn::Sub": str(text)}:
            return text.replace("${", "").replace(".Arn}", "")
        case _:
            return str(resource)


def needed(operation: str, params: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what a call takes, as pairs of resource and action."""
    match operation:
        case "TransactWriteItems":
            for one in params["TransactItems"]:
                ((action, item),) = one.items()
                yield _named(item["TableName"]), f"dynamodb:{ACTIONS[action]}"
        case "BatchGetItem":
            for table in params["RequestItems"]:
                yield _named(table), "dynamodb:BatchGetItem"
        case "Query" if "IndexName" in params:
            index = params["IndexName"]
            yield f"{_named(params['TableName'])}/index/{index}", "dynamodb:Query"
        case "GetObject" | "PutObject":
            yield "CataloguesBucket/*", f"s3:{operation}"
        case _ if "QueueUrl" in params:
            yield _named(params["QueueUrl"]), f"sqs:{operation.removesuffix('Batch')}"
        case _:
            yield _named(params["TableName"]), f"dynamodb:{operation}"


def _named(name: str) -> str:
    """Return the name in the template of a table or a queue of the harness."""
    return name.rpartition("-")[2]


@pytest.fixture
def used(monkeypatch: pytest.MonkeyPatch, shop: Rushline) -> Rights:
    """Return what gathers the rights that each function makes use of from here on.

    The shop's model, which is asked each time, stands behind the memory that a deployed one has.
    """
    remembered = property(lambda services: services._remembered(shop.model))
    monkeypatch.setattr(Services, "model", remembered)
    found: Rights = defaultdict(set)
    running: list[str] = []
    invoke, call = Lambdas.invoke, BaseClient._make_api_call  # type: ignore[attr-defined]

    def invoked(lambdas: Lambdas, name: str, event: Any) -> Any:
        running.append(name)
        try:
            return invoke(lambdas, name, event)
        finally:
            running.pop()

    def called(client: BaseClient, operation: str, params: dict[str, Any]) -> Any:
        if running:
            found[running[-1]].update(needed(operation, params))
        return call(client, operation, params)

    monkeypatch.setattr(Lambdas, "invoke", invoked)
    monkeypatch.setattr(BaseClient, "_make_api_call", called)
    return found


def everything(shop: Rushline) -> None:
    """Have the shop do all that it can."""
    ops, alice = shop.ops(), shop.client("alice")
    items = [{**item, "stocked": item["sku"] == "muffin"} for item in CATALOGUE["items"]]
    long_name = [{"sku": f"x{n}", "name": "x" * 150, "unit_price": 1} for n in range(3_000)]
    shop.catalogue({**CATALOGUE, "items": [*items, *long_name]})
    shop.restart()
    shop.stock("muffin", 9)
    shop.coupon("NEW", percent=10, units=9, shards=2, first_order_only=True, uses_per_customer=1)
    first = settle(shop, "alice", text="a latte", coupon="NEW", confirm="review")
    assert alice.post(f"/intents/{first['id']}/confirm").status == 200, first
    asked = settle(shop, "alice", items=[{**MUFFIN, "quantity": 10}])
    path = f"/intents/{asked['id']}/answer"
    assert alice.post(path, {"choice": "what_there_is"}).status == 202, asked
    shop.drain()
    shop.model.is_unavailable("one flurble")
    shop.model.is_unusable("one flurble")
    settle(shop, "bob", text="one flurble")
    # Sent anew with what it cost, while the breaker is opened, tried and closed.
    shop.model.is_unavailable("a glorp", retry_after_ms=1_000)
    shop.model.reads("a glorp", "latte")
    settle(shop, "bob", text="a glorp")
    # Put off until its last delivery, and then sent anew.
    shop.faults.fail("TransactWriteItems", "InternalServerError", times=5)
    settle(shop, "bob")
    alice.post(f"/intents/{order(shop, 'alice')}/cancel")
    ops.post(f"/customers/alice/orders/{first['id']}/refund", WHY, key="k")
    for name, more in (
        ("pause", {}),
        ("resume", {}),
        ("top-up", {"units": 1}),
        ("shards", {"shards": 6}),
        ("end", {}),
    ):
        assert ops.post(f"/coupons/NEW/{name}", {**WHY, **more}, key=name).status == 200
    for path in ("/coupons", "/coupons/NEW/commands", "/merchants/coffee-house/stock/muffin"):
        assert ops.get(path).status == 200
    assert ops.get("/health").status == 200
    assert len(orders(shop, "alice")) == 2
    shop.coupon("HELD", percent=10, units=9)
    held = settle(shop, "carol", coupon="HELD", confirm="review")
    late = order(shop, "erin", coupon="HELD")
    shop.faults.meanwhile(
        "TransactWriteItems",
        lambda: ops.post("/coupons/HELD/pause", WHY),
        when=lambda call: "'units'" in str(call),
    )
    shop.drain()
    assert see(shop, "erin", late)["reason"]["code"] == "coupon_paused"
    lost = order(shop, "dave", expires_in_seconds=3_600)
    shop.queues["settle"].receive(10)
    shop.clock.turn(minutes=11)
    shop.sweep()
    shop.clock.turn(minutes=30)
    shop.sweep()
    assert see(shop, "carol", held["id"])["status"] == "lapsed"
    assert see(shop, "dave", lost)["status"] == "accepted"
    assert shop.reconcile() == {
        "reconciled": 3,
        "moving": 0,
        "skipped": 0,
        "out_of_balance": 0,
    }


def test_every_function_keeps_to_its_policy(shop: Rushline, used: Rights) -> None:
    """Nothing is called that AWS would refuse, and no right on a table stands there unused."""
    everything(shop)
    for function in FUNCTIONS:
        assert used[function] <= allowed(function)
        tables = {right for right in allowed(function) if right[1].startswith("dynamodb:")}
        assert tables - used[function] == set(), function
