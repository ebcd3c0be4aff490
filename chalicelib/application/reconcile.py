"""Reconcile coupons and stock: issued = left + held + redeemed, in units and in money."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from chalicelib.application.counter_ports import Counter, Counters
from chalicelib.application.ports import Clock, Intents
from chalicelib.domain.counter import Shard
from chalicelib.domain.errors import StoreUnavailableError
from chalicelib.domain.reconciliation import (
    Sums,
    SumsByShard,
    added_up,
    has_arrived,
    ledger_faults,
    order_faults,
    own_faults,
    sum_faults,
)
from chalicelib.domain.refund import standing
from chalicelib.domain.terms import Terms

HOUR_MS = 3_600_000
KINDS = ("coupon", "stock")
LOOKS_MAX = 3
"""How often a counter is looked at for a moment in which nothing moves on it."""

ARRIVES_MS = 60_000
"""How long a command may be on its way to the shards before that is a fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """A counter as it was found, and each thing in it that does not balance, in words.

    *moving*: it was drawn on or commanded all the while, so only each shard's own books were
    looked at, which balance at every moment. *with_orders*: the orders on record were held
    against it too. *skipped*: the time was over before all of it was looked at.
    """

    counter: str
    shards: tuple[Shard, ...]
    faults: tuple[str, ...]
    moving: bool = False
    with_orders: bool = False
    skipped: bool = False

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
        """Yield every counter (or the one called *only*) as it is found.

        Those for which the time does not do, until *stop_at* (ms), are *skipped*.
        *with_orders* reads the whole orders table, once.
        """
        names = [only] if only is not None else self._names()
        if stop_at is not None and names:
            # Where the time does not do for all, another hour begins with others.
            begin = self.clock.now() // HOUR_MS % len(names)
            names = names[begin:] + names[:begin]
        before: dict[str, Counter] = {}
        taken: Mapping[str, SumsByShard] = {}
        if with_orders:
            before = {name: found for name in names if (found := self._read(name))}
            taken = added_up(
                shift for intent in self.intents.with_orders() for shift in standing(intent)
            )
        for name in names:
            if self._is_over(stop_at):
                yield Reconciled(counter=name, shards=(), faults=(), skipped=True)
            else:
                yield from self._guarded(name, before.get(name), taken.get(name, {}), stop_at)

    def _read(self, name: str) -> Counter | None:
        """Return the counter, if there is one that can be read."""
        try:
            return self.counters.get(name)
        except StoreUnavailableError:
            raise
        except Exception:  # noqa: BLE001 (what is wrong with it is told when its turn comes)
            return None

    def _guarded(
        self, name: str, before: Counter | None, taken: SumsByShard, stop_at: int | None
    ) -> Iterator[Reconciled]:
        """Yield how *name* is found; that it can't be read is a fault of its own, and of no other."""
        try:
            if before is not None:
                yield self._reconciled(before, taken, stop_at)
            elif found := self.counters.get(name):
                # Where orders were read, they were read before this one was there.
                yield self._reconciled(found, None, stop_at)
        except StoreUnavailableError:
            raise
        except Exception as error:  # noqa: BLE001 (somebody wrote what we never would)
            fault = f"something of it can't be read: {type(error).__name__}: {error}"
            yield Reconciled(counter=name, shards=(), faults=(fault,))

    def _is_over(self, stop_at: int | None) -> bool:
        return stop_at is not None and self.clock.now() >= stop_at

    def _names(self) -> list[str]:
        return [name for kind in KINDS for name in self.counters.all(kind)]

    def _reconciled(
        self, found: Counter, taken: SumsByShard | None, stop_at: int | None
    ) -> Reconciled:
        for _ in range(LOOKS_MAX):
            ledger = self._ledger(found.terms, stop_at)
            if ledger is None:
                return _own(found, skipped=True)
            after = self.counters.get(found.terms.counter) or found
            if _moves(after) == _moves(found):
                if self._is_commanded(after):
                    return _own(after, moving=True)
                return _compared(after, ledger, taken)
            # What was read of the orders is of an earlier moment than what is read now.
            found, taken = after, None
        return _own(found, moving=True)

    def _is_commanded(self, counter: Counter) -> bool:
        """Return whether a command is on its way to the shards, given a moment ago."""
        terms = counter.terms
        if has_arrived(terms, counter.shards):
            return False
        commands = self.counters.commands(terms.counter)
        return bool(commands) and self.clock.now() - commands[-1].at <= ARRIVES_MS

    def _ledger(self, terms: Terms, stop_at: int | None) -> SumsByShard | None:
        """Return the ledger's sums; None if the time was over before all of it was read."""
        sums: dict[int, Sums] = {}
        for entry in self.counters.entries(terms):
            if self._is_over(stop_at):
                return None
            for shift in entry.shifts:
                of = sums.setdefault(shift.shard, Sums())
                of.add(shift)
                of.entries += 1
        return sums


def _moves(counter: Counter) -> Sequence[object]:
    """Return what is not the same in two readings if anything moved between them."""
    shards = [(shard.number, shard.version, shard.moves) for shard in counter.shards]
    return [counter.terms.version, *shards]


def _compared(counter: Counter, ledger: SumsByShard, taken: SumsByShard | None) -> Reconciled:
    """Return *counter*, on which nothing moved, held against its terms, ledger and orders."""
    terms, shards = counter.terms, counter.shards
    faults = [*own_faults(shards), *sum_faults(terms, shards), *ledger_faults(shards, ledger)]
    if taken is not None:
        faults += order_faults(shards, taken)
    return Reconciled(
        counter=terms.counter, shards=shards, faults=tuple(faults), with_orders=taken is not None
    )


def _own(counter: Counter, *, moving: bool = False, skipped: bool = False) -> Reconciled:
    """Return *counter* with nothing but its shards' own books looked at."""
    return Reconciled(
        counter=counter.terms.counter,
        shards=counter.shards,
        faults=tuple(own_faults(counter.shards)),
        moving=moving,
        skipped=skipped,
    )
