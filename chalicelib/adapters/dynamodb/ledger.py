"""Orders and coupons in one transaction: the `Ledger` port."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from chalicelib.adapters.aws_errors import CONTENDED, code_of, store_errors
from chalicelib.adapters.dynamodb.items import Item, Update, update_of
from chalicelib.adapters.dynamodb.keys import UNITS_LEFT, USE_LEFT, named, shard_key, uses_key
from chalicelib.application.backoff import Backoff
from chalicelib.application.ports import Clock, Committed, Moved, Stale
from chalicelib.domain.coupon import CouponState, CouponTerms
from chalicelib.domain.errors import StoreUnavailableError
from chalicelib.domain.intent import Change, Intent, IntentRef, Status
from chalicelib.domain.order import Redemption
from chalicelib.domain.refusal import Refusal

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

CANCELED = "TransactionCanceledException"


class TransactionRefusedError(Exception):
    """One item of a transaction can't be written, today or later: too large, say.

    No outage, so the batch is halved until the one that it is about is alone.
    """


@dataclass(frozen=True, slots=True)
class _Shard:
    number: int


@dataclass(frozen=True, slots=True)
class _Order:
    ref: IntentRef


@dataclass(frozen=True, slots=True)
class _Use:
    ref: IntentRef


_Part = _Shard | _Order | _Use
"""What an item of a transaction is for: reasons come back by index."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamoLedger:
    """All or nothing, by TransactWriteItems. The conditions are the guarantee."""

    client: "DynamoDBClient"
    orders_table: str
    coupons_table: str
    retention_days: int
    clock: Clock
    backoff: Backoff

    def commit(self, changes: Sequence[Change], terms: CouponTerms | None) -> Committed | Refusal:
        """Make *changes* and draw the units that their orders redeem."""
        parts: list[tuple[_Part, Update]] = []
        if terms is not None:
            parts.extend(self._draws(changes, terms))
        for change in changes:
            parts.append(
                (_Order(change.ref), update_of(change, self.orders_table, self.retention_days))
            )
            if terms is not None and terms.uses_per_customer is not None:
                use = self._use(change.ref.customer_id, terms.code, terms.uses_per_customer)
                parts.append((_Use(change.ref), use))
        refused = self._transact([update for _, update in parts])
        if refused is None:
            return Committed()
        return _refusal([part for part, _ in parts], refused, terms)

    def confirm_held(self, intent: Intent, change: Change) -> Moved | Stale:
        """Turn what is held for *intent* into a redemption."""
        updates = [update_of(change, self.orders_table, self.retention_days)]
        if held := _redemption(intent):
            updates.append(
                self._shard(
                    held.code,
                    held.shard,
                    "ADD held :minus, redeemed :plus, spent :spent",
                    {":minus": -1, ":plus": 1, ":spent": held.discount},
                )
            )
        return self._moved(updates)

    def release(self, intent: Intent, change: Change) -> Moved | Stale:
        """Make *change* and give back what is held for *intent*."""
        updates = [update_of(change, self.orders_table, self.retention_days)]
        if held := _redemption(intent):
            update = "ADD held :minus, #left :plus"
            values = {":minus": -1, ":plus": 1}
            updates.append(self._shard(held.code, held.shard, update, values))
            if held.counted:
                updates.append(self._use_back(intent.ref.customer_id, held.code))
        return self._moved(updates)

    def _draws(self, changes: Sequence[Change], terms: CouponTerms) -> list[tuple[_Part, Update]]:
        """Return one update for each shard: all that *changes* draw on it."""
        totals: dict[int, dict[str, int]] = {}
        for change in changes:
            redemption = change.order.redemption if change.order else None
            if redemption is None:
                continue
            total = totals.setdefault(
                redemption.shard, {":minus": 0, ":held": 0, ":redeemed": 0, ":spent": 0}
            )
            total[":minus"] -= 1
            if change.status is Status.READY:
                total[":held"] += 1
            else:
                total[":redeemed"] += 1
                total[":spent"] += redemption.discount
        return [
            (_Shard(number), self._draw(terms, number, total)) for number, total in totals.items()
        ]

    def _draw(self, terms: CouponTerms, number: int, total: dict[str, int]) -> Update:
        update = self._shard(
            terms.code,
            number,
            "ADD #left :minus, held :held, redeemed :redeemed, spent :spent",
            {**total, ":drawn": -total[":minus"], ":version": terms.version},
        )
        update["ExpressionAttributeValues"][":active"] = {"S": CouponState.ACTIVE}
        update["ExpressionAttributeNames"] = named(f"{update['UpdateExpression']} {UNITS_LEFT}")
        update["ConditionExpression"] = UNITS_LEFT
        update["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        return update

    def _shard(self, code: str, number: int, update: str, values: dict[str, int]) -> Update:
        parameters: Update = {
            "TableName": self.coupons_table,
            "Key": shard_key(code, number),
            "UpdateExpression": update,
            "ExpressionAttributeValues": {name: {"N": str(n)} for name, n in values.items()},
        }
        if names := named(update):
            parameters["ExpressionAttributeNames"] = names
        return parameters

    def _use(self, customer_id: str, code: str, limit: int) -> Update:
        return {
            "TableName": self.orders_table,
            "Key": uses_key(customer_id, code),
            "UpdateExpression": "ADD uses :one",
            "ConditionExpression": USE_LEFT,
            "ExpressionAttributeValues": {":one": {"N": "1"}, ":limit": {"N": str(limit)}},
        }

    def _use_back(self, customer_id: str, code: str) -> Update:
        return {
            "TableName": self.orders_table,
            "Key": uses_key(customer_id, code),
            "UpdateExpression": "ADD uses :minus",
            "ExpressionAttributeValues": {":minus": {"N": "-1"}},
        }

    def _moved(self, updates: Sequence[Update]) -> Moved | Stale:
        """Make *updates*, the first of which is the intent's own; only it has a condition.

        A shard in a rush is contended, so this tries again within the attempts: somebody
        is waiting for the answer.
        """
        attempt = 0
        while True:
            reasons = self._transact(updates)
            if reasons is None:
                return Moved()
            if reasons and reasons[0].get("Code") == "ConditionalCheckFailed":
                return Stale()
            for reason in reasons:
                if not _is_contention(code := reason.get("Code", "None")) and code != "None":
                    raise TransactionRefusedError(code)
            if not self.backoff.wait(self.clock, attempt):
                msg = "the transaction was contended"
                raise StoreUnavailableError(msg)
            attempt += 1

    def _transact(self, updates: Sequence[Update]) -> Sequence[Item] | None:
        """Return None when all of *updates* were made, else the reasons, by index."""
        try:
            with store_errors():
                self.client.transact_write_items(
                    TransactItems=[{"Update": update} for update in updates]  # type: ignore[typeddict-item]
                )
        except ClientError as error:
            if code_of(error) != CANCELED:
                raise
            reasons: Any = error.response.get("CancellationReasons", [])
            return list(reasons)
        return None


def _is_contention(code: str) -> bool:
    return code in ("TransactionConflict", "ThrottlingError") or f"{code}Exception" in CONTENDED


def _redemption(intent: Intent) -> Redemption | None:
    return intent.order.redemption if intent.order else None


def _refusal(parts: Sequence[_Part], reasons: Sequence[Item], terms: CouponTerms | None) -> Refusal:
    """Read the reasons, which stand in the order of the transaction's items."""
    moved: set[IntentRef] = set()
    limited: set[IntentRef] = set()
    short: dict[int, int] = {}
    paused = superseded = contended = False
    for part, reason in zip(parts, reasons, strict=True):
        code = reason.get("Code", "None")
        if _is_contention(code):
            contended = True
        elif code == "ConditionalCheckFailed":
            match part:
                case _Order(ref):
                    moved.add(ref)
                case _Use(ref):
                    limited.add(ref)
                case _Shard(number):
                    shard = reason.get("Item") or {}
                    paused |= shard.get("state", {}).get("S") == CouponState.PAUSED
                    version = int(shard.get("version", {}).get("N", 0))
                    superseded |= terms is not None and version > terms.version
                    short[number] = int(shard.get("left", {}).get("N", 0))
        elif code != "None":
            raise TransactionRefusedError(code)
    return Refusal(
        moved=frozenset(moved),
        limited=frozenset(limited),
        short=short,
        paused=paused,
        superseded=superseded,
        contended=contended,
    )
