import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from simulation.dynamodb.capacity import Limits
from simulation.dynamodb.client import DynamoDBClient
from simulation.dynamodb.retries import Retries
from simulation.faults import Effect, Fault, Faults
from simulation.scheduler import Scheduler
from tests.simulation.steps import add, client, elapsed_ms, hits, refusal, service, together


def retrying(scheduler: Scheduler, *faults: Fault) -> tuple[DynamoDBClient, Retries]:
    """Return a client that tries again as botocore does."""
    retries = Retries(scheduler=scheduler)
    return DynamoDBClient(service(scheduler, faults=Faults(*faults)), retries), retries


def test_a_failed_call_has_no_effect() -> None:
    """A server error before the effect, once."""
    made = service(faults=Faults(Fault(effect=Effect.FAIL, operation="UpdateItem", times=1)))
    assert refusal(lambda: client(made).update_item(**add("a"))) == "InternalServerError"
    client(made).update_item(**add("a"))
    assert hits(made, "a") == 1


def test_a_lost_answer_is_one_whose_effect_stands() -> None:
    """The caller waits until it times out, and can't know."""
    scheduler = Scheduler()
    made = service(scheduler, faults=Faults(Fault(effect=Effect.LOSE_ANSWER, times=1)))
    since = scheduler.now_ns
    with pytest.raises(ReadTimeoutError):
        client(made).update_item(**add("a"))
    assert hits(made, "a") == 1
    assert elapsed_ms(scheduler, since) == 3_005


@pytest.mark.parametrize(("effect", "count"), [(Effect.CRASH_BEFORE, 0), (Effect.CRASH_AFTER, 1)])
def test_a_worker_that_crashes_after_its_call_leaves_the_effect_behind(
    effect: Effect, count: int
) -> None:
    """Before it there is none; after it there is, and nobody heard."""
    scheduler = Scheduler()
    made = service(scheduler, faults=Faults(Fault(effect=effect)))
    worker = scheduler.spawn(lambda: client(made).transact_write_items(**together(add("a"))))
    scheduler.run()
    assert worker.crashed
    assert hits(made, "a") == count


def test_a_fault_strikes_only_what_it_is_meant_for() -> None:
    """By operation, by parameters, and so often."""
    fault = Fault(effect=Effect.FAIL, when=lambda call: "Key" in call, times=2)
    made = service(faults=Faults(fault))
    client(made).put_item(TableName="t", Item={"id": {"S": "a"}})
    for _ in range(2):
        with pytest.raises(ClientError):
            client(made).update_item(**add("a"))
    client(made).update_item(**add("a"))


def test_faults_by_chance_are_the_same_for_the_same_seed() -> None:
    """At a rate, from a generator of their own."""

    def struck(seed: int) -> list[bool]:
        faults = Faults(Fault(effect=Effect.FAIL, rate=0.3), seed=seed)
        return [faults.strike("PutItem", {}) is not None for _ in range(100)]

    assert struck(1) == struck(1) != struck(2)
    assert 15 <= sum(struck(1)) <= 45


def test_a_lost_answer_is_tried_again_and_happens_once() -> None:
    """The token that botocore gives the transaction makes the second try harmless."""
    scheduler = Scheduler()
    calls, retries = retrying(scheduler, Fault(effect=Effect.LOSE_ANSWER, times=1))
    calls.transact_write_items(**together(add("a")))
    assert hits(calls.service, "a") == 1
    assert (retries.retried, retries.quota) == (1, 500)


def test_three_attempts_and_then_the_error_is_the_caller_s() -> None:
    """With pauses of up to one second and up to two between them."""
    scheduler = Scheduler()
    calls, retries = retrying(scheduler, Fault(effect=Effect.FAIL))
    since = scheduler.now_ns
    assert refusal(lambda: calls.update_item(**add("a"))) == "InternalServerError"
    assert calls.service.counters.calls["UpdateItem"] == 3
    assert 15 < elapsed_ms(scheduler, since) < 3_015
    assert (retries.retried, retries.quota) == (2, 490)


def test_a_client_that_fails_too_often_stops_trying_again() -> None:
    """Each retry draws on a quota, and only successes give back."""
    scheduler = Scheduler()
    calls, retries = retrying(scheduler, Fault(effect=Effect.FAIL))
    for _ in range(60):
        assert refusal(lambda: calls.update_item(**add("a"))) == "InternalServerError"
    assert (retries.retried, retries.quota) == (100, 0)


def test_throttling_is_tried_again_and_a_conflict_is_not() -> None:
    """As botocore sorts errors: a cancelled transaction is the caller's to judge."""
    scheduler = Scheduler()
    made = service(scheduler, limits=Limits(partition_writes=1))
    retries = Retries(scheduler=scheduler, attempts_max=9)
    calls = DynamoDBClient(made, retries)
    calls.update_item(**add("a"))
    calls.update_item(**add("a"))
    assert hits(made, "a") == 2
    assert retries.retried >= 1
    before = retries.retried
    code = refusal(lambda: calls.transact_write_items(**together(add("a"))))
    assert (code, retries.retried) == ("TransactionCanceledException", before)
