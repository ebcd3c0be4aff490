from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from bench import run_calls, run_ends, run_kills, run_lane, run_memory, run_rate, run_world
from bench.run_lane import Street
from bench.run_world import How
from chalicelib.adapters.dynamodb.runs import DynamoRuns
from chalicelib.application import feed_run
from chalicelib.application.feed_run import FeedRun
from chalicelib.application.listed_lines import Lines
from chalicelib.application.run_ports import send_all
from chalicelib.domain.intent import Intent
from chalicelib.domain.run import Progress, Run, RunState
from simulation.dynamodb.capacity import new_table
from tests.unit.bench.fixed import FIXED

CALLS = 60


def killed(how: How, *, packed: bool = False) -> tuple[int, int]:
    """Return the lines that are lost and twice where a keeper meets its end, at the first call that costs any."""
    for call in range(1, CALLS + 1):
        if any(counts := killed_at(call, how, packed=packed)):
            return counts
    return 0, 0


def killed_at(call: int, how: How, *, packed: bool = False) -> tuple[int, int]:
    """Return the lines that are lost and twice where a keeper meets its end at that call."""
    one = run_kills.world(packed=packed, befalls={call: how})
    one.run()
    return run_kills.counted(one)


def test_every_call_is_tried() -> None:
    """An undisturbed run makes no more of them."""
    one = run_kills.world()
    one.run()
    assert one.made.total() <= CALLS


@pytest.mark.parametrize(
    ("how", "packed"),
    [(How.DIES_BEFORE, False), (How.DIES_AFTER, True), (How.HANGS_AFTER, False)],
)
def test_no_line_is_lost_or_fed_twice(
    how: How,
    packed: bool,  # noqa: FBT001 (a parameter)
) -> None:
    """Whichever call it is at which a keeper dies, or hangs until another one has taken over."""
    assert killed(how, packed=packed) == (0, 0)


def test_a_feeder_that_records_before_it_sends_loses_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """And the figure says so."""
    unsent: list[Intent] = []
    lanes: list[Any] = []
    record = DynamoRuns.record

    def later(rule: FeedRun, intents: Sequence[Intent]) -> bool:
        unsent[:] = intents
        lanes[:] = [rule.lane]
        return False

    def first(
        runs: DynamoRuns, run: Run, progress: Progress, lease_until: int, *, standing: bool = False
    ) -> Run | None:
        recorded = record(runs, run, progress, lease_until, standing=standing)
        while unsent:
            send_all(lanes[0], [unsent.pop(0).pending])
        return recorded

    monkeypatch.setattr(run_world, "INVOCATIONS_MAX", 6)
    monkeypatch.setattr(FeedRun, "_send", later)
    monkeypatch.setattr(DynamoRuns, "record", first)
    lost, twice = killed(How.DIES_BEFORE)
    assert lost > 0
    assert twice == 0


def test_a_feeder_whose_lines_have_new_names_each_time_feeds_some_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And the figure says so."""
    names = count()
    monkeypatch.setattr(feed_run, "line_key", lambda *_: str(next(names)))
    assert any(killed_at(call, How.DIES_BEFORE)[1] for call in range(1, CALLS + 1))


def test_the_figure_of_kills_counts_both() -> None:
    """As two figures that are to be nothing."""
    lost, twice = run_kills.figures(doubles=2, every=False)
    assert (lost.figure, twice.figure) == ("run.kill_anywhere.lost", "run.kill_anywhere.twice")
    assert lost.kept
    assert twice.kept
    assert lost.note.startswith("2 runs of 191 lines")


def test_results_and_orders_agree_under_an_operator() -> None:
    """The figure says how the runs ended, and is nothing."""
    figures = run_ends.figures(seeds=4)
    assert [figure.figure for figure in figures] == ["run.ends.lost", "run.ends.twice"]
    assert all(figure.kept for figure in figures)
    assert figures[0].note.startswith("4 runs of 221 lines")


def test_a_slice_that_is_left_half_fed_when_its_run_ends_is_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As lines that are lost."""
    monkeypatch.setattr(Progress, "is_half_fed", False)
    finish = FeedRun.finish

    def or_not(rule: FeedRun, run: Run, lines: Lines) -> Progress:
        progress = finish(rule, run, lines)
        return progress if run.state is RunState.RUNNING else run.progress

    monkeypatch.setattr(FeedRun, "finish", or_not)
    lost = 0
    for call in range(1, 30):
        acts = {call: run_ends.Act.CANCEL}
        one = run_ends.Operated(acts, {}, packed=False)
        finished = one.finish()
        lost += run_ends.counted(one)[0] + (not finished)
    assert lost > 0


