import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import sleep
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError, ConnectTimeoutError

from chalicelib import bootstrap
from rushline_testing.faults import CrashError
from rushline_testing.harness import Rushline
from rushline_testing.workers import failures
from tests.integration.steps import order, orders, post, see, settle


def test_there_is_one_at_a_time(rushline: Rushline) -> None:
    """A second one is refused in words, and the first goes on unharmed."""
    with pytest.raises(RuntimeError, match="running in this process already"), Rushline():
        pass
    rushline.demo()
    assert settle(rushline, "alice")["status"] == "confirmed"


def test_everything_is_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Environment, boto3 and services are after a Rushline as they were before."""
    monkeypatch.setenv("AWS_PROFILE", "somebodys")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "")
    monkeypatch.setenv("AWS_REGION", "eu-north-1")
    before = dict(os.environ), BaseClient._make_api_call  # type: ignore[attr-defined]
    with Rushline() as rushline:
        assert "AWS_PROFILE" not in os.environ
        assert os.environ["AWS_REGION"] == "us-east-1"
        assert bootstrap.services().settings.orders_table == rushline.resources.orders_table
    after = dict(os.environ), BaseClient._make_api_call  # type: ignore[attr-defined]
    assert after == before
    assert bootstrap._services == []


def test_a_start_that_fails_puts_everything_back() -> None:
    """A setting that is not one is told, and the next Rushline starts."""
    before = dict(os.environ)
    with pytest.raises(ValueError, match="hold_minutes"), Rushline(hold_minutes=5):
        pass
    assert dict(os.environ) == before
    with Rushline(hold_seconds=60):
        pass


def test_one_starts_empty(rushline: Rushline) -> None:
    """Nothing of an earlier Rushline is left: no merchant, so no intent is taken."""
    reply = post(rushline, "alice")
    assert (reply.status, reply.json()["code"]) == (422, "unknown_merchant")


def test_the_plugin_costs_nothing_to_import() -> None:
    """Who installs Rushline and doesn't use the fixture doesn't pay for moto, boto3 or the app."""
    program = (
        "import sys, rushline_testing.plugin;"
        "print(sorted({'moto', 'boto3', 'chalice', 'app', 'chalicelib'} & set(sys.modules)))"
    )
    done = subprocess.run(  # noqa: S603 (our own program)
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert done.stdout.strip() == "[]"


DECOY = """
from rushline_testing.harness import Rushline
import app
with Rushline() as rushline:
    rushline.demo()
    rushline.client("alice").post("/intents", {"text": "a latte"})
    drained = rushline.drain()
    rushline.sweep()
