"""What becomes of an intent, mode by mode, when a real client asks a model on loopback.

From HTTP over the queues to the order. docs/model.md shows this table; the last test
here holds it to that.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from chalicelib.adapters.codec import MODEL_USE
from chalicelib.adapters.model import OpenAIModel
from chalicelib.adapters.sqs import SqsQueue
from chalicelib.application.ports import ModelResult, Task
from chalicelib.bootstrap import Services
from chalicelib.domain.intent import Pending
from chalicelib.domain.model_use import NO_USE, ModelPrices, ModelUse
from chalicelib.domain.resolution import Line
from chalicelib.settings import Settings
from rushline_testing.harness import Rushline
from rushline_testing.model_server import Mode, ModelServer
from tests.integration.steps import order, see

TEXT = "whatever you have that is like a rainy morning"
EXPIRES_SECONDS = 900
SLOW_MS = 300
SLOW_MODES = (Mode.SLOW, Mode.DRIPPING, Mode.DRIPPING_FAILURE)
PRICES = ModelPrices(input=0.25, cached=0.025, output=2.0)
DOCS = Path(__file__).parents[2] / "docs" / "model.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class Became:
    """What became of an intent after one delivery: its status, what was used, when it comes again."""

    status: str
    calls: int = 1
    tokens: int = 0
    again_after: int | None = None


ORDERED = Became(status="confirmed", tokens=1_240)
ASKED = Became(status="needs_input", tokens=1_240)
PUT_OFF = Became(status="accepted", again_after=2)

TABLE = {
    Mode.RIGHT: ORDERED,
    Mode.UNSURE: ASKED,
    Mode.WRONG_SKU: ASKED,
    Mode.WRONG_OPTION: ASKED,
    Mode.ABSURD_QUANTITY: ASKED,
    Mode.INVENTED_PRICE: ASKED,
    Mode.INVENTED_COUPON: ASKED,
    Mode.REFUSAL: ASKED,
    Mode.TRUNCATED: ASKED,
    Mode.FILTERED: ASKED,
    Mode.GARBAGE: ASKED,
    Mode.EMPTY: ASKED,
    Mode.NOT_A_COMPLETION: PUT_OFF,
    Mode.SCHEMA_REJECTED: replace(ORDERED, calls=2),
    Mode.SCHEMA_UNKNOWN: replace(ORDERED, calls=2),
    Mode.ALL_REJECTED: replace(ASKED, calls=2, tokens=0),
    Mode.ERROR_WITH_200: PUT_OFF,
    Mode.UNAUTHORIZED: PUT_OFF,
    Mode.RATE_LIMITED: replace(PUT_OFF, again_after=20),
    Mode.RATE_LIMITED_UNTOLD: PUT_OFF,
    Mode.OVERLOADED: replace(PUT_OFF, again_after=449),
    Mode.FAILING: PUT_OFF,
    Mode.SLOW: PUT_OFF,
    Mode.DRIPPING: PUT_OFF,
    Mode.DRIPPING_FAILURE: PUT_OFF,
    Mode.HANGING_UP: PUT_OFF,
}


JUDGED = {
    mode
    for mode, became in TABLE.items()
    if became.status == "confirmed" or (became.status == "needs_input" and became.tokens)
}
"""The modes in which the model says something of the text, be it a refusal."""


class Hurried:
    """A model that is given less time while it is slow, so that it soon is too slow."""

    def __init__(self, model: OpenAIModel, server: ModelServer) -> None:
        self._model = model
        self._server = server

    def read_all(self, tasks: Sequence[Task]) -> Sequence[ModelResult]:
        """Return what each text means, within a moment where that is too little."""
        if self._server.mode in SLOW_MODES:
            tasks = [replace(task, timeout_ms=SLOW_MS) for task in tasks]
        return self._model.read_all(tasks)


@dataclass(kw_only=True)
class World:
    """A shop whose model is on loopback; *put_off* are the seconds for which messages were."""

    shop: Rushline
    server: ModelServer
    put_off: list[int]

    def used(self, customer: str, intent_id: str) -> ModelUse:
        """Return what the intent took, as its item says."""
        item = self.item(customer, intent_id)
        return MODEL_USE.load(item["model_use"]["S"]) if "model_use" in item else NO_USE

    def item(self, customer: str, intent_id: str) -> dict[str, Any]:
        """Return the intent's item."""
        key = {"customer_id": {"S": customer}, "id": {"S": intent_id}}
        table = self.shop.resources.orders_table
        answer: Any = self.shop.clients.dynamodb.get_item(TableName=table, Key=key)
        found: dict[str, Any] = answer["Item"]
        return found


