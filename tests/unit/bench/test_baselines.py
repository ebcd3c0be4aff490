from collections.abc import Callable

import pytest

from bench import baselines, rush
from bench.baselines import fixed_shards, idempotency_record, one_by_one
from bench.charges import Charges
from bench.fleet import Fleet
from chalicelib.bootstrap import Services
from chalicelib.domain.intent import Pending, Status
from tests.unit.bench.fixed import FIXED

Way = Callable[[Services, Pending, int], bool]
WORKERS = 8


def fleet(way: Way, *, units: int, orders: int, shards: int, charges: Charges = FIXED) -> Fleet:
    """Return workers that redeem that way."""
    return Fleet(
        charges=charges,
        units=units,
        orders=orders,
        workers=WORKERS,
        shards=shards,
        batch=baselines.BATCH,
        settle=baselines.each(way),
    )


@pytest.mark.parametrize(
    ("way", "shards"), [(one_by_one, 1), (fixed_shards, 64), (idempotency_record, 1)]
)
def test_a_baseline_redeems_what_it_says(way: Way, shards: int) -> None:
    """As many orders as units are gone from the counters, and every one of those who wanted one."""
    made = fleet(way, units=1_000, orders=50, shards=shards)
    made.run()
    assert made.answers.by_status == {Status.CONFIRMED: 50}
    left = sum(item.get("left", 0) for item in made.stack.dynamodb.tables[rush.COUPONS].items())
    assert left == 950


def test_one_counter_is_exact_and_slow() -> None:
    """No unit too many and none too few; about a hundred a second, as conflicts leave it."""
    made = fleet(one_by_one, units=30, orders=40, shards=1)
    made.run()
    assert made.answers.by_status == {Status.CONFIRMED: 30, Status.REJECTED: 10}
    assert made.per_second < 200


def test_shards_that_are_tried_twice_strand_units() -> None:
    """Somebody is told "sold out" while there are units left."""
    made = fleet(fixed_shards, units=320, orders=330, shards=64)
    made.run()
    assert made.answers.by_status.total() == 330
    assert made.answers.confirmed < 320


def test_each_baseline_is_a_figure_without_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shown next to ours, for the same number of workers."""
    for name in ("WARM_MS", "STEADY_MS"):
        monkeypatch.setattr(baselines, name, 300)
    monkeypatch.setattr(baselines, "END_UNITS", 320)
    monkeypatch.setattr(baselines, "END_WANTED", 330)
    figures = baselines.figures(FIXED, workers=WORKERS)
    assert [figure.figure.split(".")[1] for figure in figures] == [
        "one_by_one",
        "idempotency_record",
        "fixed_shards",
    ]
    assert all(figure.reach is None and figure.value > 0 for figure in figures)
    assert "stranded" in figures[2].note