print(app.__doc__, drained.delivered > 0, drained.errors)
"""


def test_a_project_may_have_an_app_of_its_own(tmp_path: Path) -> None:
    """The harness neither imports the package `app` of the project under test nor hides it."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "__init__.py").write_text('"""Somebody\'s."""\n')
    root = Path(__file__).parents[2]
    path = os.pathsep.join([str(tmp_path), str(root)])
    done = subprocess.run(  # noqa: S603 (our own program)
        [sys.executable, "-c", DECOY],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": path},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "Somebody's. True []"


def test_boto3_stays_in_the_process(rushline: Rushline) -> None:
    """What the agent under test asks of AWS is answered by moto, in the same sealed account."""
    identity = boto3.client("sts").get_caller_identity()
    assert identity["Account"] == "123456789012"
    assert rushline.resources.orders_table in boto3.client("dynamodb").list_tables()["TableNames"]


def test_a_drain_ends_though_nothing_succeeds(shop: Rushline) -> None:
    """With every call failing, drain gives up after its rounds and says what is left."""
    order(shop, "alice")
    shop.faults.fail("TransactWriteItems", times=1_000)
    drained = shop.drain(max_rounds=2)
    assert (drained.rounds, drained.failed, drained.left) == (2, 2, 1)
    shop.faults.reset()
    assert shop.drain().left == 0
    assert len(orders(shop, "alice")) == 1


def test_a_crash_in_the_api_is_a_500(shop: Rushline) -> None:
    """A client sees what API Gateway says of a function that died; the next call is served."""
    shop.faults.crash("PutItem", when=lambda call: "customer_id" in call.params.get("Item", {}))
    assert post(shop, "alice", key="k1").status == 500
    assert post(shop, "alice", key="k1").headers["idempotent-replayed"] == "true"


def test_a_crash_in_the_sweep_is_seen(shop: Rushline) -> None:
    """Nobody stands between the sweep and the test."""
    shop.faults.crash("Query", before=True)
    with pytest.raises(CrashError):
        shop.sweep()


def test_faults_strike_as_often_as_they_are_told(rushline: Rushline) -> None:
    """By operation and condition, oldest first, and no more once they are used up or reset."""
    sqs, url = rushline.clients.sqs, rushline.resources.intents.queue
    rushline.faults.fail("SendMessage", "OverLimit", times=2, when=lambda c: "x" in str(c.params))
    rushline.faults.fail("SendMessage", ConnectTimeoutError(endpoint_url=url))
    with pytest.raises(ConnectTimeoutError):
        sqs.send_message(QueueUrl=url, MessageBody="a")
    for _ in range(2):
        with pytest.raises(ClientError, match="OverLimit"):
            sqs.send_message(QueueUrl=url, MessageBody="x")
    sqs.send_message(QueueUrl=url, MessageBody="x")
    rushline.faults.lose_answer("SendMessage", "InternalError")
    with pytest.raises(ClientError):
        sqs.send_message(QueueUrl=url, MessageBody="b")
    assert rushline.queues["resolve"].waiting() == 2
    before = rushline.clock.now()
    rushline.faults.delay("SendMessage", 700)
    sqs.send_message(QueueUrl=url, MessageBody="c")
    assert rushline.clock.now() == before + 700
    rushline.faults.fail("SendMessage")
    rushline.faults.reset()
    sqs.send_message(QueueUrl=url, MessageBody="d")


def test_calls_to_aws_are_made_one_at_a_time(rushline: Rushline) -> None:
    """However many threads call, moto serves one."""
    sqs, url = rushline.clients.sqs, rushline.resources.intents.queue
    now, most = 0, 0

    def enter(**_: object) -> None:
        nonlocal now, most
        now += 1
        most = max(most, now)
        sleep(0.005)
        now -= 1

    sqs.meta.events.register("before-send.sqs.SendMessage", enter)
    try:
        with ThreadPoolExecutor(8) as pool:
            sent = pool.map(lambda _: sqs.send_message(QueueUrl=url, MessageBody="a"), range(16))
            assert len(list(sent)) == 16
    finally:
        sqs.meta.events.unregister("before-send.sqs.SendMessage", enter)
    assert (most, rushline.queues["resolve"].waiting()) == (1, 16)


def test_time_passes_only_when_told(shop: Rushline) -> None:
    """A day on the clock ends a hold, not a token."""
    shop.clock.turn(days=1)
    assert settle(shop, "alice")["status"] == "confirmed"
    with pytest.raises(ValueError, match="backwards"):
        shop.clock.turn(seconds=-1)


def test_a_token_can_be_wrong_in_any_way(shop: Rushline) -> None:
    """Expired, another audience's, without scope, none at all, or no token."""
    path = f"/intents/in_{'a' * 32}"
    for token, status in (
        (shop.token("alice"), 404),
        (shop.token("alice", exp=0), 401),
        (shop.token("alice", aud="else"), 401),
        (shop.token("alice", sub=None), 401),
        (shop.token("alice", scopes=["ops"]), 403),
        ("nonsense", 401),
        (None, 401),
    ):
        assert shop.anonymous(token).get(path).status == status


def test_a_path_that_is_none_never_reaches_the_app(shop: Rushline) -> None:
    """API Gateway answers for it."""
    for method, path in (("GET", "/nowhere"), ("DELETE", "/orders"), ("GET", "/intents/a/b/c")):
        reply = shop.client("alice").call(method, path)
        assert (reply.status, reply.json()["code"]) == (404, "not_found")


def test_a_restart_forgets_nothing_that_matters(shop: Rushline) -> None:
    """Everything that was promised is in the tables and queues."""
    intent_id = order(shop, "alice")
    shop.restart()
    shop.drain()
    assert see(shop, "alice", intent_id)["status"] == "confirmed"


@pytest.mark.parametrize(
    ("answer", "failed"),
    [
        (None, set()),
        ({}, set()),
        ({"batchItemFailures": []}, set()),
        ({"batchItemFailures": None}, set()),
        ({"batchItemFailures": [{"itemIdentifier": "b"}]}, {"b"}),
        ({"batchItemFailures": [{"itemIdentifier": ""}]}, {"a", "b"}),
        ({"batchItemFailures": [{"itemIdentifier": None}]}, {"a", "b"}),
        ({"batchItemFailures": [{"id": "a"}]}, {"a", "b"}),
        ({"batchItemFailures": [{"itemIdentifier": "c"}]}, {"a", "b"}),
        ({"batchItemFailures": ["a"]}, {"a", "b"}),
        ({"batchItemFailures": "a"}, {"a", "b"}),
        ("done", {"a", "b"}),
    ],
)
def test_a_functions_answer_is_read_as_lambda_reads_it(answer: Any, failed: set[str]) -> None:
    """What Lambda can't read fails the whole batch; no list fails nothing."""
    assert failures(answer, {"a", "b"}) == failed
