"""A file's lines, however long it claims that they are."""

import gzip
import hashlib
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from chalicelib.domain.codes import Fault
from ops.files.kinds import UnusableFileError, kind_of

LINE_BYTES_MAX = 16_384
"""A longer line is passed over in pieces of this size, so no file can fill the memory."""

BOM = b"\xef\xbb\xbf"

Line = tuple[int, str | Fault]
"""A line's number, counted from 1, and its text, or why it has none."""


@contextmanager
def opened(path: Path) -> Iterator[tuple[BinaryIO, str]]:
    """Open *path* for reading what it holds, unpacked; yield that and its fingerprint.

    The fingerprint is the form, the size and the SHA-256 of the whole file: a million codes
    are 20 MB, a tenth of a second. Raises `UnusableFileError` for what can't be read.
    """
    kind = kind_of(path)
    if not path.is_file():
        message = f"{path}: no such file"
        raise UnusableFileError(message)
    with ExitStack() as stack:
        with _faults_of(path):
            file = stack.enter_context(path.open("rb"))
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            size = file.tell()
            file.seek(0)
        source = cast("BinaryIO", gzip.GzipFile(fileobj=file)) if kind.gzipped else file
        yield source, f"{kind.form}:{size}:{digest}"


@contextmanager
def _faults_of(path: Path) -> Iterator[None]:
    try:
        yield
    except (EOFError, zlib.error, gzip.BadGzipFile) as fault:
        message = f"{path}: not a whole gzip file"
        raise UnusableFileError(message) from fault
    except OSError as fault:
        message = f"{path}: {fault.strerror or fault}"
        raise UnusableFileError(message) from fault


def lines_in(path: Path, source: BinaryIO) -> Iterator[Line]:
    """Yield every line without its end, LF or CRLF; a byte order mark is left out.

    Raises `UnusableFileError` where *source*, opened from *path*, can't be read on.
    """
    number = 0
    while line := _line(path, source):
        number += 1
        if len(line) > LINE_BYTES_MAX and not line.endswith(b"\n"):
            while line and not line.endswith(b"\n"):
                line = _line(path, source)
            yield number, Fault.TOO_LONG
            continue
        if number == 1:
            line = line.removeprefix(BOM)
        try:
            yield number, line.decode().removesuffix("\n").removesuffix("\r")
        except UnicodeDecodeError:
            yield number, Fault.UNREADABLE


def _line(path: Path, source: BinaryIO) -> bytes:
    """Return the next line, or as much of it as is taken at once."""
    with _faults_of(path):
        return source.readline(LINE_BYTES_MAX + 1)
