"""A shop whose runs may ask a Batch API: a provider on loopback."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from pydantic import SecretStr

from chalicelib.adapters.model.batches import OpenAIBatches
from rushline_testing.batch_server import BatchProvider, BatchServer
from rushline_testing.harness import Rushline
from tests.integration.run_steps import BulkRun

MINUTES_MAX = 100


@contextmanager
def batched(provider: BatchProvider, **settings: Any) -> Iterator[Rushline]:
    """Yield a Rushline with a small coffee house, that asks *provider*."""
    with ExitStack() as until:
        _close_all(until)
        server = until.enter_context(BatchServer(provider))
        wanted = {"openai_api_key": SecretStr("key"), "model_batches": True, **settings}
        shop = until.enter_context(Rushline(openai_base_url=server.base_url, **wanted))
        provider.now = lambda: shop.clock.now() / 1000
        shop.demo()
        yield shop


def outlast(run: BulkRun, *, restarts: bool = False) -> Any:
    """Let time pass, and everybody work, until the run is finished; return it.

    With *restarts* every function begins anew each minute.
    """
    shop = run.shop
    for _ in range(MINUTES_MAX):
        drained = shop.drain(max_rounds=3)
        assert drained.errors == []
        seen = run.see()
        if seen["finished"]:
            return seen
        shop.clock.turn(minutes=1)
        shop.sweep()
        if restarts:
            shop.restart()
    message = f"not finished in {MINUTES_MAX} minutes: {seen}"
    raise AssertionError(message)


def _close_all(until: ExitStack) -> None:
    """Have what functions build closed *until* then: in Lambda its sockets end with the process."""
    patch = until.enter_context(pytest.MonkeyPatch.context())
    build = OpenAIBatches.__init__

    def built(batches: OpenAIBatches, **given: Any) -> None:
        build(batches, **given)
        until.callback(batches.close)

    patch.setattr(OpenAIBatches, "__init__", built)
