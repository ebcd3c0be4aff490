import csv
import gzip
import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count, islice
from typing import Any

import pytest
from botocore.exceptions import ResponseStreamingError

from chalicelib.adapters.clients import Clients
from chalicelib.adapters.run_files import S3Sources
from chalicelib.application.run_ports import Sources, SourceUnusableError
from chalicelib.domain.errors import StoreUnavailableError
from chalicelib.domain.run import Form, Seal, Source
from chalicelib.domain.run_line import RawLine
from simulation.objects import S3Client
from simulation.scheduler import Scheduler
from tests.fakes.runs import FakeSources
from tests.unit.adapters.stores import Intercepted

_buckets = count(1)

LINES = Source(key="runs/r/source", form=Form.JSON_LINES)
PACKED = Source(key="runs/r/source", form=Form.JSON_LINES, gzip=True)
CSV = Source(key="runs/r/source", form=Form.CSV)


@dataclass(frozen=True, slots=True)
class Files:
    """Sources, and ways to put the file and to take it away."""

    sources: Sources
    put: Callable[[bytes], object]
    lose: Callable[[], object]

    def sealed(self, content: bytes, source: Source = LINES) -> Seal:
        """Put the file, and return what it is now."""
        self.put(content)
        seal = self.sources.seal(source)
        assert seal is not None
        return seal

    def lines(self, content: bytes, source: Source = LINES) -> list[RawLine]:
        """Return the lines of a file."""
        return list(self.sources.lines(source, self.sealed(content, source), 0, 0))


def over(client: Any) -> Files:
    """Return the adapter over a bucket of its own."""
    bucket = f"sources-{next(_buckets)}"
    if not isinstance(client, S3Client):
        client.create_bucket(Bucket=bucket)

    def put(content: bytes) -> None:
        client.put_object(Bucket=bucket, Key=LINES.key, Body=content)

    def lose() -> None:
        if isinstance(client, S3Client):
            del client._objects[bucket, LINES.key]
        else:
            client.delete_object(Bucket=bucket, Key=LINES.key)

    return Files(S3Sources(client=client, bucket=bucket), put, lose)


@pytest.fixture(params=["s3", "simulation", "memory"])
def files(request: pytest.FixtureRequest, aws: Clients) -> Files:
    """Return the adapter over moto's S3 and the simulated one, and the fake that unit tests trust."""
    match request.param:
        case "s3":
            return over(aws.s3)
        case "simulation":
            return over(S3Client(Scheduler(), call_ms=0))
        case _:
            fake = FakeSources()
            return Files(
                fake,
                lambda content: fake.files.__setitem__(LINES.key, content),
                lambda: fake.files.pop(LINES.key),
            )


@pytest.fixture(params=["s3", "simulation"])
def stored(request: pytest.FixtureRequest, aws: Clients) -> Files:
    """Return the adapter alone: the fake knows neither gzip nor CSV."""
    return over(aws.s3 if request.param == "s3" else S3Client(Scheduler(), call_ms=0))


def test_a_file_is_sealed_by_its_content(files: Files) -> None:
    """The same again is the same, and none is none."""
    assert files.sources.seal(LINES) is None
    first = files.sealed(b"one\n")
    assert first.size == 4
    assert files.sealed(b"two\n") != first
    assert files.sealed(b"one\n") == first


def test_lines_come_with_their_ends(files: Files) -> None:
    """Blank ones too, and the last one without an end, which ends with the file."""
    assert files.lines(b"one\n\nthree") == [
        RawLine(number=1, end=4, content=b"one"),
        RawLine(number=2, end=5, content=b""),
        RawLine(number=3, end=10, content=b"three"),
    ]


def test_a_reader_goes_on_where_another_stopped(files: Files) -> None:
    """At a line's end, in a file of more than one piece."""
    content = b"".join(b"%07d\n" % n for n in range(300_000))
    seal = files.sealed(content)
    some = list(islice(files.sources.lines(LINES, seal, 8 * 200_000, 200_000), 3))
    assert [line.content for line in some] == [b"0200000", b"0200001", b"0200002"]
    assert [(line.number, line.end) for line in some[:1]] == [(200_001, 8 * 200_001)]


@pytest.mark.parametrize("gone", [False, True])
def test_another_file_is_not_read(files: Files, gone: bool) -> None:  # noqa: FBT001 (a parameter)
    """Nor is none taken for an end: it is named, also between two pieces."""
    seal = files.sealed(b"some line\n" * 300_000)
    reading = files.sources.lines(LINES, seal, 0, 0)
    next(reading)
    files.lose()
    if not gone:
        files.put(b"same size\n" * 300_000)
    for lines in (reading, files.sources.lines(LINES, seal, 10, 1)):
        with pytest.raises(SourceUnusableError) as raised:
            list(lines)
        assert raised.value.code == ("source_missing" if gone else "source_changed")


