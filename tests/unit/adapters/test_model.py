"""The model adapter against a server on loopback: what becomes of each way to answer."""

import logging
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from chalicelib.adapters.model import OpenAIModel
from chalicelib.adapters.model.client import CALLS_AT_ONCE_MAX
from chalicelib.adapters.model.endpoint import ANSWER_BYTES_MAX, REJECTED_MAX, Endpoint
from chalicelib.application.ports import (
    Lack,
    ModelReading,
    ModelResult,
    ModelUnavailable,
    ModelUnusable,
    Task,
)
from chalicelib.domain.catalogue import Catalogue, Item, Option, OptionGroup, Select, catalogue_of
from chalicelib.domain.model_use import NO_USE, ModelUse
from chalicelib.domain.resolution import Amount, ChosenOption, Line, OptionRef, Reading
from rushline_testing.model_server import Mode, ModelServer

TEXT = "two big lattes, heaps of foam and hold the sugar, like Zebulon always has"
SECRET_WORD = "Zebulon"
LATTES = Line(
    sku="latte",
    quantity=2,
    options=(
        ChosenOption(group="size", value="large"),
        ChosenOption(group="topping", value="foam", amount=Amount.EXTRA),
    ),
    without=(OptionRef(group="topping", value="sugar"),),
)
HINT = Reading(lines=(), certain=False)
UNSURE = HINT
UNDERSTOOD = Reading(lines=(LATTES,), certain=True)
ONE_CALL = ModelUse(calls=1)
ANSWERED = ModelUse(calls=1, input_tokens=1_200, cached_tokens=1_024, output_tokens=40)
READ = ModelReading(UNDERSTOOD, ANSWERED)
UNTOLD = {
    Mode.NOT_A_COMPLETION,
    Mode.ERROR_WITH_200,
    Mode.UNAUTHORIZED,
    Mode.RATE_LIMITED,
    Mode.RATE_LIMITED_UNTOLD,
    Mode.OVERLOADED,
    Mode.FAILING,
    Mode.HANGING_UP,
}
"""The modes that say nothing of tokens."""

TIMEOUT_MS = 5_000
WAIT_MS = 300
SLACK_SECONDS = 0.7


def _menu(version: int = 1) -> Catalogue:
    size = OptionGroup(
        group="size",
        select=Select.ONE,
        values=(Option(value="small", name="small"), Option(value="large", name="large")),
    )
    topping = OptionGroup(
        group="topping",
        select=Select.MANY,
        values=(Option(value="foam", name="foam"), Option(value="sugar", name="sugar")),
    )
    latte = Item(sku="latte", name="latte", unit_price=300, option_groups=("size", "topping"))
    return catalogue_of("cafe", version, "EUR", (latte,), (size, topping))


def _task(text: str = TEXT, *, timeout_ms: int = TIMEOUT_MS, version: int = 1) -> Task:
    return Task(text=text, catalogue=_menu(version), hint=HINT, timeout_ms=timeout_ms)


def _unasked(why: str) -> ModelUnavailable:
    return ModelUnavailable(why, lack=Lack.UNASKED)


@pytest.fixture
def server() -> Iterator[ModelServer]:
    """Yield a server that reads `TEXT` rightly."""
    with ModelServer({TEXT: [LATTES]}) as running:
        yield running


@pytest.fixture
def model(server: ModelServer) -> Iterator[OpenAIModel]:
    """Yield the adapter, pointed at the server."""
    with OpenAIModel(base_url=server.base_url, api_key="key", model="any") as built:
        yield built


