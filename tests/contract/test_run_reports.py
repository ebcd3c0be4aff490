from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any
from urllib.parse import urlsplit

import pytest

from chalicelib.adapters.clients import Clients
from chalicelib.adapters.run_reports import CLOSE_BYTES, S3Reports
from chalicelib.application.run_ports import Reports, SourceUnusableError
from chalicelib.domain.errors import StoreUnavailableError
from chalicelib.domain.run import Place, Report
from simulation.objects import S3Client
from simulation.scheduler import Scheduler
from tests.fakes.runs import OPEN_BYTES_MAX, FakeReports
from tests.unit.adapters.stores import Intercepted

_buckets = count(1)
NAME = "runs/run_1/results"
TOKEN = 7


@dataclass(frozen=True, slots=True)
class Kept:
    """Reports of one container, a way to start another one, and a way to read an object."""

    reports: Reports
    another: Callable[[], Reports]
    read: Callable[[int], bytes]
    full: int

    def text(self, report: Report) -> bytes:
        """Return all that a report counts."""
        closed = b"".join(self.read(number) for number in range(report.closed))
        return closed + (
            self.read(report.closed)[: report.open_bytes] if report.open_bytes else b""
        )


def over(client: Any, bucket: str) -> Kept:
    """Return the adapter over *bucket*."""

    def read(number: int) -> bytes:
        key = f"{NAME}/{number:05}.jsonl"
        body: bytes = client.get_object(Bucket=bucket, Key=key)["Body"].read()
        return body

    def another() -> Reports:
        return S3Reports(client=client, bucket=bucket)

    return Kept(another(), another, read, CLOSE_BYTES)


@pytest.fixture(params=["s3", "simulation", "memory"])
def kept(request: pytest.FixtureRequest, aws: Clients) -> Kept:
    """Return the adapter over moto's S3 and the simulated one, and the fake that unit tests trust."""
    match request.param:
        case "s3":
            bucket = f"reports-{next(_buckets)}"
            aws.s3.create_bucket(Bucket=bucket)
            return over(aws.s3, bucket)
        case "simulation":
            return over(S3Client(Scheduler(), call_ms=0), "reports")
        case _:
            fake = FakeReports()
            return Kept(fake, lambda: fake, lambda n: fake.objects[f"{NAME}/{n}"], OPEN_BYTES_MAX)


