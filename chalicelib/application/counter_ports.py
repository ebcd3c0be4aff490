"""What the use cases need of counters: the coupons table, and what touches it and orders together.

As with all ports, trying again is safe, and a store that can't be reached raises
`StoreUnavailableError`.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from chalicelib.application.ports import Moved, Stale
from chalicelib.domain.command import Amendment, Command
from chalicelib.domain.counter import Shard, StockTerms, Transfer
from chalicelib.domain.coupon import Offer
from chalicelib.domain.movement import EntryKind, Guard, Move, Shift
from chalicelib.domain.refusal import Refusal
from chalicelib.domain.terms import Terms


@dataclass(frozen=True, slots=True)
class Committed:
    """All of it happened, now or (in a repeat within the store's memory) before."""


class Ledger(Protocol):
    """What touches orders and counters together: all of it happens, or none."""

    def commit(
        self, moves: Sequence[Move], kind: EntryKind, guards: Mapping[str, Guard]
    ) -> Committed | Refusal:
        """Make up to 100 items' worth of *moves*, and write them down in the counters' ledgers.

        One write for each shard, guarded where *guards* names its counter; one for each
        order; one for each mark; one ledger entry, of *kind*, for each counter. A repeat
        answers a `Refusal` with every intent *moved*.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of a counter's ledger: what changed on which shards at *at* (ms), and for whom.

    *intents* are 96 bits of the SHA-256 of each intent's id, in hexadecimal; *command* is
    the command that *issued* units and *funded* money, or spread them.
    """

    at: int
    kind: EntryKind
    shifts: tuple[Shift, ...]
    issued: int = 0
    funded: int = 0
    intents: tuple[str, ...] = ()
    command: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """A counter's terms and all of its shards, as they stood when read."""

    terms: Terms
    shards: tuple[Shard, ...]


class Counters(Protocol):
    """The coupons table: terms and shards of coupons and of stock, by the counter's name."""

    def terms(self, counter: str) -> Terms | None:
        """Return the counter's terms as they are, or were up to a second ago."""
        ...

    def fresh_terms(self, counter: str) -> Terms | None:
        """Return the counter's terms as they are now."""
        ...

    def offers(self, codes: Collection[str], *, fresh: bool = False) -> Mapping[str, Offer]:
        """Return what each of *codes* stands for, a coupon or a unique code; unknown ones not.

        Terms as of up to a second ago unless *fresh*, unique codes as they are now.
        """
        ...

    def stock(self, counters: Collection[str], *, fresh: bool = False) -> Mapping[str, StockTerms]:
        """Return the terms of each of *counters* of stock, as of up to a second ago unless *fresh*."""
        ...

    def get(self, counter: str) -> Counter | None:
        """Return terms and shards, each read consistently; None if there is no such counter."""
        ...

    def shards(self, terms: Terms) -> tuple[Shard, ...]:
        """Return the counter's shards, each read consistently."""
        ...

    def create(self, terms: Terms, command: Command) -> Moved | Stale:
        """Create the counter with its shards. `Stale` if there is one; a repeat changes nothing."""
        ...

    def begin(self, amendment: Amendment, command: Command) -> Moved | Stale:
        """Write the amended terms, one version on, and the command. A repeat answers `Stale`.

        `Stale` too where the version before is not the newest, or not on every shard yet.
        """
        ...

    def finish(self, counter: str, stop_at: int | None = None) -> None:
        """Bring every shard to the newest terms. A repeat changes nothing more.

        Once this returns, nothing is taken at older terms. Raises `StoreUnavailableError`
        where a shard is written by others all the time, or past *stop_at* (ms); what was
        done so far stays done.
        """
        ...

    def transfer(
        self, counter: str, transfer: Transfer, why: str, at: int, stop_at: int | None = None
    ) -> bool:
        """Move units between shards; False where they no longer stand as the transfer wants it.

        A repeat, of the same *why* and *at* (ms) between the same shards, changes nothing.
        Raises `StoreUnavailableError` as `finish` does.
        """
        ...

    def command(self, counter: str, command: str) -> Command | None:
        """Return the command of that id, if it is on record."""
        ...

    def commands(self, counter: str) -> Sequence[Command]:
        """Return the counter's commands, in the order of the versions that they made."""
        ...

    def entries(self, terms: Terms) -> Iterator[Entry]:
        """Yield the counter's ledger, in no order across shards, read consistently."""
        ...

    def all(self, kind: str, after: str = "") -> Iterator[str]:
        """Yield the names of the counters of *kind* (coupon, stock) that come *after* one.

        In order, as of a moment ago.
        """
        ...
