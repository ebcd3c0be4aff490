"""One trip through the local cloud: the packaged app, deployed by CloudFormation, over HTTP."""

import gzip
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.resolution import Line
from infra.package import package
from local import deploy
from local.api import Api
from local.campaign import Shop
from local.clean import forget
from local.cloud import free_port, running
from local.demo import MERCHANT
from local.places import Places
from local.sample_run import balance, lines
from local.seen import Seen, seen
from local.stack import Stack, bring_up
from local.stand_in import stand_in
from local.texts import NONSENSE, ROUNDABOUT
from ops.__main__ import main as operate
from ops.command import Exit
from rushline_testing.model_server import ModelServer

pytestmark = [pytest.mark.local, pytest.mark.xdist_group("local")]

CUSTOMER = "ada"
ANSWER_SECONDS_MAX = 30
LOOK_AGAIN_SECONDS = 0.2
"""Between two looks at what tells nobody when it is ready."""
POLL_SECONDS_MAX = 1
VISIBILITY_SECONDS = 3
RECEIVES_MAX = 2
NEIGHBOURS = 9
POISON = '{"neither": "an intent", "nor": '


@dataclass(kw_only=True)
class Trip:
    """A stack in a cloud of its own, with one customer and whoever runs the shop."""

    places: Places
    template: Path
    stack: Stack = field(init=False)
    api: Api = field(init=False)
    shop: Shop = field(init=False)
    _open: ExitStack = field(default_factory=ExitStack)

    def start(self) -> None:
        """Start the cloud with the state there is, on a port that happens to be free."""
        cloud = self._open.enter_context(running(self.places, free_port()))
        self.stack = bring_up(self.places, self.template, cloud.endpoint_url)
        self.api = self._open.enter_context(closing(Api(self.stack.api_url)))
        self.shop = Shop(self.api, self.stack.ops_token)

    def stop(self) -> None:
        """Stop the cloud, so that its state is written."""
        self._open.close()

    def post(self, key: str, body: Mapping[str, object]) -> str:
        """Post an intent and return its id."""
        token = self.stack.token(CUSTOMER)
        reply = self.api.call("POST", "/intents", token, dict(body), key=key)
        assert reply.status == 202, reply.text
        return str(reply.json()["id"])

    def look(self, intent_id: str) -> Seen:
        """Return where the intent stands."""
        reply = self.api.call("GET", f"/intents/{intent_id}", self.stack.token(CUSTOMER))
        return seen(CUSTOMER, reply.json())

    def answered(self, intent_id: str) -> Seen:
        """Return the intent once it is answered."""
        until(lambda: self.look(intent_id).status != "accepted")
        return self.look(intent_id)


@pytest.fixture(scope="module")
def trip(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trip]:
    """Yield a running stack with the demo's menu; nothing of it is left afterwards."""
    places = Places(base=tmp_path_factory.mktemp("trip") / "stack")
    places.make()
    # The local cloud takes the dependencies from this environment, so they need no packaging.
    trip = Trip(places=places, template=package(places.package, dependencies=False))
    try:
        trip.start()
        trip.shop.publish_menu()
        yield trip
    finally:
        trip.stop()
        forget(places)


def test_health_names_the_packaged_build(trip: Trip) -> None:
    """What answers is the package, and every table and queue answers it."""
    health = trip.api.call("GET", "/health", "").json()
    packaged = json.loads(trip.template.read_text())["Globals"]["Function"]["Environment"]
    assert health["status"] == "ok"
    assert health["build"] == packaged["Variables"]["BUILD"]


def test_what_people_write_becomes_an_order(trip: Trip) -> None:
    """A text goes through all three stages to an order with prices, and a repeat makes no second."""
    body = {"text": "two large lattes with oat milk and a blueberry muffin please"}
    intent_id = trip.post("text", body)
    assert trip.answered(intent_id).status == "confirmed"
    assert trip.post("text", body) == intent_id
    orders = trip.shop.orders(CUSTOMER, trip.stack.token(CUSTOMER), since="")
    assert [order.id for order in orders].count(intent_id) == 1


