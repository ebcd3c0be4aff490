"""The coupons table as the `Coupons` port."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from chalicelib.adapters.aws_errors import code_of, store_errors
from chalicelib.adapters.codec import TERMS
from chalicelib.adapters.dynamodb import keys
from chalicelib.adapters.dynamodb.batch import read_all
from chalicelib.adapters.dynamodb.items import Item
from chalicelib.adapters.recent import Recent
from chalicelib.application.backoff import Backoff
from chalicelib.application.ports import Clock, Moved, Stale
from chalicelib.domain.coupon import Coupon, CouponState, CouponTerms, Shard, split_units
from chalicelib.domain.errors import StoreUnavailableError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TERMS_TTL_MS = 1_000
"""Terms may be this old when an order is priced. A shard refuses terms that were replaced, so
this decides only how soon something that was refused before is granted."""

ABSENT = "attribute_not_exists(code)"

NEWER_OR_SAME = "version < :version OR (version = :version AND document = :document)"
"""Terms only ever go forward, and a version means one thing: of two definitions at once, one
is told to look again."""

NOT_OLDER = "version <= :version"
"""A shard's version only ever goes forward, however slow a definition is."""

LATER_SWITCH = "attribute_exists(code) AND (attribute_not_exists(switched) OR switched < :number)"
"""Of a pause and a resume, a shard keeps the later."""

EXISTS = "attribute_exists(code)"


REFUSED = frozenset({"ConditionalCheckFailedException", "TransactionCanceledException"})


