"""The files that runs are fed from, in S3: the `Sources` port.

A file is got in pieces, each on the condition that it still is what its seal says. No connection
stays open between slices, which a slow run would wait for longer than S3 does.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from chalicelib.adapters.aws_errors import code_of, store_errors
from chalicelib.adapters.run_gzip import inflated
from chalicelib.adapters.run_text import split
from chalicelib.application.run_ports import SourceUnusableError
from chalicelib.domain.run import Form, Seal, Source
from chalicelib.domain.run_line import RawLine

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PIECE_BYTES = 1 << 19
PACKED_PIECE_BYTES = 8 << 20
"""A packed file is got from its beginning, however far the run is, one piece after the other."""

MISSING = frozenset({"NoSuchKey", "NotFound", "404"})
CHANGED = frozenset({"PreconditionFailed", "412", "InvalidRange", "416"})
"""S3's names of these errors; a HEAD, which has no body, has their numbers alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class S3Sources:
    """A source is an object; its seal is S3's ETag, and its size in bytes as it lies there."""

    client: "S3Client"
    bucket: str

    def seal(self, source: Source) -> Seal | None:
        """Return what the source is now; None if there is nothing. Raises `SourceUnusableError`."""
        try:
            with store_errors():
                head = self.client.head_object(Bucket=self.bucket, Key=source.key)
        except ClientError as error:
            if code_of(error) in MISSING:
                return None
            raise
        size = head["ContentLength"]
        if source.size not in {None, size}:
            code = "source_wrong_size"
            detail = f"The file has {size} bytes, and {source.size} were announced."
            raise SourceUnusableError(code, detail)
        return Seal(etag=head["ETag"], size=size)

    def columns(self, source: Source, seal: Seal) -> Sequence[str]:
        """Return the names in a CSV's first record; none for other forms, and for an empty file."""
        if source.form is not Form.CSV:
            return ()
        header = next(self._records(source, seal, 0, -1), None)
        if header is None:
            return ()
        try:
            (names,) = csv.reader([(header.content or b"\xff").decode()], strict=True)
        except (UnicodeDecodeError, csv.Error, ValueError):
            code, detail = "source_no_header", "The first record is no line of columns' names."
            raise SourceUnusableError(code, detail) from None
        return tuple(name.strip() for name in names)

    def lines(self, source: Source, seal: Seal, offset: int, number: int) -> Iterator[RawLine]:
        """Yield the lines behind *offset*; a CSV's header is none of them."""
        if source.form is Form.CSV and offset == 0:
            records = self._records(source, seal, 0, number - 1)
            next(records, None)
            return records
        return self._records(source, seal, offset, number)

    def _records(self, source: Source, seal: Seal, offset: int, number: int) -> Iterator[RawLine]:
        if source.gzip:
            pieces = inflated(self._pieces(source, seal, 0, PACKED_PIECE_BYTES), offset)
        else:
            pieces = self._pieces(source, seal, offset, PIECE_BYTES)
        return split(pieces, offset, number, quoted=source.form is Form.CSV)

    def _pieces(self, source: Source, seal: Seal, offset: int, most: int) -> Iterator[bytes]:
        for start in range(offset, seal.size, most):
            yield self._piece(source, seal, start, min(start + most, seal.size))

    def _piece(self, source: Source, seal: Seal, start: int, end: int) -> bytes:
        """Return the bytes from *start* to before *end*. What breaks off can be tried again."""
        try:
            with store_errors():
                answer = self.client.get_object(
                    Bucket=self.bucket,
                    Key=source.key,
                    IfMatch=seal.etag,
                    Range=f"bytes={start}-{end - 1}",
                )
                return answer["Body"].read()
        except ClientError as error:
            if code_of(error) in MISSING:
                code, detail = "source_missing", "The file is gone."
                raise SourceUnusableError(code, detail) from error
            if code_of(error) in CHANGED:
                code, detail = "source_changed", "The file is not the one that was begun."
                raise SourceUnusableError(code, detail) from error
            raise
