"""Keys, attribute names and conditions of the four tables, once and for all.

orders    customer_id, id   an intent and the order it becomes; `uses#CODE`, `first#MERCHANT`
coupons   code, part        of a counter (a coupon's code, or `stock/MERCHANT/SKU`):
                            `COUNTER`: its terms, and each `command#…` on them
                            `COUNTER#nn`: the units of one shard
                            `COUNTER#nn#ledger`: what moved, with that shard first
                            and `UNIQUE`: a unique code of some coupon
control   name              the gate, the breaker, the sweep's mark, the merchants and their menus,
                            `run#ID`: a run; the ids of all, in pages, and of the open ones
readings  key               what the model made of a text, or who is asking it

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

LISTED = "listed"
"""Index of coupons and stocks: of terms only, for nothing else has the attribute."""

TERMS = "terms"
UNITS = "units"
CODE = "code"
COMMANDS = "command#"

NAMES: Mapping[str, str] = MappingProxyType(
    {
        f"#{name}": name
        for name in (
            "by",
            "left",
            "order",
            "owner",
            "request",
            "state",
            "status",
            "ttl",
            "until",
        )
    }
)
"""Attributes whose names DynamoDB reserves."""

ABSENT = "attribute_not_exists(id)"
"""An intent is put on record once."""

STANDS = "#status = :source AND turn = :turn"
"""A change is made only to the intent that it was decided for: same state, same turn."""

UNITS_LEFT = "version <= :version AND #left >= :units"
"""Never oversold; never at terms that were replaced, and so never once a pause has returned."""

MONEY_LEFT = "money_left >= :money"
"""Never past the budget."""

WITHIN_PLAN = "taken <= :most"
"""Never ahead of the plan by which units are given out."""

USE_LEFT = "attribute_not_exists(uses) OR uses < :limit"
"""Never more uses for a customer than the coupon grants."""

THEIRS = "(attribute_not_exists(granted_to) OR granted_to = :customer)"
"""A unique code that was granted to a customer is nobody else's."""

UNUSED = f"#state = :issued AND {THEIRS}"
"""A unique code is used once, and by its customer where it has one. It is granted on the very
same condition: while it can still be used, and to one customer."""

RUN_ABSENT = "attribute_not_exists(fence)"
"""A run is put on record once."""

PAGE_HAS_ROOM = "attribute_not_exists(filled) OR filled < :most"
"""No page of runs' ids outgrows its item."""

PAGE_IS_NEWEST = "attribute_not_exists(newest) OR newest = :newest"
"""A page is turned once."""

RUN_STANDS = "#state = :state"
"""A command changes the run that it was given for."""

RUN_DUE = "(attribute_not_exists(next_at) OR next_at <= :soon OR next_at = :due)"
"""A run that only waits is taken once each time that it wants a keeper, however many are called."""

RUN_FREE = f"lease_until <= :now AND {RUN_DUE} OR taken_by = :call"
"""One keeper at a time. A call that is tried again because its answer was lost took it itself."""

LANE_FREE = "attribute_not_exists(taken_until) OR taken_until <= :now"
"""One feeder of runs at a time takes of the lane's time."""

RUN_KEPT = "fence = :fence"
"""Only the newest keeper's writes count."""

RUN_KEPT_STANDS = f"{RUN_KEPT} AND {RUN_STANDS}"
"""What a keeper ends, no operator has changed meanwhile."""

NOT_MOVED = "moved = :before"
"""A breaker is moved by one worker from where it stands."""

NEVER_MOVED = "attribute_not_exists(moved)"
"""And for the first time by one."""

NO_FIRST = "attribute_not_exists(#by)"
"""A customer has one first order with a merchant."""

FREE = "attribute_not_exists(#until) OR #until <= :now OR #owner = :owner"
"""One worker asks the model about a text at a time, and nobody while there is an answer."""

OWN = "#owner = :owner"
"""A claim is given up by who made it."""


def intent_key(ref: IntentRef) -> Key:
    """Return the key of an intent."""
    return {"customer_id": {"S": ref.customer_id}, "id": {"S": ref.id}}


def uses_key(customer_id: str, code: str) -> Key:
    """Return the key of a customer's count of uses of a coupon."""
    return {"customer_id": {"S": customer_id}, "id": {"S": f"uses#{code}"}}


def first_key(customer_id: str, merchant: str) -> Key:
    """Return the key of the mark that a customer's first order with a merchant leaves."""
    return {"customer_id": {"S": customer_id}, "id": {"S": f"first#{merchant}"}}


def terms_key(counter: str) -> Key:
    """Return the key of a counter's terms."""
    return {"code": {"S": counter}, "part": {"S": TERMS}}


def command_key(counter: str, command: str) -> Key:
    """Return the key of a command on a counter."""
    return {"code": {"S": counter}, "part": {"S": f"{COMMANDS}{command}"}}


def shard_key(counter: str, number: int) -> Key:
    """Return the key of a counter's shard.

    The shard's number is in the partition key: under one partition key all shards would
    share the thousand writes a second of one partition, and be no shards at all.
    """
    return {"code": {"S": f"{counter}#{number:02d}"}, "part": {"S": UNITS}}


def ledger_of(counter: str, number: int) -> str:
    """Return the partition key of the ledger entries that a shard stands first in.

    Not the shard's own: entries would take half of the writes that its partition allows.
    """
    return f"{counter}#{number:02d}#ledger"


def unique_key(unique: str) -> Key:
    """Return the key of a unique code."""
    return {"code": {"S": unique}, "part": {"S": CODE}}


def reading_key(key: str) -> Key:
    """Return the key of what the model made of a text."""
    return {"key": {"S": key}}


def spelt(attribute: str) -> str:
    """Return how an expression names *attribute*."""
    return f"#{attribute}" if f"#{attribute}" in NAMES else attribute


def named(expressions: str) -> dict[str, str]:
    """Return the names that *expressions* use, for ExpressionAttributeNames."""
    return {name: attribute for name, attribute in NAMES.items() if name in expressions}
