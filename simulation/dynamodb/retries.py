"""botocore's own retries, in virtual time.

As botocore's "standard" mode (`botocore/retries/standard.py`): up to three attempts in all,
after a pause drawn evenly from nothing to one second, then to two, never past 20 seconds; for
throttling, server errors and time-outs; out of a quota of 500 that a retry draws 5 on (10
after a time-out) and a success gives back to. Cancelled transactions and conflicts are not
tried again. A transaction without a `ClientRequestToken` gets one, as botocore gives it, so
that a repeat after a lost answer changes nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError, ReadTimeoutError

from simulation.dynamodb.request_tokens import OwnToken
from simulation.scheduler import Scheduler

CODES = frozenset(
    {
        "BandwidthLimitExceeded",
        "EC2ThrottledException",
        "LimitExceededException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "RequestTimeout",
        "RequestTimeoutException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)
STATUSES = frozenset({500, 502, 503, 504})

QUOTA = 500
COST, TIME_OUT_COST = 5, 10
PAUSE_SECONDS_MAX = 20

Attempt = Callable[[Mapping[str, Any]], dict[str, Any]]


@dataclass(slots=True, kw_only=True)
class Retries:
    """One client's retries. Their chance is the scheduler's."""

    scheduler: Scheduler
    attempts_max: int = 3
    quota: int = QUOTA
    retried: int = 0

    def run(self, operation: str, call: Mapping[str, Any], attempt: Attempt) -> dict[str, Any]:
        """Return what *attempt* answers to *call*, at the first or a later try."""
        if operation == "TransactWriteItems" and "ClientRequestToken" not in call:
            token = OwnToken(f"{self.scheduler.random.getrandbits(128):032x}")
            call = {**call, "ClientRequestToken": token}
        drawn = 0
        for number in range(1, self.attempts_max):
            try:
                answer = attempt(call)
            except (ClientError, ReadTimeoutError) as error:
                drawn = self._draw(error)
                if not drawn:
                    raise
                self._pause(number)
            else:
                self.quota = min(QUOTA, self.quota + (drawn or 1))
                return answer
        answer = attempt(call)
        self.quota = min(QUOTA, self.quota + (drawn or 1))
        return answer

    def _draw(self, error: ClientError | ReadTimeoutError) -> int:
        """Draw on the quota for a retry after *error*; return 0 if there is to be none."""
        cost = COST
        if isinstance(error, ReadTimeoutError):
            cost = TIME_OUT_COST
        else:
            status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
            if error.response["Error"]["Code"] not in CODES and status not in STATUSES:
                return 0
        if self.quota < cost:
            return 0
        self.quota -= cost
        return cost

    def _pause(self, number: int) -> None:
        self.retried += 1
        ceiling = min(2 ** (number - 1), PAUSE_SECONDS_MAX)
        self.scheduler.wait_ns(int(self.scheduler.random.random() * ceiling * 1_000_000_000))
