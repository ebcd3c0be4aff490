from collections.abc import Sequence

import pytest

from chalicelib.application.lane_budget import LaneBudget
from chalicelib.application.settle_lane import SettleLane
from chalicelib.application.settle_orders import Settled
from chalicelib.domain.intent import Pending
from tests.fakes import FakeClock
from tests.fakes.clock import START
from tests.unit.domain.builders import pending

SETTLED = Settled(changes=(), again=frozenset())


@pytest.mark.parametrize(
    ("lines", "workers", "takes_ms", "passes_ms"),
    [(100, 1, 0, 1_000), (100, 2, 0, 2_000), (10, 2, 150, 200), (10, 2, 900, 900), (0, 2, 0, 0)],
)
def test_a_worker_takes_its_time(lines: int, workers: int, takes_ms: int, passes_ms: int) -> None:
    """At 900 units a second, which are 100 lines, each of two workers settles 50: or fewer, if it is slow."""
    clock = FakeClock()

    def settle(_: Sequence[Pending], stop_at: int) -> Settled:
        assert stop_at == START + 22_000
        clock.turn(takes_ms)
        return SETTLED

    budget = LaneBudget(write_units=900, workers=workers)
    rule = SettleLane(settle=settle, budget=budget, clock=clock)
    assert rule([pending()] * lines, START + 22_000) is SETTLED
    assert clock.now() - START == passes_ms


def test_a_worker_does_not_outlive_its_call() -> None:
    """However little the lane may take: what is settled is reported."""
    clock = FakeClock()
    budget = LaneBudget(write_units=9, workers=20)
    rule = SettleLane(settle=lambda *_: SETTLED, budget=budget, clock=clock)
    rule([pending()] * 98, START + 22_000)
    assert clock.now() == START + 22_000
