import pytest

from chalicelib.domain.pace import RatePlan
from chalicelib.domain.run import Form, Plan, Source
from chalicelib.domain.run_limits import LATEST, plan_faults
from chalicelib.entrypoints.wire.times import moment
from tests.unit.domain.builders import NOW


def faults(**rate: int) -> list[str]:
    """Return the fields at fault of a plan with these times."""
    source = Source(key="file", form=Form.JSON_LINES)
    plan = Plan(
        name="gift", merchant="tea-house", source=source, rate=RatePlan(per_second=1, **rate)
    )
    return [field for field, _ in plan_faults(plan, NOW, batches=False)]


@pytest.mark.parametrize("name", ["opens_at", "closes_at"])
def test_a_time_that_can_t_be_said_is_refused(name: str) -> None:
    """Before 1970, or later than the wire takes: what is made could not be shown."""
    assert moment("2999-12-31T00:00:00Z") == LATEST
    assert faults(**{name: LATEST}) == []
    assert f"rate.{name}" in faults(**{name: LATEST + 1})
    assert f"rate.{name}" in faults(**{name: -1})


def test_a_run_may_open_at_the_epoch() -> None:
    """Which is long ago: at once."""
    assert faults(opens_at=0) == []
