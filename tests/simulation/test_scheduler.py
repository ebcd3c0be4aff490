from itertools import pairwise

import pytest

from rushline_testing.faults import CrashError
from simulation.clock import VirtualClock
from simulation.scheduler import EPOCH_MS, Computing, Scheduler
from tests.simulation.steps import add, client, elapsed_ms, service


def test_workers_run_in_the_order_of_their_time() -> None:
    """Whoever is due first goes on first, whoever was started first."""
    scheduler = Scheduler()
    clock = VirtualClock(scheduler)
    seen: list[tuple[int, str]] = []

    def work(name: str, pause: int) -> None:
        for _ in range(3):
            clock.sleep(pause)
            seen.append((clock.now() - EPOCH_MS, name))

    scheduler.spawn(lambda: work("slow", 30))
    scheduler.spawn(lambda: work("quick", 20))
    scheduler.run()
    assert seen == [
        (20, "quick"),
        (30, "slow"),
        (40, "quick"),
        (60, "slow"),
        (60, "quick"),
        (90, "slow"),
    ]


def test_a_run_can_stop_and_go_on() -> None:
    """What is not due yet waits for the next run."""
    scheduler = Scheduler()
    clock = VirtualClock(scheduler)
    worker = scheduler.spawn(lambda: clock.sleep(100))
    scheduler.run(for_ms=50)
    assert (worker.finished, clock.now() - EPOCH_MS) == (False, 50)
    scheduler.run()
    assert (worker.finished, clock.now() - EPOCH_MS) == (True, 100)


def test_outside_of_workers_sleeping_lets_them_run() -> None:
    """A test may turn the clock, and what falls due happens."""
    scheduler = Scheduler()
    clock = VirtualClock(scheduler)
    worker = scheduler.spawn(lambda: clock.sleep(999))
    clock.turn(seconds=1)
    assert worker.finished
    assert clock.now() == EPOCH_MS + 1_000


def test_a_crash_ends_one_worker_and_a_fault_of_ours_the_run() -> None:
    """Lambda outlives a dead environment; a broken test must not go unseen."""
    scheduler = Scheduler()

    def die() -> None:
        raise CrashError

    def fail() -> None:
        raise ZeroDivisionError

    crashed = scheduler.spawn(die)
    scheduler.run()
    assert crashed.crashed
    scheduler.spawn(fail)
    with pytest.raises(ZeroDivisionError):
        scheduler.run()


def test_workers_are_charged_a_fixed_time_for_each_call() -> None:
    """Three calls of 5 ms with 2 ms of computing before each take 21 ms."""
    scheduler = Scheduler(computing=Computing(call_us=2_000))
    dynamodb = client(service(scheduler))
    since = scheduler.now_ns

    def work() -> None:
        for _ in range(3):
            dynamodb.update_item(**add("a"))

    worker = scheduler.spawn(work)
    scheduler.run()
    assert elapsed_ms(scheduler, since) == 21
    assert worker.computed_ns == 6_000_000


def test_what_botocore_would_cost_is_charged_by_call_and_item() -> None:
    """One millisecond for the call and one for each of its two items."""
    scheduler = Scheduler(computing=Computing(client_call_us=1_000, client_item_us=1_000))
    made = service(scheduler)
    since = scheduler.now_ns
    actions = [{"Update": add(name)} for name in "ab"]
    scheduler.spawn(lambda: client(made).transact_write_items(TransactItems=actions))
    scheduler.run()
    assert elapsed_ms(scheduler, since) == 13


def test_workers_are_charged_what_they_compute() -> None:
    """A worker that computes is behind one that doesn't, by its own CPU time and no other's."""
    scheduler = Scheduler(computing=Computing(measured=True, factor=1_000))
    clock = VirtualClock(scheduler)
    woke: dict[str, int] = {}

    def work(name: str, rounds: int) -> None:
        sum(range(rounds))
        clock.sleep(1)
        woke[name] = clock.now()

    busy = scheduler.spawn(lambda: work("busy", 300_000))
    idle = scheduler.spawn(lambda: work("idle", 1))
    scheduler.run()
    assert woke["busy"] > woke["idle"] + 100
    assert busy.computed_ns > 10 * idle.computed_ns


def test_the_simulation_s_own_work_is_nobody_s() -> None:
    """A call with much to do for the model costs its worker no more than one with little."""
    scheduler = Scheduler(computing=Computing(measured=True))
    made = service(scheduler)
    made.seed("t", [{"id": {"S": f"i{n}"}, "blob": {"S": "x" * 2_000}} for n in range(2_000)])
    worker = scheduler.spawn(lambda: client(made).scan(TableName="t"))
    scheduler.run()
    assert worker.computed_ns < 5_000_000


def test_a_worker_past_its_deadline_dies_where_it_next_waits() -> None:
    """As a function that runs out of time: its call has its effect, and it never hears of it."""
    scheduler = Scheduler()
    made = service(scheduler)
    worker = scheduler.spawn(lambda: client(made).update_item(**add("a")))
    worker.deadline_ns = scheduler.now_ns + 1
    scheduler.run()
    assert worker.crashed
    assert len(made.contents("t")) == 1


def test_the_same_seed_draws_the_same() -> None:
    """All chance comes from the seed."""
    draws = [Scheduler(seed=seed).random.random() for seed in (7, 7, 8)]
    assert [one == other for one, other in pairwise(draws)] == [True, False]
