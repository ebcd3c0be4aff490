"""S3, as far as catalogues need it: objects that are put, and got as they are."""

from io import BytesIO
from typing import Any

from simulation.dynamodb.answers import Parameter, answered
from simulation.dynamodb.errors import RefusedError, client_error
from simulation.scheduler import MS, Scheduler

CALL_MS = 20.0


class S3Client:
    """Two calls of boto3's S3 client. Each takes *call_ms*."""

    def __init__(self, scheduler: Scheduler, *, call_ms: float = CALL_MS) -> None:
        self._scheduler = scheduler
        self._call_ns = int(call_ms * MS)
        self._objects: dict[tuple[str, str], bytes] = {}

    def put_object(self, **call: Parameter) -> dict[str, Any]:
        """Put an object in place of whatever is there."""
        self._pass_time()
        self._objects[call["Bucket"], call["Key"]] = bytes(call["Body"])
        return answered()

    def get_object(self, **call: Parameter) -> dict[str, Any]:
        """Return an object."""
        self._pass_time()
        body = self._objects.get((call["Bucket"], call["Key"]))
        if body is None:
            code = "NoSuchKey"
            raise client_error(RefusedError(code, "The specified key does not exist."), "GetObject")
        return answered(Body=BytesIO(body))

    def _pass_time(self) -> None:
        self._scheduler.leave(self._scheduler.computing.client_ns(1))
        self._scheduler.wait_ns(self._call_ns)
        self._scheduler.enter()
