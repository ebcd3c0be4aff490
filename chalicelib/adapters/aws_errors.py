"""What AWS's errors mean to us."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.domain.errors import StoreUnavailableError

CONTENDED = frozenset(
    {
        "KmsThrottled",
        "LimitExceededException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "ThrottledException",
        "TooManyRequestsException",
        "ThrottlingException",
        "TransactionConflictException",
        "TransactionInProgressException",
        "Throttling",
        "ThrottlingError",
        "SlowDown",
    }
)
"""Somebody else was first, or there is too much at once; later may do."""

REFUSED = "ConditionalCheckFailedException"
"""A condition does not hold."""

SERVER_ERROR = 500


def code_of(error: ClientError) -> str:
    """Return AWS's name of *error*."""
    return str(error.response.get("Error", {}).get("Code", ""))


@contextmanager
def store_errors() -> Iterator[None]:
    """Turn outages, time-outs and throttling into `StoreUnavailableError`.

    All else passes through: a refused condition has a meaning to the caller, and a
    malformed request is a fault of ours that no retry mends.
    """
    try:
        yield
    except ClientError as error:
        status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
        if code_of(error) in CONTENDED or status >= SERVER_ERROR:
            raise StoreUnavailableError(code_of(error)) from error
        raise
    except BotoCoreError as error:
        raise StoreUnavailableError(type(error).__name__) from error
