"""The model that stands in for one where the environment names none."""

from contextlib import ExitStack

import pytest

from chalicelib.adapters.model.batches import OpenAIBatches
from chalicelib.application.batch_ports import Ask
from chalicelib.application.ports import ModelReading
from local.cloud import free_port
from local.stand_in import NAMED_BY, stand_in
from local.texts import ROUNDABOUT
from tests.unit.local.menus import menu


@pytest.fixture(autouse=True)
def _nothing_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMED_BY:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("name", NAMED_BY)
def test_a_model_of_one_s_own_goes_first(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Where the environment names a model, nothing stands in for it."""
    monkeypatch.setenv(name, "http://127.0.0.1:1/v1")
    with ExitStack() as until:
        assert stand_in(free_port(), until) is None


def test_it_stands_where_it_stood_before() -> None:
    """On the port that was asked for, so that a stack that was deployed still finds it."""
    port = free_port()
    for _ in range(2):
        with ExitStack() as until:
            model = stand_in(port, until)
            assert model is not None
            assert model.base_url == f"http://127.0.0.1:{port}/v1"


def test_it_reads_in_batches_too() -> None:
    """A batch is over at the first look, and knows what it knows when it is asked at once."""
    text, lines = next(iter(ROUNDABOUT.items()))
    with ExitStack() as until:
        model = stand_in(free_port(), until)
        assert model is not None
        batches = OpenAIBatches(base_url=model.base_url, api_key="any", model="any")
        until.callback(batches.close)
        batch = batches.begin("run", menu(), [Ask(key="0" * 64, text=text, candidates=())])
        assert batches.look(batch).end == "completed"
        (answer,) = batches.answers(batch, menu(), 0)
        assert isinstance(answer.result, ModelReading)
        assert answer.result.reading.lines == lines


def test_a_port_that_is_taken_stops_nobody() -> None:
    """Nor one that there is not."""
    with ExitStack() as until:
        first = stand_in(free_port(), until)
        assert first is not None
        taken = int(first.base_url.split(":")[2].partition("/")[0])
        for port in (taken, 65_536):
            other = stand_in(port, until)
            assert other is not None
            assert other.base_url != first.base_url
