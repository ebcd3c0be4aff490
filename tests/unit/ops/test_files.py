"""Files of codes, as people and spreadsheets make them."""

import gzip
import io
import stat
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.codes import CODE, Fault
from ops.files.kinds import UnusableFileError
from ops.files.lines import LINE_BYTES_MAX, Line, opened
from ops.files.reading import RECORD_LINES_MAX, codes_in
from ops.files.writing import write

NAMES = ["codes.csv", "codes.csv.gz", "codes.jsonl", "codes.JSONL.GZ"]
TOO_LONG, UNREADABLE, EMPTY = Fault.TOO_LONG, Fault.UNREADABLE, Fault.EMPTY


def read(path: Path) -> list[Line]:
    """Return what the file at *path* has."""
    with opened(path) as (source, _):
        return list(codes_in(path, source))


def lines_of(content: bytes, name: str = "codes.csv") -> list[Line]:
    """Return what *content* has under that name."""
    return list(codes_in(Path(name), io.BytesIO(content)))


@given(st.lists(st.from_regex(CODE, fullmatch=True)))
@pytest.mark.parametrize("name", NAMES)
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, name: str, codes: list[str]
) -> None:
    """In each form, in order, each code on a line of its own."""
    path = tmp_path_factory.mktemp("files") / name
    rows = ({"code": code, "state": "issued"} for code in codes)
    assert write(path, ("code", "state"), rows) == len(codes)
    assert [text for _, text in read(path)] == codes


@pytest.mark.parametrize(
    "content",
    [
        b"code\nAA\nBB\n",
        b"code\r\nAA\r\nBB\r\n",
        b"\xef\xbb\xbfcode\r\nAA\r\nBB",
        b'"code"\n"AA"\n"BB"\n',
        b"Code,note\nAA,\nBB,x",
        b'note, CODE \n"a, b",AA\n"say ""x""",BB\n',
    ],
)
def test_any_common_dialect_of_csv_is_read(content: bytes) -> None:
    """Byte order marks, CRLF, quotes, other columns and no last line end change nothing."""
    assert lines_of(content) == [(2, "AA"), (3, "BB")]


def test_a_quoted_field_may_span_lines() -> None:
    """The record has its first line's number, and the next one its own."""
    content = b'note,code\n"one\r\ntwo\nthree",AA\n"x",BB\n,CC\n'
    assert lines_of(content) == [(2, "AA"), (5, "BB"), (6, "CC")]


def test_a_stray_quote_spoils_its_own_line_alone() -> None:
    """However it goes on, no code after it is swallowed, at the end of a file neither."""
    many = "".join(f"C{n}\n" for n in range(3 * RECORD_LINES_MAX))
    read_ = lines_of(f'code\nAA\n"BB\n{many}"DD\nEE'.encode())
    texts = [text for _, text in read_]
    assert texts == ["AA", UNREADABLE, *many.split(), UNREADABLE, "EE"]
    assert [number for number, _ in read_] == [*range(2, len(texts) + 2)]


@pytest.mark.parametrize(
    ("row", "found"),
    [
        (b"", EMPTY),
        (b",x", ""),
        (b"\xff\xfe", UNREADABLE),
        (b'"A"B', UNREADABLE),
        (b"A" * LINE_BYTES_MAX, "A" * LINE_BYTES_MAX),
        (b"A" * (LINE_BYTES_MAX + 1), TOO_LONG),
        (b"A" * (5 * LINE_BYTES_MAX), TOO_LONG),
        (b"A\x00B", "A\x00B"),
    ],
)
def test_a_bad_line_of_csv_leaves_the_next_good(row: bytes, found: str | Fault) -> None:
    """It has its number and its reason, and the line after it is read as ever."""
    first, second = lines_of(b"code,note\n" + row + b"\nAA,\n")
    assert first[0] == 2
    assert first[1] == found or (found is EMPTY and not first[1])
    assert second == (3, "AA")


@pytest.mark.parametrize(
    ("row", "found"),
    [
        (b'{"code": "BB", "state": "used"}', "BB"),
        (b"", EMPTY),
        (b"  ", EMPTY),
        (b"{", UNREADABLE),
        (b'"BB"', UNREADABLE),
        (b'{"code": 7}', UNREADABLE),
        (b'{"kode": "BB"}', UNREADABLE),
        (b"[" * 10_000, UNREADABLE),
        (b'{"code": ' + b"9" * 10_000 + b"}", UNREADABLE),
        (b'{"code": "' + b"A" * LINE_BYTES_MAX + b'"}', TOO_LONG),
    ],
)
def test_a_bad_line_of_json_leaves_the_next_good(row: bytes, found: str | Fault) -> None:
    """Each line is by itself."""
    assert lines_of(row + b'\n{"code": "AA"}\n', "codes.jsonl") == [(1, found), (2, "AA")]


