"""What guarding the model needs of the outside: one breaker for all workers."""

from typing import Protocol

from chalicelib.domain.breaker import Breaker


class UnreadableBreakerError(Exception):
    """The breaker stands in a form that this code does not know, at *version*."""

    def __init__(self, version: int) -> None:
        super().__init__(f"version {version}")
        self.version = version


class SharedBreaker(Protocol):
    """A breaker that all workers see alike, to the second."""

    def read(self) -> Breaker:
        """Return it as of a second ago; closed where it was never moved.

        Raises `StoreUnavailableError`, and `UnreadableBreakerError` with the version from which
        it can be moved on.
        """
        ...

    def move(self, to: Breaker) -> bool:
        """Put *to* in force if the version before it is; return whether it now is by this call.

        Of those who would follow one version, one may. A repeat answers False, also to whom
        the first answer was lost. Raises `StoreUnavailableError`.
        """
        ...
