from collections.abc import Sequence
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib.adapters.clients import Clients
from chalicelib.adapters.run_uploads import PART_BYTES, S3Uploads
from chalicelib.application.run_ports import Upload, Uploads
from chalicelib.domain.errors import RunRefusedError
from chalicelib.domain.run_limits import SOURCE_BYTES_MAX
from tests.fakes.runs import FakeUploads
from tests.unit.adapters.stores import Intercepted, refused

_buckets = count(1)
KEY = "runs/run_1/source"


@pytest.fixture(params=["s3", "memory"])
def uploads(request: pytest.FixtureRequest, aws: Clients) -> Uploads:
    """Return the adapter over moto's S3, and the fake that unit tests trust."""
    if request.param == "memory":
        return FakeUploads(part_bytes=PART_BYTES)
    return over(aws)


def over(aws: Clients) -> S3Uploads:
    """Return the adapter over a new bucket of moto's, which breaks down over unknown uploads."""
    bucket = f"uploads-{next(_buckets)}"
    aws.s3.create_bucket(Bucket=bucket)
    client: Any = Intercepted(aws.s3)
    unknown = refused("NoSuchUpload", status=404)

    def known(name: str, call: dict[str, Any]) -> None:
        if name == "complete_multipart_upload":
            listed = aws.s3.list_multipart_uploads(Bucket=bucket).get("Uploads", [])
            if call["UploadId"] not in {upload["UploadId"] for upload in listed}:
                raise unknown

    client.before = known
    return S3Uploads(client=client, bucket=bucket)


@pytest.mark.parametrize("size", [1, PART_BYTES])
def test_a_file_is_put_at_once(uploads: Uploads, size: int) -> None:
    """Up to the size of a part."""
    upload = uploads.begin(KEY, size)
    assert (len(upload.urls), upload.upload_id) == (1, None)


def test_a_large_file_is_put_in_parts(uploads: Uploads) -> None:
    """Each begun upload is one of its own; the largest there may be has eighty parts."""
    upload = uploads.begin(KEY, 2 * PART_BYTES + 1)
    other = uploads.begin(KEY, SOURCE_BYTES_MAX)
    assert (len(upload.urls), len(other.urls)) == (3, 80)
    assert upload.upload_id not in {None, other.upload_id}


@pytest.mark.parametrize("size", [-1, 0, SOURCE_BYTES_MAX + 1])
def test_no_other_size_is_taken(uploads: Uploads, size: int) -> None:
    """Neither nothing nor more than five gigabytes."""
    with pytest.raises(RunRefusedError):
        uploads.begin(KEY, size)


def test_an_upload_that_is_not_there_is_named(uploads: Uploads) -> None:
    """To complete it is refused, whatever its id looks like, and though others are open."""
    uploads.begin(KEY, PART_BYTES + 1)
    for upload_id in ("nothing", "no.thing", ".", ""):
        with pytest.raises(RunRefusedError):
            uploads.complete(KEY, upload_id, 1, ["e"])


def test_parts_are_put_together(aws: Clients) -> None:
    """In their order, and again with the same answer; with the wrong parts it is refused."""
    uploads = over(aws)
    size = PART_BYTES + 4
    upload = uploads.begin(KEY, size)
    upload_id = upload.upload_id or ""
    contents = [b"x" * (5 << 20), b"last"]
    etags = put_parts(aws, upload, contents)
    with pytest.raises(RunRefusedError):
        uploads.complete(KEY, upload_id, size, ['"nonsense"', etags[1]])
    for _ in range(2):
        uploads.complete(KEY, upload_id, size, etags)
    assert aws.s3.get_object(Bucket=uploads.bucket, Key=KEY)["Body"].read() == b"".join(contents)
    with pytest.raises(RunRefusedError):
        uploads.complete(KEY, upload_id, size, etags[:1])
    with pytest.raises(RunRefusedError):
        uploads.complete(KEY, upload_id, PART_BYTES, etags[:1])


def put_parts(aws: Clients, upload: Upload, contents: Sequence[bytes]) -> list[str]:
    """Put *contents* as the parts that *upload*'s addresses are for; return their ETags."""
    etags = []
    for url, content in zip(upload.urls, contents, strict=False):
        address = urlsplit(url)
        query = parse_qs(address.query)
        bucket = address.netloc.partition(".")[0]
        etags.append(
            aws.s3.upload_part(
                Bucket=bucket,
                Key=KEY,
                UploadId=query["uploadId"][0],
                PartNumber=int(query["partNumber"][0]),
                Body=content,
            )["ETag"]
        )
    return etags


def test_one_upload_is_not_taken_for_another(aws: Clients) -> None:
    """Of two to the same place only the one whose file lies there is complete already."""
    uploads = over(aws)
    size = PART_BYTES + 4
    first, second = uploads.begin(KEY, size), uploads.begin(KEY, size)
    contents = [b"x" * (5 << 20), b"last"]
    etags = put_parts(aws, first, contents)
    for _ in range(2):
        uploads.complete(KEY, first.upload_id or "", size, etags)
    mark, _, known_as = (first.upload_id or "").partition(".")
    for upload_id in (f"{mark}0.{known_as}", f".{known_as}", "no.thing", known_as):
        with pytest.raises(RunRefusedError, match="no such upload"):
            uploads.complete(KEY, upload_id, size, etags)
    uploads.complete(KEY, second.upload_id or "", size, put_parts(aws, second, contents))
    with pytest.raises(RunRefusedError, match="no such upload"):
        uploads.complete(KEY, first.upload_id or "", size, etags)


@pytest.mark.parametrize("named", [1, 3])
def test_an_upload_is_completed_with_all_of_its_parts(aws: Clients, named: int) -> None:
    """With fewer, or more than there are, it is refused, and stays open for those that lack."""
    uploads = over(aws)
    upload = uploads.begin(KEY, 70_000_000)
    (etag,) = put_parts(aws, upload, [b"x" * (5 << 20)])
    with pytest.raises(RunRefusedError, match=f"2 parts; {named} were"):
        uploads.complete(KEY, upload.upload_id or "", 70_000_000, [etag] * named)
    assert aws.s3.list_multipart_uploads(Bucket=uploads.bucket)["Uploads"]


def test_each_signature_covers_the_length(aws: Clients) -> None:
    """So that nobody puts more than they said; the last part is what is left."""
    uploads = over(aws)
    for size in (7, PART_BYTES + 7):
        for url in uploads.begin(KEY, size).urls:
            query = parse_qs(urlsplit(url).query)
            assert query["X-Amz-SignedHeaders"] == ["content-length;host"]
            assert query["X-Amz-Expires"] == ["10800"]


def test_lines_are_put_directly(aws: Clients) -> None:
    """In place of what is there."""
    uploads = over(aws)
    for content in (b"one\n", b"two\n"):
        uploads.put(KEY, content)
        assert aws.s3.get_object(Bucket=uploads.bucket, Key=KEY)["Body"].read() == content
