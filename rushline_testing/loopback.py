"""What the stand-in servers of this package have in common: they serve on 127.0.0.1 while entered."""

import threading
from abc import ABC, abstractmethod
from http.server import ThreadingHTTPServer
from types import TracebackType
from typing import Final, Self

REQUEST_SECONDS_MAX: Final = 10
"""How long a request may take to come in, so that no connection outlives the server for long."""
_POLL_SECONDS: Final = 0.02


class LoopbackServer(ABC):
    """Serves while entered; leaving waits for every request under way."""

    def __init__(self) -> None:
        self._server: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None

    @abstractmethod
    def _bound(self) -> ThreadingHTTPServer:
        """Return what serves, bound to its port."""

    def __enter__(self) -> Self:
        self._server = self._bound()
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_POLL_SECONDS,), name=type(self).__name__
        )
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()
            self._server = None

    @property
    def base_url(self) -> str:
        """What to set as OPENAI_BASE_URL."""
        if self._server is None:
            msg = "the server is not running: enter it first"
            raise RuntimeError(msg)
        return f"http://127.0.0.1:{self._server.server_port}/v1"