def test_coupon_units_follow_orders_and_quotes(trip: Trip) -> None:
    """An order redeems a unit, a quote holds one, and a confirmed quote has redeemed it."""
    coupon = trip.shop.new_coupon()
    items = {"items": [{"sku": "latte", "quantity": 2}], "coupon": coupon}
    ordered = trip.answered(trip.post("items", items))
    assert (ordered.status, ordered.coupon, ordered.discount) == ("confirmed", coupon, 210)
    quoted = trip.answered(trip.post("quote", {**items, "confirm": "review"}))
    assert quoted.status == "ready"
    units = trip.shop.units(coupon)
    assert (units.left, units.held, units.redeemed, units.money_spent) == (98, 1, 1, 210)
    trip.api.call("POST", f"/intents/{quoted.id}/confirm", trip.stack.token(CUSTOMER))
    units = trip.shop.units(coupon)
    assert (units.left, units.held, units.redeemed, units.money_spent) == (98, 0, 2, 420)


def test_a_poison_message_dies_alone(trip: Trip) -> None:
    """An unreadable message ends in the dead letters; the nine in its batch become orders."""
    queue = Intake(trip.stack)
    queue.hurry()
    with_poison = queue.paused(
        lambda: [trip.post(f"by-{n}", {"text": "a latte"}) for n in range(NEIGHBOURS)]
    )
    assert [trip.answered(intent_id).status for intent_id in with_poison] == (
        ["confirmed"] * NEIGHBOURS
    )
    until(lambda: trip.stack.dead_letters() > 0)
    assert queue.dead_letters() == [POISON]
    assert queue.waiting() == 0


def test_state_outlasts_a_restart(trip: Trip) -> None:
    """After a stop and a start on another port, orders are there, and new ones are made."""
    before = trip.answered(trip.post("before", {"text": "an espresso"}))
    first = trip.stack.endpoint_url
    trip.stop()
    trip.start()
    assert trip.stack.endpoint_url != first
    assert not trip.stack.fresh
    assert trip.look(before.id) == before
    assert trip.answered(trip.post("after", {"text": "an espresso"})).status == "confirmed"


