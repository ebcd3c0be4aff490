"""What the functions call is what their policies allow: no more, and of the tables no less."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient
from pydantic import SecretStr

from chalicelib.bootstrap import Services
from chalicelib.domain.resolution import Line
from rushline_testing.batch_server import BatchProvider
from rushline_testing.demo import CATALOGUE
from rushline_testing.harness import Rushline
from rushline_testing.lambdas import Lambdas
from tests.integration.batch_steps import batched, outlast
from tests.integration.run_steps import gift, issue, json_lines, make, of_file, of_lines
from tests.integration.steps import MUFFIN, order, orders, see, settle

POLICIES = Path(__file__).parents[2] / "infra" / "policies"
FUNCTIONS = {
    "api_handler": "api",
    "resolve": "resolve",
    "settle": "settle",
    "bulk_resolve": "bulk_resolve",
    "bulk_settle": "bulk_settle",
    "keep": "keep",
    "sweep": "sweep",
    "reconcile": "reconcile",
}
WHY = {"reason": "because"}

#: What each action of a transaction takes.
ACTIONS = {"Put": "PutItem", "Update": "UpdateItem", "ConditionCheck": "ConditionCheckItem"}

#: What each operation on objects takes. Where one is missing S3 says so only to who may list them.
OBJECTS = {
    "GetObject": "GetObject",
    "HeadObject": "GetObject",
    "PutObject": "PutObject",
    "CreateMultipartUpload": "PutObject",
    "CompleteMultipartUpload": "PutObject",
}
BUCKETS = {"cataloguesbucket": "CataloguesBucket", "runsbucket": "RunsBucket"}

MODEL_KEY = "rushline-model-key"
SECRETS = {MODEL_KEY: "OpenAiSecretArn"}

Rights = dict[str, set[tuple[str, str]]]


def allowed(function: str, condition: str | None = None) -> set[tuple[str, str]]:
    """Return what a function may do, always or on a *condition*, as pairs of resource and action."""
    policy = json.loads((POLICIES / f"{FUNCTIONS[function]}.json").read_text())
    found = set()
    for one in policy["Statement"]:
        when, statement, _ = one.get("Fn::If", (None, one, None))
        if when == condition:
            named = [
                _resource(resource) + key
                for resource in statement["Resource"]
                for key in _leading_keys(statement)
            ]
            found |= {(name, action) for name in named for action in statement["Action"]}
    return found


def excess(used: set[tuple[str, str]], rights: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return what is *used* and no right covers."""
    return {one for one in used if not any(_covers(right, one) for right in rights)}


