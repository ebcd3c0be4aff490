"""A provider of the Batch API in memory: files, batches, and the ways in which they end."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from rushline_testing.model_answers import Asked, Mode, Script, reply_to

Json = dict[str, Any]


class BatchMode(StrEnum):
    """What becomes of a batch that is looked at."""

    COMPLETES = "completes"
    OUT_OF_ORDER = "out_of_order"
    PARTLY = "partly"
    EXPIRES = "expires"
    INVALID = "invalid"
    NO_ROOM = "no_room"
    CANCELLED = "cancelled"
    VANISHES = "vanishes"
    NEVER = "never"


@dataclass
class BatchProvider:
    """Files and batches. A batch is over once it was looked at more than *looks* times.

    *script* and *answers* say what the model makes of each text. Half of the requests fail in
    the modes in which some do, every second one. A batch whose id is in *modes* has a mode of
    its own: the first is `batch_1`. *now* is in seconds.
    """

    script: Script = field(default_factory=dict)
    mode: BatchMode = BatchMode.COMPLETES
    modes: Mapping[str, BatchMode] = field(default_factory=dict)
    answers: Mode = Mode.RIGHT
    looks: int = 1
    now: Callable[[], float] = time.time
    files: dict[str, bytes] = field(default_factory=dict)
    batches: dict[str, Json] = field(default_factory=dict)
    looked: dict[str, int] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    """Every request that the model was put to, in batches."""

    def upload(self, content: bytes) -> Json:
        """Take in a file."""
        file_id = f"file-{len(self.files) + 1}-{len(self.batches)}"
        self.files[file_id] = content
        return {
            "id": file_id,
            "object": "file",
            "bytes": len(content),
            "created_at": int(self.now()),
            "filename": "requests.jsonl",
            "purpose": "batch",
            "status": "processed",
        }

    def begin(self, order: Mapping[str, Any]) -> Json:
        """Take in a batch."""
        batch_id = f"batch_{len(self.batches) + 1}"
        self.batches[batch_id] = {
            "id": batch_id,
            "object": "batch",
            "endpoint": order["endpoint"],
            "input_file_id": order["input_file_id"],
            "completion_window": order["completion_window"],
            "metadata": order.get("metadata"),
            "status": "validating",
            "created_at": int(self.now()),
            "output_file_id": None,
            "error_file_id": None,
            "errors": None,
        }
        return self.batches[batch_id]

    def look(self, batch_id: str) -> Json | None:
        """Return the batch, a step further; None if there is none any more."""
        batch = self.batches.get(batch_id)
        if batch is None:
            return None
        self.looked[batch_id] = self.looked.get(batch_id, 0) + 1
        if batch["status"] == "cancelling":
            self._end(batch, "cancelled", half=True)
        elif batch["status"] in {"validating", "in_progress"}:
            batch["status"] = "in_progress"
            if self.looked[batch_id] > self.looks:
                self._come_to_its_end(batch)
        return self.batches.get(batch_id)

    def cancel(self, batch_id: str) -> Json | None:
        """Have a batch stop; None if there is none."""
        batch = self.batches.get(batch_id)
        if batch is not None and batch["status"] in {"validating", "in_progress"}:
            batch["status"] = "cancelling"
        return batch

    def page(self, limit: int, after: str | None) -> Json:
        """Return batches, the latest first."""
        latest = list(reversed(self.batches.values()))
        ids = [batch["id"] for batch in latest]
        start = ids.index(after) + 1 if after in ids else 0
        found = latest[start : start + limit]
        more = start + limit < len(latest)
        return {"object": "list", "data": found, "has_more": more, "first_id": None}

    def _come_to_its_end(self, batch: Json) -> None:
        match self.modes.get(batch["id"], self.mode):
            case BatchMode.COMPLETES:
                self._end(batch, "completed", half=False)
            case BatchMode.OUT_OF_ORDER:
                self._end(batch, "completed", half=False, backwards=True)
            case BatchMode.PARTLY:
                self._end(batch, "completed", half=True)
            case BatchMode.EXPIRES:
                self._end(batch, "expired", half=True)
            case BatchMode.CANCELLED:
                self._end(batch, "cancelled", half=True)
            case BatchMode.INVALID:
                self._fail(batch, "invalid_json_line")
            case BatchMode.NO_ROOM:
                self._fail(batch, "token_limit_exceeded")
            case BatchMode.VANISHES:
                del self.batches[batch["id"]]
            case BatchMode.NEVER:
                pass

    def _fail(self, batch: Json, code: str) -> None:
        batch["status"] = "failed"
        fault = {"code": code, "message": "as it would be said", "line": None, "param": None}
        batch["errors"] = {"object": "list", "data": [fault]}

    def _end(self, batch: Json, status: str, *, half: bool, backwards: bool = False) -> None:
        batch["status"] = status
        requests = [json.loads(row) for row in self.files[batch["input_file_id"]].splitlines()]
        done = requests[::2] if half else requests
        failed = requests[1::2] if half else []
        answered = list(self._answered(done))
        if backwards:
            answered.reverse()
        if answered:
            batch["output_file_id"] = self._written(answered)
        if failed:
            batch["error_file_id"] = self._written([_failed(one, status) for one in failed])

    def _answered(self, requests: list[Json]) -> Iterator[Json]:
        for request in requests:
            asked = Asked(body=request["body"])
            self.asked.append(asked)
            reply = reply_to(asked, self.answers, self.script)
            yield {
                "id": f"batch_req_{len(self.asked)}",
                "custom_id": request["custom_id"],
                "response": {
                    "status_code": reply.status,
                    "request_id": "req",
                    "body": json.loads(reply.body),
                },
                "error": None,
            }

    def _written(self, rows: list[Json]) -> str:
        content = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
        return str(self.upload(content)["id"])


def _failed(request: Json, status: str) -> Json:
    """Return a line of the error file."""
    if status == "completed":
        body = {"error": {"message": "The server had an error", "type": "server_error"}}
        response = {"status_code": 500, "request_id": "req", "body": body}
        return {"id": "r", "custom_id": request["custom_id"], "response": response, "error": None}
    error = {"code": f"batch_{status}", "message": "This request was not executed."}
    return {"id": "r", "custom_id": request["custom_id"], "response": None, "error": error}
