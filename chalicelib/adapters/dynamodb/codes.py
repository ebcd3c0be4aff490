"""Unique codes in the coupons table: the `Codes` port.

Codes are put by transactions of 100, each put on the condition that none is there. A million
are 10,000 calls and 2 million write units, $1.25 on demand; 22 s of computing, and on a new
table, which takes 4,000 units a second, eight minutes. So calls go one after the other: more
at once would only be throttled, and take from settlement. The alternatives:

- Single conditional puts: half the units, at a hundred times the calls, 280 s of computing
  and hours of round trips.
- BatchWriteItem: no conditions. The put of a maker that was slow would take a code that was
  redeemed meanwhile back to issued.
- BatchExecuteStatement with PartiQL inserts: half the units, four times the calls, about the
  same computing. Needs rights of its own, and neither simulation nor moto vouches for it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from chalicelib.adapters.aws_errors import REFUSED, code_of, store_errors
from chalicelib.adapters.dynamodb.batch import ALL, KEYS_MAX, read_all
from chalicelib.adapters.dynamodb.code_items import (
    ABSENT,
    HOW_IT_STANDS,
    ISSUED_OF_COUPON,
    LIST,
    NAME_ONLY,
    STANDS,
    STATE,
    batch_item,
    batch_key,
    batch_of,
    code_put,
    list_item,
    list_partition,
)
from chalicelib.adapters.dynamodb.items import Item
from chalicelib.adapters.dynamodb.keys import Key, terms_key, unique_key
from chalicelib.adapters.dynamodb.transaction import FAILED, transact_unless_refused
from chalicelib.application.backoff import Backoff
from chalicelib.application.code_ports import Added
from chalicelib.application.ports import Clock
from chalicelib.domain.codes import CodeBatch, CodeState
from chalicelib.domain.drawing import TRANSACTION_ITEMS_MAX
from chalicelib.domain.errors import StoreUnavailableError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamoCodes:
    """A code is one item; a batch is one, with a list of items where it can't be derived."""

    client: "DynamoDBClient"
    table: str
    clock: Clock
    backoff: Backoff

    def open_batch(self, batch: CodeBatch) -> CodeBatch:
        """Put *batch* on record unless there is one; return the one that stands."""
        put = {"TableName": self.table, "Item": batch_item(batch), "ConditionExpression": ABSENT}
        return batch if self._patiently([{"Put": put}]) is None else self._standing(batch)

    def see_batch(self, coupon: str, name: str) -> CodeBatch | None:
        """Return the batch as it stands now."""
        found = self._read([batch_key(coupon, name)])
        return batch_of(found[0]) if found else None

    def advance_batch(
        self, batch: CodeBatch, onward: CodeBatch, listed: Sequence[str] = ()
    ) -> CodeBatch:
        """Take the batch on, with its list, in one transaction; return it as it then stands."""
        put: dict[str, Any] = {
            "TableName": self.table,
            "Item": batch_item(onward),
            "ConditionExpression": STANDS,
            "ExpressionAttributeValues": {":done": {"N": str(batch.done)}},
        }
        puts = [{"Put": put}]
        if listed:
            puts.append({"Put": {"TableName": self.table, "Item": list_item(onward, listed)}})
        return onward if self._patiently(puts) is None else self._standing(batch)

    def _standing(self, batch: CodeBatch) -> CodeBatch:
        standing = self.see_batch(batch.coupon, batch.name)
        if standing is None:
            msg = "the batch is gone from the table"
            raise StoreUnavailableError(msg)
        return standing

    def listed(self, batch: CodeBatch) -> Iterator[Sequence[str]]:
        """Yield what the batch's advances listed; a page of a megabyte is the most in memory."""
        partition = list_partition(batch.coupon, batch.name)
        query: Any = {
            "TableName": self.table,
            "KeyConditionExpression": "code = :code AND begins_with(part, :list)",
            "ExpressionAttributeValues": {":code": {"S": partition}, ":list": {"S": LIST}},
            "ConsistentRead": True,
        }
        while True:
            page = self.backoff.persist(self.clock, lambda: self._page(query))
            for item in page["Items"]:
                yield item["codes"]["S"].split()
            if "LastEvaluatedKey" not in page:
                return
            query["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def _page(self, query: Any) -> Any:  # noqa: ANN401 (as botocore takes and gives it)
        with store_errors():
            return self.client.query(**query)

    def add(self, coupon: str, batch: str, codes: Mapping[str, int]) -> Added:
        """Issue *codes*, a hundred a transaction."""
        new: dict[str, int] = {}
        known: dict[str, int] = {}
        clashing: dict[str, int] = {}
        rest = iter(codes.items())
        while some := dict(islice(rest, TRANSACTION_ITEMS_MAX)):
            for code, item in self._issue(coupon, batch, some):
                number = some.pop(code)
                if (item["coupon"]["S"], item["batch"]["S"]) == (coupon, batch):
                    known[code] = int(item["number"]["N"])
                else:
                    clashing[code] = number
            new.update(some)
        return Added(new=new, known=known, clashing=clashing)

    def _issue(
        self, coupon: str, batch: str, codes: Mapping[str, int]
    ) -> Sequence[tuple[str, Item]]:
        """Issue all of *codes* but those on record; return these, each with its item.

        A transaction with one code that is there writes none; it names all that are, and is
        made again without them.
        """
        left = dict(codes)
        there: list[tuple[str, Item]] = []
        while left:
            puts = [code_put(self.table, coupon, batch, code, left[code]) for code in left]
            reasons = self._patiently(puts)
            if reasons is None:
                break
            found = [
                (code, reason["Item"])
                for code, reason in zip(left, reasons, strict=True)
                if reason.get("Code") == FAILED
            ]
            for code, _ in found:
                del left[code]
            there.extend(found)
        return there

    def _patiently(self, puts: Sequence[Key]) -> Sequence[Item] | None:
        """Return None once *puts* are made, else the reasons, of which one is a condition's."""
        return self.backoff.persist(self.clock, lambda: transact_unless_refused(self.client, puts))

    def coupons_among(self, codes: Sequence[str]) -> set[str]:
        """Return those of *codes* that are a coupon's own, a hundred a call."""
        found: set[str] = set()
        for start in range(0, len(codes), KEYS_MAX):
            wanted = [terms_key(code) for code in codes[start : start + KEYS_MAX]]
            found.update(item["code"]["S"] for item in self._read(wanted, NAME_ONLY))
        return found

    def states(self, codes: Sequence[str]) -> Mapping[str, CodeState]:
        """Return how *codes* stand."""
        items = self._read([unique_key(code) for code in codes], HOW_IT_STANDS)
        return {item["code"]["S"]: CodeState(item["state"]["S"]) for item in items}

    def _read(self, wanted: Sequence[Key], projection: Mapping[str, Any] = ALL) -> Sequence[Item]:
        return self.backoff.persist(
            self.clock, lambda: list(read_all(self.client, self.table, wanted, projection))
        )

    def revoke(self, coupon: str, code: str) -> CodeState | None:
        """Revoke *code* if it is issued; return its state then."""
        if self.backoff.persist(self.clock, lambda: self._revoked(coupon, code)):
            return CodeState.REVOKED
        found = [item for item in self._read([unique_key(code)]) if item["coupon"]["S"] == coupon]
        return CodeState(found[0]["state"]["S"]) if found else None

    def _revoked(self, coupon: str, code: str) -> bool:
        """Return whether it was made, or False if its condition was refused."""
        try:
            with store_errors():
                self.client.update_item(
                    TableName=self.table,
                    Key=unique_key(code),
                    UpdateExpression="SET #state = :revoked",
                    ConditionExpression=ISSUED_OF_COUPON,
                    ExpressionAttributeNames=dict(STATE),
                    ExpressionAttributeValues={
                        ":issued": {"S": CodeState.ISSUED.value},
                        ":revoked": {"S": CodeState.REVOKED.value},
                        ":coupon": {"S": coupon},
                    },
                )
        except ClientError as error:
            if code_of(error) != REFUSED:
                raise
            return False
        return True
