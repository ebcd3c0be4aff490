"""Unique codes made one customer's alone, in the coupons table: the `Grants` port."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from chalicelib.adapters.dynamodb.batch import KEYS_MAX, read_all
from chalicelib.adapters.dynamodb.code_items import STATE
from chalicelib.adapters.dynamodb.items import Item, Update
from chalicelib.adapters.dynamodb.keys import UNUSED, unique_key
from chalicelib.adapters.dynamodb.transaction import FAILED, transact_unless_refused
from chalicelib.application.backoff import Backoff
from chalicelib.application.ports import Clock
from chalicelib.application.run_ports import GrantState
from chalicelib.domain.codes import CODE, CodeState
from chalicelib.domain.drawing import TRANSACTION_ITEMS_MAX
from chalicelib.domain.run_line import Grant

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

HOW_IT_STANDS: Mapping[str, Any] = {
    "ProjectionExpression": "code, #state, granted_to, granted_by",
    "ExpressionAttributeNames": dict(STATE),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamoGrants:
    """A code's customer stands in its item, where settlement's own condition looks."""

    client: "DynamoDBClient"
    table: str
    clock: Clock
    backoff: Backoff

    def grant_all(self, grants: Sequence[Grant], by: str) -> None:
        """Make each code its customer's, a hundred a transaction."""
        firsts: dict[str, str] = {}
        for grant in grants:
            if CODE.fullmatch(grant.code):
                firsts.setdefault(grant.code, grant.customer_id)
        rest = iter(firsts.items())
        while some := dict(islice(rest, TRANSACTION_ITEMS_MAX)):
            self._grant(some, by)

    def _grant(self, owners: Mapping[str, str], by: str) -> None:
        """Make all of *owners* but those whose condition is refused, whom a transaction names."""
        left = dict(owners)
        while left:
            updates = [{"Update": self._update(code, left[code], by)} for code in left]
            reasons = self._transact(updates)
            if reasons is None:
                return
            refused = [
                code
                for code, reason in zip(left, reasons, strict=True)
                if reason.get("Code") == FAILED
            ]
            for code in refused:
                del left[code]

    def _transact(self, updates: Sequence[Any]) -> Sequence[Item] | None:
        return self.backoff.persist(
            self.clock, lambda: transact_unless_refused(self.client, updates)
        )

    def _update(self, code: str, customer_id: str, by: str) -> Update:
        return {
            "TableName": self.table,
            "Key": unique_key(code),
            "UpdateExpression": (
                "SET granted_to = :customer, granted_by = if_not_exists(granted_by, :by)"
            ),
            "ConditionExpression": UNUSED,
            "ExpressionAttributeNames": dict(STATE),
            "ExpressionAttributeValues": {
                ":customer": {"S": customer_id},
                ":by": {"S": by},
                ":issued": {"S": CodeState.ISSUED.value},
            },
        }

    def foreseen(self, grants: Sequence[Grant]) -> Sequence[GrantState]:
        """Return what would become of each, read consistently."""
        found = self._found(grants)
        return [_foreseen(grant, found.get(grant.code)) for grant in grants]

    def granted(self, grants: Sequence[Grant], by: str) -> Sequence[GrantState]:
        """Return what became of each, read consistently."""
        found = self._found(grants)
        return [_state(grant, by, found.get(grant.code)) for grant in grants]

    def _found(self, grants: Sequence[Grant]) -> Mapping[str, Item]:
        codes = dict.fromkeys(grant.code for grant in grants if CODE.fullmatch(grant.code))
        return {item["code"]["S"]: item for item in self._read(list(codes))}

    def _read(self, codes: Sequence[str]) -> Iterator[Item]:
        for start in range(0, len(codes), KEYS_MAX):
            wanted = [unique_key(code) for code in codes[start : start + KEYS_MAX]]
            yield from self._page(wanted)

    def _page(self, wanted: Sequence[Any]) -> Sequence[Item]:
        return self.backoff.persist(
            self.clock, lambda: list(read_all(self.client, self.table, wanted, HOW_IT_STANDS))
        )


def _state(grant: Grant, by: str, item: Item | None) -> GrantState:
    """Return what became of *grant*: what the run itself made of the code stays granted."""
    if item is None:
        return GrantState.CODE_UNKNOWN
    owner = item["granted_to"]["S"] if "granted_to" in item else None
    if owner == grant.customer_id and item["granted_by"]["S"] == by:
        return GrantState.GRANTED
    free = owner is None and item["state"]["S"] == CodeState.ISSUED
    return GrantState.CODE_UNKNOWN if free else _foreseen(grant, item)


def _foreseen(grant: Grant, item: Item | None) -> GrantState:
    """Return what becomes of *grant* if it is made now."""
    if item is None:
        return GrantState.CODE_UNKNOWN
    match CodeState(item["state"]["S"]):
        case CodeState.USED:
            return GrantState.CODE_USED
        case CodeState.REVOKED:
            return GrantState.CODE_REVOKED
        case CodeState.ISSUED:
            owner = item["granted_to"]["S"] if "granted_to" in item else grant.customer_id
            return GrantState.GRANTED if owner == grant.customer_id else GrantState.CODE_TAKEN
