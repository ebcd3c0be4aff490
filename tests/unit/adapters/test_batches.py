"""The batches adapter against a server on loopback: what becomes of each way a batch may end."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from chalicelib.adapters.model import OpenAIModel
from chalicelib.adapters.model import batches as adapter
from chalicelib.adapters.model.batches import OpenAIBatches
from chalicelib.adapters.model.endpoint import ANSWER_BYTES_MAX
from chalicelib.application.batch_ports import (
    Ask,
    BatchesUnavailableError,
    BatchRefusedError,
    Look,
)
from chalicelib.application.ports import ModelReading, ModelUnusable, Task
from chalicelib.domain.catalogue import Catalogue, Item, catalogue_of
from chalicelib.domain.model_use import ModelUse
from chalicelib.domain.resolution import Line, Reading
from rushline_testing.batch_server import BatchMode, BatchProvider, BatchServer
from rushline_testing.model_server import Mode, ModelServer
from tests.unit.domain.builders import menu

NAME = "run_1-7-0"
MS = 1_000
USE = ModelUse(calls=1, input_tokens=1_200, cached_tokens=1_024, output_tokens=40)


def ask(number: int) -> Ask:
    """Return what is asked about a text."""
    return Ask(key=f"{number:064}", text=f"{number} flurbles", candidates=())


ASKS = [ask(number) for number in range(1, 7)]


def read(number: int) -> ModelReading:
    """Return what the model says to it."""
    lines = (Line(sku="tea", quantity=number),)
    return ModelReading(Reading(lines=lines, certain=True), USE)


ALL = {one.key: read(number) for number, one in enumerate(ASKS, start=1)}
HALF = {one.key: ALL[one.key] for one in ASKS[::2]}


@pytest.fixture
def server() -> Iterator[BatchServer]:
    """Yield a server that knows what a number of flurbles is."""
    script = {f"{n} flurbles": [Line(sku="tea", quantity=n)] for n in range(1, 7)}
    with BatchServer(BatchProvider(script)) as running:
        yield running


@pytest.fixture
def batches(server: BatchServer) -> Iterator[OpenAIBatches]:
    """Yield the adapter, pointed at the server."""
    with closing(
        OpenAIBatches(base_url=server.base_url, api_key="key", model="gpt-4o-mini")
    ) as built:
        yield built


def answers(batches: OpenAIBatches, batch_id: str, behind: int = 0) -> dict[str, object]:
    """Return what each key was answered."""
    return {one.key: one.result for one in batches.answers(batch_id, menu(), behind)}


def ended(batches: OpenAIBatches, batch_id: str) -> Look:
    """Look until the batch is over."""
    for _ in range(5):
        seen = batches.look(batch_id)
        if seen.end is not None:
            return seen
    pytest.fail("the batch does not end")


@pytest.mark.parametrize(
    ("mode", "end", "answered"),
    [
        (BatchMode.COMPLETES, Look(end="completed"), ALL),
        (BatchMode.OUT_OF_ORDER, Look(end="completed"), ALL),
        (BatchMode.PARTLY, Look(end="completed"), HALF),
        (BatchMode.EXPIRES, Look(end="expired"), HALF),
        (BatchMode.CANCELLED, Look(end="cancelled"), HALF),
        (BatchMode.INVALID, Look(end="failed"), {}),
        (BatchMode.NO_ROOM, Look(end="failed", for_room=True), {}),
        (BatchMode.VANISHES, Look(end="gone"), {}),
    ],
)
def test_each_way_to_end_leaves_the_answers_that_there_are(
    server: BatchServer,
    batches: OpenAIBatches,
    mode: BatchMode,
    end: Look,
    answered: dict[str, object],
) -> None:
    """Each under its own key, whatever their order, and none for a request that failed."""
    server.provider.mode = mode
    batch_id = batches.begin(NAME, menu(), ASKS)
    assert batches.look(batch_id) == Look()
    assert ended(batches, batch_id) == end
    assert answers(batches, batch_id) == answered


def test_a_batch_asks_what_is_asked_at_once(server: BatchServer, batches: OpenAIBatches) -> None:
    """The same body, to the character: its answer is remembered under the same key."""
    batches_id = batches.begin(NAME, menu(), ASKS[:1])
    ended(batches, batches_id)
    hint = Reading(lines=(), certain=False)
    task = Task(text="1 flurbles", catalogue=menu(), hint=hint, timeout_ms=5_000)
    with (
        ModelServer() as live,
        OpenAIModel(base_url=live.base_url, api_key="key", model="gpt-4o-mini") as model,
    ):
        model.read_all([task])
        assert [dict(one.body) for one in server.provider.asked] == [
            dict(one.body) for one in live.asked
        ]


@pytest.mark.parametrize(
    "mode", [Mode.WRONG_SKU, Mode.INVENTED_PRICE, Mode.REFUSAL, Mode.GARBAGE, Mode.TRUNCATED]
)
def test_what_the_model_makes_up_does_not_get_through(
    server: BatchServer, batches: OpenAIBatches, mode: Mode
) -> None:
    """Its tokens are paid all the same."""
    server.provider.answers = mode
    batch_id = batches.begin(NAME, menu(), ASKS)
    ended(batches, batch_id)
    found = list(batches.answers(batch_id, menu(), 0))
    assert len(found) == len(ASKS)
    for one in found:
        assert isinstance(one.result, ModelUnusable)
        assert one.result.use == USE


def test_answers_go_on_from_any_place(server: BatchServer, batches: OpenAIBatches) -> None:
    """By this adapter, which fetches them once, or by another one."""
    batch_id = batches.begin(NAME, menu(), ASKS)
    ended(batches, batch_id)
    first = [one for one, _ in zip(batches.answers(batch_id, menu(), 0), range(2), strict=False)]
    rest = dict(list(ALL.items())[2:])
    assert answers(batches, batch_id, first[-1].behind) == rest
    assert server.calls.count("GET /v1/files/STAR/content") == 1
    with closing(OpenAIBatches(base_url=server.base_url, api_key="key", model="any")) as another:
        assert answers(another, batch_id, first[-1].behind) == rest


def test_what_is_no_answer_is_passed_over(server: BatchServer, batches: OpenAIBatches) -> None:
    """A line that is endless, garbled or under a key of nobody's costs itself alone."""
    batch_id = batches.begin(NAME, menu(), ASKS)
    ended(batches, batch_id)
    output = server.provider.batches[batch_id]["output_file_id"]
    good = server.provider.files[output].splitlines(keepends=True)
    foreign = json.dumps({**json.loads(good[1]), "custom_id": "mine"}).encode() + b"\n"
    endless = b'{"custom_id": "' + b"x" * (3 * ANSWER_BYTES_MAX) + b'"}\n'
    server.provider.files[output] = b"".join(
        [good[0], endless, b"nonsense\n", foreign, b"\n", good[5].rstrip(b"\n")]
    )
    assert set(answers(batches, batch_id)) == {ASKS[0].key, ASKS[5].key}