def test_a_run_goes_from_its_file_to_its_results(
    trip: Trip, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """By an operator's commands: packed, checked, fed, watched, and it balances with its coupon."""
    for name, value in trip.stack.environment.items():
        monkeypatch.setenv(name, value)
    coupon = trip.shop.new_coupon()
    file, results = tmp_path / "lines.jsonl.gz", tmp_path / "results.jsonl"
    written = "".join(json.dumps(line) + "\n" for line in lines(coupon, 100))
    file.write_bytes(gzip.compress(written.encode()))
    plan = ["--name", "Hundred", "--merchant", MERCHANT, "--per-second", "50"]
    assert operate(["runs", "make", str(file), *plan]) == Exit.OK
    for verb in ("check", "start", "watch"):
        assert operate(["runs", verb, "Hundred"]) == Exit.OK
    assert operate(["runs", "results", "Hundred", "--out", str(results)]) == Exit.OK
    rows = [json.loads(row) for row in results.read_text().splitlines()]
    assert [row["outcome"] for row in rows] == ["confirmed"] * 100
    shown = trip.api.call("GET", f"/coupons/{coupon}", trip.stack.ops_token).json()
    assert shown["units"]["redeemed"] == 30
    assert [line.name for line in balance(rows, shown) if not line.balanced] == []
    assert trip.stack.books(coupon).faults == ()


def test_a_model_can_be_tried(trip: Trip, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model in the environment is asked about what the parser is unsure of, from then on."""
    text = "the usual for a rainy morning"
    with ModelServer({text: [Line(sku="latte", quantity=2)]}) as model:
        monkeypatch.setenv("OPENAI_BASE_URL", model.base_url)
        trip.stack = bring_up(trip.places, trip.template, trip.stack.endpoint_url)
        assert trip.stack.fresh
        assert trip.answered(trip.post("usual", {"text": text})).status == "confirmed"
        assert [asked.text for asked in model.asked] == [text]


def test_a_run_goes_through_the_stand_in_s_batches(
    trip: Trip, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """With the rights of a deployed keeper; a batch is looked at a minute after it was handed in."""
    with ExitStack() as until_then:
        model = stand_in(free_port(), until_then)
        assert model is not None
        url = trip.stack.endpoint_url
        trip.stack = bring_up(trip.places, trip.template, url, model.base_url)
        for name, value in trip.stack.environment.items():
            monkeypatch.setenv(name, value)
        # A text is shown folded, and the stand-in knows it as it was written.
        known = [text for text in ROUNDABOUT if text == text.casefold()]
        texts = [*["a latte"] * 20, *known, *NONSENSE[:2]]
        file, results = tmp_path / "lines.jsonl", tmp_path / "results.jsonl"
        rows = [json.dumps({"customer_id": f"c{n}", "text": t}) for n, t in enumerate(texts)]
        file.write_text("\n".join(rows))
        plan = ["--name", "Late", "--merchant", MERCHANT, "--per-second", "50", "--model", "batch"]
        assert operate(["runs", "make", str(file), *plan]) == Exit.OK
        for verb in ("start", "watch"):
            assert operate(["runs", verb, "Late"]) == Exit.OK
        assert operate(["runs", "results", "Late", "--out", str(results)]) == Exit.OK
    found = Counter(json.loads(row)["outcome"] for row in results.read_text().splitlines())
    assert found == {"confirmed": 20 + len(known), "needs_input": 2}
    assert model.batches is not None
    assert len(model.batches.asked) == len(known) + 2
    assert model.asked == ()
    assert model.batches.files == {}


class Intake:
    """The intents queue of a stack, with the event source that reads it."""

    def __init__(self, stack: Stack) -> None:
        self._outputs = stack.outputs
        self._sqs = deploy.client("sqs", stack.endpoint_url)
        self._lambda = deploy.client("lambda", stack.endpoint_url)

    def hurry(self) -> None:
        """Have a failed message come back in seconds, and die the second time."""
        arn = self._attributes("IntentsDeadLettersUrl", "QueueArn")["QueueArn"]
        redrive = {"deadLetterTargetArn": arn, "maxReceiveCount": RECEIVES_MAX}
        self._sqs.set_queue_attributes(
            QueueUrl=self._outputs["IntentsQueueUrl"],
            Attributes={
                "VisibilityTimeout": str(VISIBILITY_SECONDS),
                "RedrivePolicy": json.dumps(redrive),
            },
        )

    def paused(self, post: Callable[[], list[str]]) -> list[str]:
        """Let nothing be read while *post* posts and a poison message joins, so that all are one batch."""
        function = self._outputs["ResolveFunction"]
        found = self._lambda.list_event_source_mappings(FunctionName=function)
        uuid = found["EventSourceMappings"][0]["UUID"]
        self._lambda.update_event_source_mapping(UUID=uuid, Enabled=False)
        # A poll that is under way is seen nowhere, and takes a message all the same.
        time.sleep(POLL_SECONDS_MAX)
        posted = post()
        self._sqs.send_message(QueueUrl=self._outputs["IntentsQueueUrl"], MessageBody=POISON)
        self._lambda.update_event_source_mapping(UUID=uuid, Enabled=True)
        return posted

    def dead_letters(self) -> list[str]:
        """Take the messages out of the dead-letter queue and return their bodies."""
        url = self._outputs["IntentsDeadLettersUrl"]
        answer = self._sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        return [message["Body"] for message in answer.get("Messages", [])]

    def waiting(self) -> int:
        """Return how many messages are in the queue, or being worked on."""
        names = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
        return sum(int(v) for v in self._attributes("IntentsQueueUrl", *names).values())

    def _attributes(self, output: str, *names: str) -> dict[str, str]:
        url = self._outputs[output]
        answer: Any = self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=list(names))
        return dict(answer["Attributes"])


def until(true: Callable[[], bool]) -> None:
    """Wait until it is *true*; fail when that takes too long."""
    end = time.monotonic() + ANSWER_SECONDS_MAX
    while not true():
        assert time.monotonic() < end, f"not within {ANSWER_SECONDS_MAX} s"
        time.sleep(LOOK_AGAIN_SECONDS)
