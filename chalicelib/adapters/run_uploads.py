"""How a run's source gets into S3: the `Uploads` port."""

from collections.abc import Sequence
from dataclasses import dataclass
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from chalicelib.adapters.aws_errors import code_of, store_errors
from chalicelib.adapters.run_files import MISSING
from chalicelib.application.run_ports import Upload
from chalicelib.domain.errors import RunRefusedError
from chalicelib.domain.run_limits import SOURCE_BYTES_MAX

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PART_BYTES = 64 << 20
"""The largest source has 80 parts, whose addresses are 160 KB at most: an answer of the API."""

PRESIGNED_SECONDS = 3 * 3_600
"""For the largest source over 4 Mbit/s. Never longer than the credentials that signed it."""

MARK = "upload"
"""Names the upload in what S3 keeps beside an object: of one that is complete it forgets the id."""

UNFIT = frozenset({"InvalidPart", "InvalidPartOrder", "EntityTooSmall", "MalformedXML"})

NO_SUCH = "there is no such upload"


@dataclass(frozen=True, slots=True, kw_only=True)
class S3Uploads:
    """One PUT up to 64 MiB, a multipart upload beyond. Each signature covers the length.

    An upload's id is a mark of ours, which its object bears, a full stop, and S3's id.
    """

    client: "S3Client"
    bucket: str

    def begin(self, key: str, size: int) -> Upload:
        """Return how *size* bytes are put at *key*."""
        if not 0 < size <= SOURCE_BYTES_MAX:
            msg = f"a source has from 1 to {SOURCE_BYTES_MAX} bytes"
            raise RunRefusedError(msg)
        if size <= PART_BYTES:
            url = self._address("put_object", {"Key": key, "ContentLength": size})
            return Upload(urls=(url,), part_bytes=PART_BYTES, seconds=PRESIGNED_SECONDS)
        mark = token_hex(8)
        with store_errors():
            begun = self.client.create_multipart_upload(
                Bucket=self.bucket, Key=key, Metadata={MARK: mark}
            )
        urls = tuple(
            self._address(
                "upload_part",
                {
                    "Key": key,
                    "UploadId": begun["UploadId"],
                    "PartNumber": number,
                    "ContentLength": min(PART_BYTES, size - start),
                },
            )
            for number, start in enumerate(range(0, size, PART_BYTES), start=1)
        )
        return Upload(
            urls=urls,
            part_bytes=PART_BYTES,
            seconds=PRESIGNED_SECONDS,
            upload_id=f"{mark}.{begun['UploadId']}",
        )

    def complete(self, key: str, upload_id: str, size: int, etags: Sequence[str]) -> None:
        """Put an upload's parts together. One that is complete by now has an object with its mark."""
        mark, _, known_as = upload_id.partition(".")
        if not known_as:
            raise RunRefusedError(NO_SUCH)
        count = -(-size // PART_BYTES)
        if len(etags) != count:
            msg = f"the upload has {count} parts; {len(etags)} were named"
            raise RunRefusedError(msg)
        parts: Any = [{"ETag": etag, "PartNumber": n} for n, etag in enumerate(etags, start=1)]
        try:
            with store_errors():
                self.client.complete_multipart_upload(
                    Bucket=self.bucket,
                    Key=key,
                    UploadId=known_as,
                    MultipartUpload={"Parts": parts},
                )
        except ClientError as error:
            if code_of(error) in UNFIT:
                msg = "the parts are not those that were put, in their order"
                raise RunRefusedError(msg) from error
            if code_of(error) != "NoSuchUpload":
                raise
            if not self._is_complete(key, mark, len(etags)):
                raise RunRefusedError(NO_SUCH) from error

    def put(self, key: str, content: bytes) -> None:
        """Put *content* at *key*."""
        with store_errors():
            self.client.put_object(Bucket=self.bucket, Key=key, Body=content)

    def _is_complete(self, key: str, mark: str, parts: int) -> bool:
        """Whether the object there was put by that upload, in so many parts.

        S3 notes their number in the ETag.
        """
        try:
            with store_errors():
                head = self.client.head_object(Bucket=self.bucket, Key=key)
        except ClientError as error:
            if code_of(error) in MISSING:
                return False
            raise
        in_so_many = head["ETag"].strip('"').endswith(f"-{parts}")
        return in_so_many and head["Metadata"].get(MARK) == mark

    def _address(self, operation: str, call: dict[str, Any]) -> str:
        return self.client.generate_presigned_url(
            ClientMethod=operation,
            Params={"Bucket": self.bucket, **call},
            ExpiresIn=PRESIGNED_SECONDS,
        )
