"""Where runs may go through the Batch API."""

from contextlib import closing
from typing import Any

import pytest
from pydantic import SecretStr

from chalicelib.adapters.model.batches import OpenAIBatches
from chalicelib.domain.model_use import ModelPrices
from tests.fakes import FakeClock, Tables

SET: dict[str, Any] = {
    "model_batches": True,
    "readings_table": "ReadingsTable",
    "openai_api_key": SecretStr("key"),
    "runs_bucket": "files",
}


def test_a_run_in_batches_costs_half() -> None:
    """By the settings' own prices; and the lane has the same memory as the batches."""
    services = Tables(FakeClock()).services()
    services.settings = services.settings.model_copy(update=SET)
    assert services.make_run.batches
    ask: Any = services.keep_run.ask
    assert ask.prices == ModelPrices(input=0.125, cached=0.0125, output=1)
    assert ask.unsettled.memory is services.bulk_resolve.recall
    with closing(ask.batches) as built:
        assert isinstance(built, OpenAIBatches)


@pytest.mark.parametrize("missing", ["model_batches", "readings_table", "openai_api_key"])
def test_there_are_no_batches_without_what_they_need(missing: str) -> None:
    """An endpoint that has them, a memory for their answers, and a key."""
    services = Tables(FakeClock()).services()
    left = {name: value for name, value in SET.items() if name != missing}
    services.settings = services.settings.model_copy(update=left)
    assert not services.make_run.batches
    assert services.keep_run.ask is None
