"""Files to and from presigned addresses, a piece in memory at a time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import IO
from urllib.parse import urlsplit

from chalicelib.application.run_ports import Upload
from chalicelib.domain.errors import StoreUnavailableError

TIMEOUT_SECONDS = 60
PIECE_BYTES = 1 << 20
ATTEMPTS = 3
OK = 200

Told = Callable[[int], None]
"""Is told how many bytes went over in all."""


class _Part:
    """The bytes of *file* from *start* on, *length* of them, as a body to send."""

    def __init__(self, file: IO[bytes], start: int, length: int, told: Told) -> None:
        file.seek(start)
        self._file, self._at, self._end, self._told = file, start, start + length, told

    def read(self, most: int = PIECE_BYTES, /) -> bytes:
        """Return the next piece; nothing at the end."""
        piece = self._file.read(min(most, self._end - self._at))
        if not piece and self._at < self._end:
            msg = "the file became shorter"
            raise OSError(msg)
        self._at += len(piece)
        self._told(self._at)
        return piece


def put_all(upload: Upload, file: IO[bytes], size: int, told: Told) -> list[str]:
    """Put *file* of *size* bytes where *upload* says; return each part's ETag.

    Raises `StoreUnavailableError` where a part is not taken in three attempts.
    """
    etags: list[str] = []
    for number, url in enumerate(upload.urls):
        start = number * upload.part_bytes
        last = number == len(upload.urls) - 1
        length = size - start if last else upload.part_bytes
        etags.append(_put(url, lambda s=start, n=length: _Part(file, s, n, told), length))  # type: ignore[misc]
    return etags


def _put(url: str, body: Callable[[], _Part], length: int) -> str:
    why = ""
    for _ in range(ATTEMPTS):
        try:
            with _answered("PUT", url, body(), length) as answer:
                answer.read()
                if answer.status == OK:
                    return answer.headers.get("ETag", "")
                why = f"it answered {answer.status}"
        except (OSError, HTTPException) as error:
            why = type(error).__name__
    msg = f"the file was not taken: {why}"
    raise StoreUnavailableError(msg)


def get(url: str, into: IO[bytes]) -> int:
    """Append what lies at *url* to *into*; return how many bytes.

    Raises `StoreUnavailableError`; then *into* may have a part of it.
    """
    try:
        with _answered("GET", url, None, 0) as answer:
            if answer.status != OK:
                msg = f"a part was not given: it answered {answer.status}"
                raise StoreUnavailableError(msg)
            count = 0
            while piece := answer.read(PIECE_BYTES):
                count += into.write(piece)
            return count
    except (OSError, HTTPException) as error:
        msg = f"a part was not given: {type(error).__name__}"
        raise StoreUnavailableError(msg) from error


@contextmanager
def _answered(method: str, url: str, body: _Part | None, length: int) -> Iterator[HTTPResponse]:
    parts = urlsplit(url)
    kind = HTTPConnection if parts.scheme == "http" else HTTPSConnection
    connection = kind(parts.netloc, timeout=TIMEOUT_SECONDS, blocksize=PIECE_BYTES)
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    headers = {} if body is None else {"Content-Length": str(length)}
    try:
        connection.request(method, target, body=body, headers=headers)
        yield connection.getresponse()
    finally:
        connection.close()
