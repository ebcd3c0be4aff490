"""Calls side by side, where there is a pool of threads for them."""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class Pool(Protocol):
    """What a `ThreadPoolExecutor` can do, as far as it is wanted."""

    def map(self, call: Callable[[T], R], some: Iterable[T], /) -> Iterable[R]:
        """Return what *call* makes of each of *some*, in their order."""
        ...


def side_by_side(pool: Pool | None, call: Callable[[T], R], some: Sequence[T]) -> list[R]:
    """Return what *call* makes of each of *some*, in their order; raise what the first raises.

    Without a *pool*, one after the other. With one, those after the first that raises may have
    been made: for calls that are safe to repeat.
    """
    if pool is None or len(some) < 2:  # noqa: PLR2004 (nothing to do beside it)
        return [call(one) for one in some]
    return list(pool.map(call, some))