class DynamoCoupons:
    """A coupon is one item of terms and one item for each shard."""

    def __init__(
        self, *, client: "DynamoDBClient", table: str, clock: Clock, backoff: Backoff
    ) -> None:
        self._client = client
        self._table = table
        self._clock = clock
        self._backoff = backoff
        self._cache: Recent[str, CouponTerms | None] = Recent(clock=clock, ttl_ms=TERMS_TTL_MS)

    def terms(self, code: str) -> CouponTerms | None:
        """Return the coupon's terms as they are, or were up to a second ago."""
        return self._cache.get(code, lambda: self._read_terms(code))

    def fresh_terms(self, code: str) -> CouponTerms | None:
        """Return the coupon's terms as they are now."""
        return self._cache.put(code, self._read_terms(code))

    def _read_terms(self, code: str) -> CouponTerms | None:
        with store_errors():
            answer = self._client.get_item(
                TableName=self._table, Key=keys.terms_key(code), ConsistentRead=True
            )
        return _terms_of(answer["Item"]) if "Item" in answer else None

    def get(self, code: str) -> Coupon | None:
        """Return terms and shards, each read consistently."""
        terms = self.fresh_terms(code)
        return Coupon(terms=terms, shards=self._shards(terms)) if terms else None

    def left(self, code: str) -> Mapping[int, int]:
        """Return the units left on each shard, read consistently."""
        terms = self.terms(code)
        return {shard.number: shard.left for shard in self._shards(terms)} if terms else {}

    def _shards(self, terms: CouponTerms) -> tuple[Shard, ...]:
        wanted = [keys.shard_key(terms.code, number) for number in range(terms.shards)]
        shards = map(_shard_of, read_all(self._client, self._table, wanted))
        return tuple(sorted(shards, key=lambda shard: shard.number))

    def define(self, terms: CouponTerms) -> Moved | Stale:
        """Create the coupon with its shards, or give it new terms, one version on.

        New: one transaction, so a coupon never has some of its shards. Redefined: the
        terms first, then shard by shard, since one transaction over every shard of a
        coupon in a rush would hardly ever win. A shard that was not reached yet serves
        new terms too; one that was refuses the old.
        """
        new = self.fresh_terms(terms.code) is None
        if not (self._create(terms) if new else self._redefine(terms)):
            return Stale()
        if not new:
            version = {":version": {"N": str(terms.version)}}
            for number in range(terms.shards):
                key = keys.shard_key(terms.code, number)
                self._write(key, "SET version = :version", NOT_OLDER, version)
        self.fresh_terms(terms.code)
        return Moved()

    def _create(self, terms: CouponTerms) -> bool:
        items = [_terms_item(terms)]
        for number, units in enumerate(split_units(terms.units, terms.shards)):
            items.append(_shard_item(terms, number, units))
        puts: Any = [
            {"Put": {"TableName": self._table, "Item": item, "ConditionExpression": ABSENT}}
            for item in items
        ]
        return self._made(lambda: self._client.transact_write_items(TransactItems=puts))

    def _redefine(self, terms: CouponTerms) -> bool:
        """Write the terms, but not the state, which is not theirs to change."""
        item = _terms_item(terms)
        return self._made(
            lambda: self._client.update_item(
                TableName=self._table,
                Key=keys.terms_key(terms.code),
                UpdateExpression="SET document = :document, version = :version",
                ConditionExpression=NEWER_OR_SAME,
                ExpressionAttributeValues={
                    ":document": item["document"],
                    ":version": item["version"],
                },
            )
        )

    def _made(self, write: Callable[[], object]) -> bool:
        """Return whether *write* was made, or False if its condition was refused."""
        try:
            with store_errors():
                write()
        except ClientError as error:
            if code_of(error) not in REFUSED:
                raise
            return False
        return True

    def set_state(self, code: str, state: CouponState) -> None:
        """Write *state* on the terms and every shard; once a pause returns it holds everywhere.

        Each switch takes a number first, and a shard takes only what has a higher one, so
        that a pause and a resume that cross leave the coupon in one state: the later's. A
        pause shows in the terms first, so that fewer workers try; a resume last, so that
        nobody prices with a coupon whose shards still refuse.
        """
        terms = self.fresh_terms(code)
        if terms is None:
            return
        number = self._take_number(code)
        values = {":state": {"S": state}, ":number": {"N": str(number)}}
        shards = [keys.shard_key(code, shard) for shard in range(terms.shards)]
        parts = [keys.terms_key(code), *shards]
        for key in parts if state is CouponState.PAUSED else reversed(parts):
            self._write(key, "SET #state = :state, switched = :number", LATER_SWITCH, values)
        self.fresh_terms(code)

    def _take_number(self, code: str) -> int:
        with store_errors():
            answer = self._client.update_item(
                TableName=self._table,
                Key=keys.terms_key(code),
                UpdateExpression="ADD switches :one",
                ConditionExpression=EXISTS,
                ExpressionAttributeValues={":one": {"N": "1"}},
                ReturnValues="UPDATED_NEW",
            )
        return int(answer["Attributes"]["switches"]["N"])

    def _write(self, key: keys.Key, update: str, condition: str, values: dict[str, Any]) -> None:
        """Update one item, however many transactions contend for it, within the attempts.

        A refused condition means that something later is there already, which is as good.
        """
        names = {"ExpressionAttributeNames": names} if (names := keys.named(update)) else {}
        attempt = 0
        while True:
            try:
                self._made(
                    lambda: self._client.update_item(
                        TableName=self._table,
                        Key=key,
                        UpdateExpression=update,
                        ConditionExpression=condition,
                        ExpressionAttributeValues=values,
                        **names,  # type: ignore[arg-type]
                    )
                )
            except StoreUnavailableError:
                if not self._backoff.wait(self._clock, attempt):
                    raise
                attempt += 1
            else:
                return


def _terms_item(terms: CouponTerms) -> keys.Key:
    return {
        **keys.terms_key(terms.code),
        "document": {"S": TERMS.dump(replace(terms, state=CouponState.ACTIVE))},
        "version": {"N": str(terms.version)},
        "state": {"S": terms.state},
    }


def _terms_of(item: Item) -> CouponTerms:
    terms = TERMS.load(item["document"]["S"])
    return replace(terms, state=CouponState(item["state"]["S"]))


def _shard_item(terms: CouponTerms, number: int, units: int) -> keys.Key:
    return {
        **keys.shard_key(terms.code, number),
        "left": {"N": str(units)},
        "held": {"N": "0"},
        "redeemed": {"N": "0"},
        "spent": {"N": "0"},
        "version": {"N": str(terms.version)},
        "state": {"S": terms.state},
    }


def _shard_of(item: Item) -> Shard:
    return Shard(
        number=int(item["code"]["S"].rpartition("#")[2]),
        left=int(item["left"]["N"]),
        held=int(item["held"]["N"]),
        redeemed=int(item["redeemed"]["N"]),
        spent=int(item["spent"]["N"]),
    )
