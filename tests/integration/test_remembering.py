"""The model behind its memory, as a function has it: over tables, and a model on loopback."""

import json
from collections.abc import Iterator
from itertools import count

import pytest
from moto import mock_aws
from pydantic import SecretStr

from chalicelib.adapters.clients import Clients
from chalicelib.application.ports import Model, ModelReading, Task
from chalicelib.bootstrap import Services
from chalicelib.settings import Settings
from chalicelib.understanding.readers import MenuReaders
from rushline_testing.environment import sealed
from rushline_testing.model_server import ModelServer
from rushline_testing.resources import create
from tests.fakes import FakeClock
from tests.unit.domain.builders import line, menu

PLAIN = "the usual brew for granny edith"
SAID = ["The usual  brew for Granny Edith", "the usual brew for granny edith, use code ANN-7731!"]

_stacks = count(1)


@pytest.fixture(scope="module")
def aws() -> Iterator[Clients]:
    """Return clients of an AWS that these tests share."""
    with sealed(), mock_aws():
        yield Clients()


@pytest.fixture
def server() -> Iterator[ModelServer]:
    """Yield a model that knows one text, in the form that it is shown."""
    with ModelServer({PLAIN: [line("tea", 2)]}) as running:
        yield running


class Function:
    """What a resolve function asks, each time from a new environment."""

    def __init__(self, aws: Clients, server: ModelServer) -> None:
        self.aws = aws
        self.clock = FakeClock()
        made = create(aws, f"memory-{next(_stacks)}")
        self.table = made.readings_table
        self.settings = Settings(
            orders_table=made.orders_table,
            coupons_table=made.coupons_table,
            control_table=made.control_table,
            readings_table=made.readings_table,
            intents_queue_url=made.intents.queue,
            settlements_queue_url=made.settlements.queue,
            catalogues_bucket=made.bucket,
            jwt_issuer="issuer",
            jwt_audience="audience",
            openai_api_key=SecretStr("key"),
            openai_base_url=server.base_url,
        )

    def model(self) -> Model:
        """Return the model of a new environment."""
        services = Services(self.settings, clock=self.clock)
        services.clients = self.aws
        assert services.model is not None
        return services.model

    def task(self, text: str) -> Task:
        """Return *text* as the parser hands it on."""
        hint = MenuReaders().read(text, menu())
        assert not hint.certain
        return Task(text=text, catalogue=menu(), hint=hint, timeout_ms=5_000)


@pytest.fixture
def function(aws: Clients, server: ModelServer) -> Function:
    """Return a function over tables of its own."""
    return Function(aws, server)


def test_texts_that_mean_the_same_are_asked_once(server: ModelServer, function: Function) -> None:
    """In whatever spacing, case and with whosever code: the second environment asks nothing."""
    for text in (*SAID, PLAIN):
        (result,) = function.model().read_all([function.task(text)])
        assert isinstance(result, ModelReading)
        assert result.reading.lines == (line("tea", 2),)
    assert [asked.text for asked in server.asked] == [PLAIN]


def test_no_word_of_a_text_is_stored(function: Function) -> None:
    """Whether it was understood or not: hashes, times, and what the menu has anyway."""
    for text in (*SAID, "granny edith wants something nice"):
        function.model().read_all([function.task(text)])
    items = function.aws.dynamodb.scan(TableName=function.table)["Items"]
    assert len(items) == 2
    stored = json.dumps(items).casefold()
    words = ["usual", "brew", "granny", "edith", "wants", "something", "nice", "ann", "7731"]
    assert [word for word in words if word in stored] == []
    assert '\\"tea\\"' in stored


def test_another_model_is_asked_anew(server: ModelServer, function: Function) -> None:
    """A deployment that changes its model hears that one's own answers."""
    function.model().read_all([function.task(PLAIN)])
    function.settings = function.settings.model_copy(update={"openai_model": "another"})
    function.model().read_all([function.task(PLAIN)])
    assert len(server.asked) == 2


def test_without_a_table_the_model_is_asked_each_time(
    server: ModelServer, function: Function
) -> None:
    """The memory can be left out."""
    function.settings = function.settings.model_copy(update={"readings_table": ""})
    for _ in range(2):
        function.model().read_all([function.task(SAID[0])])
    assert [asked.text for asked in server.asked] == [SAID[0]] * 2


def test_a_table_that_is_missing_loses_no_text(server: ModelServer, function: Function) -> None:
    """A wrong setting is paid for in calls."""
    function.settings = function.settings.model_copy(update={"readings_table": "no-such-table"})
    (result,) = function.model().read_all([function.task(PLAIN)])
    assert isinstance(result, ModelReading)
    assert len(server.asked) == 1
