"""What a settle worker computes, measured, so that simulated workers can be charged for it.

Three parts. botocore, which simulated clients don't run: what a transaction costs it for
the call and for each item, from bare calls that are answered from memory. The function's
frame, which a simulation of the use case doesn't run: reading the event, a line of log and
a count for each order, as the real function takes longer than the use case alone. And the
use case with its adapters, which is metered where it runs. All are this machine's CPU time,
charged as that of a Lambda with one whole vCPU.
"""

import gc
import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from bench import rush
from bench.canned import Asked, ask, canned, cpu_seconds, stop_noting
from chalicelib.adapters.clients import Clients
from chalicelib.bootstrap import Services, install
from rushline_testing.environment import sealed
from rushline_testing.lambdas import Context
from simulation.scheduler import EPOCH_MS, Computing, Scheduler
from simulation.stack import Stack

REPEATS = 5
MESSAGES = 980
BATCH = 98
TRANSACTION = 49
"""Orders with a counted use in one transaction of 100 items."""

Work = Callable[[], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Charges:
    """Microseconds of computing. *metered*: the use case's own time is taken as it runs."""

    call_us: float
    """botocore, for each call."""
    item_us: float
    """botocore, for each item in it."""
    message_us: float
    """The function's frame, for each message."""
    metered: bool = True

    def computing(self) -> Computing:
        """Return what the simulation charges for calls."""
        return Computing(
            measured=self.metered, client_call_us=self.call_us, client_item_us=self.item_us
        )

    @property
    def note(self) -> str:
        """What was charged, for people."""
        return (
            f"botocore {self.call_us:.0f} us a call and {self.item_us:.0f} us an item,"
            f" frame {self.message_us:.0f} us a message"
        )


def measured() -> Charges:
    """Measure, in a few seconds. The use case's own time is left to be metered."""
    with sealed(), _uncollected():
        services, messages = _opened()
        clients = Clients()
        asked = canned(clients.dynamodb)
        # Menu and coupon were read from the simulation; what is built from here on is canned.
        services.clients = clients
        batches = [messages[at : at + BATCH] for at in range(0, MESSAGES, BATCH)]
        stop_at = services.clock.now() + 60_000
        _each(lambda batch: rush.settle(services, batch, stop_at), batches)
        large = [call for call in asked if _items(call) == 2 * TRANSACTION + 2]
        asked.clear()
        _each(lambda message: rush.settle(services, [message], stop_at), messages[:TRANSACTION])
        small = [call for call in asked if call[0] == large[0][0]]
        stop_noting(clients.dynamodb)
        call_us, item_us = _line(clients.dynamodb, small, large)
        with _framed(services) as function:
            events = [_event(batch) for batch in batches]
            bare = _work(lambda batch: rush.settle(services, batch, stop_at), batches)
            whole = _work(function, events)
            frame = median(cpu_seconds(whole) - cpu_seconds(bare) for _ in range(REPEATS))
    return Charges(call_us=call_us, item_us=item_us, message_us=frame / MESSAGES * 1e6)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Collect no garbage meanwhile: it would go through the simulation's items, not a worker's."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def _opened() -> tuple[Services, list[str]]:
    stack = Stack(Scheduler(epoch_ms=EPOCH_MS))
    services = stack.services()
    rush.define(services, units=10**6, shards=1)
    if not rush.is_defined(services):
        msg = "menu or coupon is missing"
        raise RuntimeError(msg)
    return services, list(rush.arrive(stack.dynamodb, range(MESSAGES), EPOCH_MS))


def _line(client: object, small: Sequence[Asked], large: Sequence[Asked]) -> tuple[float, float]:
    """Return what a call costs and what each item adds, in microseconds."""
    few, many = _items(small[0]), _items(large[0])
    ask(client, [*small, *large])
    pairs = [
        (cpu_seconds(_work_of(client, small)), cpu_seconds(_work_of(client, large)))
        for _ in range(REPEATS)
    ]
    small_us = median(one for one, _ in pairs) / len(small) * 1e6
    large_us = median(other for _, other in pairs) / len(large) * 1e6
    item_us = (large_us - small_us) / (many - few)
    return small_us - few * item_us, item_us


def _items(asked: Asked) -> int:
    return len(asked[1].get("TransactItems", ()))


def _work_of(client: object, asked: Sequence[Asked]) -> Work:
    return lambda: ask(client, asked)


def _work(act: Callable[[Any], object], things: Sequence[Any]) -> Work:
    return lambda: _each(act, things)


def _each(act: Callable[[Any], object], things: Sequence[Any]) -> None:
    for thing in things:
        act(thing)


@contextmanager
def _framed(services: Services) -> Iterator[Callable[[Mapping[str, Any]], object]]:
    """Yield the real function upon *services*, its words going nowhere."""
    from chalicelib.entrypoints.application import settle  # noqa: PLC0415 (in the sealed environment alone)
    from chalicelib.entrypoints.observability import logger  # noqa: PLC0415

    context = Context(
        function_name="settle", clock=services.clock, deadline=services.clock.now() + 60_000
    )
    handlers = [h for h in logger.handlers if isinstance(h, logging.StreamHandler)]
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):
        streams = [handler.setStream(nowhere) for handler in handlers]
        install(services)
        try:
            yield lambda event: settle(event, context)
        finally:
            install(None)
            for handler, stream in zip(handlers, streams, strict=True):
                if stream is not None:
                    handler.setStream(stream)


def _event(batch: Sequence[str]) -> dict[str, Any]:
    fixed = {
        "receiptHandle": "handle",
        "attributes": {"ApproximateReceiveCount": "1"},
        "eventSource": "aws:sqs",
    }
    return {
        "Records": [{**fixed, "messageId": f"m{n}", "body": body} for n, body in enumerate(batch)]
    }
