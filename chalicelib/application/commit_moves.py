"""Commit moves that take nothing: answers, confirmations, releases, refunds."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from chalicelib.application.backoff import Backoff
from chalicelib.application.counter_ports import Committed, Ledger
from chalicelib.application.ports import Clock
from chalicelib.domain.drawing import TRANSACTION_ITEMS_MAX
from chalicelib.domain.errors import StoreUnavailableError
from chalicelib.domain.intent import Change, IntentRef
from chalicelib.domain.movement import EntryKind, Move


@dataclass(slots=True, kw_only=True)
class CommittedMoves:
    """What became of moves: *made*; *moved* before, by others; *again*: could not be made now.

    *down*: the store does not answer.
    """

    made: list[Change] = field(default_factory=list)
    moved: set[IntentRef] = field(default_factory=set)
    again: set[IntentRef] = field(default_factory=set)
    down: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitMoves:
    """Make each of many moves at most once, as many to a transaction as it takes."""

    ledger: Ledger
    clock: Clock
    backoff: Backoff

    def __call__(
        self, moves: Sequence[Move], kind: EntryKind, stop_at: int | None = None
    ) -> CommittedMoves:
        """Commit *moves*. Past *stop_at* (ms) nothing is begun. Safe to repeat."""
        done = CommittedMoves()
        for together in _transactions(moves):
            self._commit(together, kind, stop_at, done)
        return done

    def one(self, move: Move, kind: EntryKind) -> bool:
        """Commit *move*; return False if its intent had moved before.

        Raises `StoreUnavailableError` where the store does not answer or is contended.
        """
        done = self([move], kind)
        if done.again:
            msg = "the transaction was contended"
            raise StoreUnavailableError(msg)
        return bool(done.made)

    def _commit(
        self, moves: Sequence[Move], kind: EntryKind, stop_at: int | None, done: CommittedMoves
    ) -> None:
        """Commit *moves* together, or, where shards are in a rush, in halves on fewer shards each.

        One that writes thirty busy shards at once always finds one of them taken; one that
        writes a single shard has its chance at each attempt.
        """
        attempt = 0
        while moves:
            if done.down or (stop_at is not None and self.clock.now() >= stop_at):
                break
            try:
                outcome = self.ledger.commit(moves, kind, {})
            except StoreUnavailableError:
                done.down = True
                break
            if isinstance(outcome, Committed):
                done.made.extend(move.change for move in moves)
                return
            done.moved |= outcome.moved
            moves = [move for move in moves if move.change.ref not in outcome.moved]
            if outcome.moved:
                continue
            if outcome.contended and (halves := _halves(moves)):
                self.backoff.wait(self.clock, 0)
                for half in halves:
                    self._commit(half, kind, stop_at, done)
                return
            if not self.backoff.wait(self.clock, attempt):
                break
            attempt += 1
        done.again.update(move.change.ref for move in moves)


def _halves(moves: Sequence[Move]) -> tuple[Sequence[Move], Sequence[Move]] | None:
    """Return *moves* in two parts, cut between two shards if they can be.

    None where that helps nobody: neither part would write fewer shards than the whole.
    """
    if len(moves) == 1:
        return None
    middle = len(moves) // 2
    firsts = [first_shard(move) for move in moves]
    cuts = [n for n in range(1, len(moves)) if firsts[n] != firsts[n - 1]]
    cut = min(cuts, key=lambda n: abs(n - middle), default=middle)
    halves = moves[:cut], moves[cut:]
    return halves if min(map(_shards, halves)) < _shards(moves) else None


def first_shard(move: Move) -> tuple[str, int]:
    """Return the counter and shard that *move* names first, to sort by: alike ones share a write."""
    return next(((shift.counter, shift.shard) for shift in move.shifts), ("", 0))


def _shards(moves: Sequence[Move]) -> int:
    return len({(shift.counter, shift.shard) for move in moves for shift in move.shifts})


def _transactions(moves: Sequence[Move]) -> list[list[Move]]:
    """Return *moves* in transactions of as many items as one takes, none of them written twice."""
    transactions: list[list[Move]] = []
    items: set[object] = set()
    size = TRANSACTION_ITEMS_MAX + 1
    for move in moves:
        own: set[object] = {(move.change.ref.customer_id, mark) for mark in move.marks}
        shards = {(shift.counter, shift.shard) for shift in move.shifts}
        own |= shards | {counter for counter, _ in shards}
        twice = any((move.change.ref.customer_id, mark) in items for mark in move.marks)
        cost = 1 + len(own - items)
        if twice or size + cost > TRANSACTION_ITEMS_MAX:
            transactions.append([])
            items, size, cost = set(), 0, 1 + len(own)
        transactions[-1].append(move)
        items |= own
        size += cost
    return transactions
