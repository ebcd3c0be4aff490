from collections.abc import Collection, Sequence

from rushline_testing.faults import CrashError
from simulation.clock import VirtualClock
from simulation.queue import Message, Queue, SqsClient
from simulation.scheduler import MS, Scheduler
from simulation.worker import Function, Lambda


def queue(scheduler: Scheduler, *, visibility_ms: float = 1_000, duplicates: float = 0) -> Queue:
    """Return a queue whose third delivery is the last."""
    return Queue(
        url="q",
        scheduler=scheduler,
        visibility_ms=visibility_ms,
        duplicates=duplicates,
        receives_max=3,
        dead_letters=Queue(url="dead", scheduler=scheduler),
    )


def bodies(messages: Sequence[Message]) -> list[str]:
    """Return what *messages* say."""
    return [message.body for message in messages]


def test_a_message_that_is_not_deleted_comes_back() -> None:
    """After its visibility timeout; after its last delivery it is a dead letter."""
    scheduler = Scheduler()
    made = queue(scheduler)
    made.send("one")
    for _ in range(3):
        assert bodies(made.receive(10)) == ["one"]
        assert made.receive(10) == []
        scheduler.wait_ns(1_000 * MS)
    assert made.receive(10) == []
    assert made.dead_letters is not None
    assert bodies(made.dead_letters.receive(10)) == ["one"]


def test_a_deleted_message_is_gone_and_a_hidden_one_comes_when_told() -> None:
    """Both by the handle of the delivery."""
    scheduler = Scheduler()
    made = queue(scheduler)
    for body in ("gone", "later"):
        made.send(body)
    gone, later = made.receive(10)
    made.delete(gone.receipt_handle)
    made.hide(later.receipt_handle, 5_000)
    scheduler.wait_ns(4_999 * MS)
    assert made.receive(10) == []
    assert made.waiting() == (0, 1)
    scheduler.wait_ns(1 * MS)
    assert bodies(made.receive(10)) == ["later"]


def test_a_message_that_was_delayed_comes_when_told() -> None:
    """Not before, and until then it counts as in flight."""
    scheduler = Scheduler()
    made = queue(scheduler)
    made.send("later", 5_000)
    scheduler.wait_ns(4_999 * MS)
    assert made.receive(10) == []
    assert made.waiting() == (0, 1)
    scheduler.wait_ns(1 * MS)
    assert bodies(made.receive(10)) == ["later"]


def test_some_messages_come_twice_by_chance() -> None:
    """At the rate that was asked for, and the same ones for the same seed."""

    def twice(seed: int) -> list[str]:
        made = queue(Scheduler(seed=seed), duplicates=0.2)
        for number in range(200):
            made.send(str(number))
        made.receive(200)
        return bodies(made.receive(200))

    assert twice(1) == twice(1) != twice(2)
    assert 20 <= len(twice(1)) <= 60


def test_its_client_speaks_as_boto3_s() -> None:
    """Send, count, receive, hide and delete, by the names of the API."""
    scheduler = Scheduler()
    client = SqsClient(scheduler, [queue(scheduler)])
    entries = [{"Id": str(n), "MessageBody": f"b{n}"} for n in range(3)]
    assert len(client.send_message_batch(QueueUrl="q", Entries=entries)["Successful"]) == 3
    client.send_message(QueueUrl="q", MessageBody="b3")
    got = client.receive_message(QueueUrl="q", MaxNumberOfMessages=2)["Messages"]
    assert [message["Body"] for message in got] == ["b0", "b1"]
    assert got[0]["Attributes"]["ApproximateReceiveCount"] == "1"
    numbers = client.get_queue_attributes(QueueUrl="q", AttributeNames=["All"])["Attributes"]
    assert numbers["ApproximateNumberOfMessages"] == "2"
    assert numbers["ApproximateNumberOfMessagesNotVisible"] == "2"
    client.delete_message(QueueUrl="q", ReceiptHandle=got[0]["ReceiptHandle"])
    hidden = [{"Id": "0", "ReceiptHandle": got[1]["ReceiptHandle"], "VisibilityTimeout": 0}]
    client.change_message_visibility_batch(QueueUrl="q", Entries=hidden)
    assert len(client.receive_message(QueueUrl="q", MaxNumberOfMessages=10)["Messages"]) == 3


class Shop:
    """A function that takes note of its batches and takes 100 ms for each."""

    def __init__(
        self, *, crash_at: int = 0, window_ms: float = 0, timeout_ms: float = 3_000
    ) -> None:
        self.scheduler = Scheduler()
        self.queue = queue(self.scheduler, visibility_ms=500 + 2 * window_ms)
        self.clock = VirtualClock(self.scheduler)
        self.batches: list[list[str]] = []
        self.made: list[int] = []
        self._crash_at = crash_at
        self.function = Lambda(
            self.scheduler,
            self.queue,
            self._make,
            concurrency_max=2,
            batch_max=4,
            window_ms=window_ms,
            timeout_ms=timeout_ms,
        )

    def run(self) -> None:
        """Work until the queue is empty."""
        self.function.start(lambda: not len(self.queue))
        self.scheduler.run()

    def _make(self, number: int) -> Function:
        self.made.append(number)
        return self._work

    def _work(self, batch: Sequence[Message]) -> Collection[str]:
        self.batches.append(bodies(batch))
        if len(self.batches) == self._crash_at:
            raise CrashError
        self.clock.sleep(100)
        return {message.id for message in batch if message.body == "bad" and message.receives < 3}


def test_a_function_works_off_its_queue_in_batches_side_by_side() -> None:
    """Two environments share twelve messages, four at a time, and what failed comes back."""
    shop = Shop()
    for body in ["ok"] * 11 + ["bad"]:
        shop.queue.send(body)
    shop.run()
    assert [len(batch) for batch in shop.batches] == [4, 4, 4, 1, 1]
    assert shop.made == [0, 1]
    assert (shop.function.invocations.messages, shop.function.invocations.failed) == (14, 2)


def test_a_crashed_environment_s_batch_comes_back_to_another() -> None:
    """The batch is redelivered after its visibility timeout; the environment is made anew."""
    shop = Shop(crash_at=1)
    for body in ["ok"] * 4:
        shop.queue.send(body)
    shop.run()
    assert shop.batches == [["ok"] * 4] * 2
    assert shop.function.invocations.crashes == 1
    assert len(shop.made) == 2


def test_a_function_that_runs_out_of_time_has_failed() -> None:
    """It dies where it waits, until its messages are dead letters."""
    shop = Shop(timeout_ms=50)
    shop.queue.send("ok")
    shop.run()
    assert shop.function.invocations.crashes == 3
    assert shop.queue.dead_letters is not None
    assert len(shop.queue.dead_letters) == 1


def test_a_window_waits_for_a_fuller_batch() -> None:
    """What comes within the window after the first message goes with it."""
    shop = Shop(window_ms=1_000)
    shop.queue.send("first")
    shop.scheduler.spawn(lambda: shop.queue.send("second"), in_ms=400)
    shop.run()
    assert shop.batches == [["first", "second"]]
