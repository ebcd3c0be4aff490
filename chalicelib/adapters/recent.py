"""Remembering what was read, for as long as it is recent enough."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from chalicelib.application.ports import Clock

K = TypeVar("K")
V = TypeVar("V")


@dataclass(slots=True, kw_only=True)
class Recent(Generic[K, V]):
    """The latest values by key, each forgotten after *ttl_ms*. Never grows past *size_max*."""

    clock: Clock
    ttl_ms: int
    size_max: int = 1_000
    _known: dict[K, tuple[int, V]] = field(default_factory=dict)

    def get(self, key: K, read: Callable[[], V]) -> V:
        """Return the value of *key*, from *read* unless it was read within the time."""
        now = self.clock.now()
        known = self._known.get(key)
        if known is not None and now - known[0] < self.ttl_ms:
            return known[1]
        return self.put(key, read())

    def known(self, key: K) -> V | None:
        """Return the value of *key* if it was read within the time."""
        known = self._known.get(key)
        return known[1] if known and self.clock.now() - known[0] < self.ttl_ms else None

    def forget(self, keys: Iterable[K]) -> None:
        """Have *keys* read anew when they are next asked for."""
        for key in keys:
            self._known.pop(key, None)

    def put(self, key: K, value: V) -> V:
        """Remember *value* as of now, and return it."""
        if len(self._known) >= self.size_max and key not in self._known:
            del self._known[next(iter(self._known))]
        self._known[key] = (self.clock.now(), value)
        return value
