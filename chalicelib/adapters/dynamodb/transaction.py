"""One TransactWriteItems: what its items are for, and what a refusal says of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from chalicelib.adapters.aws_errors import CONTENDED, code_of, store_errors
from chalicelib.adapters.dynamodb.items import Item
from chalicelib.domain.coupon import Unavailable
from chalicelib.domain.errors import StoreUnavailableError
from chalicelib.domain.intent import IntentRef
from chalicelib.domain.movement import Guard
from chalicelib.domain.refusal import Barred, Refusal

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

CANCELED = "TransactionCanceledException"
FAILED = "ConditionalCheckFailed"
INVALID = "ValidationException"


class TransactionRefusedError(Exception):
    """One item of a transaction can't be written, today or later: too large, say.

    No outage, so the batch is halved until the one that it is about is alone.
    """


@dataclass(frozen=True, slots=True)
class OfOrder:
    """An item that is an intent."""

    ref: IntentRef


@dataclass(frozen=True, slots=True)
class OfShard:
    """An item that is a shard, and what was asked of it."""

    counter: str
    number: int
    guard: Guard | None


@dataclass(frozen=True, slots=True)
class OfMark:
    """An item that stands for an intent's use of a coupon, and what its refusal means."""

    ref: IntentRef
    coupon: str
    why: Unavailable


@dataclass(frozen=True, slots=True)
class OfLedger:
    """An item that is a new ledger entry."""


Part = OfOrder | OfShard | OfMark | OfLedger
"""What an item of a transaction is for: reasons come back by index."""


def transact(client: "DynamoDBClient", actions: Sequence[Any]) -> Sequence[Item] | None:
    """Return None when all of *actions* were made, else the reasons, by index.

    Raises `StoreUnavailableError` where the table does not answer or throttles the whole.
    """
    try:
        with store_errors():
            client.transact_write_items(TransactItems=list(actions))
    except ClientError as error:
        if code_of(error) == INVALID:
            raise TransactionRefusedError(INVALID) from error
        if code_of(error) != CANCELED:
            raise
        reasons: Any = error.response.get("CancellationReasons", [])
        return list(reasons)
    return None


def transact_unless_refused(
    client: "DynamoDBClient", actions: Sequence[Any]
) -> Sequence[Item] | None:
    """Return None when all of *actions* were made, or the reasons, of which one is a condition's.

    Raises `StoreUnavailableError` for what passes, and `TransactionRefusedError` for what
    can't be written today or later.
    """
    reasons = transact(client, actions)
    if reasons is None or any(reason.get("Code") == FAILED for reason in reasons):
        return reasons
    codes = {reason.get("Code", "None") for reason in reasons} - {"None"}
    lasting = sorted(code for code in codes if not is_contention(code))
    if lasting:
        raise TransactionRefusedError(*lasting)
    msg = "the transaction was contended"
    raise StoreUnavailableError(msg)


def refusal_of(parts: Sequence[Part], reasons: Sequence[Item]) -> Refusal:
    """Read the reasons, which stand in the order of the transaction's items.

    Raises `TransactionRefusedError` for one that no time and no retry mends.
    """
    moved: set[IntentRef] = set()
    barred: dict[IntentRef, Barred] = {}
    short: set[str] = set()
    superseded: set[str] = set()
    busy: set[tuple[str, int]] = set()
    contended = False
    for part, reason in zip(parts, reasons, strict=True):
        code = reason.get("Code", "None")
        if is_contention(code):
            contended = True
            if isinstance(part, OfShard):
                busy.add((part.counter, part.number))
        elif code == FAILED:
            match part:
                case OfOrder(ref):
                    moved.add(ref)
                case OfMark(ref, coupon, why):
                    barred[ref] = Barred(coupon=coupon, why=_told(reason, ref, why))
                case OfShard(counter, _, guard):
                    newer = guard is not None and _version(reason) > guard.version
                    (superseded if newer else short).add(counter)
                case OfLedger():
                    raise TransactionRefusedError(code)
        elif code != "None":
            raise TransactionRefusedError(code)
    return Refusal(
        moved=frozenset(moved),
        barred=barred,
        short=frozenset(short),
        superseded=frozenset(superseded),
        contended=contended,
        busy=frozenset(busy),
    )


def is_contention(code: str) -> bool:
    """Whether a cancellation reason is that others were there at the same time."""
    return code in ("TransactionConflict", "ThrottlingError") or f"{code}Exception" in CONTENDED


def _told(reason: Item, ref: IntentRef, why: Unavailable) -> Unavailable:
    """Return what the customer of *ref* is told: of another customer's code, not even that it exists."""
    item = reason.get("Item") or {}
    if "granted_to" in item and item["granted_to"]["S"] != ref.customer_id:
        return Unavailable.UNKNOWN
    revoked = "state" in item and item["state"]["S"] == "revoked"
    return Unavailable.CODE_REVOKED if revoked else why


def _version(reason: Item) -> int:
    shard = reason.get("Item") or {}
    return int(shard.get("version", {}).get("N", 0))
