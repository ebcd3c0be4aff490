from typing import Any

import pytest

from chalicelib.adapters.clients import Clients
from chalicelib.adapters.dynamodb.lane_time import DynamoLaneTime
from chalicelib.application.lane_budget import LaneTime
from rushline_testing.resources import create
from simulation.dynamodb.times import INSTANT
from simulation.scheduler import Scheduler
from simulation.stack import Stack
from tests.fakes.runs import FakeLaneTime
from tests.unit.domain.builders import NOW


@pytest.fixture(params=["dynamodb", "simulation", "memory"])
def lane_time(request: pytest.FixtureRequest, aws: Clients) -> LaneTime:
    """Return the adapter over moto's AWS and the simulated one, and the fake that unit tests trust."""
    match request.param:
        case "dynamodb":
            table = create(aws, "lane-time").control_table
            return DynamoLaneTime(client=aws.dynamodb, table=table)
        case "memory":
            return FakeLaneTime()
        case _:
            stack = Stack(Scheduler(epoch_ms=NOW), times=INSTANT)
            client: Any = stack.services().clients.dynamodb
            return DynamoLaneTime(client=client, table="ControlTable")


def test_the_lane_is_one_feeders_at_a_time(lane_time: LaneTime) -> None:
    """Who comes meanwhile is told when it is free; what nobody took is not saved up."""
    assert lane_time.take(NOW, 700) == NOW
    assert lane_time.take(NOW, 1) == NOW + 700
    assert lane_time.take(NOW + 699, 9_000) == NOW + 700
    assert lane_time.take(NOW + 700, 300) == NOW + 700
    assert lane_time.take(NOW + 800, 300) == NOW + 1_000
    assert lane_time.take(NOW + 60_000, 5) == NOW + 60_000
    assert lane_time.take(NOW + 60_000, 5) == NOW + 60_005
