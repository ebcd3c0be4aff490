"""Faults on demand, in any call to AWS: it fails, its answer is lost, the caller dies, time passes.

A fault strikes what is left after the client's own retries: an error injected here is the
one that the app sees. Each is used up after so many *times*, oldest first, one a call.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from botocore.exceptions import ClientError

from rushline_testing.clock import TurnableClock

SERVER_ERRORS = frozenset({"InternalServerError", "InternalFailure", "ServiceUnavailable"})


class CrashError(BaseException):
    """The execution environment died. Nothing catches this but what stands in for Lambda."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call to AWS, as boto3's client makes it: *operation* is its API name, as "PutItem"."""

    operation: str
    params: Mapping[str, Any]


When = Callable[[Call], bool]
Act = Callable[[], object]


@dataclass(slots=True, kw_only=True)
class _Fault:
    operation: str
    when: When
    left: int
    before: Act | None = None
    after: Act | None = None


def _always(_call: Call) -> bool:
    return True


class Faults:
    """The faults that are still to strike. Safe under threads."""

    def __init__(self, clock: TurnableClock) -> None:
        self._clock = clock
        self._lock = Lock()
        self._faults: list[_Fault] = []

    def fail(
        self,
        operation: str,
        error: str | Exception = "InternalServerError",
        *,
        times: int = 1,
        when: When = _always,
        response: Mapping[str, Any] | None = None,
    ) -> None:
        """Refuse *operation* before it has any effect.

        *error* is an AWS error code, with more of its *response* where that is read (a
        transaction's `CancellationReasons`), or any exception, such as botocore's
        `ConnectTimeoutError`.
        """
        self._add(operation, times, when, before=_raiser(operation, error, response))

    def lose_answer(
        self, operation: str, error: str | Exception, *, times: int = 1, when: When = _always
    ) -> None:
        """Let *operation* take effect, then report *error*: the caller can't know that it did."""
        self._add(operation, times, when, after=_raiser(operation, error, None))

    def crash(
        self, operation: str, *, times: int = 1, when: When = _always, before: bool = False
    ) -> None:
        """Kill the caller right after *operation* took effect, or *before* it could."""

        def die() -> None:
            side = "before" if before else "after"
            msg = f"crashed {side} {operation}, as the test asked"
            raise CrashError(msg)

        if before:
            self._add(operation, times, when, before=die)
        else:
            self._add(operation, times, when, after=die)

    def delay(self, operation: str, ms: int, *, times: int = 1, when: When = _always) -> None:
        """Have *operation* take *ms* milliseconds on the clock."""
        self._add(operation, times, when, before=lambda: self._clock.sleep(ms))

    def meanwhile(self, operation: str, act: Act, *, times: int = 1, when: When = _always) -> None:
        """Run *act* right before *operation* takes effect: what another does at that moment."""
        self._add(operation, times, when, before=act)

    def reset(self) -> None:
        """Forget every fault that has not struck yet."""
        with self._lock:
            self._faults.clear()

    def strike(self, call: Call) -> tuple[Act | None, Act | None]:
        """Use up the oldest fault that is meant for *call*; return what to do before and after."""
        with self._lock:
            for fault in self._faults:
                if fault.operation == call.operation and fault.when(call):
                    fault.left -= 1
                    if not fault.left:
                        self._faults.remove(fault)
                    return fault.before, fault.after
        return None, None

    def _add(
        self,
        operation: str,
        times: int,
        when: When,
        *,
        before: Act | None = None,
        after: Act | None = None,
    ) -> None:
        if times < 1:
            msg = f"a fault strikes at least once, not {times} times"
            raise ValueError(msg)
        fault = _Fault(operation=operation, when=when, left=times, before=before, after=after)
        with self._lock:
            self._faults.append(fault)


def _raiser(operation: str, error: str | Exception, more: Mapping[str, Any] | None) -> Act:
    def fail() -> None:
        if isinstance(error, Exception):
            raise error
        parsed: Any = {
            "Error": {"Code": error, "Message": "injected by the test"},
            "ResponseMetadata": {"HTTPStatusCode": 500 if error in SERVER_ERRORS else 400},
            **(more or {}),
        }
        raise ClientError(parsed, operation)

    return fail
