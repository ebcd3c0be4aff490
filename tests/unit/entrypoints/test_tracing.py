import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

SEGMENT = """
from aws_xray_sdk.core import xray_recorder
from rushline_testing.lambdas import Context
from tests.fakes import FakeClock
from chalicelib.entrypoints.observability import _is_traced, _traced
assert _is_traced() is {traced}
xray_recorder.configure(context_missing="IGNORE_ERROR")
def function(event, context):
    return "done"
wrapped = _traced(function)
assert (wrapped is function) is not {traced}
assert wrapped({{}}, Context(function_name="settle", clock=FakeClock(), deadline=1)) == "done"
"""


@pytest.mark.parametrize(
    ("environment", "traced"),
    [
        ({}, False),
        ({"LAMBDA_TASK_ROOT": "/var/task", "POWERTOOLS_TRACE_DISABLED": "1"}, False),
        ({"LAMBDA_TASK_ROOT": "/var/task"}, True),
    ],
)
def test_functions_are_traced_in_lambda_alone(environment: dict[str, str], *, traced: bool) -> None:
    """With somebody to trace for, a function is wrapped and still does its work."""
    run = subprocess.run(  # noqa: S603 (our own interpreter, our own code)
        [sys.executable, "-c", SEGMENT.format(traced=traced)],
        cwd=ROOT,
        env={**environment, "AWS_XRAY_SDK_ENABLED": "true"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
