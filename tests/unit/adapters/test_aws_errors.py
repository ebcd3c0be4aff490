import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)

from chalicelib.adapters.aws_errors import store_errors
from chalicelib.domain.errors import StoreUnavailableError
from tests.unit.adapters.stores import refused

ENDPOINT = "https://store.example"


@pytest.mark.parametrize(
    "error",
    [
        EndpointConnectionError(endpoint_url=ENDPOINT),
        ConnectTimeoutError(endpoint_url=ENDPOINT),
        ReadTimeoutError(endpoint_url=ENDPOINT),
        BotoCoreError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_no_answer_at_all_is_an_outage(error: BotoCoreError) -> None:
    """What never reached AWS, or came back too late, may be tried again."""
    with pytest.raises(StoreUnavailableError, match=type(error).__name__) as raised, store_errors():
        raise error
    assert raised.value.__cause__ is error


@pytest.mark.parametrize("status", [500, 503])
def test_a_server_s_error_is_an_outage(status: int) -> None:
    """Whatever AWS calls it, a fault on its side may be tried again."""
    error = refused("Whatever", status=status)
    with pytest.raises(StoreUnavailableError, match="Whatever"), store_errors():
        raise error


@pytest.mark.parametrize(
    "code",
    [
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "SlowDown",
        "ThrottlingException",
        "ThrottlingError",
        "TransactionConflictException",
        "TransactionInProgressException",
    ],
)
def test_too_much_at_once_may_be_tried_again(code: str) -> None:
    """Each service has a name of its own for it, and none of them is a fault of the call."""
    with pytest.raises(StoreUnavailableError, match=code), store_errors():
        raise refused(code)


@pytest.mark.parametrize(
    "code",
    [
        "AccessDeniedException",
        "ConditionalCheckFailedException",
        "ResourceNotFoundException",
        "TransactionCanceledException",
        "ValidationException",
    ],
)
def test_what_no_retry_mends_passes_through(code: str) -> None:
    """A refused condition and a malformed call reach whoever made it, as they are."""
    error = refused(code)
    with pytest.raises(ClientError) as raised, store_errors():
        raise error
    assert raised.value is error
