"""What the tests of runs do again and again, in a word."""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import requests

from chalicelib.adapters.dynamodb.codes import DynamoCodes
from chalicelib.bootstrap import services
from rushline_testing.demo import MERCHANT
from rushline_testing.gateway import Reply
from rushline_testing.harness import Rushline

ROUNDS_MAX = 40
PER_SECOND = 50


def gift(number: int, **more: Any) -> dict[str, Any]:
    """Return a line for a customer of that number: a latte, or what *more* says."""
    if not more.keys() & {"text", "items", "grant"}:
        more["items"] = [{"sku": "latte", "quantity": 1}]
    return {"customer_id": f"c{number}", **more}


def json_lines(lines: Iterable[Mapping[str, Any]]) -> bytes:
    """Return *lines* as a file."""
    return "".join(json.dumps(line) + "\n" for line in lines).encode()


@dataclass
class BulkRun:
    """A run of a shop's, as an operator has it over HTTP."""

    shop: Rushline
    id: str
    uploaded_to: Mapping[str, Any] | None

    def say(self, command: str, body: object = None) -> Any:
        """Command the run and return it as it then stands."""
        return answered(self.shop.ops().post(f"/runs/{self.id}/{command}", body))

    def see(self) -> Any:
        """Return the run as it stands."""
        return answered(self.shop.ops().get(f"/runs/{self.id}"))

    def finish(self, only: Collection[str] | None = None) -> Any:
        """Have everybody work, or *only* some, until the run is finished; return it."""
        for _ in range(ROUNDS_MAX):
            drained = self.shop.drain(max_rounds=1, only=only)
            assert drained.errors == []
            run = self.see()
            if run["finished"]:
                return run
        message = f"not finished in {ROUNDS_MAX} rounds: {run}"
        raise AssertionError(message)

    def upload(self, content: bytes) -> None:
        """PUT the file where the run said, in parts if it wants parts."""
        assert self.uploaded_to is not None
        urls, size = self.uploaded_to["urls"], self.uploaded_to["part_bytes"]
        etags = []
        for number, url in enumerate(urls):
            put = requests.put(url, data=content[number * size :][:size], timeout=5)
            assert put.status_code == 200, put.text
            etags.append(put.headers["ETag"])
        if upload_id := self.uploaded_to.get("upload_id"):
            self.say("upload/complete", {"upload_id": upload_id, "etags": etags})

    def results(self) -> list[dict[str, Any]]:
        """Return the rows of the results."""
        return self._rows("results")

    def faults(self) -> list[dict[str, Any]]:
        """Return the rows of what the check found."""
        return self._rows("check/faults")

    def outcomes(self) -> dict[str, int]:
        """Count the results by outcome and reason."""
        rows = self.results()
        assert [row["line"] for row in rows] == list(range(1, len(rows) + 1))
        return dict(Counter(row.get("reason", row["outcome"]) for row in rows))

    def _rows(self, report: str) -> list[dict[str, Any]]:
        parts = answered(self.shop.ops().get(f"/runs/{self.id}/{report}"))["parts"]
        text = "".join(requests.get(part["url"], timeout=5).text for part in parts)
        return [json.loads(row) for row in text.splitlines()]


def make(shop: Rushline, source: Mapping[str, Any], **plan: Any) -> BulkRun:
    """Make a run."""
    body = {
        "name": plan.pop("name", "Spring gifts"),
        "merchant": MERCHANT,
        "rate": {"per_second": PER_SECOND},
        "source": dict(source),
        **plan,
    }
    made = answered(shop.ops().post("/runs", body))
    return BulkRun(shop, made["id"], made.get("upload"))


def of_lines(shop: Rushline, lines: Sequence[Mapping[str, Any]], **plan: Any) -> BulkRun:
    """Make a run of lines that are given at once."""
    return make(shop, {"lines": [dict(line) for line in lines]}, **plan)


def of_file(shop: Rushline, content: bytes, *, form: str = "jsonl", **plan: Any) -> BulkRun:
    """Make a run of a file, and upload it."""
    gzip = plan.pop("gzip", False)
    run = make(shop, {"upload": {"form": form, "gzip": gzip, "size": len(content)}}, **plan)
    run.upload(content)
    return run


def issue(shop: Rushline, coupon: str, *codes: str) -> None:
    """Issue unique codes of a coupon, as operators do in bulk."""
    DynamoCodes(
        client=shop.clients.dynamodb,
        table=shop.resources.coupons_table,
        clock=shop.clock,
        backoff=services().backoff,
    ).add(coupon, "batch", {code: number for number, code in enumerate(codes)})


def answered(reply: Reply) -> Any:
    """Return the body of an answer that is none of refusal."""
    assert reply.status in {200, 201}, reply.body
    return reply.json()