def idle(rights: set[tuple[str, str]], used: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return the *rights* that nothing *used* takes."""
    return {right for right in rights if not any(_covers(right, one) for one in used)}


def _covers(right: tuple[str, str], used: tuple[str, str]) -> bool:
    whole, _, _ = used[0].partition(":")
    named = any(fnmatchcase(resource, right[0]) for resource in (used[0], whole))
    return right[1] == used[1] and named


def _leading_keys(statement: Mapping[str, Any]) -> list[str]:
    """Return what a statement's items are called, as an end of their table's name; nothing for all."""
    match statement.get("Condition"):
        case {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": [*keys]}}:
            return [f":{key}" for key in keys]
        case None:
            return [""]
        case other:
            raise AssertionError(other)


def _resource(resource: Any) -> str:
    match resource:
        case {"Fn::GetAtt": [str(name), "Arn"]} | {"Ref": str(name)}:
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
        case _ if "Bucket" in params:
            bucket, key = BUCKETS[_named(params["Bucket"])], params["Key"]
            yield f"{bucket}/{key}", f"s3:{OBJECTS[operation]}"
        case _ if "SecretId" in params:
            yield SECRETS[params["SecretId"]], f"secretsmanager:{operation}"
        case _ if "QueueUrl" in params:
            yield _named(params["QueueUrl"]), f"sqs:{operation.removesuffix('Batch')}"
        case _ if "name" in params.get("Key", {}):
            yield (
                f"{_named(params['TableName'])}:{params['Key']['name']['S']}",
                f"dynamodb:{operation}",
            )
        case _:
            yield _named(params["TableName"]), f"dynamodb:{operation}"


def _named(name: str) -> str:
    """Return the name in the template of a table or a queue of the harness."""
    return name.rpartition("-")[2]


@pytest.fixture
def used(monkeypatch: pytest.MonkeyPatch) -> Rights:
    """Return what gathers the rights that each function makes use of from here on.

    The shop's model, which is asked each time, stands behind the memory that a deployed one has.
    """
    remembered = property(lambda services: services._remembered(services.guarded_model))
    monkeypatch.setattr(Services, "model", remembered)
    found: Rights = defaultdict(set)
    running: list[str] = []
    invoke, call = Lambdas.invoke, BaseClient._make_api_call  # type: ignore[attr-defined]

    def invoked(lambdas: Lambdas, name: str, event: Any, timeout_ms: int | None = None) -> Any:
        running.append(name)
        try:
            return invoke(lambdas, name, event, timeout_ms)
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
    promote(shop)
    assert shop.reconcile() == {
        "reconciled": 5,
        "moving": 0,
        "skipped": 0,
        "out_of_balance": 0,
    }


def promote(shop: Rushline) -> None:
    """Have runs do all that they can."""
    shop.coupon("VIP", percent=10, units=9, unique_codes=True)
    issue(shop, "VIP", "VIP-0001")
    shop.model.is_unavailable("a wug", retry_after_ms=1_000)
    shop.model.reads("a wug", "latte")
    lines = [
        gift(1, grant="VIP-0001"),
        gift(2, coupon="NEW", if_coupon_unavailable="full_price"),
        gift(3, coupon="FIRST"),
        gift(4, text="a wug"),
        gift(5, text="one flurble"),
        gift(6, text="a latte"),
        {"customer_id": "c7"},
    ]
    shop.coupon("FIRST", percent=10, units=9, first_order_only=True, uses_per_customer=1)
    large = {"upload": {"form": "jsonl", "size": 64 << 20 | 1}}
    assert make(shop, large, name="Large").uploaded_to
    run = of_file(shop, json_lines(lines))
    for command in ("check", "start", "pause", "resume"):
        run.say(command)
        shop.drain(max_rounds=2, only={"keep"})
    lost = shop.queues["bulk_settle"].receive(1), shop.queues["bulk_resolve"].receive(1)
    assert [len(records) for records in lost] == [1, 1]
    shop.faults.fail("TransactWriteItems", "InternalServerError", times=5)
    shop.faults.meanwhile(
        "TransactWriteItems",
        lambda: shop.ops().post("/coupons/FIRST/pause", WHY),
        when=lambda call: "'units'" in str(call),
    )
    shop.drain(only={"bulk_resolve", "bulk_settle"})
    shop.clock.turn(minutes=21)
    assert shop.sweep()["keepers_called"] == 1
    assert run.finish()["outcomes"]["collected"] == len(lines)
    assert len(run.faults()) == 1
    given = of_lines(shop, [gift(8)], name="Given at once")
    given.say("start")
    # Paused as its keeper ends it, who then has to look what it has become.
    shop.faults.meanwhile(
        "UpdateItem",
        lambda: given.say("pause"),
        when=lambda call: "new_finished_at" in str(call),
    )
    shop.drain(only={"keep", "bulk_resolve", "bulk_settle"})
    assert given.see()["state"] == "paused"
    given.say("resume")
    assert given.finish()["outcomes"]["confirmed"] == 1
    known = of_lines(shop, [gift(8), gift(9)], name="For customers", customers="known")
    known.say("start")
    assert known.finish()["faults"] == {"unknown_customer": 1}
    assert shop.ops().get("/runs").status == 200
    shop.faults.fail("CompleteMultipartUpload", "NoSuchUpload")
    again = make(shop, large, name="Large")
    assert again.uploaded_to
    body = {"upload_id": again.uploaded_to["upload_id"], "etags": ["e", "f"]}
    refused = shop.ops().post(f"/runs/{again.id}/upload/complete", body)
    assert refused.json()["code"] == "run_refused"


def test_every_function_keeps_to_its_policy(shop: Rushline, used: Rights) -> None:
    """Nothing is called that AWS would refuse, and no right on tables or objects stands there unused."""
    everything(shop)
    for function in FUNCTIONS:
        rights = allowed(function)
        assert excess(used[function], rights) == set(), function
        stores = {
            right for right in rights if right[1].startswith(("dynamodb:", "s3:Get", "s3:Put"))
        }
        assert idle(stores, used[function]) == set(), function


def test_a_run_in_batches_keeps_to_its_policy(used: Rights) -> None:
    """A keeper takes all that it may do more where the Batch API is asked, and nobody else needs more."""
    provider = BatchProvider({"one flurble": [Line(sku="latte", quantity=1)]})
    with batched(provider, openai_api_key=SecretStr(""), openai_api_key_secret=MODEL_KEY) as shop:
        secrets = boto3.client("secretsmanager")
        secrets.create_secret(Name=MODEL_KEY, SecretString="key")
        lines = [gift(1, text="one flurble"), gift(2, text="a latte")]
        run = of_lines(shop, lines, model="batch")
        run.say("start")
        assert outlast(run)["outcomes"]["confirmed"] == 2
    only_then = allowed("keep", "AsksBatches")
    assert excess(used["keep"], allowed("keep") | only_then) == set()
    assert idle(only_then, used["keep"]) == set()
    for function in ("api_handler", "bulk_resolve", "bulk_settle", "sweep"):
        assert excess(used[function], allowed(function)) == set(), function
