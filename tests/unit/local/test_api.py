"""The client that plays the rush."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from local.api import Api
from local.cloud import HOST, free_port
from local.faults import LocalError


class Shop(BaseHTTPRequestHandler):
    """Answers 429 once for each new key, then 202."""

    seen: set[str]

    def do_POST(self) -> None:
        """Answer a POST."""
        self.rfile.read(int(self.headers["Content-Length"]))
        key = self.headers["Idempotency-Key"]
        status = 202 if key in self.seen else 429
        self.seen.add(key)
        body = b'{"id": "in_1"}' if status == 202 else b'{"code": "too_busy"}'
        self.send_response(status)
        self.send_header("Retry-After", "0")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Log nothing."""


@pytest.fixture
def api() -> Iterator[Api]:
    """Yield a client of a small server on loopback."""
    Shop.seen = set()
    with HTTPServer((HOST, 0), Shop) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        client = Api(f"http://{HOST}:{server.server_port}")
        yield client
        client.close()
        server.shutdown()


def test_it_comes_back_when_it_is_told_to_wait(api: Api) -> None:
    """A 429 is called again under the same key, and the answer is the one that counts."""
    reply = api.call("POST", "/intents", "token", {}, key="a")
    assert (reply.status, reply.json()) == (202, {"id": "in_1"})


def test_the_last_answer_stands_when_calls_run_out(api: Api) -> None:
    """The code of a problem is told."""
    reply = api.call("POST", "/intents", "token", {}, key="b", calls_max=1)
    assert (reply.status, reply.code) == (429, "too_busy")


def test_no_answer_at_all_is_an_error() -> None:
    """It names the call and where it went."""
    api = Api(f"http://{HOST}:{free_port()}")
    with pytest.raises(LocalError, match=f"GET /health: no answer from {api.url}"):
        api.call("GET", "/health", "token", calls_max=2)
