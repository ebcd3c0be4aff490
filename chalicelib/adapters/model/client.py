"""The model port, kept by an OpenAI-compatible endpoint."""

import time
from collections.abc import Hashable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from types import TracebackType
from typing import Final, Self

from chalicelib.adapters.model.endpoint import ONE_CALL, Endpoint
from chalicelib.adapters.model.prompt import excerpt, fenced, instructions
from chalicelib.adapters.model.reading import completion_of, reading_of
from chalicelib.adapters.model.schema import response_format
from chalicelib.application.each_once import each_once
from chalicelib.application.ports import (
    Lack,
    ModelResult,
    ModelUnavailable,
    ModelUnusable,
    Task,
)

CALLS_AT_ONCE_MAX: Final = 10


class OpenAIModel:
    """Reads texts by a language model. Safe under threads; keeps its connections until closed.

    The model sees the menu and the text and answers with lines: it has no tools, no
    prices and no customer, so the worst that a text can talk it into is wrong lines.
    """

    def __init__(self, *, base_url: str, api_key: str, model: str) -> None:
        self._endpoint = Endpoint(base_url=base_url, api_key=api_key, model=model)
        self._pool = ThreadPoolExecutor(CALLS_AT_ONCE_MAX, thread_name_prefix="model")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Wait for calls under way, then close the connections. A repeat does nothing."""
        self._pool.shutdown()
        self._endpoint.close()

    def read_all(self, tasks: Sequence[Task]) -> Sequence[ModelResult]:
        """Return what each text means, in order and side by side. Never raises.

        Equal texts share one call, which counts with the first, and the longest of their
        times. This returns by the longest time of all, counted from now, even where the
        endpoint goes on sending.
        """
        return each_once([_key(task) for task in tasks], tasks, self._read_all)

    def _read_all(self, tasks: Mapping[Hashable, Task]) -> Mapping[Hashable, ModelResult]:
        now = time.monotonic()
        deadlines = {key: now + task.timeout_ms / 1000 for key, task in tasks.items()}
        calls = {key: self._submit(task, deadlines[key]) for key, task in tasks.items()}
        return {key: _outcome(call, deadlines[key]) for key, call in calls.items()}

    def _submit(self, task: Task, deadline: float) -> Future[ModelResult]:
        try:
            return self._pool.submit(self._read, task, deadline)
        except RuntimeError:  # closed, or no thread to be had
            failed: Future[ModelResult] = Future()
            failed.set_result(ModelUnavailable("no thread to ask in", lack=Lack.UNASKED))
            return failed

    def _read(self, task: Task, deadline: float) -> ModelResult:
        try:
            return self._ask(task, deadline)
        except Exception as error:  # noqa: BLE001 (the port promises never to raise)
            # By its name alone: a message may quote the text.
            return ModelUnavailable(type(error).__name__, lack=Lack.UNASKED)

    def _ask(self, task: Task, deadline: float) -> ModelResult:
        menu = excerpt(task.catalogue, task.hint.candidates)
        if menu is None:
            return ModelUnusable("nothing on a long menu is a candidate", judged=False)
        answer = self._endpoint.complete(
            instructions(menu), fenced(task.text), response_format(menu), deadline
        )
        if isinstance(answer, ModelUnavailable | ModelUnusable):
            return answer
        completion = completion_of(answer.body)
        if isinstance(completion, ModelUnavailable):
            return replace(completion, use=answer.use)
        use = answer.use + completion.tokens
        return replace(reading_of(completion, menu), use=use)


def _key(task: Task) -> Hashable:
    catalogue = task.catalogue
    return (catalogue.merchant, catalogue.version, task.text, task.hint.candidates)


def _outcome(call: Future[ModelResult], deadline: float) -> ModelResult:
    try:
        return call.result(timeout=max(0.0, deadline - time.monotonic()))
    except TimeoutError:
        if call.cancel():  # it still waited for a thread
            return ModelUnavailable("no thread in time", lack=Lack.UNASKED)
        return ModelUnavailable("timed out", use=ONE_CALL)
