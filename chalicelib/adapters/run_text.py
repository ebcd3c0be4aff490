"""Lines of a text that comes in pieces, each with the byte at which it ends.

Pure, and the same whatever the pieces: a line's end depends on what stands since the end of
the line before it, so a reader that begins at any line's end finds the same lines.
"""

from collections.abc import Iterable, Iterator
from itertools import chain

from chalicelib.domain.run_line import LINE_BYTES_MAX, RawLine

BOM = b"\xef\xbb\xbf"
LF, CR, QUOTE, COMMA = b"\n", b"\r", b'"', b","

LINE_MAX = LINE_BYTES_MAX + len(BOM) + len(CR)
"""More than this before a line feed is no line that fits, whatever is taken off it."""


def split(
    pieces: Iterable[bytes], offset: int, number: int, *, quoted: bool = False
) -> Iterator[RawLine]:
    """Yield the lines in *pieces*, which begin at *offset*, with *number* lines before them.

    A line ends with a line feed, a carriage return before it is not part of it, and the last
    one may have no end. With *quoted*, a line feed within double quotes (RFC 4180) ends none,
    unless they are still open where the text ends, or the line is longer than any may be: then
    it ended at its first line feed, so that a quote that is never closed costs one line and not
    the rest of the file.
    """
    text, start, lost = b"", 0, False
    for piece in chain(pieces, (None,)):
        offset += start
        text, start = text[start:] + (piece or b""), 0
        while True:
            bom = _bom(text) if offset + start == 0 else 0
            end, whole = _end(text, start, bom, quoted=quoted and not lost, last=piece is None)
            if end < 0:
                break
            number += 1
            content = _content(text[start + bom : end]) if whole and not lost else None
            start, lost = end + 1, False
            yield RawLine(number=number, end=offset + start, content=content)
        if len(text) - start > LINE_MAX:
            start, lost = len(text), True
    bom = _bom(text) if offset + start == 0 else 0
    if start + bom < len(text) or lost:
        content = None if lost else _content(text[start + bom :])
        yield RawLine(number=number + 1, end=offset + len(text), content=content)


def _bom(text: bytes) -> int:
    return len(BOM) if text.startswith(BOM) else 0


def _content(line: bytes) -> bytes | None:
    line = line.removesuffix(CR)
    return line if len(line) <= LINE_BYTES_MAX else None


def _end(text: bytes, start: int, bom: int, *, quoted: bool, last: bool) -> tuple[int, bool]:
    """Return where the line at *start* ends, -1 if not in *text*, and whether it fits so far.

    *last*: nothing comes behind *text*.
    """
    first = text.find(LF, start)
    if not quoted or first < 0 or text.find(QUOTE, start, first) < 0:
        return first, True
    end, state, at = first, _State.FIELD_BEGINS, start + bom
    while 0 <= end <= start + LINE_MAX:
        state = _after(state, text[at:end])
        if state != _State.QUOTED:
            return end, True
        at, end = end, text.find(LF, end + 1)
    if len(text) - start > LINE_MAX:
        return first, False
    left_open = last and _after(state, text[at:]) == _State.QUOTED
    return (first if left_open else -1), True


class _State:
    """Where in a record one is, as the standard library's reader of CSV has it."""

    FIELD_BEGINS, FIELD, QUOTED, QUOTE_IN_QUOTED = range(4)


def _after(state: int, text: bytes) -> int:
    """Return the state behind *text*, in which a line feed stands within quotes alone."""
    at = 0
    while at < len(text):
        if state == _State.QUOTED:
            at = text.find(QUOTE, at) + 1
            if not at:
                break
            state = _State.QUOTE_IN_QUOTED
        elif state == _State.FIELD:
            at = text.find(COMMA, at) + 1
            if not at:
                break
            state = _State.FIELD_BEGINS
        else:
            one = text[at : at + 1]
            at += 1
            if one == QUOTE:
                state = _State.QUOTED
            else:
                state = _State.FIELD_BEGINS if one == COMMA else _State.FIELD
    return state
