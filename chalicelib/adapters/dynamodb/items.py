"""An intent as an item, and a change of one as an update.

What DynamoDB must compare or index is an attribute of its own; the rest are JSON
documents, which are smaller, and cost no work where nobody looks inside.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from chalicelib.adapters.codec import MODEL_USE, ORDER, PROMISE, QUESTION, REASON, REQUEST
from chalicelib.adapters.dynamodb.keys import STANDS, Key, intent_key, named, spelt
from chalicelib.domain.intent import ANSWERED, Change, Intent, IntentRef, Status
from chalicelib.domain.model_use import NO_USE
from chalicelib.domain.watch import slot_of

Item = Mapping[str, Any]
Update = dict[str, Any]
"""The parameters of an Update, alike for `update_item` and for a transaction."""

DAY_SECONDS = 86_400

KEPT = frozenset({Status.READY, Status.PAYING, Status.CONFIRMED, Status.REFUNDED})
"""Orders, and what holds units that somebody has to give back."""


def item_of(intent: Intent, retention_days: int) -> Key:
    """Return the item of a newly accepted *intent*.

    It is kept *retention_days* unless it becomes a quote or an order, which stay.
    """
    item = {
        **intent_key(intent.ref),
        "fingerprint": {"S": intent.fingerprint},
        "status": {"S": intent.status},
        "turn": {"N": str(intent.turn)},
        "merchant": {"S": intent.merchant},
        "request": {"S": REQUEST.dump(intent.request)},
        "promise": {"S": PROMISE.dump(intent.promise)},
        "accepted_at": {"N": str(intent.accepted_at)},
        "expires_at": {"N": str(intent.expires_at)},
        "watch_slot": {"N": str(slot_of(intent.ref.id))},
        "watch_at": {"N": str(intent.watch_at)},
        "ttl": {"N": str(forgotten_at(intent.accepted_at, retention_days))},
    }
    if intent.run is not None:
        item["run"] = {"S": intent.run}
    return item


def intent_of(item: Item) -> Intent:
    """Return the intent in *item*."""
    return Intent(
        ref=IntentRef(customer_id=item["customer_id"]["S"], id=item["id"]["S"]),
        fingerprint=item["fingerprint"]["S"],
        status=Status(item["status"]["S"]),
        turn=int(item["turn"]["N"]),
        merchant=item["merchant"]["S"],
        request=REQUEST.load(item["request"]["S"]),
        promise=PROMISE.load(item["promise"]["S"]),
        accepted_at=int(item["accepted_at"]["N"]),
        expires_at=int(item["expires_at"]["N"]),
        watch_at=int(item["watch_at"]["N"]),
        unsent="unsent" in item,
        answered_with=item["answered_with"]["S"] if "answered_with" in item else None,
        question=QUESTION.load(item["question"]["S"]) if "question" in item else None,
        order=ORDER.load(item["order"]["S"]) if "order" in item else None,
        held_until=int(item["held_until"]["N"]) if "held_until" in item else None,
        reason=REASON.load(item["reason"]["S"]) if "reason" in item else None,
        settled_at=int(item["settled_at"]["N"]) if "settled_at" in item else None,
        run=item["run"]["S"] if "run" in item else None,
        model_use=MODEL_USE.load(item["model_use"]["S"]) if "model_use" in item else NO_USE,
    )


def forgotten_at(now: int, retention_days: int) -> int:
    """Return when DynamoDB may delete what is of no use after *retention_days*, in its seconds."""
    return now // 1000 + retention_days * DAY_SECONDS


def update_of(change: Change, table: str, retention_days: int) -> Update:
    """Return the conditional update that makes *change*.

    A question and a reason belong to the state that gave them and go with it; an order
    and its hold stay on record. What holds units or is an order is never forgotten; what
    ended otherwise is, *retention_days* after its end.
    """
    given: dict[str, Any] = {"status": {"S": change.status}}
    removed: list[str] = []
    if change.question is not None:
        given["question"] = {"S": QUESTION.dump(change.question)}
    else:
        removed.append("question")
    if change.reason is not None:
        given["reason"] = {"S": REASON.dump(change.reason)}
    else:
        removed.append("reason")
    if change.request is not None:
        given["request"] = {"S": REQUEST.dump(change.request)}
    if change.order is not None:
        given["order"] = {"S": ORDER.dump(change.order)}
    if change.model_use.calls:
        given["model_use"] = {"S": MODEL_USE.dump(change.model_use)}
    for name, number in _numbers(change):
        given[name] = {"N": str(number)}
    if change.status in KEPT:
        removed.append("ttl")
    elif change.status in ANSWERED:
        given["ttl"] = {"N": str(forgotten_at(change.at, retention_days))}
    expression, values, names = _expression(tuple(given), tuple(removed))
    return {
        "TableName": table,
        "Key": intent_key(change.ref),
        "UpdateExpression": expression,
        "ConditionExpression": STANDS,
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": {
            **dict(zip(values, given.values(), strict=True)),
            ":source": {"S": change.source},
            ":turn": {"N": str(change.turn)},
        },
    }


@lru_cache(maxsize=256)
def _expression(
    given: tuple[str, ...], removed: tuple[str, ...]
) -> tuple[str, tuple[str, ...], dict[str, str]]:
    """Return the expression that sets and removes attributes, its values' names, and reserved names.

    There are few, and orders come by the thousand.
    """
    values = tuple(f":new_{name}" for name in given)
    sets = ", ".join(f"{spelt(name)} = {value}" for name, value in zip(given, values, strict=True))
    removes = f" REMOVE {', '.join(map(spelt, removed))}" if removed else ""
    expression = f"SET {sets}{removes}"
    return expression, values, named(expression)


def _numbers(change: Change) -> Iterator[tuple[str, int]]:
    """Yield the numbers that *change* sets. An intent has its answer once: a refund is no new one."""
    if change.held_until is not None:
        yield "held_until", change.held_until
    if change.watch_at is not None:
        yield "watch_at", change.watch_at
    if change.next_turn is not None:
        yield "turn", change.next_turn
    if change.status in ANSWERED and change.source is not Status.CONFIRMED:
        yield "settled_at", change.at
