"""Refund an order, whole or by line."""

from dataclasses import dataclass

from chalicelib.application.commit_moves import CommitMoves
from chalicelib.application.find_intent import find
from chalicelib.application.ports import Clock, Intents
from chalicelib.domain.errors import KeyReusedError, StoreUnavailableError
from chalicelib.domain.intent import Intent, IntentRef
from chalicelib.domain.movement import EntryKind
from chalicelib.domain.order import Refund
from chalicelib.domain.refund import Wish, refunding

ATTEMPTS_MAX = 3
"""Refunds of one order can come between each other only so often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundOrder:
    """Put a refund on record, and give back with it what the coupons' terms say."""

    intents: Intents
    commit: CommitMoves
    clock: Clock

    def __call__(self, ref: IntentRef, wish: Wish) -> Intent:
        """Return the intent with the refund in its order. A second of one id is a repeat.

        Rushline moves no money: it says how much is to go back. Raises
        `IntentNotFoundError`, `IllegalMoveError` where there is no order, `KeyReusedError`,
        and `RefundRefusedError` for more than is left of it.
        """
        for _ in range(ATTEMPTS_MAX):
            intent = find(self.intents, ref)
            if (made := _made(intent, wish.id)) is not None:
                if made.fingerprint != wish.fingerprint:
                    msg = "this idempotency key was used for another refund"
                    raise KeyReusedError(msg)
                return intent
            move = refunding(intent, wish, self.clock.now())
            if self.commit.one(move, EntryKind.REFUND):
                return find(self.intents, ref)
        msg = "others refund this order at the same time"
        raise StoreUnavailableError(msg)


def _made(intent: Intent, id_: str) -> Refund | None:
    refunds = intent.order.refunds if intent.order else ()
    return next((refund for refund in refunds if refund.id == id_), None)
