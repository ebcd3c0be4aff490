"""The memory of `ClientRequestToken`s.

A transaction that succeeded is remembered for ten minutes after it finished: the same token
with the same request succeeds again and changes nothing, with another request it is refused
with `IdempotentParameterMismatchException`; while it is still under way it is refused with
`TransactionInProgressException` (API reference, TransactWriteItems). One that was cancelled
is forgotten.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from simulation.dynamodb.errors import InvalidError, RefusedError

MISMATCH = "IdempotentParameterMismatchException"
IN_PROGRESS = "TransactionInProgressException"

REMEMBERED_NS = 600 * 1_000_000_000
LENGTH_MAX = 36


@dataclass(slots=True)
class _Known:
    fingerprint: bytes
    finished_ns: int | None = None


class OwnToken(str):
    """A token that a client made up for one call: no other request can come under it."""

    __slots__ = ()


class RequestTokens:
    """Tokens and the requests that they stand for."""

    def __init__(self) -> None:
        self._known: dict[str, _Known] = {}
        self._finished: deque[tuple[int, str]] = deque()

    def repeats(self, token: str, call: Mapping[str, Any], now_ns: int) -> bool:
        """Tell whether *call* was made already under *token*; otherwise note that it is being made.

        Raises `RefusedError` where the token may not be used for it.
        """
        if not 1 <= len(token) <= LENGTH_MAX:
            msg = "Value at 'clientRequestToken' failed to satisfy constraint: length 1 to 36"
            raise InvalidError(msg)
        self._forget(now_ns)
        own = isinstance(token, OwnToken)
        fingerprint = b"" if own else blake2b(repr(call["TransactItems"]).encode()).digest()
        known = self._known.get(token)
        if known is None:
            self._known[token] = _Known(fingerprint)
            return False
        if known.fingerprint != fingerprint:
            msg = "The request token was used with other parameters"
            raise RefusedError(MISMATCH, msg)
        if known.finished_ns is None:
            msg = "The transaction with the given request token is already in progress"
            raise RefusedError(IN_PROGRESS, msg)
        return True

    def finish(self, token: str, now_ns: int) -> None:
        """Remember that the transaction succeeded."""
        self._known[token].finished_ns = now_ns
        self._finished.append((now_ns, token))

    def forget(self, token: str) -> None:
        """Forget a transaction that did not succeed."""
        self._known.pop(token, None)

    def _forget(self, now_ns: int) -> None:
        while self._finished and self._finished[0][0] + REMEMBERED_NS < now_ns:
            self._known.pop(self._finished.popleft()[1], None)
