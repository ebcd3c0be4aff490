"""Unique codes and their batches as items of the coupons table: keys, conditions, contents.

`CODE`, code                     a unique code
`COUPON`, batch#NAME             a batch
`COUPON#batch#NAME`, list#LINE   the codes that an import read, up to that line

Bulk traffic stays off the coupon's own partition key, where its terms lie.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from chalicelib.adapters.dynamodb.items import Item
from chalicelib.adapters.dynamodb.keys import CODE, Key
from chalicelib.domain.codes import CodeBatch, CodeState, Imported, Made

LIST = "list#"

ABSENT = "attribute_not_exists(code)"
"""A code is issued once, whoever adds it, and whatever became of it since."""

STANDS = "done = :done"
"""A batch goes on only from where the maker saw it: never back."""

ISSUED_OF_COUPON = "#state = :issued AND coupon = :coupon"
"""Only what was not used is revoked, and only with its own coupon."""

STATE: Mapping[str, str] = MappingProxyType({"#state": "state"})

HOW_IT_STANDS: Mapping[str, Any] = MappingProxyType(
    {"ProjectionExpression": "code, #state", "ExpressionAttributeNames": dict(STATE)}
)
"""All that an export asks of a code, and half the computing of asking for everything."""

NAME_ONLY: Mapping[str, Any] = MappingProxyType({"ProjectionExpression": "code"})
"""Whether it is there, and nothing else of it."""


def batch_key(coupon: str, name: str) -> Key:
    """Return the key of a batch."""
    return {"code": {"S": coupon}, "part": {"S": f"batch#{name}"}}


def list_partition(coupon: str, name: str) -> str:
    """Return the partition key of what a batch's import read."""
    return f"{coupon}#batch#{name}"


def code_put(table: str, coupon: str, batch: str, code: str, number: int) -> Key:
    """Return the transaction's put that issues *code*; refused, it tells what lies there."""
    return {
        "Put": {
            "TableName": table,
            "Item": {
                "code": {"S": code},
                "part": {"S": CODE},
                "coupon": {"S": coupon},
                "state": {"S": CodeState.ISSUED.value},
                "batch": {"S": batch},
                "number": {"N": str(number)},
            },
            "ConditionExpression": ABSENT,
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
    }


def list_item(batch: CodeBatch, codes: Sequence[str]) -> Key:
    """Return the item of what *batch* grew by on its way to where it stands.

    A thousand codes are 41 KB at most, a tenth of what an item may hold.
    """
    return {
        "code": {"S": list_partition(batch.coupon, batch.name)},
        "part": {"S": f"{LIST}{batch.done:010}"},
        "codes": {"S": " ".join(codes)},
    }


def batch_item(batch: CodeBatch) -> Key:
    """Return the item of *batch*."""
    match batch.source:
        case Made(seed=seed, prefix=prefix, count=count):
            source: dict[str, Any] = {
                "seed": {"B": seed},
                "prefix": {"S": prefix},
                "count": {"N": str(count)},
            }
        case Imported(fingerprint=fingerprint):
            source = {"fingerprint": {"S": fingerprint}}
    return {
        **batch_key(batch.coupon, batch.name),
        **source,
        "kind": {"S": batch.source.kind},
        "created_at": {"N": str(batch.created_at)},
        "created_by": {"S": batch.created_by},
        "done": {"N": str(batch.done)},
        "codes": {"N": str(batch.codes)},
        "refused": {"N": str(batch.refused)},
        "complete": {"BOOL": batch.complete},
    }


def batch_of(item: Item) -> CodeBatch:
    """Return the batch in *item*."""
    if item["kind"]["S"] == "made":
        source: Made | Imported = Made(
            seed=bytes(item["seed"]["B"]),
            prefix=item["prefix"]["S"],
            count=int(item["count"]["N"]),
        )
    else:
        source = Imported(fingerprint=item["fingerprint"]["S"])
    return CodeBatch(
        coupon=item["code"]["S"],
        name=item["part"]["S"].removeprefix("batch#"),
        source=source,
        created_at=int(item["created_at"]["N"]),
        created_by=item["created_by"]["S"],
        done=int(item["done"]["N"]),
        codes=int(item["codes"]["N"]),
        refused=int(item["refused"]["N"]),
        complete=item["complete"]["BOOL"],
    )
