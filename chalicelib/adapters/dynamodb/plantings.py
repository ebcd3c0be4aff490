"""The orders table as the `Plantings` port: a run's intents, a hundred to a call.

A transaction of 100 conditional puts costs twice the write units of 100 single puts, and a
hundredth of their calls; and unlike BatchWriteItem it overwrites nobody's order.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chalicelib.adapters.dynamodb.batch import KEYS_MAX, read_all
from chalicelib.adapters.dynamodb.items import Item, intent_of, item_of
from chalicelib.adapters.dynamodb.keys import ABSENT, Key, intent_key
from chalicelib.adapters.dynamodb.transaction import FAILED, transact_unless_refused
from chalicelib.adapters.side_by_side import Pool, side_by_side
from chalicelib.application.backoff import Backoff
from chalicelib.application.ports import Clock
from chalicelib.domain.drawing import TRANSACTION_ITEMS_MAX
from chalicelib.domain.intent import Intent, IntentRef

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TRANSACTION_BYTES_MAX = 1_000_000
"""A quarter of what DynamoDB takes in a transaction, and 2,000 write units: half of what a new
table takes a second. Only texts of some kilobytes come near it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamoPlantings:
    """Intents by the hundred; with a *pool*, several hundreds side by side."""

    client: "DynamoDBClient"
    table: str
    retention_days: int
    clock: Clock
    backoff: Backoff
    pool: Pool | None = None

    def plant(self, intents: Sequence[Intent]) -> Collection[IntentRef]:
        """Put each of *intents* on record unless one of its name is there; return those that were.

        After a lost answer it may return some that this very call put there.
        """
        items = {intent.ref: item_of(intent, self.retention_days) for intent in intents}
        there = side_by_side(self.pool, self._plant, list(_shares(items)))
        return [ref for some in there for ref in some]

    def _plant(self, items: dict[IntentRef, Key]) -> Sequence[IntentRef]:
        """Put all of *items* but those on record; return these.

        A transaction with one that is there writes none; it names all that are, and is made
        again without them.
        """
        left = dict(items)
        there: list[IntentRef] = []
        while left:
            reasons = self._put(left.values())
            if reasons is None:
                break
            known = [
                ref
                for ref, reason in zip(left, reasons, strict=True)
                if reason.get("Code") == FAILED
            ]
            for ref in known:
                del left[ref]
            there.extend(known)
        return there

    def _put(self, items: Iterable[Key]) -> Sequence[Item] | None:
        puts: list[Any] = [
            {"Put": {"TableName": self.table, "Item": item, "ConditionExpression": ABSENT}}
            for item in items
        ]
        return self.backoff.persist(self.clock, lambda: transact_unless_refused(self.client, puts))

    def harvest(self, refs: Sequence[IntentRef]) -> Sequence[Intent | None]:
        """Return the intents as they stand, each read consistently."""
        found: dict[IntentRef, Intent] = {}
        for start in range(0, len(refs), KEYS_MAX):
            wanted = [intent_key(ref) for ref in dict.fromkeys(refs[start : start + KEYS_MAX])]
            found.update((intent.ref, intent) for intent in self._read(wanted))
        return [found.get(ref) for ref in refs]

    def _read(self, wanted: Sequence[Key]) -> Sequence[Intent]:
        items = self.backoff.persist(
            self.clock, lambda: list(read_all(self.client, self.table, wanted))
        )
        return [intent_of(item) for item in items]


def _shares(items: dict[IntentRef, Key]) -> Iterator[dict[IntentRef, Key]]:
    """Yield *items* in shares that a transaction takes."""
    share: dict[IntentRef, Key] = {}
    room = TRANSACTION_BYTES_MAX
    for ref, item in items.items():
        size = _bytes(item)
        if share and (len(share) == TRANSACTION_ITEMS_MAX or size > room):
            yield share
            share, room = {}, TRANSACTION_BYTES_MAX
        share[ref] = item
        room -= size
    if share:
        yield share


def _bytes(item: Key) -> int:
    """Return what an item of an intent weighs: names and values, which are all short ASCII but ids."""
    return sum(len(name) + len(str(value).encode()) for name, value in item.items())