def test_a_batch_is_found_by_its_name(server: BatchServer, batches: OpenAIBatches) -> None:
    """Among any number of others, but none that was begun before."""
    server.provider.now = lambda: 1_000_000.0
    batch_id = batches.begin(NAME, menu(), ASKS)
    for number in range(250):
        server.provider.begin(
            {"endpoint": "e", "input_file_id": "f", "completion_window": "24h",
             "metadata": {"rushline": f"other-{number}"} if number % 2 else None}
        )  # fmt: skip
    assert batches.find(NAME, 1_000_000 * MS) == batch_id
    assert batches.find("run_1-7-1", 1_000_000 * MS) is None
    assert batches.find(NAME, 1_001_000 * MS) is None


@pytest.mark.parametrize("status", [401, 403, 429, 500, 503, 0])
@pytest.mark.parametrize(
    "call",
    [
        "POST /v1/files",
        "POST /v1/batches",
        "GET /v1/batches",
        "GET /v1/batches/STAR",
        "GET /v1/files/STAR/content",
        "POST /v1/batches/STAR/cancel",
        "DELETE /v1/files/STAR",
    ],
)
def test_any_call_may_fail_and_be_made_again(
    server: BatchServer, batches: OpenAIBatches, call: str, status: int
) -> None:
    """It is unavailable, says for how long if it was told, and the next try is like the first."""

    def all_of_it() -> None:
        batches.find(NAME, 0)
        batch_id = batches.begin(NAME, menu(), ASKS)
        ended(batches, batch_id)
        assert answers(batches, batch_id) == ALL
        batches.cancel(batch_id)
        batches.forget(batch_id)

    server.retry_after = 7
    server.fail(call, status)
    with pytest.raises(BatchesUnavailableError) as unavailable:
        all_of_it()
    assert unavailable.value.retry_after_ms == (7_000 if status else None)
    all_of_it()


