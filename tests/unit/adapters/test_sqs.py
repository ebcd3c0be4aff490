from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import Any

import pytest

from chalicelib.adapters.codec import PENDING
from chalicelib.adapters.sqs import BATCH_MAX, DEPTH_TTL_MS, HIDE_SECONDS_MAX, SqsQueue
from chalicelib.application.ports import Depth
from chalicelib.domain.errors import StoreUnavailableError
from chalicelib.domain.intent import Pending
from tests.fakes import FakeClock
from tests.unit.adapters.stores import refused
from tests.unit.domain.builders import pending, request

URL = "https://queue.example/intents"


class StubSqs:
    """SQS's answers, as a test wants them; it notes what it was asked."""

    def __init__(self) -> None:
        self.visible, self.in_flight = 7, 0
        self.down = False
        self.refuses: set[str] = set()
        self.bodies: list[str] = []
        self.batches: list[int] = []
        self.readings = 0
        self.groups: list[str | None] = []
        self.delays: list[int] = []
        self.hidden: list[int] = []
        self.delayed = 0

    def _up_or_raise(self) -> None:
        if self.down:
            error = refused("ServiceUnavailable", status=503)
            raise error

    def send_message(
        self,
        *,
        QueueUrl: str,  # noqa: N803
        MessageBody: str,  # noqa: N803
        MessageGroupId: str | None = None,  # noqa: N803
        DelaySeconds: int = 0,  # noqa: N803
    ) -> dict[str, Any]:
        """Take a message."""
        assert QueueUrl == URL
        self.delays.append(DelaySeconds)
        self._up_or_raise()
        self.groups.append(MessageGroupId)
        self.bodies.append(MessageBody)
        return {}

    def send_message_batch(
        self,
        *,
        QueueUrl: str,  # noqa: N803
        Entries: list[dict[str, str]],  # noqa: N803
    ) -> dict[str, Any]:
        """Take the messages of a batch, but for those that are to be refused."""
        assert QueueUrl == URL
        self._up_or_raise()
        self.batches.append(len(Entries))
        self.groups.extend(e.get("MessageGroupId") for e in Entries)
        failed = [e for e in Entries if PENDING.load(e["MessageBody"]).ref.id in self.refuses]
        self.bodies.extend(e["MessageBody"] for e in Entries if e not in failed)
        # SQS names neither list where it would be empty.
        return {"Failed": [{"Id": e["Id"]} for e in failed]} if failed else {}

    def change_message_visibility_batch(
        self,
        *,
        QueueUrl: str,  # noqa: N803
        Entries: list[dict[str, Any]],  # noqa: N803
    ) -> dict[str, Any]:
        """Note for how long messages are hidden."""
        assert QueueUrl == URL
        assert len(Entries) <= BATCH_MAX
        self.hidden.extend(entry["VisibilityTimeout"] for entry in Entries)
        return {}

    def get_queue_attributes(
        self,
        *,
        QueueUrl: str,  # noqa: N803
        AttributeNames: Sequence[str],  # noqa: N803
    ) -> dict[str, Any]:
        """Answer with what was asked for, and no more."""
        assert QueueUrl == URL
        self.readings += 1
        self._up_or_raise()
        counts = {
            "ApproximateNumberOfMessages": str(self.visible),
            "ApproximateNumberOfMessagesNotVisible": str(self.in_flight),
            "ApproximateNumberOfMessagesDelayed": str(self.delayed),
        }
        return {"Attributes": {name: counts[name] for name in AttributeNames}}


@pytest.fixture
def sqs() -> StubSqs:
    """Return an SQS with seven messages that wait."""
    return StubSqs()


@pytest.fixture
def clock() -> FakeClock:
    """Return a clock that stands still."""
    return FakeClock()


@pytest.fixture
def queue(sqs: StubSqs, clock: FakeClock) -> SqsQueue:
    """Return the queue over the stub."""
    client: Any = sqs
    return SqsQueue(client=client, url=URL, clock=clock)


def messages(count: int) -> list[Pending]:
    """Return so many intents on their way."""
    return [pending(id_=f"in_{n}") for n in range(count)]


def test_who_was_refused_of_a_batch_is_named(queue: SqsQueue, sqs: StubSqs) -> None:
    """An answer of 200 may refuse some: those come back to the caller, and only those."""
    sqs.refuses = {"in_3", "in_10", "in_24"}
    sent = messages(25)
    assert {ref.id for ref in queue.send_all(sent)} == sqs.refuses
    assert len(sqs.bodies) == 22
    assert sqs.batches == [BATCH_MAX, BATCH_MAX, 5]


def test_a_batch_that_gets_no_answer_is_refused_whole(queue: SqsQueue, sqs: StubSqs) -> None:
    """An outage names everybody, and raises nothing that would forget them."""
    sqs.down = True
    sent = messages(12)
    assert list(queue.send_all(sent)) == [one.ref for one in sent]


def test_messages_in_a_worker_s_hands_are_counted(queue: SqsQueue, sqs: StubSqs) -> None:
    """They stand before a newcomer too, apart from those that wait."""
    sqs.in_flight = 5
    assert queue.depth() == Depth(waiting=7, in_flight=5)
    assert queue.depth().all == 12