@pytest.mark.parametrize(
    ("mode", "outcome"),
    [
        (Mode.RIGHT, READ),
        (Mode.UNSURE, ModelReading(replace(UNDERSTOOD, certain=False), ANSWERED)),
        (Mode.WRONG_SKU, ModelUnusable("a line that the menu does not offer")),
        (Mode.WRONG_OPTION, ModelUnusable("an option that is not on the menu")),
        (Mode.ABSURD_QUANTITY, ModelUnusable("not the shape asked for: less_than_equal")),
        (Mode.INVENTED_PRICE, ModelUnusable("not the shape asked for: extra_forbidden")),
        (Mode.INVENTED_COUPON, ModelUnusable("not the shape asked for: extra_forbidden")),
        (Mode.REFUSAL, ModelUnusable("refused")),
        (Mode.TRUNCATED, ModelUnusable("cut off")),
        (Mode.FILTERED, ModelUnusable("content filtered")),
        (Mode.GARBAGE, ModelUnusable("not the shape asked for: json_invalid")),
        (Mode.EMPTY, ModelUnusable("empty answer")),
        (Mode.NOT_A_COMPLETION, ModelUnavailable("no chat completion")),
        (Mode.ERROR_WITH_200, ModelUnavailable("an error in place of choices")),
        (Mode.UNAUTHORIZED, ModelUnavailable("HTTP 401")),
        (Mode.RATE_LIMITED, ModelUnavailable("HTTP 429", retry_after_ms=20_000)),
        (Mode.RATE_LIMITED_UNTOLD, ModelUnavailable("HTTP 429")),
        (Mode.OVERLOADED, ModelUnavailable("HTTP 503", retry_after_ms=600_000)),
        (Mode.FAILING, ModelUnavailable("HTTP 500")),
        (Mode.HANGING_UP, ModelUnavailable("RemoteProtocolError")),
    ],
)
def test_each_way_to_answer_has_its_outcome_and_costs_one_request(
    server: ModelServer,
    model: OpenAIModel,
    mode: Mode,
    outcome: ModelResult,
) -> None:
    """Nothing is retried here, and nothing that the model makes up gets through."""
    server.mode = mode
    told = mode not in UNTOLD
    use = ANSWERED if told else ONE_CALL
    assert model.read_all([_task()]) == [replace(outcome, use=use)]
    assert len(server.asked) == 1


@pytest.mark.parametrize("mode", [Mode.SLOW, Mode.DRIPPING, Mode.DRIPPING_FAILURE])
def test_a_slow_endpoint_costs_the_time_given_and_no_more(
    server: ModelServer, model: OpenAIModel, mode: Mode
) -> None:
    """Neither silence nor a byte now and then outlasts the task's time."""
    server.mode = mode
    server.slow_seconds = 2
    began = time.monotonic()
    assert model.read_all([_task(timeout_ms=WAIT_MS)]) == [
        ModelUnavailable("timed out", use=ONE_CALL)
    ]
    assert WAIT_MS / 1000 <= time.monotonic() - began < WAIT_MS / 1000 + SLACK_SECONDS


@pytest.mark.parametrize("mode", [Mode.SLOW, Mode.DRIPPING])
def test_a_slow_endpoint_keeps_no_thread_either(server: ModelServer, mode: Mode) -> None:
    """The call itself ends with its time, so that slow calls don't fill the pool."""
    server.mode = mode
    server.slow_seconds = 3
    with closing(Endpoint(base_url=server.base_url, api_key="key", model="any")) as endpoint:
        began = time.monotonic()
        answer = endpoint.complete("JSON", '"text"', {"type": "json_object"}, began + 0.3)
        assert answer == ModelUnavailable("timed out", use=ONE_CALL)
        assert time.monotonic() - began < 0.3 + SLACK_SECONDS


