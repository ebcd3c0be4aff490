"""The codes in a file, each with its line.

CSV (RFC 4180) has a header with a column `code`; JSON Lines has an object with a `code` on
each line. Whatever else is there is passed over, so what was exported can be imported.
"""

import csv
import json
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from chalicelib.domain.codes import Fault
from ops.files.kinds import Form, UnusableFileError, kind_of
from ops.files.lines import Line, lines_in

COLUMN = "code"

RECORD_LINES_MAX = 20
"""How many lines a quoted field may span. A quote that is still open then is taken for a
stray one, which spoils its own line and no other."""


def codes_in(path: Path, source: BinaryIO) -> Iterator[Line]:
    """Yield the text of each code in *source*, or why there is none, with its line's number.

    *path* is where it was opened from; its name tells the form. Raises `UnusableFileError` for a CSV file without the column.
    """
    lines = lines_in(path, source)
    return _from_json(lines) if kind_of(path).form is Form.JSONL else _from_csv(path, lines)


def _from_json(lines: Iterator[Line]) -> Iterator[Line]:
    for number, text in lines:
        yield number, text if isinstance(text, Fault) else _of_object(text)


def _of_object(text: str) -> str | Fault:
    if not text.strip():
        return Fault.EMPTY
    try:
        match json.loads(text):
            case {"code": str(code)}:
                return code
    except (ValueError, RecursionError):
        pass
    return Fault.UNREADABLE


def _from_csv(path: Path, lines: Iterator[Line]) -> Iterator[Line]:
    records = _records(lines)
    _, header = next(records, (1, []))
    names = header if isinstance(header, list) else []
    if COLUMN not in (folded := [name.strip().lower() for name in names]):
        message = f"{path}: line 1: the header must have a column {COLUMN!r}, in UTF-8"
        raise UnusableFileError(message)
    column = folded.index(COLUMN)
    for number, fields in records:
        if isinstance(fields, Fault):
            yield number, fields
        else:
            yield number, fields[column] if column < len(fields) else Fault.EMPTY


def _records(lines: Iterator[Line]) -> Iterator[tuple[int, list[str] | Fault]]:
    """Yield the fields of each record with the number of its first line."""
    ahead: deque[Line] = deque()
    while True:
        line = ahead.popleft() if ahead else next(lines, None)
        if line is None:
            return
        number, text = line
        if isinstance(text, Fault):
            yield number, text
        elif '"' not in text:
            # Without a quote RFC 4180 is this.
            yield number, text.split(",")
        else:
            yield number, _quoted(text, ahead, lines)


def _quoted(text: str, ahead: deque[Line], lines: Iterator[Line]) -> list[str] | Fault:
    """Return the fields of the record that begins with *text*, taking the lines that it spans.

    Those that it doesn't take stay in *ahead*.
    """
    spanned, record = 0, text
    while record.count('"') % 2:
        if spanned == len(ahead) and (line := next(lines, None)) is not None:
            ahead.append(line)
        if spanned == min(len(ahead), RECORD_LINES_MAX):
            return Fault.UNREADABLE
        more = ahead[spanned][1]
        if isinstance(more, Fault):
            return Fault.UNREADABLE
        record = f"{record}\n{more}"
        spanned += 1
    try:
        fields = next(csv.reader([record], strict=True))
    except csv.Error:
        return Fault.UNREADABLE
    for _ in range(spanned):
        ahead.popleft()
    return fields