@pytest.mark.parametrize("status", [400, 404, 422])
@pytest.mark.parametrize("call", ["POST /v1/files", "POST /v1/batches"])
def test_a_provider_that_will_not_have_it_is_not_asked_again(
    server: BatchServer, batches: OpenAIBatches, call: str, status: int
) -> None:
    """So it is, too, where there is no Batch API at all."""
    server.fail(call, status)
    with pytest.raises(BatchRefusedError):
        batches.begin(NAME, menu(), ASKS)


def test_nothing_is_left_with_the_provider(server: BatchServer, batches: OpenAIBatches) -> None:
    """The texts, the answers and the failures are deleted, and a repeat finds nothing to delete."""
    server.provider.mode = BatchMode.PARTLY
    batch_id = batches.begin(NAME, menu(), ASKS)
    ended(batches, batch_id)
    batches.forget(batch_id)
    assert server.provider.files == {}
    batches.forget(batch_id)
    assert answers(batches, batch_id) == {}
    batches.forget("batch_unknown")
    batches.cancel("batch_unknown")


def test_a_cancelled_batch_keeps_what_was_answered(
    server: BatchServer, batches: OpenAIBatches
) -> None:
    """It ends some time later, and what was answered by then is there."""
    server.provider.mode = BatchMode.NEVER
    batch_id = batches.begin(NAME, menu(), ASKS)
    batches.look(batch_id)
    batches.cancel(batch_id)
    assert ended(batches, batch_id) == Look(end="cancelled")
    assert answers(batches, batch_id) == HALF
    batches.cancel(batch_id)


def long_menu() -> Catalogue:
    """Return a menu that no model is shown whole."""
    items = [Item(sku=f"s{n}", name=f"Thing {n} " + "x" * 60, unit_price=100) for n in range(900)]
    return catalogue_of("bazaar", 1, "USD", tuple(items), ())


def test_of_a_long_menu_the_candidates_are_shown(
    server: BatchServer, batches: OpenAIBatches
) -> None:
    """As to a model that is asked at once; a text without any is not asked about."""
    asks = [replace(ASKS[0], candidates=("s7",)), ASKS[1]]
    batch_id = batches.begin(NAME, long_menu(), asks)
    ended(batches, batch_id)
    (asked,) = server.provider.asked
    assert "Thing 7 " in asked.prompts[0]
    assert "Thing 8 " not in asked.prompts[0]
    with pytest.raises(BatchRefusedError):
        batches.begin(NAME, long_menu(), [ASKS[1]])


def test_a_batch_takes_what_fits(
    batches: OpenAIBatches, server: BatchServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its bytes and by its requests, whichever is less."""
    batches.begin(NAME, menu(), ASKS[:4])
    (content,) = server.provider.files.values()
    assert batches.room(menu(), ASKS) == len(ASKS)
    monkeypatch.setattr(adapter, "BYTES_MAX", len(content))
    assert batches.room(menu(), ASKS) == 4
    monkeypatch.setattr(adapter, "REQUESTS_MAX", 3)
    assert batches.room(menu(), ASKS) == 3
