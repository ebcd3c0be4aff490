"""Every call to AWS, one at a time, with the test's faults in it.

moto isn't atomic: under 16 threads it granted up to 741 of 500 units. One lock round each
call makes it exact, and still lets threads interleave between calls, as workers do.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock, local
from typing import Any

from botocore.client import BaseClient

from rushline_testing.faults import Call, Faults

_lock = RLock()
_aside = local()


@contextmanager
def one_at_a_time(faults: Faults) -> Iterator[None]:
    """Serialise boto3's calls in this process, and put *faults* into them, until left.

    Faults act outside the lock, so that one which waits for another thread can't stop it.
    """
    made = BaseClient._make_api_call  # type: ignore[attr-defined]  # noqa: SLF001

    def make_api_call(client: BaseClient, operation: str, params: dict[str, Any]) -> object:
        call = Call(operation=operation, params=params)
        before, after = (None, None) if _is_aside() else faults.strike(call)
        if before:
            before()
        with _lock:
            answer: object = made(client, operation, params)
        if after:
            after()
        return answer

    BaseClient._make_api_call = make_api_call  # type: ignore[attr-defined]  # noqa: SLF001
    try:
        yield
    finally:
        BaseClient._make_api_call = made  # type: ignore[attr-defined]  # noqa: SLF001


@contextmanager
def aside() -> Iterator[None]:
    """Make this thread's calls without faults: they are the harness's own, not the app's."""
    before = _is_aside()
    _aside.on = True
    try:
        yield
    finally:
        _aside.on = before


def _is_aside() -> bool:
    return getattr(_aside, "on", False)
