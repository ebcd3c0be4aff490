"""The Batch API on loopback, as OpenAI speaks it: /v1/files and /v1/batches.

    with BatchServer(BatchProvider({"two lattes": [Line(sku="latte", quantity=2)]})) as server:
        batches = OpenAIBatches(base_url=server.base_url, api_key="any", model="any")
        server.provider.mode = BatchMode.EXPIRES
        server.fail("POST /v1/batches", 500, done=True)

What there is stays in the provider, over any number of servers. Standard library only.
"""

import json
import threading
from collections import deque
from collections.abc import Callable
from email import message_from_bytes
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from rushline_testing.batch_provider import BatchMode, BatchProvider, Json
from rushline_testing.loopback import REQUEST_SECONDS_MAX, LoopbackServer

__all__ = [
    "BatchApi",
    "BatchHandler",
    "BatchHttpServer",
    "BatchMode",
    "BatchProvider",
    "BatchServer",
]

Answer = tuple[int, bytes]


class BatchApi:
    """What there is to answer to each call, of what is in *provider*."""

    def __init__(self, provider: BatchProvider) -> None:
        self.provider = provider
        self.calls: list[str] = []
        """Every call so far: the method and the path, with STAR for each id."""
        self.retry_after: int | None = None
        self._failing: dict[str, deque[tuple[int, bool]]] = {}
        self.lock = threading.Lock()

    def fail(self, call: str, status: int, *, times: int = 1, done: bool = False) -> None:
        """Have *call* be answered with *status* the next *times*; *done* or not all the same.

        A status of 0 hangs up.
        """
        self._failing.setdefault(call, deque()).extend([(status, done)] * times)

    def answer(self, call: str, path: list[str], query: str, body: Any) -> Answer:  # noqa: ANN401 (a form's or JSON's)
        """Return the answer to a call, which fails if it is to."""
        with self.lock:
            self.calls.append(call)
            failing = self._failing.get(call)
            status, done = failing.popleft() if failing else (200, True)
            answer = self._answer(call, path, query, body) if done else (200, b"")
            return answer if status == 200 else (status, _error("as it would be said"))  # noqa: PLR2004 (OK)

    def _answer(self, call: str, path: list[str], query: str, body: Any) -> Answer:  # noqa: ANN401 (as above)
        provider, named = self.provider, path[2] if len(path) > 2 else ""  # noqa: PLR2004 (/v1/KIND/ID)
        answers: dict[str, Callable[[], object]] = {
            "POST /v1/files": lambda: provider.upload(body),
            "GET /v1/files/STAR/content": lambda: provider.files.get(named),
            "DELETE /v1/files/STAR": lambda: self._deleted(named),
            "POST /v1/batches": lambda: self._begun(body),
            "GET /v1/batches": lambda: self._page(parse_qs(query)),
            "GET /v1/batches/STAR": lambda: provider.look(named),
            "POST /v1/batches/STAR/cancel": lambda: provider.cancel(named),
        }
        found = answers.get(call, lambda: None)()
        if found is None:
            return 404, _error("It is not there")
        return 200, found if isinstance(found, bytes) else json.dumps(found).encode()

    def _deleted(self, file_id: str) -> Json | None:
        gone = self.provider.files.pop(file_id, None) is not None
        return {"id": file_id, "object": "file", "deleted": True} if gone else None

    def _begun(self, order: Json) -> Json | None:
        return self.provider.begin(order) if order["input_file_id"] in self.provider.files else None

    def _page(self, asked: dict[str, list[str]]) -> Json:
        return self.provider.page(int(asked.get("limit", ["20"])[0]), asked.get("after", [None])[0])


class BatchServer(LoopbackServer, BatchApi):
    """Serves *provider* on a free port of 127.0.0.1 while entered."""

    def __init__(self, provider: BatchProvider) -> None:
        LoopbackServer.__init__(self)
        BatchApi.__init__(self, provider)

    def _bound(self) -> ThreadingHTTPServer:
        server = BatchHttpServer(("127.0.0.1", 0), BatchHandler)
        server.batch = self
        return server


class BatchHttpServer(ThreadingHTTPServer):
    """A server with a Batch API, or with none."""

    daemon_threads = False  # so that closing waits for every request
    batch: BatchApi | None = None


class BatchHandler(BaseHTTPRequestHandler):
    """Answers the calls of the Batch API; without one, nothing is there."""

    server: BatchHttpServer
    timeout = REQUEST_SECONDS_MAX

    def do_GET(self) -> None:
        """Answer a GET."""
        self._respond(None)

    def do_DELETE(self) -> None:
        """Answer a DELETE."""
        self._respond(None)

    def do_POST(self) -> None:
        """Answer a POST."""
        self.post(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def post(self, body: bytes) -> None:
        """Answer a POST of *body*: of a form, the file; else JSON."""
        kind = self.headers.get("Content-Type", "")
        if kind.startswith("multipart/form-data"):
            self._respond(_file_in(kind, body))
        else:
            self._respond(json.loads(body) if body else None)

    def _respond(self, body: Any) -> None:  # noqa: ANN401 (a form's or JSON's)
        parts = urlsplit(self.path)
        path = parts.path.strip("/").split("/")
        masked = "/".join("STAR" if place == 2 else name for place, name in enumerate(path))  # noqa: PLR2004 (/v1/KIND/ID)
        batch = self.server.batch
        if batch is None:
            self.send_error(404)
            return
        status, content = batch.answer(f"{self.command} /{masked}", path, parts.query, body)
        if not status:
            self.close_connection = True
            return
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        if batch.retry_after is not None:
            self.send_header("Retry-After", str(batch.retry_after))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Keep quiet: the output is the test's."""


def _file_in(kind: str, body: bytes) -> bytes:
    """Return the file in a form."""
    form: Message = message_from_bytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body)
    for part in form.walk():
        if part.get_filename():
            content: Any = part.get_payload(decode=True)
            return bytes(content)
    return b""


def _error(message: str) -> bytes:
    error = {"message": message, "type": "error", "param": None, "code": None}
    return json.dumps({"error": error}).encode()
