"""A language model on loopback that speaks the OpenAI protocol, well or badly as told.

    with ModelServer({"two lattes": [Line(sku="latte", quantity=2)]}) as server:
        model = OpenAIModel(base_url=server.base_url, api_key="any", model="any")
        server.mode = Mode.RATE_LIMITED

Standard library only.
"""

import json
import threading
from http.server import ThreadingHTTPServer
from types import TracebackType

from rushline_testing.batch_server import BatchApi, BatchHandler, BatchHttpServer, BatchProvider
from rushline_testing.loopback import LoopbackServer
from rushline_testing.model_answers import Asked, Mode, Reply, Says, Script, reply_to

__all__ = ["Asked", "Mode", "ModelServer"]


class ModelServer(LoopbackServer):
    """Serves on a port of 127.0.0.1, a free one if 0, while entered. *script* says what each text means.

    With *batches* it has a Batch API too. *slow_seconds* is how long the slow modes last; leaving ends them at once. Script and
    mode may be changed at any time.
    """

    def __init__(
        self,
        script: Script | None = None,
        *,
        slow_seconds: float = 5,
        port: int = 0,
        batches: BatchProvider | None = None,
    ) -> None:
        super().__init__()
        self.batches = batches
        self._port = port
        self.script = script or {}
        self.mode = Mode.RIGHT
        self.says: Says | None = None
        """If set, what is answered to each request, in the place of *script*."""
        self.slow_seconds = slow_seconds
        self.at_once_max = 0
        """The most requests that were under way at one time."""
        self._under_way = 0
        self._asked: list[Asked] = []
        self._lock = threading.Lock()
        self._stopped = threading.Event()

    def _bound(self) -> ThreadingHTTPServer:
        self._stopped.clear()
        server = _HttpServer(("127.0.0.1", self._port), _Handler)
        server.model = self
        server.batch = BatchApi(self.batches) if self.batches is not None else None
        return server

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopped.set()
        super().__exit__(kind, error, trace)

    @property
    def asked(self) -> tuple[Asked, ...]:
        """Every request so far, in the order of arrival."""
        with self._lock:
            return tuple(self._asked)

    def arrive(self, asked: Asked) -> None:
        """Note a request."""
        with self._lock:
            self._asked.append(asked)
            self._under_way += 1
            self.at_once_max = max(self.at_once_max, self._under_way)

    def leave(self) -> None:
        """Note that a request is over."""
        with self._lock:
            self._under_way -= 1

    def pause(self, seconds: float) -> bool:
        """Wait so long; return whether the server was stopped meanwhile."""
        return self._stopped.wait(seconds)


class _HttpServer(BatchHttpServer):
    request_queue_size = 64
    model: ModelServer


class _Handler(BatchHandler):
    server: _HttpServer

    def post(self, body: bytes) -> None:
        """Answer a request for a chat completion, or one of the Batch API's."""
        if self.path != "/v1/chat/completions":
            super().post(body)
            return
        model, asked = self.server.model, Asked(body=json.loads(body))
        mode = model.mode
        model.arrive(asked)
        try:
            if mode is Mode.SLOW:
                model.pause(model.slow_seconds)
            reply = reply_to(asked, mode, model.script, model.says)
        finally:
            # Before the answer is out: who has it may ask again at once.
            model.leave()
        try:
            self._send(reply, mode)
        except ConnectionError:
            self.close_connection = True  # the client had enough

    def _send(self, reply: Reply, mode: Mode) -> None:
        self.send_response(reply.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(reply.body)))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        match mode:
            case Mode.HANGING_UP:
                self.wfile.write(reply.body[: len(reply.body) // 2])
            case Mode.DRIPPING | Mode.DRIPPING_FAILURE:
                self._drip(reply.body)
            case _:
                self.wfile.write(reply.body)

    def _drip(self, body: bytes) -> None:
        """Send *body* byte by byte, so that no single wait is long."""
        for byte in body:
            if self.server.model.pause(self.server.model.slow_seconds / len(body)):
                return
            self.wfile.write(bytes([byte]))
