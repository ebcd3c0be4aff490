"""Logs, metrics and traces say what happened, and nothing of what was said."""

import json
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Thread

import pytest
from aws_lambda_powertools.metrics import MetricUnit

from chalicelib.entrypoints.observability import causes, count, log_unexpected, metrics

ROOT = Path(__file__).parents[3]


def test_count(capsys: pytest.CaptureFixture[str]) -> None:
    """A count stands by itself, with its dimensions."""
    count("intent_refused", code="too_busy")
    (line,) = capsys.readouterr().out.splitlines()
    written = json.loads(line)

    assert written["intent_refused"] == [1.0]
    assert (written["service"], written["code"]) == ("rushline", "too_busy")
    (metric,) = written["_aws"]["CloudWatchMetrics"]
    assert metric["Namespace"] == "Rushline"
    assert metric["Dimensions"] == [["service", "code"]]


def test_metrics_add_up(capsys: pytest.CaptureFixture[str]) -> None:
    """What one invocation counts is written once, and the next one begins with nothing."""
    metrics.flush()
    for _ in range(3):
        metrics.add_metric(name="settled_confirmed", unit=MetricUnit.Count, value=1)
    metrics.flush()
    metrics.flush()
    (line,) = capsys.readouterr().out.splitlines()

    assert sum(json.loads(line)["settled_confirmed"]) == 3


def test_threads_count_apart(capsys: pytest.CaptureFixture[str]) -> None:
    """Functions that run side by side don't write each other's counts."""

    def work() -> None:
        for _ in range(500):
            metrics.add_metric(name="settled", unit=MetricUnit.Count, value=1)
            metrics.flush()

    threads = [Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    written = capsys.readouterr().out

    assert written.count('"settled":[1.0]') == written.count('"settled":[') == 4_000


class _AwsError(Exception):
    response = {"Error": {"Code": "ThrottlingException", "Message": "SECRET-VALUE"}}  # noqa: RUF012


def test_causes() -> None:
    """A cause is named by its type and AWS's code, never by its message."""
    error = ValueError("SECRET-VALUE")
    error.__cause__ = _AwsError("SECRET-VALUE")
    error.__cause__.__cause__ = KeyError("SECRET-VALUE")

    assert causes(error) == ["_AwsError ThrottlingException", "KeyError"]


def test_unexpected(written: Callable[[], str]) -> None:
    """An unexpected exception is one line with its type and place."""
    try:
        raise ValueError("SECRET-VALUE")  # noqa: EM101, TRY301 (its message is the point)
    except ValueError as error:
        log_unexpected(error, at="test")
    (line,) = written().splitlines()
    logged = json.loads(line)

    assert (logged["error"], logged["at"], logged["level"]) == ("ValueError", "test", "ERROR")
    assert "test_observability.py" in logged["frames"][-1]
    assert "SECRET-VALUE" not in line


TRACED = """
from chalicelib.bootstrap import install
from tests.unit.entrypoints.shop import Shop
shop = Shop()
install(shop.services)
shop.post({"text": "SECRET-VALUE"})
shop.post({"text": ["SECRET-VALUE"]})
"""


def test_traces() -> None:
    """In Lambda each call is traced, without what was asked and answered."""
    daemon = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    daemon.bind(("127.0.0.1", 0))
    daemon.settimeout(10)
    trace = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"
    environment = {
        "LAMBDA_TASK_ROOT": "/var/task",
        "_X_AMZN_TRACE_ID": trace,
        "AWS_XRAY_DAEMON_ADDRESS": f"127.0.0.1:{daemon.getsockname()[1]}",
    }
    subprocess.run([sys.executable, "-c", TRACED], cwd=ROOT, env=environment, check=True)  # noqa: S603
    segments = [daemon.recv(65_536).decode() for _ in range(2)]
    daemon.close()

    assert all("rushline" in segment for segment in segments)
    assert not any("SECRET-VALUE" in s or "expires_at" in s for s in segments)
