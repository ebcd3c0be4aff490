"""Keys, attribute names and conditions of the three tables, once and for all.

orders    customer_id, id        an intent and the order it becomes; and `uses#CODE`
coupons   code, part             `CODE`: its terms; `CODE#nn`: the units of one shard
control   name                   the gate, the sweep's mark, the merchants and their menus

One condition guards one invariant, and it stands here by its name.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from chalicelib.domain.intent import IntentRef

Key = dict[str, Any]
"""Attributes by name, in DynamoDB's own form."""

BY_ACCEPTANCE = "by_acceptance"
"""Index of a customer's intents by the time they were accepted."""

WATCH = "watch"
"""Index of intents by slot and the time when the sweep looks after them."""

TERMS = "terms"
UNITS = "units"

NAMES: Mapping[str, str] = MappingProxyType(
    {name: name[1:] for name in ("#left", "#order", "#request", "#state", "#status", "#ttl")}
)
"""Attributes whose names DynamoDB reserves."""

ABSENT = "attribute_not_exists(id)"
"""An intent is put on record once."""

STANDS = "#status = :source AND turn = :turn"
"""A change is made only to the intent that it was decided for: same state, same turn."""

UNITS_LEFT = "#left >= :drawn AND #state = :active AND version <= :version"
"""Never oversold; strict when paused; never at terms that were replaced."""

USE_LEFT = "attribute_not_exists(uses) OR uses < :limit"
"""Never more uses for a customer than the coupon grants."""


def intent_key(ref: IntentRef) -> Key:
    """Return the key of an intent."""
    return {"customer_id": {"S": ref.customer_id}, "id": {"S": ref.id}}


def uses_key(customer_id: str, code: str) -> Key:
    """Return the key of a customer's count of uses of a coupon."""
    return {"customer_id": {"S": customer_id}, "id": {"S": f"uses#{code}"}}


def terms_key(code: str) -> Key:
    """Return the key of a coupon's terms."""
    return {"code": {"S": code}, "part": {"S": TERMS}}


def shard_key(code: str, number: int) -> Key:
    """Return the key of a coupon's shard.

    The shard's number is in the partition key: under one partition key all shards would
    share the thousand writes a second of one partition, and be no shards at all.
    """
    return {"code": {"S": f"{code}#{number:02d}"}, "part": {"S": UNITS}}


def named(expressions: str) -> dict[str, str]:
    """Return the names that *expressions* use, for ExpressionAttributeNames."""
    return {name: attribute for name, attribute in NAMES.items() if name in expressions}