def test_an_endless_answer_is_not_read_to_its_end(server: ModelServer, model: OpenAIModel) -> None:
    """No answer takes more memory than an order can need."""
    server.script = {TEXT: [LATTES] * (ANSWER_BYTES_MAX // 100)}
    assert model.read_all([_task()]) == [
        ModelUnusable("too long an answer", use=ONE_CALL, judged=False)
    ]


@pytest.mark.parametrize("timeouts_ms", [(WAIT_MS, TIMEOUT_MS), (TIMEOUT_MS, WAIT_MS)])
def test_equal_texts_share_a_call_and_the_longest_time(
    server: ModelServer, model: OpenAIModel, timeouts_ms: tuple[int, int]
) -> None:
    """One call answers both, with the time of the one that has more, whichever comes first."""
    server.mode = Mode.SLOW
    server.slow_seconds = WAIT_MS * 3 / 1000
    tasks = [_task(timeout_ms=timeout_ms) for timeout_ms in timeouts_ms]
    assert model.read_all(tasks) == [READ, replace(READ, use=NO_USE)]
    assert len(server.asked) == 1


def test_a_text_is_asked_once_for_each_version_of_the_menu(
    server: ModelServer, model: OpenAIModel
) -> None:
    """Equal texts ask once, in whatever order; another version or text asks anew."""
    tasks = [_task(), _task("hello"), _task(), _task(version=2), _task("hello")]
    unsure = ModelReading(UNSURE, ANSWERED)
    again = [replace(one, use=NO_USE) for one in (READ, unsure)]
    assert model.read_all(tasks) == [READ, unsure, again[0], READ, again[1]]
    assert sorted(asked.text for asked in server.asked) == sorted([TEXT, TEXT, "hello"])


def test_calls_run_side_by_side_up_to_the_limit(server: ModelServer, model: OpenAIModel) -> None:
    """Twice as many texts as may be asked at once never exceed the limit, and keep their order."""
    texts = [f"text {number}" for number in range(CALLS_AT_ONCE_MAX * 2)]
    server.script = {text: [Line(sku="latte", quantity=n)] for n, text in enumerate(texts, 1)}
    server.mode = Mode.SLOW
    server.slow_seconds = 0.3
    read = model.read_all([_task(text) for text in texts])
    quantities = [one.reading.lines[0].quantity for one in read if isinstance(one, ModelReading)]
    assert quantities == list(range(1, len(texts) + 1))
    assert 1 < server.at_once_max <= CALLS_AT_ONCE_MAX


@pytest.mark.parametrize("mode", [Mode.SCHEMA_REJECTED, Mode.SCHEMA_UNKNOWN])
def test_an_endpoint_without_schemas_is_asked_for_json_and_remembered(
    server: ModelServer, model: OpenAIModel, mode: Mode
) -> None:
    """The first text costs a second request, later ones do not, and the check stays the same."""
    server.mode = mode
    two_calls = ANSWERED + ONE_CALL
    assert model.read_all([_task()]) == [ModelReading(UNDERSTOOD, two_calls)]
    server.mode = Mode.INVENTED_COUPON
    assert model.read_all([_task()]) == [
        ModelUnusable("not the shape asked for: extra_forbidden", use=ANSWERED),
    ]
    formats = [asked.format for asked in server.asked]
    assert formats == ["json_schema", "json_object", "json_object"]


def test_a_long_menu_of_which_nothing_is_named_is_not_sent(
    server: ModelServer, model: OpenAIModel
) -> None:
    """The customer is asked; that is no word of the model's on the text."""
    items = tuple(Item(sku=f"item-{n}", name=f"item {n}", unit_price=1) for n in range(2_000))
    task = replace(_task(), catalogue=catalogue_of("cafe", 1, "EUR", items, ()))
    (result,) = model.read_all([task])
    assert result == ModelUnusable("nothing on a long menu is a candidate", judged=False)
    assert server.asked == ()


def test_an_endpoint_that_rejects_everything_is_not_remembered_for_it(
    server: ModelServer, model: OpenAIModel
) -> None:
    """One text that the endpoint won't have does not cost the others their schema."""
    server.mode = Mode.ALL_REJECTED
    rejected = ModelUnusable("HTTP 400", use=ModelUse(calls=2), judged=False)
    assert model.read_all([_task()]) == [rejected]
    server.mode = Mode.RIGHT
    assert model.read_all([_task()]) == [READ]
    assert server.asked[-1].format == "json_schema"


@pytest.mark.parametrize("mode", [Mode.SCHEMA_REJECTED, Mode.SCHEMA_UNKNOWN])
def test_one_menus_schema_that_is_rejected_leaves_the_others_theirs(
    server: ModelServer, mode: Mode
) -> None:
    """Only after several different ones is an endpoint taken for one that knows none."""
    endpoint = Endpoint(base_url=server.base_url, api_key="k", model="m")
    formats = [{"type": "json_schema", "n": number} for number in range(REJECTED_MAX + 1)]
    server.mode = mode
    for form in formats:
        endpoint.complete("JSON", '"text"', form, time.monotonic() + 5)
    endpoint.close()
    asked = [one.format for one in server.asked]
    assert asked == ["json_schema", "json_object"] * REJECTED_MAX + ["json_object"]


def test_no_endpoint_is_no_answer() -> None:
    """A refused connection is an outage."""
    with ModelServer() as server:
        gone = server.base_url
    with OpenAIModel(base_url=gone, api_key="key", model="any") as model:
        assert model.read_all([_task()]) == [ModelUnavailable("no connection", use=ONE_CALL)]


def test_read_all_never_raises(server: ModelServer) -> None:
    """No task, no time, a catalogue that is broken within, a closed model: each has its outcome."""
    model = OpenAIModel(base_url=server.base_url, api_key="key", model="any")
    broken = replace(_task(), catalogue=replace(_menu(), groups={}))
    assert model.read_all([]) == []
    assert model.read_all([_task(timeout_ms=0)]) in (
        [_unasked("no thread in time")],
        [_unasked("no time left")],
        [ModelUnavailable("timed out", use=ONE_CALL)],
    )
    assert model.read_all([broken]) == [_unasked("KeyError")]
    model.close()
    assert model.read_all([_task()]) == [_unasked("no thread to ask in")]
    assert server.asked == ()


@pytest.mark.parametrize("mode", list(Mode))
def test_no_reason_and_no_log_holds_the_text(
    server: ModelServer, model: OpenAIModel, mode: Mode, caplog: pytest.LogCaptureFixture
) -> None:
    """What the customer wrote goes to the endpoint and nowhere else, at any log level."""
    caplog.set_level(logging.DEBUG)
    server.mode = mode
    server.slow_seconds = 1
    (outcome,) = model.read_all([_task(timeout_ms=WAIT_MS)])
    assert server.asked
    assert SECRET_WORD not in caplog.text
    assert isinstance(outcome, ModelReading) or SECRET_WORD not in outcome.why


def test_a_call_that_never_had_a_thread_counts_as_none(server: ModelServer) -> None:
    """What waited for others and ran out of time was not asked, and won't be."""
    server.mode = Mode.SLOW
    server.slow_seconds = 1
    with OpenAIModel(base_url=server.base_url, api_key="key", model="any") as model:
        tasks = [_task(f"text {n}", timeout_ms=WAIT_MS) for n in range(CALLS_AT_ONCE_MAX + 3)]
        results = model.read_all(tasks)
    slow = ModelUnavailable("timed out", use=ONE_CALL)
    assert results == [slow] * CALLS_AT_ONCE_MAX + [_unasked("no thread in time")] * 3
    assert len(server.asked) == CALLS_AT_ONCE_MAX


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("gpt-5-mini", {"reasoning_effort": "low", "max_completion_tokens": 4_000}),
        ("gpt-5-chat-latest", {"temperature": 0, "max_tokens": 4_000}),
        ("gpt-4o-mini", {"temperature": 0, "max_tokens": 4_000}),
        ("qwen/qwen3.5-8b", {"temperature": 0, "max_tokens": 4_000, "enable_thinking": False}),
    ],
)
def test_each_family_of_models_is_told_what_it_needs(
    server: ModelServer, name: str, told: dict[str, object]
) -> None:
    """A parameter goes only to models that take it."""
    with OpenAIModel(base_url=server.base_url, api_key="key", model=name) as model:
        assert model.read_all([_task()]) == [READ]
    (asked,) = server.asked
    assert {k: v for k, v in asked.body.items() if k not in {"messages", "response_format"}} == {
        "model": name,
        **told,
    }


def test_bootstrap_does_not_import_openai() -> None:
    """The accept path does not pay for the model's library."""
    check = "import sys, chalicelib.bootstrap; sys.exit('openai' in sys.modules)"
    root = Path(__file__).parents[3]
    ran = subprocess.run([sys.executable, "-c", check], cwd=root, check=False)  # noqa: S603
    assert ran.returncode == 0
