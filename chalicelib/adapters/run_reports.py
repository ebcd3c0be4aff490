"""Rows that are appended to, in S3: the `Reports` port.

S3 appends nothing, so the growing object is written anew each time, and a new one is begun
every few megabytes. A keeper that was held up, and that another one has taken over from, can't
put an old object in place of a longer one: each write is on the condition that the object is
what this container last saw of it, and each object bears its writer's token, so that whoever
sees it only after it was taken over knows that it is not theirs to write any more.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from chalicelib.adapters.aws_errors import code_of, store_errors
from chalicelib.adapters.run_files import CHANGED, MISSING
from chalicelib.application.run_ports import LIST_GONE, SourceUnusableError
from chalicelib.domain.errors import StoreUnavailableError
from chalicelib.domain.run import Place, Report

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CLOSE_BYTES = 4_000_000
PRESIGNED_SECONDS = 3_600
KNOWN_MAX = 4
"""Objects kept in a container: a keeper writes one run's results, and its three lists; or its check's."""

WRITER = "writer"
"""Whose token an object's metadata has."""

CONTENDED = CHANGED | MISSING | {"ConditionalRequestConflict"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Open:
    """The object that grows, as it was last seen. *etag* is None where there is none yet."""

    at: Report
    content: bytearray = field(default_factory=bytearray)
    etag: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class S3Reports:
    """Objects `NAME/00000.jsonl` and so on."""

    client: "S3Client"
    bucket: str
    _known: dict[str, _Open] = field(default_factory=dict)

    def append(
        self, name: str, report: Report, rows: bytes, token: int, *, close: bool = False
    ) -> Report:
        """Write *rows* behind what *report* counts; return the report that counts them too.

        With *close* their object is full. Raises `StoreUnavailableError` where somebody else is
        writing it, or took it over, and `SourceUnusableError` where the object is gone.
        """
        grown = self._known.pop(name, None)
        if grown is None or grown.at != report:
            grown = self._fetch(name, report, token)
        # It grows in its place: two copies of some megabytes are a tenth of a keeper's memory.
        content = grown.content
        content += rows
        etag = self._put(_key(name, report.closed), content, grown.etag, token)
        if close or len(content) >= CLOSE_BYTES:
            return self._remember(name, _Open(at=Report(closed=report.closed + 1)))
        at = Report(closed=report.closed, open_bytes=len(content))
        return self._remember(name, _Open(at=at, content=content, etag=etag))

    def rows(self, name: str, report: Report, behind: Place) -> Iterator[tuple[bytes, Place]]:
        """Yield the rows that *report* counts from *behind* on, each with the place behind it."""
        offset, number = behind.offset, behind.rows
        for part in range(behind.part, report.closed + (report.open_bytes > 0)):
            content = self._content(_key(name, part))
            end = len(content) if part < report.closed else report.open_bytes
            while offset < end:
                start, offset = offset, content.index(b"\n", offset) + 1
                number += 1
                yield content[start : offset - 1], Place(part=part, offset=offset, rows=number)
            offset = 0

    def addresses(self, name: str, report: Report) -> Sequence[str]:
        """Return where the report's objects can be fetched for an hour, in order."""
        objects = report.closed + (report.open_bytes > 0)
        return [
            self.client.generate_presigned_url(
                ClientMethod="get_object",
                Params={"Bucket": self.bucket, "Key": _key(name, number)},
                ExpiresIn=PRESIGNED_SECONDS,
            )
            for number in range(objects)
        ]

    def _content(self, key: str) -> bytes:
        try:
            with store_errors():
                return self.client.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        except ClientError as error:
            if code_of(error) not in MISSING:
                raise
            raise _gone() from error

    def _remember(self, name: str, grown: _Open) -> Report:
        if len(self._known) >= KNOWN_MAX:
            del self._known[next(iter(self._known))]
        self._known[name] = grown
        return grown.at

    def _fetch(self, name: str, report: Report, token: int) -> _Open:
        """Return the object that *report* leaves open, cut to what it counts."""
        try:
            with store_errors():
                answer = self.client.get_object(Bucket=self.bucket, Key=_key(name, report.closed))
                content = bytearray(answer["Body"].read())
        except ClientError as error:
            if code_of(error) not in MISSING:
                raise
            if report.open_bytes:
                raise _gone() from error
            return _Open(at=report)
        if int(answer["Metadata"][WRITER]) > token:
            msg = "somebody else has taken the report over"
            raise StoreUnavailableError(msg)
        del content[report.open_bytes :]
        return _Open(at=report, content=content, etag=answer["ETag"])

    def _put(self, key: str, content: bytearray, etag: str | None, token: int) -> str:
        body: Any = content
        seen: dict[str, Any] = {"IfNoneMatch": "*"} if etag is None else {"IfMatch": etag}
        try:
            with store_errors():
                answer = self.client.put_object(
                    Bucket=self.bucket,
                    Key=key,
                    Body=body,
                    ContentType="application/x-ndjson",
                    Metadata={WRITER: str(token)},
                    **seen,
                )
        except ClientError as error:
            if code_of(error) not in CONTENDED:
                raise
            msg = "somebody else is writing the report"
            raise StoreUnavailableError(msg) from error
        return answer["ETag"]


def _gone() -> SourceUnusableError:
    return SourceUnusableError(LIST_GONE, "A list that the run has written is gone.")


def _key(name: str, number: int) -> str:
    return f"{name}/{number:05}.jsonl"
