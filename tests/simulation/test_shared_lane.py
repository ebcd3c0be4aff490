"""Runs that share a lane, in virtual time: the real keepers and adapters, a call at a time."""

from pathlib import Path

import pytest

from bench.run_answers import answering
from bench.run_keepers import READY, TEXTS, Called, keeper, make, stands, start
from chalicelib.application import keep_feed
from chalicelib.application.keep_feed import SLICE_MAX
from chalicelib.entrypoints.wire.run_lines import parse_line
from simulation.clock import VirtualClock
from simulation.queue import Queue, SqsClient
from simulation.scheduler import MS, Scheduler

INVOCATION_MS = 60_000
FULL_SPEED = 5_000
LONG = 1_000


class Shared:
    """A lane that answers so many lines a second, and the runs that are fed into it."""

    def __init__(self, folder: Path, answers: int) -> None:
        self.scheduler = Scheduler()
        self.clock = VirtualClock(self.scheduler)
        self.lane = Queue(url=READY, scheduler=self.scheduler)
        queues = [self.lane, Queue(url=TEXTS, scheduler=self.scheduler)]
        stores = answering(10**6, folder)
        sqs = SqsClient(self.scheduler, queues)
        self.called = Called(dynamodb=stores.dynamodb, sqs=sqs, s3=stores.s3)
        self.longest = 0
        self._each_100_ms = answers // 10
        self._answer()

    def feed(self, run_id: str) -> None:
        """Have keepers keep a new run at full speed, one after the other, from now on."""
        make(self.called, self.clock, per_second=FULL_SPEED, run_id=run_id)
        start(self.called, self.clock, run_id)
        self.scheduler.spawn(lambda: self._keep(run_id), name=run_id)

    def fed(self, run_id: str) -> int:
        """Return how many lines of the run were fed."""
        return stands(self.called, run_id).progress.fed.lines

    def _keep(self, run_id: str) -> None:
        while True:
            keep = keeper(self.called, self.clock)
            kept = keep(run_id, parse_line, self.clock.now() + INVOCATION_MS)
            assert kept.next_at is not None
            self.clock.sleep(max(kept.next_at - self.clock.now(), 0) + 1_000)

    def _answer(self) -> None:
        self.longest = max(self.longest, len(self.lane))
        for message in self.lane.receive(self._each_100_ms):
            self.lane.delete(message.receipt_handle)
        self.scheduler.call_at(self.scheduler.now_ns + 100 * MS, self._answer)


@pytest.fixture(autouse=True)
def _short_lane(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a lane be long at a tenth, for the sake of the tests' time."""
    monkeypatch.setattr(keep_feed, "LANE_MAX", LONG)


@pytest.mark.parametrize("behind_ms", [0, 1_000, 10_000])
def test_two_runs_share_the_lane(behind_ms: int, tmp_path: Path) -> None:
    """At full speed both, in five minutes each has four to six tenths, whoever began."""
    street = Shared(tmp_path, 50)
    street.feed("run_a")
    street.scheduler.run(for_ms=behind_ms)
    street.feed("run_b")
    before = street.fed("run_a")
    street.scheduler.run(for_ms=300_000)
    ours, theirs = street.fed("run_a") - before, street.fed("run_b")
    assert ours + theirs == pytest.approx(15_000 + LONG, rel=0.1)
    assert 0.4 < ours / (ours + theirs) < 0.6


def test_a_run_waits_while_its_lane_is_long(tmp_path: Path) -> None:
    """A slice is what it may be longer by, and the lane never runs dry for it."""
    street = Shared(tmp_path, 200)
    street.feed("run_a")
    street.scheduler.run(for_ms=60_000)
    assert LONG <= street.longest <= LONG + SLICE_MAX
    assert street.fed("run_a") == pytest.approx(60 * 200 + LONG, rel=0.1)
