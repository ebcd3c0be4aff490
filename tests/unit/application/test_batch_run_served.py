"""A run in batches through the adapter, to a Batch API on loopback that fails as it is told."""

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from chalicelib.adapters.model.batches import OpenAIBatches
from chalicelib.application.command_run import RunCommand
from chalicelib.domain.resolution import Line
from chalicelib.domain.run import Run, RunState
from rushline_testing.batch_server import BatchMode, BatchProvider, BatchServer
from tests.unit.application.test_batch_run import BatchWorld, world

TEXTS = ["1 flurbles", "a tea", "2 flurbles", "1 flurbles", "3 flurbles"]
EACH = (44 + 25.6 + 80) / 2
"""1,200 tokens, of which 1,024 were cached, and 40 more, at half of the prices."""


@pytest.fixture
def server() -> Iterator[BatchServer]:
    """Yield a server that knows what a number of flurbles is."""
    script = {f"{n} flurbles": [Line(sku="tea", quantity=n)] for n in range(1, 10)}
    with BatchServer(BatchProvider(script)) as running:
        yield running


def run_of(server: BatchServer, *, restarts: bool = False) -> tuple[BatchWorld, Run]:
    """Start a run and keep it to its end; with *restarts*, each keeper has an adapter of its own."""
    one = world(TEXTS)
    server.provider.now = lambda: one.clock.now() / 1000
    one.say(RunCommand.START)

    def adapter() -> Any:
        return OpenAIBatches(base_url=server.base_url, api_key="key", model="any")

    if not restarts:
        with closing(adapter()) as one.batches:
            return one, one.finish()
    while one.stands().open:
        with closing(adapter()) as one.batches:
            one.keep(1)
    return one, one.stands()


@pytest.mark.parametrize("restarts", [False, True])
@pytest.mark.parametrize(
    ("mode", "confirmed", "ends"),
    [
        (BatchMode.COMPLETES, 5, {"completed": 1}),
        (BatchMode.OUT_OF_ORDER, 5, {"completed": 1}),
        (BatchMode.PARTLY, 4, {"completed": 1}),
        (BatchMode.EXPIRES, 4, {"expired": 1}),
        (BatchMode.CANCELLED, 4, {"cancelled": 1}),
        (BatchMode.INVALID, 1, {"failed": 1}),
        (BatchMode.VANISHES, 1, {"gone": 1}),
    ],
)
def test_however_a_batch_ends_every_line_has_its_outcome(
    server: BatchServer,
    mode: BatchMode,
    confirmed: int,
    ends: dict[str, int],
    restarts: bool,  # noqa: FBT001 (a parameter)
) -> None:
    """Confirmed where its text was answered, else a question; and nothing stays with the provider."""
    server.provider.mode = mode
    one, run = run_of(server, restarts=restarts)
    assert run.state is RunState.COMPLETED
    assert run.progress.outcomes == +Counter(confirmed=confirmed, needs_input=5 - confirmed)
    assert sorted(row["line"] for row in one.rows()) == [1, 2, 3, 4, 5]
    assert run.progress.put_off.ends == ends
    assert run.progress.model_microdollars == round(EACH * len(server.provider.asked))
    assert server.provider.files == {} or mode is BatchMode.VANISHES


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("status", [429, 500, 0])
@pytest.mark.parametrize(
    "call",
    [
        "POST /v1/files",
        "POST /v1/batches",
        "GET /v1/batches",
        "GET /v1/batches/STAR",
        "GET /v1/files/STAR/content",
        "DELETE /v1/files/STAR",
    ],
)
def test_any_call_may_fail_or_its_answer_be_lost(
    server: BatchServer,
    call: str,
    status: int,
    done: bool,  # noqa: FBT001 (a parameter)
) -> None:
    """Twice in a row: each text is asked and paid for once, and each line is confirmed."""
    server.fail(call, status, times=2, done=done)
    _, run = run_of(server)
    assert run.progress.outcomes == {"confirmed": 5}
    texts = Counter(asked.text for asked in server.provider.asked)
    assert texts == {f"{n} flurbles": 1 for n in (1, 2, 3)}
    assert run.progress.model_microdollars == round(EACH * 3)
    assert len(server.provider.batches) == 1


def test_no_room_is_waited_for(server: BatchServer) -> None:
    """The batch is handed in again until it is taken."""
    server.provider.mode = BatchMode.NO_ROOM
    one = world(TEXTS)
    server.provider.now = lambda: one.clock.now() / 1000
    one.say(RunCommand.START)
    with closing(OpenAIBatches(base_url=server.base_url, api_key="key", model="any")) as adapter:
        built: Any = adapter
        one.batches = built
        while len(server.provider.batches) < 3:
            one.keep()
        server.provider.mode = BatchMode.COMPLETES
        assert one.finish().progress.outcomes == {"confirmed": 5}
    assert len(server.provider.asked) == 3