def test_a_line_costs_few_calls() -> None:
    """Most of them the queue's, ten lines to a call, and the table's, a hundred."""
    figure = run_calls.per_line(lines=3_000, slow_lines=500)
    assert 0.12 < figure.value < 0.15
    assert figure.kept


def test_memory_is_measured_in_processes_of_their_own() -> None:
    """However few the lines are, all come through."""
    figure = run_memory.peak(run_memory.begin(1_500), few=1_000)
    assert 0.9 < figure.value < 1.1
    assert "for 1,500 lines" in figure.note


def test_a_measuring_that_fails_is_no_figure() -> None:
    """Nor is one that was stopped."""
    measuring = run_memory.begin(10**6)
    measuring.stop()
    with pytest.raises(RuntimeError, match="not measured"):
        run_memory.peak(measuring, few=10)


def test_a_rate_is_kept() -> None:
    """Through two hand-overs, at a rate that is slow and one that isn't."""
    figure = run_rate.worst(FIXED, rates=(1, 20), seconds=400)
    assert figure.kept
    assert figure.value > 0


def test_a_keeper_is_charged_for_its_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """On less than a whole core it computes longer, and misses what it would have kept."""
    monkeypatch.setattr(run_rate, "memory_mb", lambda: 128)
    slow = replace(FIXED, call_us=8_000)
    assert run_rate.error_percent(slow, 300, 260) < -20
    monkeypatch.undo()
    assert run_rate.memory_mb() == 1_769
    assert run_rate.error_percent(slow, 300, 260) > -5


def test_a_rate_that_is_too_much_is_missed() -> None:
    """A keeper whose calls cost it a tenth of a second can't feed a thousand lines a second."""
    assert run_rate.error_percent(replace(FIXED, call_us=100_000), 1_000, 260) < -50


def test_shoppers_do_not_wait_for_the_lane() -> None:
    """On warmed tables and on new ones, with the window in which a batch fills and without."""
    figures = list(run_lane.ratios(FIXED, seconds=4))
    assert [figure.figure for figure in figures] == [
        "run.live_wait_ratio",
        "run.live_settling_ratio",
        "run.live_wait_ratio.new_tables",
        "run.live_settling_ratio.new_tables",
    ]
    for figure in figures:
        assert figure.kept, figure
        assert figure.value > 0.9


def street(lane_workers: int, lane_writes: float) -> Street:
    """Return what became of shoppers on new tables."""
    one = Street(
        charges=FIXED,
        lane_workers=lane_workers,
        lane_writes=lane_writes,
        live_per_second=200,
        seconds=6,
        limits=new_table(),
        window_ms=0,
    )
    one.run()
    return one


def test_shoppers_wait_where_the_lane_takes_the_tables() -> None:
    """A lane that may take more than new tables have takes what shoppers want, and the wait shows it."""
    assert street(4, 40_000).p99_ms > 1.1 * street(0, 1_500).p99_ms


def test_the_lane_takes_no_more_than_it_may() -> None:
    """Fed and settled, by however many workers: nine write units a line."""
    alone = street(0, 1_500)
    for workers in (2, 8):
        beside = street(workers, 1_500)
        assert beside.lane_per_second == pytest.approx(1_500 / 9, rel=0.15)
        assert beside.writes_per_second - alone.writes_per_second < 1_500 * 1.1
