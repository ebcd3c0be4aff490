"""What settling costs: calls, write units and computing time for each order.

Calls and write units are counted by the simulated DynamoDB, for orders with a coupon that
is limited by customer, in batches of 100, by one worker, after its first batch. The
computing time is a ratio in one run: all that a settle worker does with its messages,
over the bare botocore calls with ready parameters; both are answered from memory.
"""

import gc
import time
from collections.abc import Callable, Iterable, Sequence
from statistics import median
from typing import Any, TypeVar

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from bench.figures import Figure
from chalicelib.adapters.clients import Clients
from chalicelib.adapters.codec import PENDING
from chalicelib.adapters.dynamodb.items import item_of
from chalicelib.application.ports import CatalogueDraft
from chalicelib.application.settle_orders import SettleOrders
from chalicelib.bootstrap import Services
from chalicelib.domain.catalogue import Item
from chalicelib.domain.coupon import CouponTerms, Percent
from chalicelib.domain.intent import Intent, IntentRef, Promise, Request, Status
from chalicelib.domain.resolution import Line
from rushline_testing.environment import sealed
from simulation.scheduler import Scheduler
from simulation.stack import Stack

T = TypeVar("T")

BATCH = 100
BATCHES = 10
REPEATS = 7
NOW = 1_800_000_000_000
DEADLINE_MS = 900_000

TERMS = CouponTerms(
    code="SPRING25",
    version=1,
    off=Percent(basis_points=2_500),
    units=10**6,
    shards=16,
    uses_per_customer=1,
)
MENU = CatalogueDraft(
    merchant="coffee-house",
    currency="USD",
    items=(Item(sku="latte", name="latte", unit_price=425),),
    groups=(),
    digest="1",
)


def figures() -> list[Figure]:
    """Measure, in a few seconds."""
    calls, units = _counted()
    return [
        Figure(
            figure="settle.calls_per_order",
            value=calls,
            reach=0.06,
            unit="DynamoDB calls",
            note="counted uses, batches of 100",
        ),
        Figure(
            figure="settle.write_units_per_order",
            value=units,
            reach=4.2,
            unit="write units",
            note="the same orders, nobody contending",
        ),
        Figure(
            figure="settle.cpu_over_floor",
            value=_over_floor(),
            reach=2,
            unit="x bare botocore calls",
            note=f"median of {REPEATS} runs of {BATCHES * BATCH} orders",
        ),
    ]


def _intents(count: int) -> list[Intent]:
    """Return so many intents that want the coupon, each of a customer of its own."""
    request = Request(
        lines=(Line(sku="latte", quantity=2),), coupon=TERMS.code, expires_in_seconds=900
    )
    expires_at = NOW + DEADLINE_MS
    return [
        Intent(
            ref=IntentRef(customer_id=f"customer-{n:08}", id=f"in_{n:032}"),
            fingerprint="0" * 64,
            status=Status.ACCEPTED,
            turn=0,
            merchant=MENU.merchant,
            request=request,
            promise=Promise(position=1, estimated_wait_seconds=1, expires_at=expires_at),
            accepted_at=NOW,
            expires_at=expires_at,
            watch_at=NOW + 60_000,
        )
        for n in range(count)
    ]


def _opened(count: int) -> tuple[Stack, Services, list[list[str]]]:
    """Return a simulated stack with the intents on record, a worker's services, and the messages."""
    stack = Stack(Scheduler(epoch_ms=NOW))
    services = stack.services()
    services.catalogues.publish(MENU)
    services.coupons.define(TERMS)
    intents = _intents(count)
    stack.dynamodb.seed("OrdersTable", [item_of(intent, 30) for intent in intents])
    messages = [PENDING.dump(intent.pending) for intent in intents]
    return stack, services, [messages[i : i + BATCH] for i in range(0, count, BATCH)]


def _settled(settle: SettleOrders, messages: Sequence[str]) -> int:
    """Do what a settle worker does with a batch; return how many orders it made."""
    pendings = [PENDING.load(message) for message in messages]
    return len(settle(pendings, NOW + DEADLINE_MS).changes)


def _counted() -> tuple[float, float]:
    """Return DynamoDB's calls and write units for an order."""
    stack, services, batches = _opened((BATCHES + 1) * BATCH)
    _settled(services.settle, batches[0])
    counters = stack.dynamodb.counters
    calls, units = counters.calls.total(), counters.write_units.total()
    made = sum(_settled(services.settle, batch) for batch in batches[1:])
    if made != BATCHES * BATCH:
        msg = f"{made} orders of {BATCHES * BATCH} were made"
        raise RuntimeError(msg)
    return (
        (counters.calls.total() - calls) / made,
        (counters.write_units.total() - units) / made,
    )


def _over_floor() -> float:
    """Return the worker's computing time over that of its bare calls, alternating, by medians."""
    with sealed():
        _, services, batches = _opened(BATCHES * BATCH)
        clients = Clients()
        recorded = _canned(clients.dynamodb)
        ready = services.catalogues.current(MENU.merchant), services.coupons.terms(TERMS.code)
        if None in ready:
            msg = "menu or coupon is missing"
            raise RuntimeError(msg)
        # Menu and coupon were read from the simulation; what is built from here on is answered from memory.
        services.clients = clients
        settle = services.settle
        for batch in batches:
            _settled(settle, batch)
        calls = list(recorded)
        clients.dynamodb.meta.events.unregister(ASKED, unique_id=ASKED)
        gc.collect()
        ratios = []
        for _ in range(REPEATS):
            worker = _seconds(lambda: _each(batches, lambda batch: _settled(settle, batch)))
            floor = _seconds(lambda: _each(calls, lambda call: _call(clients.dynamodb, *call)))
            ratios.append(worker / floor)
        return median(ratios)


def _canned(client: Any) -> list[tuple[str, dict[str, Any]]]:  # noqa: ANN401 (any boto3 client)
    """Have *client* answer `{}` to everything without a network; return what it is asked."""
    asked: list[tuple[str, dict[str, Any]]] = []

    def answer(request: Any, **_: object) -> AWSResponse:  # noqa: ANN401 (botocore's request)
        class Raw:
            def stream(self, **_: object) -> list[bytes]:
                return [b"{}"]

        return AWSResponse(request.url, 200, HTTPHeaders(), Raw())

    def note(params: dict[str, Any], model: Any, **_: object) -> None:  # noqa: ANN401
        asked.append((model.name, params))

    client.meta.events.register("before-send.dynamodb", answer)
    client.meta.events.register(ASKED, note, unique_id=ASKED)
    return asked


ASKED = "provide-client-params.dynamodb"

_METHODS = {"TransactWriteItems": "transact_write_items", "UpdateItem": "update_item"}


def _call(client: Any, operation: str, params: dict[str, Any]) -> None:  # noqa: ANN401
    getattr(client, _METHODS[operation])(**params)


def _each(things: Iterable[T], work: Callable[[T], object]) -> None:
    for thing in things:
        work(thing)


def _seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start