class Remembering(Rushline):
    """A shop that asks its model as a function does: behind its memory."""

    def _build(self, settings: Settings) -> Services:
        built = Services(settings, clock=self.clock)
        built.clients = self.clients
        return built


@pytest.fixture(params=[False, True], ids=["asked", "remembered"])
def world(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Yield a coffee house that asks a model on loopback, each time or with a memory before it."""
    put_off: list[int] = []
    send, hide = SqsQueue.send, SqsQueue.hide

    def noted_send(queue: SqsQueue, pending: Pending, delay_seconds: int = 0) -> None:
        if delay_seconds:
            put_off.append(delay_seconds)
        send(queue, pending, delay_seconds)

    def noted_hide(queue: SqsQueue, receipt_handles: Sequence[str], seconds: int) -> None:
        put_off.extend([seconds] * len(receipt_handles))
        hide(queue, receipt_handles, seconds)

    monkeypatch.setattr(SqsQueue, "send", noted_send)
    monkeypatch.setattr(SqsQueue, "hide", noted_hide)
    lattes = [Line(sku="latte", quantity=2)]
    with (
        ModelServer({TEXT: lattes}, slow_seconds=SLOW_MS * 4 / 1000) as server,
        OpenAIModel(base_url=server.base_url, api_key="any", model="any") as model,
    ):
        hurried = Hurried(model, server)
        monkeypatch.setattr(Services, "_build_model", lambda _: hurried)
        with (
            Remembering(openai_api_key=SecretStr("any"))
            if request.param
            else Rushline(asking=hurried)
        ) as shop:
            shop.demo()
            yield World(shop=shop, server=server, put_off=put_off)


def post(world: World, customer: str = "alice", **more: Any) -> str:
    """Post an intent that the parser can't settle."""
    return order(world.shop, customer, text=TEXT, expires_in_seconds=EXPIRES_SECONDS, **more)


@pytest.mark.parametrize("mode", list(Mode))
def test_what_becomes_of_an_intent(world: World, mode: Mode) -> None:
    """After one delivery: its status, its calls and tokens, and when it is delivered again."""
    world.server.mode = mode
    intent_id = post(world)
    drained = world.shop.drain(max_rounds=1)
    expected = TABLE[mode]
    assert see(world.shop, "alice", intent_id)["status"] == expected.status
    assert len(world.server.asked) == expected.calls
    assert world.put_off == ([] if expected.again_after is None else [expected.again_after])
    assert drained.left == (expected.status == "accepted")
    if expected.status != "accepted":
        use = world.used("alice", intent_id)
        assert (use.calls, use.input_tokens + use.output_tokens) == (
            expected.calls,
            expected.tokens,
        )


@pytest.mark.parametrize("world", [True], indirect=True)
@pytest.mark.parametrize("mode", [m for m, became in TABLE.items() if not became.again_after])
def test_only_the_model_s_own_word_is_remembered(world: World, mode: Mode) -> None:
    """Of a text that comes again it is asked again, where it said nothing of it the first time."""
    world.server.mode = mode
    post(world, "alice")
    world.shop.drain(max_rounds=1)
    asked = len(world.server.asked)
    world.shop.restart()
    post(world, "bob")
    world.shop.drain(max_rounds=1)
    assert (len(world.server.asked) == asked) == (mode in JUDGED)


@pytest.mark.parametrize("mode", [m for m, became in TABLE.items() if became == PUT_OFF])
def test_who_was_put_off_is_ordered_once_the_model_is_back(world: World, mode: Mode) -> None:
    """With every attempt on its bill, and none among the dead letters."""
    world.server.mode = mode
    intent_id = post(world)
    world.shop.drain(max_rounds=2)
    world.server.mode = Mode.RIGHT
    world.shop.drain()
    assert see(world.shop, "alice", intent_id)["status"] == "confirmed"
    assert world.used("alice", intent_id).calls == len(world.server.asked) == 3
    assert world.shop.queues["resolve"].dead_letters() == []


@pytest.mark.parametrize("mode", [Mode.FAILING, Mode.RATE_LIMITED])
def test_an_outage_without_end_costs_few_calls_and_ends_in_questions(
    world: World, mode: Mode
) -> None:
    """Over half of their time the breaker asks for all of them, now and then."""
    world.server.mode = mode
    ids = [order(world.shop, "alice", text=f"{TEXT}, {n} times") for n in range(8)]
    for _ in range(24):
        world.shop.drain(max_rounds=1)
        world.shop.clock.turn(seconds=20)
    assert {see(world.shop, "alice", one)["status"] for one in ids} == {"needs_input"}
    assert world.shop.queues["resolve"].dead_letters() == []
    # One each at first, and then at most one in all each time that we look.
    assert 8 < len(world.server.asked) < 8 + 24
    assert sum(world.used("alice", one).calls for one in ids) == len(world.server.asked)


def test_a_limit_keeps_the_whole_fleet_from_the_model(world: World) -> None:
    """After one 429 with Retry-After, other workers hide their messages as long, and ask nothing."""
    world.server.mode = Mode.RATE_LIMITED
    post(world, key="first")
    world.shop.drain(max_rounds=1)
    world.shop.restart()
    world.server.mode = Mode.RIGHT
    second = post(world, key="second")
    world.shop.drain(max_rounds=1)
    assert len(world.server.asked) == 1
    assert 15 <= max(world.put_off[1:]) <= 20
    world.shop.clock.turn(seconds=20)
    world.shop.drain()
    assert see(world.shop, "alice", second)["status"] == "confirmed"


def test_what_the_parser_settles_has_nothing_more_on_its_item(world: World) -> None:
    """No call, no attribute: the hot path pays nothing for the accounts."""
    intent_id = order(world.shop, "alice", text="a latte")
    world.shop.drain()
    assert "model_use" not in world.item("alice", intent_id)
    assert world.server.asked == ()


@pytest.mark.parametrize("world", [False], indirect=True)
def test_a_new_turn_adds_to_what_the_earlier_took(world: World) -> None:
    """An intent's bill is that of all its texts, through a question and its answer."""
    world.server.mode = Mode.UNSURE
    intent_id = post(world)
    world.shop.drain()
    assert world.used("alice", intent_id).calls == 1
    world.server.mode = Mode.RIGHT
    path = f"/intents/{intent_id}/answer"
    assert world.shop.client("alice").post(path, {"text": TEXT}).status == 202
    world.shop.drain()
    assert see(world.shop, "alice", intent_id)["status"] == "confirmed"
    assert world.used("alice", intent_id) == ModelUse(
        calls=2, input_tokens=2_400, cached_tokens=2_048, output_tokens=80
    )


@pytest.mark.parametrize(
    ("mode", "asked"),
    [("parser_first", [TEXT]), ("model_always", ["a latte", TEXT]), ("parser_only", [])],
)
def test_a_setting_says_who_reads(mode: str, asked: list[str]) -> None:
    """The parser and then the model, the model always, or the parser alone."""
    with Rushline(reading_mode=mode) as shop:
        shop.demo()
        shop.model.reads("a latte", "latte")
        for text in ("a latte", TEXT):
            order(shop, "alice", text=text)
        shop.drain()
        assert sorted(shop.model.asked) == asked


def test_what_was_used_is_nobody_s_to_see(world: World) -> None:
    """The customer is told nothing of models, calls or what they cost."""
    intent_id = post(world)
    world.shop.drain()
    assert "model_use" in world.item("alice", intent_id)
    assert not [name for name in see(world.shop, "alice", intent_id) if "model" in name]


def rows() -> list[str]:
    """Return the table as docs/model.md shows it."""
    return [_row(mode, became) for mode, became in TABLE.items()]


def _row(mode: Mode, became: Became) -> str:
    again = "" if became.again_after is None else f"{became.again_after} s"
    cells = (f"`{mode}`", became.status, str(became.calls), str(became.tokens), again)
    return f"| {' | '.join(cells)} |".replace("|  |", "| |")


def test_the_docs_show_this_table() -> None:
    """Row by row."""
    shown = [line for line in DOCS.read_text().splitlines() if line.startswith("| `")]
    assert [row for row in rows() if row not in shown] == []