def test_rows_stand_in_the_order_of_writing(kept: Kept) -> None:
    """Whichever container writes them, and however many objects they fill."""
    report, written = Report(), b""
    for number in range(9):
        rows = b"%d" % number * (kept.full // 3 + 1)
        writer = kept.reports if number % 4 else kept.another()
        report = writer.append(NAME, report, rows, TOKEN)
        written += rows
    assert report.closed == 3
    assert kept.text(report) == written


def test_what_was_not_counted_is_overwritten(kept: Kept) -> None:
    """Whoever died before the count was on record left nothing, in a new object nor an old one."""
    kept.reports.append(NAME, Report(), b"lost, and longer than the first\n", TOKEN)
    first = kept.another().append(NAME, Report(), b"first\n", TOKEN)
    kept.another().append(NAME, first, b"lost\n", TOKEN)
    second = kept.another().append(NAME, first, b"second\n", TOKEN)
    kept.another().append(NAME, second, b"x" * kept.full, TOKEN)
    third = kept.another().append(NAME, second, b"third\n", TOKEN)
    assert kept.text(third) == b"first\nsecond\nthird\n"
    assert kept.read(0) == b"first\nsecond\nthird\n"


def test_a_report_has_an_address_for_each_object(kept: Kept) -> None:
    """And none of one that nothing is in."""
    assert kept.reports.addresses(NAME, Report()) == []
    assert len(kept.reports.addresses(NAME, Report(closed=2))) == 2
    assert len(kept.reports.addresses(NAME, Report(closed=2, open_bytes=1))) == 3


def test_rows_are_read_from_any_place_on(kept: Kept) -> None:
    """All that the report counts and nothing behind it, over any number of objects."""
    report, rows = Report(), []
    for number in range(5):
        row = b"%d " % number + b"x" * (kept.full * 2 // 3)
        rows += [row, b"short"]
        report = kept.reports.append(NAME, report, row + b"\nshort\n", TOKEN)
    kept.reports.append(NAME, report, b"by nobody\n", TOKEN)
    found = list(kept.another().rows(NAME, report, Place()))
    assert report.closed > 0
    assert report.open_bytes > 0
    assert [row for row, _ in found] == rows
    assert [place.rows for _, place in found] == list(range(1, len(rows) + 1))
    for number, (_, place) in enumerate(found, start=1):
        assert [row for row, _ in kept.reports.rows(NAME, report, place)] == rows[number:]


def test_a_place_at_the_end_leads_on_when_the_report_has_grown(kept: Kept) -> None:
    """Also where its object was full by then."""
    report = kept.reports.append(NAME, Report(), b"first\n", TOKEN)
    ((_, place),) = kept.reports.rows(NAME, report, Place())
    more = b"x" * kept.full
    report = kept.reports.append(NAME, report, more + b"\n", TOKEN)
    report = kept.reports.append(NAME, report, b"last\n", TOKEN)
    assert [row for row, _ in kept.reports.rows(NAME, report, place)] == [more, b"last"]


@pytest.mark.parametrize("client", ["s3", "simulation"])
def test_a_list_that_is_gone_is_named(client: str, aws: Clients) -> None:
    """It will not come back: there is no use in trying again."""
    store: Any = aws.s3 if client == "s3" else S3Client(Scheduler(), call_ms=0)
    bucket = f"reports-{next(_buckets)}"
    if client == "s3":
        aws.s3.create_bucket(Bucket=bucket)
    reports = S3Reports(client=store, bucket=bucket)
    with pytest.raises(SourceUnusableError) as gone:
        list(reports.rows("runs/run_9/put-off", Report(closed=1), Place()))
    assert gone.value.code == "report_missing"


def test_nothing_is_written_behind_what_is_gone(kept: Kept) -> None:
    """A report whose open object is gone is named, not tried again; a new object begins anywhere."""
    with pytest.raises(SourceUnusableError) as gone:
        kept.reports.append(NAME, Report(closed=2, open_bytes=5), b"next\n", TOKEN)
    assert gone.value.code == "report_missing"
    assert kept.reports.append(NAME, Report(closed=2), b"next\n", TOKEN).open_bytes == 5


def test_an_object_can_be_closed(kept: Kept) -> None:
    """What comes next stands in another, and all of it is read in order."""
    first = kept.reports.append(NAME, Report(), b"first\n", TOKEN, close=True)
    assert first == Report(closed=1)
    second = kept.another().append(NAME, first, b"second\n", TOKEN, close=True)
    assert [row for row, _ in kept.reports.rows(NAME, second, Place())] == [b"first", b"second"]
    assert [row for row, _ in kept.reports.rows(NAME, second, Place(part=1))] == [b"second"]


def test_addresses_last_an_hour(aws: Clients) -> None:
    """They lead to the objects, in their order."""
    reports = S3Reports(client=aws.s3, bucket="files")
    found = [urlsplit(url) for url in reports.addresses(NAME, Report(closed=1, open_bytes=1))]
    assert [url.path for url in found] == [f"/{NAME}/0000{n}.jsonl" for n in (0, 1)]
    assert all("X-Amz-Expires=3600" in url.query for url in found)


@pytest.mark.parametrize("client", ["s3", "simulation"])
def test_who_was_taken_over_from_overwrites_nothing(client: str, aws: Clients) -> None:
    """Though they have what stood there before; and they can begin again from the record."""
    store: Any = aws.s3 if client == "s3" else S3Client(Scheduler(), call_ms=0)
    bucket = f"reports-{next(_buckets)}"
    if client == "s3":
        aws.s3.create_bucket(Bucket=bucket)
    kept = over(store, bucket)
    late, newer = kept.reports, kept.another()
    first = late.append(NAME, Report(), b"first\n", TOKEN)
    full = newer.append(NAME, first, b"x" * CLOSE_BYTES, TOKEN)
    with pytest.raises(StoreUnavailableError):
        late.append(NAME, first, b"late\n", TOKEN)
    assert kept.text(full) == b"first\n" + b"x" * CLOSE_BYTES
    newer.append(NAME, full, b"next\n", TOKEN)
    other = kept.another()
    other.append(NAME, full, b"another's\n", TOKEN)
    with pytest.raises(StoreUnavailableError):
        newer.append(NAME, Report(closed=1, open_bytes=5), b"late\n", TOKEN)
    assert late.append(NAME, full, b"next\n", TOKEN) == Report(closed=1, open_bytes=5)


def test_an_earlier_keeper_overwrites_nothing(kept: Kept) -> None:
    """Not even if it comes to see the report only after a later one has written it."""
    report = kept.another().append(NAME, Report(), b"first\n", TOKEN)
    later = kept.another().append(NAME, report, b"second\n", TOKEN + 1)
    for stale in (Report(), report, later):
        with pytest.raises(StoreUnavailableError):
            kept.another().append(NAME, stale, b"late\n", TOKEN)
    assert kept.text(later) == b"first\nsecond\n"
    assert kept.read(0) == b"first\nsecond\n"
    last = kept.another().append(NAME, later, b"third\n", TOKEN + 2)
    assert kept.text(last) == b"first\nsecond\nthird\n"


def test_an_object_that_grows_is_fetched_once() -> None:
    """By whoever takes over; then each append is one call."""
    client: Any = Intercepted(S3Client(Scheduler(), call_ms=0))
    report = S3Reports(client=client, bucket="b").append(NAME, Report(), b"a\n", TOKEN)
    client.calls.clear()
    reports = S3Reports(client=client, bucket="b")
    for _ in range(5):
        report = reports.append(NAME, report, b"b\n", TOKEN)
    assert [name for name, _ in client.calls] == ["get_object", *["put_object"] * 5]
