"""DynamoDB's errors, as botocore raises them."""

from typing import Any

from botocore.exceptions import ClientError

VALIDATION = "ValidationException"
CONDITION_FAILED = "ConditionalCheckFailedException"
CONFLICT = "TransactionConflictException"
CANCELED = "TransactionCanceledException"
THROTTLED_ON_DEMAND = "ThrottlingException"
THROTTLED_PROVISIONED = "ProvisionedThroughputExceededException"
SERVER_ERROR = "InternalServerError"

SERVER_ERRORS = frozenset({SERVER_ERROR, "InternalFailure", "ServiceUnavailable"})


class RefusedError(Exception):
    """A call is refused. The client turns it into botocore's `ClientError`, with the operation."""

    def __init__(self, code: str, message: str, **more: object) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.more = more


class InvalidError(RefusedError):
    """A request that DynamoDB would never carry out, as it stands."""

    def __init__(self, message: str) -> None:
        super().__init__(VALIDATION, message)


def client_error(refused: RefusedError, operation: str) -> ClientError:
    """Return *refused* as botocore would raise it from a call of *operation*."""
    response: Any = {
        "Error": {"Code": refused.code, "Message": refused.message},
        "ResponseMetadata": {
            "HTTPStatusCode": 500 if refused.code in SERVER_ERRORS else 400,
            "RetryAttempts": 0,
        },
        "message": refused.message,
        **refused.more,
    }
    return ClientError(response, operation)


def server_error() -> RefusedError:
    """Return the failure of a call without a fault of its own."""
    return RefusedError(SERVER_ERROR, "injected by the simulation")


def condition_failed(old: object | None) -> RefusedError:
    """Return the refusal of a single write whose condition is false; *old* is the item, if asked for."""
    more = {} if old is None else {"Item": old}
    return RefusedError(CONDITION_FAILED, "The conditional request failed", **more)


def throttled(*, on_demand: bool, what: str) -> RefusedError:
    """Return the refusal of a call on a partition that takes no more; *what* as in ThrottlingReason."""
    if on_demand:
        code = THROTTLED_ON_DEMAND
        message = "Throughput exceeds the current capacity of your table or index."
    else:
        code = THROTTLED_PROVISIONED
        message = "The level of configured provisioned throughput for the table was exceeded."
    return RefusedError(code, message, ThrottlingReasons=[{"reason": what}])