@pytest.mark.parametrize(
    "content", [b"", b"AA\nBB\n", b"code;state\nAA;issued\n", "code\n".encode("utf-16"), b'"code']
)
def test_a_csv_file_without_the_column_is_refused_whole(content: bytes) -> None:
    """No first code is taken for a header."""
    with pytest.raises(UnusableFileError, match="line 1"):
        lines_of(content)


@pytest.mark.parametrize("name", ["codes.csv.gz", "codes.jsonl.gz"])
def test_a_file_that_unpacks_to_one_endless_line_takes_no_memory(tmp_path: Path, name: str) -> None:
    """200 MB out of 200 KB are passed over in pieces."""
    path = tmp_path / name
    with gzip.open(path, "wb") as file:
        file.write(b"code\n")
        for _ in range(200):
            file.write(b"A" * 1_000_000)
    tracemalloc.start()
    found = read(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found[-1] == (2, TOO_LONG)
    assert peak < 2_000_000


@pytest.mark.parametrize(
    "broken", [b"no gzip at all", gzip.compress(b"code\nAA\n" * 99, mtime=0)[:-9]]
)
def test_a_broken_archive_is_told(tmp_path: Path, broken: bytes) -> None:
    """A download that was cut off is no short file."""
    path = tmp_path / "codes.csv.gz"
    path.write_bytes(broken)
    with pytest.raises(UnusableFileError, match="gzip"):
        read(path)


@pytest.mark.parametrize("name", ["none.csv", "folder.csv", "codes.txt"])
def test_what_can_not_be_read_is_told_by_its_name(tmp_path: Path, name: str) -> None:
    """A missing file, a folder and an unknown form are one line to a person."""
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "codes.txt").write_text("code\nAA\n")
    with pytest.raises(UnusableFileError, match=name):
        read(tmp_path / name)


def test_any_change_of_a_file_changes_its_fingerprint(tmp_path: Path) -> None:
    """The last byte counts as the first does; the name and the time don't."""
    prints = []
    for name, content in [
        ("a.csv", b"code\nAA\n" * 200_000 + b"A"),
        ("b.csv", b"code\nAA\n" * 200_000 + b"A"),
        ("c.csv", b"code\nAA\n" * 200_000 + b"B"),
        ("d.jsonl", b"code\nAA\n" * 200_000 + b"A"),
    ]:
        (tmp_path / name).write_bytes(content)
        with opened(tmp_path / name) as (_, fingerprint):
            prints.append(fingerprint)
    assert prints[0] == prints[1]
    assert len(set(prints)) == 3


@pytest.mark.parametrize("name", NAMES)
def test_a_file_is_whole_or_as_it_was(tmp_path: Path, name: str) -> None:
    """What fails half-way leaves what was there before, and nothing beside it."""
    path = tmp_path / name
    write(path, ("code",), [{"code": "AA"}])
    before = path.read_bytes()

    def failing() -> Iterator[dict[str, str]]:
        yield {"code": "BB"}
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(path, ("code",), failing())
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", NAMES)
def test_the_same_codes_are_the_same_bytes_for_their_owner_alone(tmp_path: Path, name: str) -> None:
    """Codes are worth money: nobody else on the machine reads them."""
    written = []
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        path = tmp_path / folder / name
        write(path, ("code",), [{"code": "AA"}, {"code": "BB"}])
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        written.append(path.read_bytes())
    assert written[0] == written[1]
    if name.lower().endswith(".gz"):
        assert written[0][4:8] == bytes(4), "gzip wrote the time"


def test_csv_is_written_as_the_standard_has_it(tmp_path: Path) -> None:
    """A header, CRLF, and no quotes where none are needed."""
    path = tmp_path / "codes.csv"
    write(path, ("code", "state"), [{"code": "AA", "state": "used"}])
    assert path.read_bytes() == b"code,state\r\nAA,used\r\n"


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    """Where the file can't be written is one line to a person."""
    with pytest.raises(UnusableFileError, match="No such file"):
        write(tmp_path / "none" / "codes.csv", ("code",), [])
