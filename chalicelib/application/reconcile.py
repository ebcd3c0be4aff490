"""Reconcile coupons and stock: issued = left + held + redeemed, in units and in money."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from chalicelib.application.counter_ports import Counter, Counters
from chalicelib.application.ports import Clock, Intents
from chalicelib.domain.counter import Shard
from chalicelib.domain.movement import Terms
from chalicelib.domain.reconciliation import (
    Sums,
    SumsByShard,
    added_up,
    ledger_faults,
    order_faults,
    own_faults,
)
from chalicelib.domain.refund import standing

HOUR_MS = 3_600_000
KINDS = ("coupon", "stock")
LOOKS_MAX = 3
"""How often a counter is looked at for a moment in which nothing moves on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """A counter as it was found, and each thing in it that does not balance, in words.

    *moving*: it was drawn on all the while, so only its own books were looked at, which
    balance at every moment. *with_orders*: the orders on record were held against it too.
    """

    counter: str
    shards: tuple[Shard, ...]
    faults: tuple[str, ...]
    moving: bool
    with_orders: bool

    @property
    def balanced(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconcile:
    """Hold shards, ledger and orders against each other. Reads only."""

    counters: Counters
    intents: Intents
    clock: Clock

    def __call__(
        self, *, only: str | None = None, with_orders: bool = False, stop_at: int | None = None
    ) -> Iterator[Reconciled]:
        """Yield every counter (or the one called *only*) as it is found, until *stop_at* (ms).

        *with_orders* reads the whole orders table, once.
        """
        names = [only] if only is not None else self._names()
        if stop_at is not None and names:
            # Where the time does not do for all, another hour begins with others.
            begin = self.clock.now() // HOUR_MS % len(names)
            names = names[begin:] + names[:begin]
        before: dict[str, Counter] = {}
        taken: Mapping[str, SumsByShard] | None = None
        if with_orders:
            before = {name: counter for name in names if (counter := self.counters.get(name))}
            taken = added_up(
                shift for intent in self.intents.with_orders() for shift in standing(intent)
            )
        for name in names:
            if stop_at is not None and self.clock.now() >= stop_at:
                return
            first = before.get(name) or self.counters.get(name)
            if first is not None:
                yield self._reconciled(first, taken.get(name, {}) if taken is not None else None)

    def _names(self) -> list[str]:
        return [name for kind in KINDS for name in self.counters.all(kind)]

    def _reconciled(self, found: Counter, taken: SumsByShard | None) -> Reconciled:
        for _ in range(LOOKS_MAX):
            ledger = self._ledger(found.terms)
            after = self.counters.get(found.terms.counter) or found
            if _moves(after) == _moves(found):
                faults = [*own_faults(after.terms, after.shards)]
                faults += ledger_faults(after.shards, ledger)
                if taken is not None:
                    faults += order_faults(after.shards, taken)
                return _told(after, faults, moving=False, with_orders=taken is not None)
            # What was read of the orders is of an earlier moment than what is read now.
            found, taken = after, None
        return _told(found, own_faults(found.terms, found.shards), moving=True, with_orders=False)

    def _ledger(self, terms: Terms) -> SumsByShard:
        sums: dict[int, Sums] = {}
        for entry in self.counters.entries(terms):
            for shift in entry.shifts:
                of = sums.setdefault(shift.shard, Sums())
                of.add(shift)
                of.entries += 1
        return sums


def _moves(counter: Counter) -> list[int]:
    return [counter.terms.version, *(shard.moves for shard in counter.shards)]


def _told(
    counter: Counter, faults: Iterator[str] | list[str], *, moving: bool, with_orders: bool
) -> Reconciled:
    return Reconciled(
        counter=counter.terms.counter,
        shards=counter.shards,
        faults=tuple(faults),
        moving=moving,
        with_orders=with_orders,
    )
