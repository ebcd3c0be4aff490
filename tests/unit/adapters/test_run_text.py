import csv
import io
import tracemalloc
from collections.abc import Iterator, Sequence
from itertools import pairwise

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from chalicelib.adapters.run_text import BOM, LINE_MAX, split
from chalicelib.domain.run_line import LINE_BYTES_MAX, RawLine

ALPHABET = st.sampled_from([b"\n", b"\r\n", b"\r", b'"', b",", b"a", b"\xc3\xa9", b"", BOM, b'""'])
LONG = st.integers(LINE_MAX - 5, LINE_MAX + 5).map(lambda size: b"x" * size)
TEXT = st.lists(ALPHABET | LONG, max_size=40).map(b"".join)


def pieces(text: bytes, cuts: Sequence[int]) -> Iterator[bytes]:
    """Yield *text* cut in pieces at *cuts*."""
    places = sorted({0, len(text), *(cut % (len(text) + 1) for cut in cuts)})
    for start, end in pairwise(places):
        yield text[start:end]


def lines(text: bytes, *, quoted: bool = False) -> list[RawLine]:
    """Return the lines of a text in one piece."""
    return list(split([text], 0, 0, quoted=quoted))


@given(TEXT, st.lists(st.integers(min_value=0), max_size=9), st.booleans())
@example(text=b'a,"b\n\n"\n"', cuts=[4, 5, 6, 7], quoted=True)
def test_lines_are_the_same_however_a_text_comes(
    text: bytes,
    cuts: list[int],
    quoted: bool,  # noqa: FBT001 (drawn)
) -> None:
    """Whatever pieces the text comes in."""
    assert list(split(pieces(text, cuts), 0, 0, quoted=quoted)) == lines(text, quoted=quoted)


@given(TEXT, st.integers(min_value=0), st.booleans())
def test_a_reader_goes_on_at_any_line(text: bytes, at: int, quoted: bool) -> None:  # noqa: FBT001 (drawn)
    """Whoever begins where a line ended finds the rest, under the same numbers."""
    all_lines = lines(text, quoted=quoted)
    done = at % (len(all_lines) + 1)
    offset = all_lines[done - 1].end if done else 0
    rest = split([text[offset:]] if text[offset:] else [], offset, done, quoted=quoted)
    assert list(rest) == all_lines[done:]


@given(TEXT)
def test_each_line_ends_where_its_line_feed_does(text: bytes) -> None:
    """Lines are those between line feeds, less a carriage return and a mark of the byte order."""
    bare = text.removeprefix(BOM)
    expected = bare.split(b"\n")
    if not expected[-1]:
        expected.pop()
    found = lines(text)
    assert [line.number for line in found] == list(range(1, len(expected) + 1))
    for line, content in zip(found, expected, strict=True):
        whole = content.removesuffix(b"\r")
        assert line.content == (whole if len(whole) <= LINE_BYTES_MAX else None)
        assert text[: line.end].endswith(b"\n") or line.end == len(text)
    assert not found or found[-1].end == len(text)


CELL = st.text(alphabet='a,"\n é', max_size=6)


@given(
    st.lists(st.lists(CELL, min_size=2, max_size=3), max_size=8), st.sampled_from(["\n", "\r\n"])
)
def test_records_are_those_that_were_written(table: list[list[str]], end: str) -> None:
    """What the standard library writes comes back record by record, embedded line feeds and all."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator=end).writerows(table)
    found = lines(out.getvalue().encode(), quoted=True)
    assert [read(line) for line in found] == table


@given(st.lists(st.sampled_from(['"', ",", "\n", "a", "é"]), max_size=30).map("".join))
@example('a"b\nc"\n')
@example('"a"b"\nc')
def test_records_are_those_that_the_standard_library_reads(text: str) -> None:
    """However wrongly a text is quoted, as long as its quotes are closed at its end."""
    expected = records(text)
    assume(len(records(text + "\n,")) > len(expected))
    assert [read(line) for line in lines(text.encode(), quoted=True)] == expected


@given(st.lists(st.sampled_from(['"', ",", "\n", "a"]), max_size=12).map("".join))
@example('a,b\n"c\nd,"e\nf"')
def test_a_quote_that_is_open_at_the_end_costs_its_line(text: str) -> None:
    """The records before stand; that line ends at its line feed, and the rest is read anew."""
    whole = records(text)
    assume(len(records(text + "\n,")) == len(whole))
    found = lines(text.encode(), quoted=True)
    before = found[: len(whole) - 1]
    assert [read(line) for line in before] == whole[:-1]
    rest = text.encode()[before[-1].end if before else 0 :]
    first, _, behind = rest.partition(b"\n")
    assert found[len(before)].content == first
    assert [line.content for line in found[len(before) + 1 :]] == [
        line.content for line in lines(behind, quoted=True)
    ]


def records(text: str) -> list[list[str]]:
    """Return the records as the standard library reads them."""
    return list(csv.reader(io.StringIO(text, newline="")))


def read(line: RawLine) -> list[str]:
    """Return the fields of a record."""
    assert line.content is not None
    return next(csv.reader(io.StringIO(line.content.decode(), newline="")), [])


@pytest.mark.parametrize("quoted", [True, False])
def test_a_line_that_is_too_long_is_never_held(quoted: bool) -> None:  # noqa: FBT001 (a parameter)
    """It has its number and its end, the lines after it are whole, and memory stays small."""

    def endless() -> Iterator[bytes]:
        yield b"first\n"
        for _ in range(1_000):
            yield b"x" * 100_000
        yield b"\nlast\n"

    tracemalloc.start()
    first, long, last = split(endless(), 0, 0, quoted=quoted)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000
    assert (first.content, long.content, last.content) == (b"first", None, b"last")
    assert (long.number, long.end) == (2, 100_000_000 + 7)


def test_a_quote_that_is_never_closed_costs_one_line() -> None:
    """The record that it begins ends at its first line feed once it is too long."""
    text = b'a,"oops\n' + b"b,fine\n" * 5_000
    for end in (b"", b'c,"\n'):
        found = lines(text + end, quoted=True)
        assert found[0] == RawLine(number=1, end=8, content=None)
        assert [line.content for line in found[1:5_001]] == [b"b,fine"] * 5_000


def test_a_quote_that_is_never_closed_costs_one_line_near_the_end_too() -> None:
    """The third of twenty records; it is a line by itself, whose fault is its own."""
    table = [b"c%d,,,a latte" % number for number in range(1, 21)]
    table[2] = b'c3,,,"a latte'
    for end in (b"", b"\n"):
        found = lines(b"\n".join(table) + end, quoted=True)
        assert [line.content for line in found] == table
        assert [line.number for line in found] == list(range(1, 21))


def test_a_mark_of_the_byte_order_is_before_the_first_field() -> None:
    """So that its quotes are quotes."""
    assert [line.content for line in lines(BOM + b'"a\nb",c\n', quoted=True)] == [b'"a\nb",c']


def test_the_longest_line_fits() -> None:
    """With a mark of the byte order before it and a carriage return behind."""
    line = b"x" * LINE_BYTES_MAX
    assert lines(BOM + line + b"\r\n")[0].content == line
    assert lines(line + b"x\n")[0].content is None