@pytest.mark.parametrize("announced", [3, 5])
def test_a_file_of_another_size_than_was_announced_is_named(stored: Files, announced: int) -> None:
    """As where a part of it is missing; one of that size, and one of none, are what they are."""
    stored.put(b"1234")
    with pytest.raises(SourceUnusableError) as raised:
        stored.sources.seal(replace(LINES, size=announced))
    assert raised.value.code == "source_wrong_size"
    seal = stored.sources.seal(replace(LINES, size=4))
    assert seal is not None
    assert seal.size == 4
    stored.lose()
    assert stored.sources.seal(replace(LINES, size=4)) is None


def test_an_empty_file_has_no_lines(stored: Files) -> None:
    """Nor columns, however it is written."""
    for source in (LINES, CSV, PACKED):
        seal = stored.sealed(b"", source)
        assert list(stored.sources.columns(source, seal)) == []
        assert stored.lines(b"", source) == []
    assert stored.lines(b"\xef\xbb\xbf") == []


def test_a_packed_file_has_the_lines_that_were_packed(stored: Files) -> None:
    """With the ends that they have when unpacked, from any of them on."""
    content = b"".join(b'{"customer": "c%d"}\n' % n for n in range(80_000))
    packed = gzip.compress(content)
    plain = stored.lines(content)
    assert stored.lines(packed, PACKED) == plain
    seal = stored.sealed(packed, PACKED)
    rest = stored.sources.lines(PACKED, seal, plain[70_000 - 1].end, 70_000)
    assert list(rest) == plain[70_000:]


def test_a_damaged_file_is_named(stored: Files) -> None:
    """Where the damage is, not before."""
    packed = gzip.compress(b"one\n" * 100_000)[:-10]
    reading = stored.sources.lines(PACKED, stored.sealed(packed, PACKED), 0, 0)
    assert next(reading).content == b"one"
    with pytest.raises(SourceUnusableError) as raised:
        list(reading)
    assert raised.value.code == "source_broken"


def test_a_csv_has_columns_and_lines(stored: Files) -> None:
    """Its first record names the columns, and is no line."""
    content = b'\xef\xbb\xbfcustomer, "text"\r\nc1,"a tea\r\nand ""cake"""\r\n\r\nc2,tea'
    seal = stored.sealed(content, CSV)
    assert stored.sources.columns(CSV, seal) == ("customer", '"text"')
    lines = list(stored.sources.lines(CSV, seal, 0, 0))
    assert [line.number for line in lines] == [1, 2, 3]
    records = [(line.content or b"").decode() for line in lines]
    read = [next(csv.reader(io.StringIO(record, newline="")), []) for record in records]
    assert read == [["c1", 'a tea\r\nand "cake"'], [], ["c2", "tea"]]
    assert list(stored.sources.lines(CSV, seal, lines[0].end, 1)) == lines[1:]


@pytest.mark.parametrize("header", [b"\xff\n", b"\nc1\n", b'a,"b', b"x" * 20_000 + b"\n"])
def test_a_csv_without_a_header_is_named(stored: Files, header: bytes) -> None:
    """No text, blank, never closed or too long."""
    with pytest.raises(SourceUnusableError) as raised:
        stored.sources.columns(CSV, stored.sealed(header, CSV))
    assert raised.value.code == "source_no_header"


def test_what_breaks_off_can_be_tried_again() -> None:
    """It is an outage of S3, and no fault of the file."""
    client: Any = Intercepted(S3Client(Scheduler(), call_ms=0))
    client.put_object(Bucket="files", Key=LINES.key, Body=b"one\n")
    sources = S3Sources(client=client, bucket="files")
    seal = sources.seal(LINES)
    assert seal is not None

    def broken(name: str, _: object) -> None:
        if name == "get_object":
            raise ResponseStreamingError(error="the connection was reset")

    client.before = broken
    with pytest.raises(StoreUnavailableError):
        list(sources.lines(LINES, seal, 0, 0))
    client.before = lambda *_: None
    assert [line.content for line in sources.lines(LINES, seal, 0, 0)] == [b"one"]


def test_a_file_is_got_in_pieces() -> None:
    """Half a megabyte at a time, and no more than is read."""
    client: Any = Intercepted(S3Client(Scheduler(), call_ms=0))
    client.put_object(Bucket="files", Key=LINES.key, Body=b"0123456\n" * (5 << 17))
    sources = S3Sources(client=client, bucket="files")
    seal = sources.seal(LINES)
    assert seal is not None
    next(sources.lines(LINES, seal, 3 << 20, 0))
    assert [call["Range"] for call in client.made("get_object")] == ["bytes=3145728-3670015"]
