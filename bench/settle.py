"""What settling costs: calls, write units and computing time for each order.

Calls and write units are counted by the simulated DynamoDB, for orders with a coupon that
is limited by customer, in batches of 100, by one worker, after its first batch. The
computing time is a ratio in one run: all that a settle worker does with its messages,
over the bare botocore calls with ready parameters; both are answered from memory.
"""

import gc
from collections.abc import Sequence
from statistics import median

from bench import rush
from bench.canned import ask, canned, cpu_seconds, stop_noting
from bench.figures import Figure
from chalicelib.adapters.clients import Clients
from chalicelib.bootstrap import Services
from rushline_testing.environment import sealed
from simulation.scheduler import Scheduler
from simulation.stack import Stack

BATCH = 100
BATCHES = 10
REPEATS = 7
NOW = 1_800_000_000_000
STOP_AT = NOW + 900_000


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


def _opened(count: int) -> tuple[Stack, Services, list[list[str]]]:
    """Return a simulated stack with the intents on record, a worker's services, and the messages."""
    stack = Stack(Scheduler(epoch_ms=NOW))
    services = stack.services()
    rush.define(services, units=10**6, shards=16)
    messages = list(rush.arrive(stack.dynamodb, range(count), NOW))
    return stack, services, [messages[i : i + BATCH] for i in range(0, count, BATCH)]


def _counted() -> tuple[float, float]:
    """Return DynamoDB's calls and write units for an order."""
    stack, services, batches = _opened((BATCHES + 1) * BATCH)
    rush.settle(services, batches[0], STOP_AT)
    counters = stack.dynamodb.counters
    before = rush.units(services)[1]
    calls, units = counters.calls.total(), counters.write_units.total()
    _settle_all(services, batches[1:])
    calls, units = counters.calls.total() - calls, counters.write_units.total() - units
    made = rush.units(services)[1] - before
    if made != BATCHES * BATCH:
        msg = f"{made} orders of {BATCHES * BATCH} were made"
        raise RuntimeError(msg)
    return calls / made, units / made


def _over_floor() -> float:
    """Return the worker's computing time over that of its bare calls, alternating, by medians."""
    with sealed():
        _, services, batches = _opened(BATCHES * BATCH)
        clients = Clients()
        recorded = canned(clients.dynamodb)
        if not rush.is_defined(services):
            msg = "menu or coupon is missing"
            raise RuntimeError(msg)
        # Menu and coupon were read from the simulation; what is built from here on is answered from memory.
        services.clients = clients
        _settle_all(services, batches)
        calls = list(recorded)
        stop_noting(clients.dynamodb)
        # The simulation's memory is no worker's: it is not to be gone through while we measure.
        gc.collect()
        gc.freeze()
        ratios = []
        for _ in range(REPEATS):
            worker = cpu_seconds(lambda: _settle_all(services, batches))
            floor = cpu_seconds(lambda: ask(clients.dynamodb, calls))
            ratios.append(worker / floor)
        gc.unfreeze()
        return median(ratios)


def _settle_all(services: Services, batches: Sequence[Sequence[str]]) -> None:
    for batch in batches:
        rush.settle(services, batch, STOP_AT)
