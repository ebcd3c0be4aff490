"""Writing codes to a file that is whole or not there."""

import csv
import gzip
import io
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, TextIO, cast

from ops.files.kinds import Form, UnusableFileError, kind_of

Row = Mapping[str, str]


def check(path: Path) -> None:
    """Raise `UnusableFileError` where it is plain beforehand that *path* can't be written."""
    kind_of(path)
    if not path.parent.is_dir():
        message = f"{path}: No such file or directory"
        raise UnusableFileError(message)


def write(path: Path, columns: tuple[str, ...], rows: Iterable[Row]) -> int:
    """Write *rows* to *path* in the form of its name; return how many.

    Under a temporary name beside it, readable by its owner alone, and renamed when all of
    it is on the disk: whoever sees the file sees all of it. On an error there is no file,
    or the one that was there before. Raises `UnusableFileError` where it can't be written.
    """
    kind = kind_of(path)
    count = 0
    try:
        with replacing(path) as file, _text(file, gzipped=kind.gzipped) as text:
            put = _csv(text, columns) if kind.form is Form.CSV else _jsonl(text)
            for row in rows:
                put(row)
                count += 1
    except OSError as fault:
        message = f"{path}: {fault.strerror or fault}"
        raise UnusableFileError(message) from fault
    return count


def _csv(text: TextIO, columns: tuple[str, ...]) -> Callable[[Row], object]:
    writer = csv.DictWriter(text, columns)
    writer.writeheader()
    return writer.writerow


def _jsonl(text: TextIO) -> Callable[[Row], object]:
    return lambda row: text.write(json.dumps(row) + "\n")


@contextmanager
def _text(file: IO[bytes], *, gzipped: bool) -> Iterator[TextIO]:
    """Yield a text stream into *file*. The same rows give the same bytes: no time, no name."""
    packed = gzip.GzipFile("", "wb", 6, file, mtime=0) if gzipped else file
    text = io.TextIOWrapper(cast("IO[bytes]", packed), "utf-8", newline="")
    try:
        yield text
    finally:
        text.detach()
        if gzipped:
            packed.close()


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """Yield a file that becomes *path* on leaving, unless by an error."""
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        try:
            yield cast("IO[bytes]", file)
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
