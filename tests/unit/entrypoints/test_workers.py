from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib.adapters.codec import PENDING
from chalicelib.application.settle_orders import Settled
from chalicelib.bootstrap import install
from chalicelib.domain.errors import StoreUnavailableError
from chalicelib.domain.intent import Pending, Status, move
from chalicelib.domain.model_use import ModelUse
from chalicelib.entrypoints import application
from chalicelib.entrypoints.observability import logger
from rushline_testing.lambdas import Context
from tests.fakes import FakeClock, FakeQueue
from tests.unit.domain.builders import NOW, pending, request

CLOCK = FakeClock()


def event(*bodies: str, receives: int = 1) -> dict[str, Any]:
    """Return a batch as Lambda hands it over; message n has the id n."""
    records = [
        {
            "messageId": str(number),
            "receiptHandle": f"handle-{number}",
            "body": body,
            "attributes": {"ApproximateReceiveCount": str(receives)},
        }
        for number, body in enumerate(bodies)
    ]
    return {"Records": records}


def letters(count: int) -> list[str]:
    """Return so many messages, each with an intent of its own."""
    return [PENDING.dump(pending(id_=f"in_{n}")) for n in range(count)]


class Settling:
    """A settle use case that does as it is told, and remembers its batches."""

    def __init__(self, work: Callable[[Sequence[Pending]], Settled] | None = None) -> None:
        self.batches: list[list[str]] = []
        self._work = work or _all_confirmed

    def __call__(self, pendings: Sequence[Pending], stop_at: int) -> Settled:
        """Note the batch and its time, and do the work."""
        self.stop_at = stop_at
        self.batches.append([one.ref.id for one in pendings])
        return self._work(pendings)


def _all_confirmed(pendings: Sequence[Pending]) -> Settled:
    changes = tuple(move(one, Status.CONFIRMED, NOW) for one in pendings)
    return Settled(changes=changes, again=frozenset())


@pytest.fixture
def queue() -> FakeQueue:
    """Return the settlements queue."""
    return FakeQueue()


@pytest.fixture
def settle(queue: FakeQueue) -> Iterator[Callable[[Settling, dict[str, Any]], list[str]]]:
    """Return a call of the settle worker over a use case; its answer is who has to stay."""

    def call(use_case: Settling, batch: dict[str, Any]) -> list[str]:
        services: Any = SimpleNamespace(
            settle=use_case,
            settlements_queue=queue,
            clock=CLOCK,
            settings=SimpleNamespace(receives_max=5),
        )
        install(services)
        worker: Any = application.settle
        failures = worker(
            batch, Context(function_name="settle", clock=CLOCK, deadline=CLOCK.now() + 30_000)
        )
        return [failure["itemIdentifier"] for failure in failures["batchItemFailures"]]

    yield call
    install(None)


Call = Callable[[Settling, dict[str, Any]], list[str]]


def test_a_batch_is_settled_together(settle: Call) -> None:
    """All readable messages reach the use case in one call, and leave the queue."""
    use_case = Settling()
    assert settle(use_case, event(*letters(9))) == []
    assert [len(batch) for batch in use_case.batches] == [9]


@pytest.mark.parametrize("junk", ["", "{", "[]", '{"ref": 1}', "null", "[" * 100_000])
def test_an_unreadable_message_stays_alone(settle: Call, junk: str) -> None:
    """Its nine neighbours are settled."""
    use_case = Settling()
    bodies = letters(9)
    bodies.insert(4, junk)
    assert settle(use_case, event(*bodies)) == ["4"]
    assert [len(batch) for batch in use_case.batches] == [9]


def test_a_poison_message_does_not_take_its_neighbours_along(settle: Call) -> None:
    """One intent that no code can settle stays, the other ninety-nine are settled."""
    done: list[str] = []

    def work(pendings: Sequence[Pending]) -> Settled:
        ids = [one.ref.id for one in pendings]
        if "in_37" in ids:
            msg = "poison"
            raise ZeroDivisionError(msg)
        done.extend(ids)
        return _all_confirmed(pendings)

    assert settle(Settling(work), event(*letters(100))) == ["37"]
    assert sorted(done) == sorted(f"in_{n}" for n in range(100) if n != 37)


def test_an_outage_keeps_every_message_and_tries_no_halves(settle: Call) -> None:
    """When the store is away, more calls would not help."""

    def work(_: Sequence[Pending]) -> Settled:
        raise StoreUnavailableError

    use_case = Settling(work)
    assert settle(use_case, event(*letters(3))) == ["0", "1", "2"]
    assert len(use_case.batches) == 1


def test_an_unreadable_message_comes_again_soon_too(settle: Call, queue: FakeQueue) -> None:
    """So that it is among the dead letters, and somebody is told, within minutes."""
    settle(Settling(), event("junk", *letters(1)))
    assert queue.hidden == [("handle-0", 2)]


