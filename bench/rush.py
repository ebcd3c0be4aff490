"""A rush on one coupon, as the benchmarks know it: the one place that touches what is measured.

The coupon, what is left of it, an intent that wants it, and a batch of messages settled by
the real use case. Whoever changes what a coupon or a settlement is changes it here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from chalicelib.adapters.codec import PENDING
from chalicelib.adapters.dynamodb.items import item_of
from chalicelib.adapters.dynamodb.keys import intent_key, shard_key, uses_key
from chalicelib.application.command_counter import Instruction
from chalicelib.application.ports import CatalogueDraft
from chalicelib.application.settle_lane import Settle
from chalicelib.bootstrap import Services
from chalicelib.domain.catalogue import Item
from chalicelib.domain.command import CommandKind
from chalicelib.domain.coupon import CouponTerms
from chalicelib.domain.discount import Percent
from chalicelib.domain.intent import (
    CouponFallback,
    Intent,
    IntentRef,
    Pending,
    Promise,
    Request,
    Status,
)
from chalicelib.domain.resolution import Line
from simulation.dynamodb.service import DynamoDB

CODE = "SPRING25"
ORDERS = "OrdersTable"
COUPONS = "CouponsTable"
RETENTION_DAYS = 30
DEADLINE_SECONDS = 900

MENU = CatalogueDraft(
    merchant="coffee-house",
    currency="USD",
    items=(Item(sku="latte", name="latte", unit_price=425),),
    groups=(),
    digest="1",
)


def define(services: Services, *, units: int, shards: int) -> None:
    """Put the menu and the coupon on record; a customer may use it once, which is counted."""
    services.catalogues.publish(MENU)
    terms = CouponTerms(
        code=CODE,
        version=1,
        off=Percent(basis_points=2_500),
        units=units,
        shards=shards,
        uses_per_customer=1,
    )
    instruction = Instruction(id="bench", kind=CommandKind.DEFINE, by="bench", why="to measure")
    services.command.define(terms, instruction)


def is_defined(services: Services) -> bool:
    """Return whether menu and coupon are there; a worker remembers them from here on."""
    menu, terms = services.catalogues.current(MENU.merchant), services.counters.terms(CODE)
    return menu is not None and terms is not None


def units(services: Services) -> tuple[int, int]:
    """Return the coupon's units left and redeemed, over all shards."""
    coupon = services.counters.get(CODE)
    if coupon is None:
        return 0, 0
    return sum(s.left for s in coupon.shards), sum(s.redeemed for s in coupon.shards)


def arrive(dynamodb: DynamoDB, numbers: range, now: int) -> Iterator[str]:
    """Put an intent on record for each customer in *numbers*, as of *now* (ms); yield its message.

    A customer that is sold no unit is to be refused, so that nobody's intent stays open.
    """
    first = _intent(numbers.start, now)
    item, message = item_of(first, RETENTION_DAYS), PENDING.dump(first.pending)
    for number in numbers:
        # One intent is put into words; the others differ from it by their names alone.
        ref = _ref(number)
        dynamodb.seed(ORDERS, ({**item, **intent_key(ref)},))
        named = message.replace(first.ref.customer_id, ref.customer_id)
        yield named.replace(first.ref.id, ref.id)


def lines(numbers: range, now: int, run: str) -> list[Intent]:
    """Return the intents that a run's feeder would make for each customer in *numbers*."""
    first = _intent(numbers.start, now)
    return [replace(first, ref=_ref(number), run=run) for number in numbers]


def settle(services: Services, messages: Sequence[str], stop_at: int) -> list[int]:
    """Do what a settle worker does with *messages*; return the places of those to come again."""
    return _settle(services.settle, messages, stop_at)


def settle_lane(services: Services, messages: Sequence[str], stop_at: int) -> list[int]:
    """Do the same as a worker of the lane."""
    return _settle(services.bulk_settle, messages, stop_at)


def _settle(rule: Settle, messages: Sequence[str], stop_at: int) -> list[int]:
    pendings = [PENDING.load(message) for message in messages]
    again = rule(pendings, stop_at).again
    if not again:
        return []
    return [place for place, pending in enumerate(pendings) if pending.ref in again]


def plain_draw(shard: int) -> dict[str, Any]:
    """Return the conditional update that takes a unit off a shard and does nothing else."""
    return {
        "TableName": COUPONS,
        "Key": shard_key(CODE, shard),
        "UpdateExpression": "ADD #left :minus, redeemed :one",
        "ConditionExpression": "#left >= :one",
        "ExpressionAttributeNames": {"#left": "left"},
        "ExpressionAttributeValues": {":minus": {"N": "-1"}, ":one": {"N": "1"}},
    }


def plain_order(pending: Pending, status: Status) -> dict[str, Any]:
    """Return the conditional update that gives an intent its last *status* and no more."""
    return {
        "TableName": ORDERS,
        "Key": intent_key(pending.ref),
        "UpdateExpression": "SET #status = :status",
        "ConditionExpression": "#status = :accepted",
        "ExpressionAttributeNames": {"#status": "status"},
        "ExpressionAttributeValues": {
            ":status": {"S": status},
            ":accepted": {"S": Status.ACCEPTED},
        },
    }


def plain_use(pending: Pending) -> dict[str, Any]:
    """Return the conditional update that counts a customer's one use."""
    return {
        "TableName": ORDERS,
        "Key": uses_key(pending.ref.customer_id, CODE),
        "UpdateExpression": "ADD uses :one",
        "ConditionExpression": "attribute_not_exists(uses)",
        "ExpressionAttributeValues": {":one": {"N": "1"}},
    }


def _ref(number: int) -> IntentRef:
    return IntentRef(customer_id=f"customer-{number:08}", id=f"in_{number:032}")


def _intent(number: int, now: int) -> Intent:
    request = Request(
        lines=(Line(sku="latte", quantity=2),),
        coupons=(CODE,),
        if_coupon_unavailable=CouponFallback.REJECT,
        expires_in_seconds=DEADLINE_SECONDS,
    )
    expires_at = now + DEADLINE_SECONDS * 1_000
    return Intent(
        ref=_ref(number),
        fingerprint="0" * 64,
        status=Status.ACCEPTED,
        turn=0,
        merchant=MENU.merchant,
        request=request,
        promise=Promise(position=1, estimated_wait_seconds=1, expires_at=expires_at),
        accepted_at=now,
        expires_at=expires_at,
        watch_at=now + 60_000,
    )
