"""How much memory a million unique codes take: made, exported, and imported again.

In a process of its own, by the real use cases, adapter and boto3 client, as `python -m ops`
wires them. DynamoDB's answers are made up in the same process, and nothing is stored but
the batches' records, so the figure holds what is ours and boto3's.
"""

import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from bench.figures import Figure
from chalicelib.adapters.codec import TERMS
from chalicelib.adapters.dynamodb.keys import CODE
from chalicelib.adapters.dynamodb.keys import TERMS as TERMS_PART
from chalicelib.domain.codes import CodeBatch
from chalicelib.domain.coupon import CouponTerms
from chalicelib.domain.discount import Percent
from ops.aws import CodeJobs, code_jobs, dynamodb
from ops.files.lines import opened
from ops.files.reading import codes_in
from ops.files.writing import write
from rushline_testing.environment import sealed

COUNT = 1_000_000
KILOBYTE = 1_024
FROM, INTO = "SPRING25", "SUMMER25"


def figures(count: int = COUNT) -> list[Figure]:
    """Measure, in about a minute for the million."""
    ran = subprocess.run(  # noqa: S603 (this interpreter, this module)
        [sys.executable, "-m", "bench.codes", str(count)],
        check=True,
        capture_output=True,
        text=True,
    )
    measured = json.loads(ran.stdout)
    return [
        Figure(
            figure="codes.peak_memory_mb",
            value=measured["peak_mb"],
            reach=150,
            unit="MB",
            note=f"{count:,} codes made, exported, imported in {measured['cpu_seconds']:.0f} s of CPU",
        )
    ]


def _measured(count: int) -> dict[str, float]:
    """Return the memory and the computing time of this process, once all is done."""
    with sealed(), tempfile.TemporaryDirectory() as folder:
        client = dynamodb()
        _canned(client)
        jobs, file = code_jobs(client, "CouponsTable"), Path(folder) / "codes.csv"
        made = jobs.make(FROM, "made", count=count, prefix="SPRING", by="bench", told=_ignore)
        rows = ({"code": code, "state": str(state)} for code, state in jobs.export(made))
        written = write(file, ("code", "state"), rows)
        imported = _imported(jobs, file)
    if not made.codes == written == imported.codes == count:
        msg = f"of {count} codes {made.codes}, {written} and {imported.codes} came through"
        raise RuntimeError(msg)
    return {"peak_mb": peak_mb(), "cpu_seconds": time.process_time()}


def _imported(jobs: CodeJobs, file: Path) -> CodeBatch:
    with opened(file) as (source, fingerprint):
        return jobs.read(
            INTO,
            "imported",
            codes_in(file, source),
            fingerprint=fingerprint,
            by="bench",
            told=_ignore,
            refuse=_ignore,
        )


def _ignore(_: object) -> None:
    """Tell nobody."""


def peak_mb() -> float:
    """Return the most memory that this process ever had.

    Linux hands on to a child, in `ru_maxrss`, what its parent had when it was started; its
    own account has the program's alone.
    """
    status = Path("/proc/self/status")
    if status.exists() and (peak := re.search(r"VmHWM:\s+(\d+) kB", status.read_text())):
        return int(peak[1]) / KILOBYTE
    unit = KILOBYTE**2 if sys.platform == "darwin" else KILOBYTE
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def _canned(client: Any) -> None:  # noqa: ANN401 (any boto3 client)
    """Have *client* answer as a table would that takes every put, without a network."""
    batches: dict[str, Any] = {}
    answers: dict[str, Callable[[bytes], bytes]] = {
        "GetItem": lambda body: json.dumps({"Item": _terms(json.loads(body))}).encode(),
        "TransactWriteItems": lambda body: _taken(body, batches),
        "BatchGetItem": lambda body: _found(json.loads(body), batches),
    }

    def answer(request: Any, **_: object) -> AWSResponse:  # noqa: ANN401 (botocore's request)
        operation = request.headers["X-Amz-Target"].decode().partition(".")[2]
        content = answers[operation](request.body)

        class Raw:
            def stream(self, **_: object) -> list[bytes]:
                return [content]

        return AWSResponse(request.url, 200, HTTPHeaders(), Raw())

    client.meta.events.register("before-send.dynamodb", answer)


def _terms(call: Any) -> Any:  # noqa: ANN401 (JSON)
    code = call["Key"]["code"]["S"]
    terms = CouponTerms(
        code=code, version=1, off=Percent(basis_points=2_500), units=10**6, shards=1, unique=True
    )
    return {"document": {"S": TERMS.dump(terms)}}


def _taken(body: bytes, batches: dict[str, Any]) -> bytes:
    if b'"batch#' in body:
        item = json.loads(body)["TransactItems"][0]["Put"]["Item"]
        batches[item["part"]["S"]] = item
    return b"{}"


def _found(call: Any, batches: dict[str, Any]) -> bytes:  # noqa: ANN401 (JSON)
    ((table, wanted),) = call["RequestItems"].items()
    items = [
        {"code": key["code"], "state": {"S": "issued"}}
        if key["part"]["S"] == CODE
        else batches[key["part"]["S"]]
        for key in wanted["Keys"]
        if key["part"]["S"] != TERMS_PART
    ]
    return json.dumps({"Responses": {table: items}}).encode()


if __name__ == "__main__":
    print(json.dumps(_measured(int(sys.argv[1]))))
