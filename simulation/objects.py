"""S3, as far as catalogues, runs and their reports need it."""

from hashlib import md5
from io import BytesIO
from typing import Any

from simulation.dynamodb.answers import Parameter, answered
from simulation.dynamodb.errors import RefusedError, client_error
from simulation.scheduler import MS, Scheduler

CALL_MS = 20.0
CHANGED, BEYOND, ABSENT = "PreconditionFailed", "InvalidRange", "NoSuchKey"


class S3Client:
    """Some calls of boto3's S3 client. Each takes *call_ms*.

    An object is put whole and got whole or by a range, each on condition if one is given.
    """

    def __init__(self, scheduler: Scheduler, *, call_ms: float = CALL_MS) -> None:
        self._scheduler = scheduler
        self._call_ns = int(call_ms * MS)
        self._objects: dict[tuple[str, str], tuple[bytes, str, dict[str, str]]] = {}

    def put_object(self, **call: Parameter) -> dict[str, Any]:
        """Put an object in place of whatever is there, if that is what it is said to be."""
        self._pass_time()
        place = call["Bucket"], call["Key"]
        there = self._objects.get(place)
        if call.get("IfNoneMatch") == "*" and there is not None:
            raise _failed(CHANGED, "PutObject")
        if "IfMatch" in call and (there is None or there[1] != call["IfMatch"]):
            raise _failed(CHANGED if there else ABSENT, "PutObject")
        body = bytes(call["Body"])
        etag = f'"{md5(body, usedforsecurity=False).hexdigest()}"'
        self._objects[place] = body, etag, dict(call.get("Metadata", {}))
        return answered(ETag=etag)

    def get_object(self, **call: Parameter) -> dict[str, Any]:
        """Return an object, or a range of one."""
        body, etag, metadata = self._there(call, "GetObject")
        if "Range" in call:
            first, last = map(int, call["Range"].removeprefix("bytes=").split("-"))
            if first >= len(body):
                raise _failed(BEYOND, "GetObject")
            body = body[first : last + 1]
        return answered(
            Body=BytesIO(body), ETag=etag, ContentLength=len(body), Metadata=dict(metadata)
        )

    def head_object(self, **call: Parameter) -> dict[str, Any]:
        """Return what an object is."""
        body, etag, metadata = self._there(call, "HeadObject")
        return answered(ETag=etag, ContentLength=len(body), Metadata=dict(metadata))

    def delete_object(self, **call: Parameter) -> dict[str, Any]:
        """Delete an object, if there is one."""
        self._pass_time()
        self._objects.pop((call["Bucket"], call["Key"]), None)
        return answered()

    def generate_presigned_url(self, **call: Parameter) -> str:
        """Return an address that leads nowhere. Nobody is called."""
        named = call["Params"]
        return f"https://{named['Bucket']}.s3.example/{named['Key']}?{call['ClientMethod']}"

    def _there(self, call: Parameter, operation: str) -> tuple[bytes, str, dict[str, str]]:
        self._pass_time()
        there = self._objects.get((call["Bucket"], call["Key"]))
        if there is None:
            raise _failed("404" if operation == "HeadObject" else ABSENT, operation)
        if call.get("IfMatch", there[1]) != there[1]:
            raise _failed(CHANGED, operation)
        return there

    def _pass_time(self) -> None:
        self._scheduler.leave(self._scheduler.computing.client_ns(1))
        self._scheduler.wait_ns(self._call_ns)
        self._scheduler.enter()


def _failed(code: str, operation: str) -> Exception:
    return client_error(RefusedError(code, "As S3 would refuse it."), operation)
