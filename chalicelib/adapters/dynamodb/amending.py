"""Changing a counter: the terms first, in one write with the command, then shard by shard.

One transaction over every shard of a coupon in a rush would hardly ever win. So a command
writes the terms, and what it issues, as the next version; then each shard is brought to
that version by a write of its own, which happens once because it names the version. Until
all are there, nobody else's command begins; whoever finds it so finishes it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from chalicelib.adapters.aws_errors import REFUSED, code_of, store_errors
from chalicelib.adapters.codec import COMMAND, TERMS
from chalicelib.adapters.dynamodb import keys
from chalicelib.adapters.dynamodb.items import Item
from chalicelib.adapters.dynamodb.shards import entry_item, shard_item
from chalicelib.adapters.dynamodb.transaction import transact_unless_refused
from chalicelib.application.backoff import Backoff
from chalicelib.application.ports import Clock, Moved, Stale
from chalicelib.domain.command import Amendment, Command
from chalicelib.domain.counter import StockTerms, Transfer, added, split_units
from chalicelib.domain.movement import EntryKind
from chalicelib.domain.terms import Terms

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ABSENT = "attribute_not_exists(code)"

NEXT = "version = :before AND done = :before"
"""Terms go forward by one, once every shard is at those before."""

OLDER = "attribute_exists(code) AND version < :version"
"""A shard takes each version once, however often it is brought."""

STILL = "version = :version"

GIVE = "ADD #left :units, issued :units, money_left :money, budget :money, moves :one"
GAIN = f"{GIVE}, gains :one"
"""Units and money that come to a shard, which counts that they did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Amending:
    """Writes to a counter's terms and shards that are not an order's.

    *patience* is longer than an order's: somebody who pauses a coupon in a rush has to win
    against all who redeem it.
    """

    client: "DynamoDBClient"
    table: str
    clock: Clock
    patience: Backoff

    def create(self, terms: Terms, command: Command) -> Moved | Stale:
        """Create terms and shards in one transaction, so that a coupon never has some of them.

        Not where its name is a unique code of some coupon: whoever holds that would redeem this.
        """
        money = split_units(terms.budget or 0, terms.shards)
        units = split_units(terms.units, terms.shards)
        items = [
            _terms_item(terms, terms.version),
            self._command_item(terms.counter, command),
            *(
                shard_item(terms.counter, number, terms.version, *amounts)
                for number, amounts in enumerate(zip(units, money, strict=True))
            ),
        ]
        no_code: dict[str, Any] = {
            "ConditionCheck": {
                "TableName": self.table,
                "Key": keys.unique_key(terms.counter),
                "ConditionExpression": ABSENT,
            }
        }
        made = self._won([no_code, *(self._put(item) for item in items)])
        return Moved() if made else Stale()

    def begin(self, amendment: Amendment, command: Command) -> Moved | Stale:
        """Write the amended terms and the command, if they are the next."""
        terms = amendment.terms
        item = _terms_item(terms, terms.version - 1)
        pending = {"units": amendment.units, "money": amendment.money}
        update = {
            "TableName": self.table,
            "Key": keys.terms_key(terms.counter),
            "UpdateExpression": (
                "SET document = :document, version = :version, command = :command,"
                " units = :units, money = :money, issued_at = :at"
            ),
            "ConditionExpression": NEXT,
            "ExpressionAttributeValues": {
                ":document": item["document"],
                ":version": item["version"],
                ":before": item["done"],
                ":command": {"S": command.id},
                ":at": {"N": str(command.at)},
                **{f":{name}": {"N": str(amount)} for name, amount in pending.items()},
            },
        }
        put = self._put(self._command_item(terms.counter, command))
        return Moved() if self._won([{"Update": update}, put]) else Stale()

    def finish(self, item: Item, stop_at: int | None = None) -> None:
        """Bring every shard to the version of the terms in *item*, by *stop_at* (ms)."""
        terms = TERMS.load(item["document"]["S"])
        if int(item["done"]["N"]) >= terms.version:
            return
        issued, funded = int(item["units"]["N"]), int(item["money"]["N"])
        units = added(terms.units - issued, issued, terms.shards)
        money = added((terms.budget or 0) - funded, funded, terms.shards)
        for number in range(terms.shards):
            self._bring(item, terms, number, units[number], money[number], stop_at)
        version = {":version": {"N": str(terms.version)}}
        key = keys.terms_key(terms.counter)
        self._updated(key, "SET done = :version", STILL, version, stop_at)

    def _bring(
        self, item: Item, terms: Terms, number: int, units: int, money: int, stop_at: int | None
    ) -> None:
        """Bring one shard to the version of *terms*, with what the command issues on it."""
        key = keys.shard_key(terms.counter, number)
        version = {":version": {"N": str(terms.version)}}
        if not units and not money:
            if not self._updated(key, "SET version = :version", OLDER, version, stop_at):
                new = shard_item(terms.counter, number, terms.version, 0, 0)
                self._won([self._put(new)], stop_at)
            return
        update = self._adding(key, f"SET version = :version {GAIN}", units=units, money=money)
        update["ConditionExpression"] = OLDER
        update["ExpressionAttributeValues"] |= version
        entry = entry_item(
            terms.counter,
            int(item["issued_at"]["N"]),
            EntryKind.TOP_UP,
            {number: [units, 0, 0, money, 0, 0]},
            command=item["command"]["S"],
            issued=units,
            funded=money,
        )
        self._won([{"Update": update}, self._put(entry)], stop_at)

    def transfer(
        self, counter: str, transfer: Transfer, why: str, at: int, stop_at: int | None = None
    ) -> bool:
        """Move units, money or a plan's count from one shard to another, once for *why* and *at*."""
        giver, taker = (
            keys.shard_key(counter, number) for number in (transfer.giver, transfer.taker)
        )
        units, money, taken = transfer.units, transfer.money, transfer.taken
        gives = self._adding(
            giver, f"{GIVE}, taken :taken", units=-units, money=-money, taken=-taken
        )
        takes = self._adding(taker, f"{GAIN}, taken :taken", units=units, money=money, taken=taken)
        conditions = ["#left >= :enough"]
        gives["ExpressionAttributeValues"][":enough"] = {"N": str(units)}
        if money:
            conditions.append("money_left >= :funds")
            gives["ExpressionAttributeValues"][":funds"] = {"N": str(money)}
        gives["ConditionExpression"] = " AND ".join(conditions)
        if transfer.taken_before is not None:
            takes["ConditionExpression"] = "taken = :before"
            takes["ExpressionAttributeValues"][":before"] = {"N": str(transfer.taken_before)}
        sums = {
            number: [sign * units, 0, 0, sign * money, 0, 0]
            for number, sign in ((transfer.giver, -1), (transfer.taker, 1))
        }
        kind = "count" if taken else "units"
        entry = entry_item(
            counter,
            at,
            EntryKind.SPREAD,
            sums,
            command=why,
            name=f"{why}#{kind}#{transfer.giver}#{transfer.taker}",
        )
        return self._won([{"Update": gives}, {"Update": takes}, self._put(entry)], stop_at)

    def _adding(self, key: keys.Key, expression: str, **amounts: int) -> dict[str, Any]:
        """Return the update of a shard that adds *amounts*, and counts that it did."""
        numbers = {**amounts, "one": 1}
        return {
            "TableName": self.table,
            "Key": key,
            "UpdateExpression": expression,
            "ExpressionAttributeNames": keys.named(expression),
            "ExpressionAttributeValues": {f":{n}": {"N": str(a)} for n, a in numbers.items()},
        }

    def _put(self, item: keys.Key) -> dict[str, Any]:
        return {"Put": {"TableName": self.table, "Item": item, "ConditionExpression": ABSENT}}

    def _command_item(self, counter: str, command: Command) -> keys.Key:
        return {
            **keys.command_key(counter, command.id),
            "document": {"S": COMMAND.dump(command)},
        }

    def _won(self, actions: Sequence[Any], stop_at: int | None = None) -> bool:
        """Make *actions* however many contend for them; return whether no condition was refused."""
        return self.patience.persist(
            self.clock, lambda: transact_unless_refused(self.client, actions) is None, stop_at
        )

    def _updated(
        self,
        key: keys.Key,
        update: str,
        condition: str,
        values: dict[str, Any],
        stop_at: int | None,
    ) -> bool:
        """Update one item, however many contend for it; False where its condition is refused."""

        def attempt() -> bool:
            try:
                with store_errors():
                    self.client.update_item(
                        TableName=self.table,
                        Key=key,
                        UpdateExpression=update,
                        ConditionExpression=condition,
                        ExpressionAttributeValues=values,
                    )
            except ClientError as error:
                if code_of(error) != REFUSED:
                    raise
                return False
            return True

        return self.patience.persist(self.clock, attempt, stop_at)


def _terms_item(terms: Terms, done: int) -> keys.Key:
    """Return the item of *terms*, of which all shards are at version *done*."""
    return {
        **keys.terms_key(terms.counter),
        "listed": {"S": "stock" if isinstance(terms, StockTerms) else "coupon"},
        "document": {"S": TERMS.dump(terms)},
        "version": {"N": str(terms.version)},
        "done": {"N": str(done)},
    }