@pytest.mark.parametrize(("receives", "seconds"), [(1, 2), (3, 8), (4, 16)])
def test_who_comes_again_comes_soon_and_later_each_time(
    settle: Call, queue: FakeQueue, receives: int, seconds: int
) -> None:
    """A message is hidden for seconds, not for its whole visibility timeout."""

    def work(pendings: Sequence[Pending]) -> Settled:
        return Settled(changes=(), again=frozenset({pendings[1].ref}))

    assert settle(Settling(work), event(*letters(3), receives=receives)) == ["1"]
    assert queue.hidden == [("handle-1", seconds)]


def test_what_could_not_be_hidden_stays_all_the_same(settle: Call, queue: FakeQueue) -> None:
    """Hiding is for speed; the message is not lost without it."""
    queue.down = True

    def work(pendings: Sequence[Pending]) -> Settled:
        return Settled(changes=(), again=frozenset(one.ref for one in pendings))

    assert settle(Settling(work), event(*letters(2))) == ["0", "1"]


def test_both_copies_of_a_failed_intent_stay(settle: Call) -> None:
    """A duplicate in a batch shares its original's fate."""

    def work(pendings: Sequence[Pending]) -> Settled:
        return Settled(changes=(), again=frozenset({pendings[0].ref}))

    assert settle(Settling(work), event(*(letters(1) * 2))) == ["0", "1"]


def test_no_log_holds_what_a_customer_wrote(settle: Call, caplog: pytest.LogCaptureFixture) -> None:
    """Each settled intent is logged by its id; not even of an unreadable message is there a word."""
    settle(Settling(), event('{"text": "my secret wish"}', *letters(1)))
    written = "".join(logger.registered_formatter.format(record) for record in caplog.records)
    assert '"correlation_id":"in_0"' in written
    assert "message unreadable" in written
    assert "secret wish" not in written


def test_on_its_last_delivery_an_intent_that_must_wait_is_sent_anew(
    settle: Call, queue: FakeQueue
) -> None:
    """An outage makes no dead letters: a fresh copy goes on, and the old one is done with."""

    def work(_: Sequence[Pending]) -> Settled:
        raise StoreUnavailableError

    assert settle(Settling(work), event(*letters(3), receives=5)) == []
    assert [one.ref.id for one in queue.sent] == ["in_0", "in_1", "in_2"]
    queue.full = True
    assert settle(Settling(work), event(*letters(3), receives=5)) == ["0", "1", "2"]


def test_a_poison_message_is_never_sent_anew(settle: Call, queue: FakeQueue) -> None:
    """What no code can settle belongs among the dead letters."""

    def work(_: Sequence[Pending]) -> Settled:
        raise ZeroDivisionError

    assert settle(Settling(work), event(*letters(2), receives=5)) == ["0", "1"]
    assert queue.sent == []


def test_a_worker_stops_in_time_to_report(settle: Call) -> None:
    """Nothing is begun in the last eight seconds of its Lambda."""
    use_case = Settling()
    settle(use_case, event(*letters(1)))
    assert use_case.stop_at == CLOCK.now() + 22_000


def test_a_message_never_sleeps_through_half_its_intent_s_time(
    settle: Call, queue: FakeQueue
) -> None:
    """Then a failing model is given up for a question, for which there must be time."""

    def work(pendings: Sequence[Pending]) -> Settled:
        return Settled(changes=(), again=frozenset(one.ref for one in pendings))

    short = pending(replace(request(), expires_in_seconds=30))
    now = CLOCK.now()
    for gone, wait in [(14, 1), (10, 5), (20, 10), (0, 15), (40, 1)]:
        queued_at = now - gone * 1000
        one = replace(short, accepted_at=queued_at, expires_at=queued_at + 30_000)
        settle(Settling(work), event(PENDING.dump(one), receives=4))
        assert queue.hidden.pop() == ("handle-0", wait)


def test_a_copy_is_made_of_the_newest_letter(settle: Call, queue: FakeQueue) -> None:
    """One from before the customer's answer, behind one from after it, does not take its place."""

    def work(_: Sequence[Pending]) -> Settled:
        raise StoreUnavailableError

    newer, older = (PENDING.dump(pending(turn=turn)) for turn in (1, 0))
    assert settle(Settling(work), event(newer, older, receives=5)) == []
    assert [one.turn for one in queue.sent] == [1]


def test_settling_is_not_held_up_by_what_reading_took(settle: Call, queue: FakeQueue) -> None:
    """Who was hard to read is settled as soon as anybody."""

    def work(pendings: Sequence[Pending]) -> Settled:
        return Settled(changes=(), again=frozenset(one.ref for one in pendings))

    read = replace(pending(), model_use=ModelUse(calls=5))
    now = CLOCK.now()
    read = replace(read, accepted_at=now, expires_at=now + 900_000)
    settle(Settling(work), event(PENDING.dump(read)))
    assert queue.hidden == [("handle-0", 2)]
