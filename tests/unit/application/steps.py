"""What the tests of the use cases do again and again: put intents on record, count, interfere."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from chalicelib.application.counter_ports import Committed
from chalicelib.domain.intent import ConfirmMode, CouponFallback, IntentRef, Pending
from chalicelib.domain.movement import EntryKind, Guard, Move
from chalicelib.domain.refusal import Refusal
from chalicelib.domain.resolution import Line
from tests.fakes.shop import Shop
from tests.unit.domain.builders import intent, line, request


def accepted(
    shop: Shop,
    count: int,
    *lines: Line,
    coupon: str | tuple[str, ...] | None = "SPRING25",
    customer: str | None = None,
    fallback: CouponFallback = CouponFallback.REJECT,
    confirm: ConfirmMode = ConfirmMode.AUTO,
    first: int = 0,
) -> list[Pending]:
    """Put *count* intents on record, each of its own customer unless one is named."""
    now = shop.clock.now()
    asked = request(*(lines or (line(),)), coupon=coupon, fallback=fallback, confirm=confirm)
    made = [
        replace(
            intent(asked, id_=f"in_{n}", customer=customer or f"c{n}"),
            accepted_at=now,
            expires_at=now + 900_000,
            watch_at=now + 60_000,
        )
        for n in range(first, first + count)
    ]
    shop.put(*made)
    return [one.pending for one in made]


def held(shop: Shop, count: int, *, first: int = 0, customer: str | None = None) -> list[IntentRef]:
    """Bring so many intents to quotes that are held, each with a unit of the coupon."""
    batch = accepted(shop, count, confirm=ConfirmMode.REVIEW, first=first, customer=customer)
    settled = shop.worker(0)(batch)
    assert len(settled.changes) == count
    return [pending.ref for pending in batch]


def statuses(shop: Shop) -> dict[str, int]:
    """Count the intents by where they stand."""
    return dict(Counter(one.status.value for one in shop.on_record.values()))


def reasons(shop: Shop) -> dict[str, int]:
    """Count the intents by the reason that they were given."""
    return dict(Counter(one.reason.code for one in shop.on_record.values() if one.reason))


def codes_of(shop: Shop, ref: IntentRef) -> list[str]:
    """Return the coupons of an intent's order."""
    order = shop.on_record[ref].order
    return [redemption.code for redemption in order.redemptions] if order else []


class Counted:
    """A ledger that counts the moves of its transactions, and may refuse some first."""

    def __init__(self, shop: Shop, refusals: Sequence[Refusal | Exception] = ()) -> None:
        self.calls: list[int] = []
        self.refusals = 0
        self._commit = shop.ledger.commit
        self._refusals = list(refusals)
        shop.ledger.commit = self.commit

    def commit(
        self, moves: Sequence[Move], kind: EntryKind, guards: Mapping[str, Guard]
    ) -> Committed | Refusal:
        """Refuse as told, then do as the ledger does."""
        self.calls.append(len(moves))
        if self._refusals:
            match self._refusals.pop(0):
                case Refusal() as refusal:
                    return refusal
                case error:
                    raise error
        outcome: Committed | Refusal = self._commit(moves, kind, guards)
        self.refusals += isinstance(outcome, Refusal)
        return outcome


class Written:
    """The items of each transaction that the tables were asked for, by key."""

    def __init__(self, shop: Shop) -> None:
        self.transactions: list[list[str]] = []
        client = shop.tables._clients.dynamodb
        self._write = client.transact_write_items
        client.transact_write_items = self._count  # type: ignore[method-assign]

    def _count(self, **call: Any) -> Any:
        keys = []
        for action in call["TransactItems"]:
            ((_, write),) = action.items()
            item = write.get("Key") or write["Item"]
            names = ("code", "part") if "code" in item else ("customer_id", "id")
            keys.append(" ".join(item[name]["S"] for name in names))
        self.transactions.append(keys)
        return self._write(**call)

    @property
    def sizes(self) -> list[int]:
        """How many items each transaction had."""
        return [len(keys) for keys in self.transactions]


def before(store: Any, method: str, act: Callable[..., object], *, at: int = 1) -> None:
    """Have *act* happen just before the *at*th call of *method*, with what that was called with."""
    called = getattr(store, method)
    calls = 0

    def late(*given: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == at:
            act(*given, **named)
        return called(*given, **named)

    setattr(store, method, late)
