"""Changing a counter: the terms first, in one write with the command, then shard by shard.

One transaction over every shard of a coupon in a rush would hardly ever win. So a command
writes the terms, and what it issues, as the next version; then each shard is brought to
that version by a write of its own, which happens once because it names the version. Until
all are there, nobody else's command begins; whoever finds it so finishes it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from chalicelib.adapters.aws_errors import code_of, store_errors
from chalicelib.adapters.codec import COMMAND, TERMS
from chalicelib.adapters.dynamodb import keys
from chalicelib.adapters.dynamodb.items import Item
from chalicelib.adapters.dynamodb.shards import entry_item, shard_item
from chalicelib.adapters.dynamodb.transaction import transact_unless_refused
from chalicelib.application.backoff import Backoff
from chalicelib.application.ports import Clock, Moved, Stale
from chalicelib.domain.command import Amendment, Command
from chalicelib.domain.counter import StockTerms, Transfer, split_units
from chalicelib.domain.errors import StoreUnavailableError
from chalicelib.domain.movement import EntryKind, Terms

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ABSENT = "attribute_not_exists(code)"

NEXT = "version = :before AND done = :before"
"""Terms go forward by one, once every shard is at those before."""

OLDER = "attribute_exists(code) AND version < :version"
"""A shard takes each version once, however often it is brought."""

STILL = "version = :version"

REFUSED = "ConditionalCheckFailedException"


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
        """Create terms and shards in one transaction, so that a coupon never has some of them."""
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
        return Moved() if self._won([self._put(item) for item in items]) else Stale()

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

    def finish(self, item: Item) -> None:
        """Bring every shard to the version of the terms in *item*."""
        terms = TERMS.load(item["document"]["S"])
        if int(item["done"]["N"]) >= terms.version:
            return
        units = split_units(int(item["units"]["N"]), terms.shards)
        money = split_units(int(item["money"]["N"]), terms.shards)
        for number in range(terms.shards):
            self._bring(item, terms, number, units[number], money[number])
        version = {":version": {"N": str(terms.version)}}
        self._updated(keys.terms_key(terms.counter), "SET done = :version", STILL, version)

    def _bring(self, item: Item, terms: Terms, number: int, units: int, money: int) -> None:
        """Bring one shard to the version of *terms*, with what the command issues on it."""
        key = keys.shard_key(terms.counter, number)
        version = {":version": {"N": str(terms.version)}}
        if not units and not money:
            if not self._updated(key, "SET version = :version", OLDER, version):
                new = shard_item(terms.counter, number, terms.version, 0, 0)
                self._won([self._put(new)])
            return
        amounts = {":units": units, ":money": money, ":one": 1}
        expression = (
            "SET version = :version"
            " ADD #left :units, issued :units, money_left :money, budget :money, moves :one"
        )
        update = {
            "TableName": self.table,
            "Key": key,
            "UpdateExpression": expression,
            "ConditionExpression": OLDER,
            "ExpressionAttributeNames": keys.named(expression),
            "ExpressionAttributeValues": {
                **version,
                **{name: {"N": str(amount)} for name, amount in amounts.items()},
            },
        }
        entry = entry_item(
            terms.counter,
            int(item["issued_at"]["N"]),
            EntryKind.TOP_UP,
            {number: [units, 0, 0, money, 0, 0]},
            command=item["command"]["S"],
            issued=units,
            funded=money,
        )
        self._won([{"Update": update}, self._put(entry)])

    def transfer(self, counter: str, transfer: Transfer, command: str) -> bool:
        """Move units, with their money and count, from one shard to another."""
        gives = self._part(counter, transfer.giver, transfer, -1)
        gives["ConditionExpression"] = "#left >= :enough AND money_left >= :funds"
        gives["ExpressionAttributeValues"] |= {
            ":enough": {"N": str(transfer.units)},
            ":funds": {"N": str(transfer.money)},
        }
        if not transfer.money:
            gives["ConditionExpression"] = "#left >= :enough"
            del gives["ExpressionAttributeValues"][":funds"]
        takes = self._part(counter, transfer.taker, transfer, 1)
        sums = {
            number: [sign * transfer.units, 0, 0, sign * transfer.money, 0, 0]
            for number, sign in ((transfer.giver, -1), (transfer.taker, 1))
        }
        entry = entry_item(counter, self.clock.now(), EntryKind.SPREAD, sums, command=command)
        return self._won([{"Update": gives}, {"Update": takes}, self._put(entry)])

    def _part(self, counter: str, number: int, transfer: Transfer, sign: int) -> dict[str, Any]:
        expression = (
            "ADD #left :units, issued :units, taken :taken, money_left :money, budget :money,"
            " moves :one"
        )
        amounts = {
            ":units": sign * transfer.units,
            ":taken": sign * transfer.taken,
            ":money": sign * transfer.money,
            ":one": 1,
        }
        return {
            "TableName": self.table,
            "Key": keys.shard_key(counter, number),
            "UpdateExpression": expression,
            "ExpressionAttributeNames": keys.named(expression),
            "ExpressionAttributeValues": {n: {"N": str(a)} for n, a in amounts.items()},
        }

    def _put(self, item: keys.Key) -> dict[str, Any]:
        return {"Put": {"TableName": self.table, "Item": item, "ConditionExpression": ABSENT}}

    def _command_item(self, counter: str, command: Command) -> keys.Key:
        return {
            **keys.command_key(counter, command.id),
            "document": {"S": COMMAND.dump(command)},
        }

    def _won(self, actions: Sequence[Any]) -> bool:
        """Make *actions* however many contend for them; return whether no condition was refused."""
        return self._patiently(lambda: transact_unless_refused(self.client, actions) is None)

    def _updated(self, key: keys.Key, update: str, condition: str, values: dict[str, Any]) -> bool:
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

        return self._patiently(attempt)

    def _patiently(self, attempt: Callable[[], bool]) -> bool:
        """Return what *attempt* does, tried again where the table is busy."""
        tries = 0
        while True:
            try:
                return attempt()
            except StoreUnavailableError:
                if not self.patience.wait(self.clock, tries):
                    raise
            tries += 1


def _terms_item(terms: Terms, done: int) -> keys.Key:
    """Return the item of *terms*, of which all shards are at version *done*."""
    return {
        **keys.terms_key(terms.counter),
        "listed": {"S": "stock" if isinstance(terms, StockTerms) else "coupon"},
        "document": {"S": TERMS.dump(terms)},
        "version": {"N": str(terms.version)},
        "done": {"N": str(done)},
    }