def test_what_was_sent_since_the_last_reading_is_added(
    queue: SqsQueue, sqs: StubSqs, clock: FakeClock
) -> None:
    """Within the second each message counts, but for the refused; then SQS has counted it itself."""
    assert queue.depth().waiting == 7
    queue.send(pending())
    assert queue.depth().waiting == 8
    sqs.refuses = {"in_0", "in_1"}
    queue.send_all(messages(12))
    assert queue.depth().waiting == 18
    assert sqs.readings == 1
    clock.turn(DEPTH_TTL_MS)
    sqs.visible = 11
    assert queue.depth().waiting == 11
    assert sqs.readings == 2


def test_a_queue_is_measured_once_a_second(queue: SqsQueue, sqs: StubSqs, clock: FakeClock) -> None:
    """A rush of acceptances asks SQS no more often than a trickle does."""
    for _ in range(5):
        queue.depth()
    clock.turn(DEPTH_TTL_MS - 1)
    queue.depth()
    assert sqs.readings == 1


def test_while_sqs_does_not_answer_the_last_depth_counts(
    queue: SqsQueue, sqs: StubSqs, clock: FakeClock
) -> None:
    """An outage turns nobody away, asks once a second, and is over when SQS answers again."""
    sqs.in_flight = 2
    queue.depth()
    sqs.down = True
    clock.turn(DEPTH_TTL_MS)
    assert queue.depth() == Depth(waiting=7, in_flight=2)
    assert queue.depth() == Depth(waiting=7, in_flight=2)
    assert sqs.readings == 2
    sqs.down = False
    sqs.visible = 3
    clock.turn(DEPTH_TTL_MS)
    assert queue.depth() == Depth(waiting=3, in_flight=2)


def test_a_depth_that_was_never_known_is_not_made_up(queue: SqsQueue, sqs: StubSqs) -> None:
    """Without a first reading there is nothing to say again."""
    sqs.down = True
    with pytest.raises(StoreUnavailableError):
        queue.depth()


def test_a_message_is_ascii_whatever_was_said(queue: SqsQueue, sqs: StubSqs) -> None:
    """SQS refuses some characters, U+FFFE for one, so every one beyond ASCII travels escaped."""
    said = pending(request(text="två kaffe ☕, 茶を二つ \ufffe\ufffd\U0001f375\x00"))
    queue.send(said)
    queue.send_all([said])
    assert len(sqs.bodies) == 2
    assert all(body.isascii() for body in sqs.bodies)
    assert [PENDING.load(body) for body in sqs.bodies] == [said, said]


@pytest.mark.parametrize(("asked", "told"), [(0, 0), (1, 1), (900, 900), (901, 900)])
def test_a_delay_is_what_sqs_takes(queue: SqsQueue, sqs: StubSqs, asked: int, told: int) -> None:
    """Fifteen minutes at most; whoever comes too soon is put off anew."""
    queue.send(pending(), asked)
    assert sqs.delays == [told]


def test_nothing_is_hidden_longer_than_sqs_allows(queue: SqsQueue, sqs: StubSqs) -> None:
    """An intent may have a day, and SQS refuses more than twelve hours."""
    queue.hide([str(n) for n in range(12)], 86_400)
    queue.hide(["one"], 7)
    assert sqs.hidden == [HIDE_SECONDS_MAX] * 12 + [7]
    assert HIDE_SECONDS_MAX < 12 * 3_600


def test_messages_that_were_put_off_are_counted(queue: SqsQueue, sqs: StubSqs) -> None:
    """They come back before a newcomer's turn is over."""
    sqs.in_flight, sqs.delayed = 5, 3
    assert queue.depth() == Depth(waiting=7, in_flight=8)


def test_a_refused_send_is_said_and_not_counted(queue: SqsQueue, sqs: StubSqs) -> None:
    """Who sends one message learns at once that it was not taken."""
    assert queue.depth().waiting == 7
    sqs.down = True
    with pytest.raises(StoreUnavailableError):
        queue.send(pending())
    assert queue.depth().waiting == 7


def test_the_messages_of_a_run_are_a_group(sqs: StubSqs, clock: FakeClock) -> None:
    """Where the queue is shared by runs; those of no run are in none, nor any elsewhere."""
    client: Any = sqs
    lines = [replace(pending(id_=f"in_{n}"), run="run_1") for n in range(2)]
    for grouped in (True, False):
        queue = SqsQueue(client=client, url=URL, clock=clock, grouped=grouped)
        queue.send_all([*lines, pending()])
        queue.send(lines[0])
    assert sqs.groups == ["run_1", "run_1", None, "run_1", *[None] * 4]
    assert PENDING.load(sqs.bodies[0]) == lines[0]


def test_batches_may_be_sent_side_by_side(sqs: StubSqs, clock: FakeClock) -> None:
    """As many as there are threads at once, and what is refused is told and not counted."""
    client: Any = sqs
    together = Barrier(4, timeout=10)
    sqs.refuses = {"in_3", "in_35"}
    send = sqs.send_message_batch
    client.send_message_batch = lambda **call: (together.wait(), send(**call))[1]
    with ThreadPoolExecutor(4) as pool:
        queue = SqsQueue(client=client, url=URL, clock=clock, pool=pool)
        queue.depth()
        refused = queue.send_all(messages(40))
    assert sorted(ref.id for ref in refused) == ["in_3", "in_35"]
    assert queue.depth().waiting == 7 + 38
