"""Orders and counters in one transaction, written down as they move: the `Ledger` port."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chalicelib.adapters.dynamodb.items import Update, update_of
from chalicelib.adapters.dynamodb.keys import (
    NO_FIRST,
    UNUSED,
    USE_LEFT,
    first_key,
    named,
    unique_key,
    uses_key,
)
from chalicelib.adapters.dynamodb.shards import entry_item, shift_update, shifts_by_shard
from chalicelib.adapters.dynamodb.transaction import (
    OfLedger,
    OfMark,
    OfOrder,
    OfShard,
    Part,
    refusal_of,
    transact,
)
from chalicelib.application.counter_ports import Committed
from chalicelib.application.ports import Clock
from chalicelib.domain.coupon import Unavailable
from chalicelib.domain.intent import IntentRef
from chalicelib.domain.movement import EntryKind, FirstUse, Guard, Mark, Move, UniqueUse, Use
from chalicelib.domain.refusal import Refusal

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamoLedger:
    """All or nothing, by TransactWriteItems. The conditions are the guarantee."""

    client: "DynamoDBClient"
    orders_table: str
    coupons_table: str
    retention_days: int
    clock: Clock

    def commit(
        self, moves: Sequence[Move], kind: EntryKind, guards: Mapping[str, Guard]
    ) -> Committed | Refusal:
        """Make *moves*, and write them down in their counters' ledgers."""
        parts: list[Part] = []
        actions: list[Any] = []
        for part, action in self._actions(moves, kind, guards):
            parts.append(part)
            actions.append(action)
        refused = transact(self.client, actions)
        return Committed() if refused is None else refusal_of(parts, refused)

    def _actions(
        self, moves: Sequence[Move], kind: EntryKind, guards: Mapping[str, Guard]
    ) -> Iterator[tuple[Part, Any]]:
        sums = shifts_by_shard(shift for move in moves for shift in move.shifts)
        for (counter, number), columns in sums.items():
            guard = guards.get(counter)
            update = shift_update(self.coupons_table, counter, number, columns, guard)
            yield OfShard(counter, number, guard), {"Update": update}
        now = self.clock.now() if sums else 0
        for counter in dict.fromkeys(counter for counter, _ in sums):
            yield OfLedger(), {"Put": self._entry(counter, now, kind, sums, moves)}
        for move in moves:
            change = move.change
            update = update_of(change, self.orders_table, self.retention_days)
            yield OfOrder(change.ref), {"Update": update}
            for mark in move.marks:
                yield self._mark(change.ref, mark)

    def _entry(
        self,
        counter: str,
        now: int,
        kind: EntryKind,
        sums: Mapping[tuple[str, int], Sequence[int]],
        moves: Sequence[Move],
    ) -> dict[str, Any]:
        mine = {number: columns for (of, number), columns in sums.items() if of == counter}
        intents = [
            move.change.ref.id
            for move in moves
            if any(shift.counter == counter for shift in move.shifts)
        ]
        item = entry_item(counter, now, kind, mine, intents)
        return {"TableName": self.coupons_table, "Item": item}

    def _mark(self, ref: IntentRef, mark: Mark) -> tuple[Part, Any]:
        match mark:
            case Use(code=code):
                part = OfMark(ref, code, Unavailable.CUSTOMER_LIMIT)
                return part, {"Update": self._use(ref.customer_id, mark)}
            case UniqueUse(coupon=coupon):
                return OfMark(ref, coupon, Unavailable.CODE_USED), {"Update": self._code(ref, mark)}
            case FirstUse(coupon=coupon):
                part = OfMark(ref, coupon, Unavailable.FIRST_ORDER)
                return part, {"Update": self._first(ref, mark)}

    def _use(self, customer_id: str, use: Use) -> Update:
        update: Update = {
            "TableName": self.orders_table,
            "Key": uses_key(customer_id, use.code),
            "UpdateExpression": "ADD uses :by",
            "ExpressionAttributeValues": {":by": {"N": str(use.by)}},
        }
        if use.by > 0:
            update["ConditionExpression"] = USE_LEFT
            update["ExpressionAttributeValues"][":limit"] = {"N": str(use.limit)}
        return update

    def _code(self, ref: IntentRef, use: UniqueUse) -> Update:
        values = {":issued": {"S": "issued"}}
        if use.taken:
            values |= {":used": {"S": "used"}, ":by": {"S": ref.id}}
            values |= {":customer": {"S": ref.customer_id}}
        expression = (
            "SET #state = :used, #by = :by" if use.taken else "SET #state = :issued REMOVE #by"
        )
        update: Update = {
            "TableName": self.coupons_table,
            "Key": unique_key(use.unique),
            "UpdateExpression": expression,
            "ExpressionAttributeNames": named(expression),
            "ExpressionAttributeValues": values,
        }
        if use.taken:
            update["ConditionExpression"] = UNUSED
            update["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        return update

    def _first(self, ref: IntentRef, use: FirstUse) -> Update:
        expression = "SET #by = :by" if use.taken else "REMOVE #by"
        update: Update = {
            "TableName": self.orders_table,
            "Key": first_key(ref.customer_id, use.merchant),
            "UpdateExpression": expression,
            "ExpressionAttributeNames": named(expression),
        }
        if use.taken:
            update["ConditionExpression"] = NO_FIRST
            update["ExpressionAttributeValues"] = {":by": {"S": ref.id}}
        return update
