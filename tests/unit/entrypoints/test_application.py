"""What Lambda calls runs behind the middleware, and every function is there under its name."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import app
from chalicelib.application.run_ports import Lane
from chalicelib.bootstrap import install
from chalicelib.entrypoints import application
from rushline_testing.lambdas import HANDLERS, Context
from tests.fakes import FakeClock, FakeQueue

ROOT = Path(__file__).parents[3]

UNREADABLE = {
    "Records": [
        {
            "messageId": "0",
            "receiptHandle": "handle-0",
            "body": "junk",
            "attributes": {"ApproximateReceiveCount": "1"},
        }
    ]
}
SCHEDULED: dict[str, Any] = dict.fromkeys(
    ("version", "id", "detail-type", "source", "account", "time", "region"), ""
) | {"resources": [], "detail": {}}


@pytest.fixture
def _services() -> Iterator[None]:
    def swept(**_: object) -> SimpleNamespace:
        return SimpleNamespace(errors=(), outcomes={"expired": 1}, finished=False)

    services: Any = SimpleNamespace(
        clock=FakeClock(),
        intents_queue=FakeQueue(),
        settlements_queue=FakeQueue(),
        lane=Lane(intents=FakeQueue(), settlements=FakeQueue()),
        settings=SimpleNamespace(runs_queue_url=""),
        sweep=swept,
    )
    install(services)
    yield
    install(None)


@pytest.mark.usefixtures("_services")
@pytest.mark.parametrize(
    ("function", "event", "metric"),
    [
        ("resolve", UNREADABLE, "message_unreadable"),
        ("settle", UNREADABLE, "message_unreadable"),
        ("bulk_resolve", UNREADABLE, "message_unreadable"),
        ("bulk_settle", UNREADABLE, "message_unreadable"),
        ("keep", UNREADABLE, "message_unreadable"),
        ("sweep", SCHEDULED, "swept_expired"),
    ],
)
def test_functions_run_behind_the_middleware(
    function: str, event: dict[str, Any], metric: str, written: Callable[[], str]
) -> None:
    """Called as Lambda calls it, a function writes its metrics, and its logs say who it is."""
    context = Context(function_name=f"rushline-{function}", clock=FakeClock(), deadline=1)
    getattr(app, function)(event, context)
    lines = [json.loads(line) for line in written().splitlines()]

    (metrics,) = [line for line in lines if "_aws" in line]
    assert metrics[metric] == [1.0]
    logged = [line for line in lines if "level" in line]
    assert logged
    assert {line["function_name"] for line in logged} == {f"rushline-{function}"}
    assert {line["function_request_id"] for line in logged} == {context.aws_request_id}


def test_the_harness_calls_what_lambda_calls() -> None:
    """Each function is the same, by the same name, for Lambda and for the harness."""
    assert set(HANDLERS.values()) == set(app.__all__) == set(application.__all__)
    for name in HANDLERS.values():
        assert getattr(app, name) is getattr(application, name)


EVENT = """
import app
from rushline_testing.lambdas import Context
from tests.fakes import FakeClock
from chalicelib.bootstrap import install
from types import SimpleNamespace
from tests.fakes import FakeQueue
install(SimpleNamespace(clock=FakeClock(), settlements_queue=FakeQueue()))
record = {"messageId": "0", "receiptHandle": "h", "body": "SECRET-VALUE"}
record["attributes"] = {"ApproximateReceiveCount": "1"}
app.settle({"Records": [record]}, Context(function_name="f", clock=FakeClock(), deadline=1))
"""


def test_no_variable_has_events_logged() -> None:
    """An event carries a customer's words, so Powertools' switch for logging it does nothing."""
    run = subprocess.run(  # noqa: S603 (our own interpreter, our own code)
        [sys.executable, "-c", EVENT],
        cwd=ROOT,
        env={**os.environ, "POWERTOOLS_LOGGER_LOG_EVENT": "true"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert "message unreadable" in run.stdout
    assert "SECRET-VALUE" not in run.stdout + run.stderr
