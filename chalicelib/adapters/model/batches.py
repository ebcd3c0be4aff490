"""The batches port, kept by OpenAI's Batch API or one that speaks it.

Each request is the one that a text asked at once would be, to the byte of its prompt. Requests
and answers are in a temporary file while they are sent and read: a keeper holds one at a time.
"""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from http import HTTPStatus
from tempfile import TemporaryFile
from typing import IO, Any, Final

import openai
from pydantic import BaseModel, ValidationError

from chalicelib.adapters.model.endpoint import ANSWER_BYTES_MAX, ONE_CALL, manners, messages
from chalicelib.adapters.model.prompt import excerpt, fenced, instructions
from chalicelib.adapters.model.reading import completion_of, reading_of
from chalicelib.adapters.model.retry_after import retry_after_ms
from chalicelib.adapters.model.schema import response_format
from chalicelib.application.batch_ports import (
    Ask,
    BatchAnswer,
    BatchesUnavailableError,
    BatchRefusedError,
    Look,
)
from chalicelib.application.ports import ModelResult, ModelUnavailable
from chalicelib.domain.catalogue import Catalogue

REQUESTS_MAX: Final = 50_000
"""OpenAI's limit for a batch, with 200 MB."""

BYTES_MAX: Final = 32_000_000
"""Far below OpenAI's: an upload has to be over within a keeper's lease, on a slow day too."""

TIMEOUT_SECONDS: Final = 60
"""For each wait on the provider."""

FILES_KEPT_SECONDS: Final = 3 * 86_400
"""A file that nobody comes to delete holds texts at the provider no longer than this."""

PAGE: Final = 100
SLACK_SECONDS: Final = 600
"""By how much the provider's clock may differ from ours."""

KEY_LENGTH: Final = 64

_ENDPOINT: Final = "/v1/chat/completions"
_NAME: Final = "rushline"
_GONE: Final = "gone"
_ENDS: Final = frozenset({"completed", "failed", "expired", "cancelled"})
_NO_ROOM: Final = frozenset({"token_limit_exceeded", "rate_limit_exceeded"})
_JUDGED: Final = (
    openai.BadRequestError,
    openai.NotFoundError,
    openai.ConflictError,
    openai.UnprocessableEntityError,
)


_Prompt = tuple[str, Mapping[str, object]]


class _Response(BaseModel):
    status_code: int = 0
    body: Any = None


class _Result(BaseModel):
    """What we read of a line of a batch's output."""

    custom_id: str
    response: _Response | None = None


class OpenAIBatches:
    """Hands batches in and reads what comes of them. Not for several threads at once."""

    def __init__(self, *, base_url: str, api_key: str, model: str) -> None:
        self._client = openai.OpenAI(
            base_url=base_url, api_key=api_key, max_retries=0, timeout=TIMEOUT_SECONDS
        )
        self._model = model
        self._whole: tuple[Catalogue, _Prompt | None] | None = None
        self._output: tuple[str, IO[bytes]] | None = None

    def close(self) -> None:
        """Close the connections and what was fetched."""
        self._drop()
        self._client.close()

    def room(self, menu: Catalogue, asks: Sequence[Ask]) -> int:
        """Return how many of *asks* one batch takes."""
        size = 0
        for count, ask in enumerate(asks[:REQUESTS_MAX]):
            size += len(self._request(menu, ask))
            if size > BYTES_MAX:
                return count
        return min(len(asks), REQUESTS_MAX)

    def begin(self, name: str, menu: Catalogue, asks: Sequence[Ask]) -> str:
        """Upload the requests and have them worked on within a day."""
        with TemporaryFile() as file, _refusals(), _failures():
            for ask in asks:
                file.write(self._request(menu, ask))
            if not file.tell():
                msg = "there is nothing to ask"
                raise BatchRefusedError(msg)
            file.seek(0)
            uploaded = self._client.files.create(
                file=("rushline.jsonl", file),
                purpose="batch",
                expires_after={"anchor": "created_at", "seconds": FILES_KEPT_SECONDS},
            )
            batch = self._client.batches.create(
                input_file_id=uploaded.id,
                endpoint=_ENDPOINT,
                completion_window="24h",
                metadata={_NAME: name},
            )
        return batch.id

    def find(self, name: str, since: int) -> str | None:
        """Return the id of the batch of *name* among those since *since*; the latest come first."""
        with suppress(openai.NotFoundError), _failures():
            for batch in self._client.batches.list(limit=PAGE):
                if batch.created_at < since / 1000 - SLACK_SECONDS:
                    return None
                if (batch.metadata or {}).get(_NAME) == name:
                    return batch.id
        return None

    def look(self, batch_id: str) -> Look:
        """Return how the batch stands."""
        try:
            with _failures():
                batch = self._client.batches.retrieve(batch_id)
        except _JUDGED:
            return Look(end=_GONE)
        if batch.status not in _ENDS:
            return Look()
        faults = batch.errors.data or [] if batch.errors else []
        codes = {fault.code for fault in faults if fault.code}
        no_room = batch.status == "failed" and bool(codes & _NO_ROOM)
        return Look(end=batch.status, for_room=no_room)

    def answers(self, batch_id: str, menu: Catalogue, behind: int) -> Iterator[BatchAnswer]:
        """Yield the answers in the batch's output. Whatever is no answer of ours is passed over."""
        output = self._fetched(batch_id)
        output.seek(behind)
        while line := output.readline(ANSWER_BYTES_MAX):
            if not line.endswith(b"\n") and len(line) == ANSWER_BYTES_MAX:
                _skip(output)
                continue
            answer = _answer(line, menu, output.tell())
            if answer is not None:
                yield answer

    def cancel(self, batch_id: str) -> None:
        """Have the batch stop; one that has ended or is gone needs no stopping."""
        with suppress(*_JUDGED), _failures():
            self._client.batches.cancel(batch_id)

    def forget(self, batch_id: str) -> None:
        """Delete the batch's files. The batch itself stays listed: it holds no text."""
        self._drop()
        with suppress(*_JUDGED), _failures():
            batch = self._client.batches.retrieve(batch_id)
            for file_id in (batch.input_file_id, batch.output_file_id, batch.error_file_id):
                with suppress(openai.NotFoundError):
                    if file_id:
                        self._client.files.delete(file_id)

    def _request(self, menu: Catalogue, ask: Ask) -> bytes:
        """Return the line that asks; none where nothing on a long menu is a candidate."""
        seen = self._prompt(menu, ask)
        if seen is None:
            return b""
        told, shape = seen
        body = {
            "model": self._model,
            "messages": messages(told, fenced(ask.text)),
            "response_format": shape,
            **manners(self._model),
        }
        request = {"custom_id": ask.key, "method": "POST", "url": _ENDPOINT, "body": body}
        return json.dumps(request, separators=(",", ":")).encode() + b"\n"

    def _prompt(self, menu: Catalogue, ask: Ask) -> _Prompt | None:
        """Return menu and rules, and the shape of the answer. For a short menu, made once."""
        if self._whole is None or self._whole[0] is not menu:
            short = excerpt(menu, ()) is menu
            self._whole = menu, (instructions(menu), response_format(menu)) if short else None
        if self._whole[1] is not None:
            return self._whole[1]
        cut = excerpt(menu, ask.candidates)
        return (instructions(cut), response_format(cut)) if cut is not None else None

    def _fetched(self, batch_id: str) -> IO[bytes]:
        """Return the batch's output, fetched once for all of its answers."""
        if self._output is not None and self._output[0] == batch_id:
            return self._output[1]
        self._drop()
        file = TemporaryFile()  # noqa: SIM115 (it is closed when the next one is fetched)
        try:
            with _failures():
                batch = self._client.batches.retrieve(batch_id)
                if batch.output_file_id:
                    self._download(batch.output_file_id, file)
        except _JUDGED:
            file.truncate(0)
        except BaseException:
            file.close()
            raise
        self._output = batch_id, file
        return file

    def _download(self, file_id: str, file: IO[bytes]) -> None:
        with self._client.files.with_streaming_response.content(file_id) as response:
            for chunk in response.iter_bytes():
                file.write(chunk)

    def _drop(self) -> None:
        if self._output is not None:
            self._output[1].close()
            self._output = None


@contextmanager
def _failures() -> Iterator[None]:
    """Name what went wrong. What some errors mean is the caller's to judge, and passes."""
    try:
        yield
    except (BatchRefusedError, *_JUDGED):
        raise
    except openai.APIStatusError as error:
        wait = retry_after_ms(error.response.headers, time.time())
        msg = f"HTTP {error.status_code}"
        raise BatchesUnavailableError(msg, wait) from error
    except Exception as error:
        # By its name alone: a message may quote a text.
        raise BatchesUnavailableError(type(error).__name__) from error


@contextmanager
def _refusals() -> Iterator[None]:
    """Take an endpoint by its word that won't have a batch, or has no Batch API."""
    try:
        yield
    except _JUDGED as error:
        msg = f"HTTP {error.status_code}"
        raise BatchRefusedError(msg) from error


def _skip(output: IO[bytes]) -> None:
    """Pass over the rest of a line that is longer than any order."""
    while (rest := output.readline(ANSWER_BYTES_MAX)) and not rest.endswith(b"\n"):
        pass


def _answer(line: bytes, menu: Catalogue, behind: int) -> BatchAnswer | None:
    """Return the answer in *line*; None where the request failed, or it is none of ours."""
    try:
        result = _Result.model_validate_json(line)
    except ValidationError:
        return None
    response = result.response
    if response is None or response.status_code != HTTPStatus.OK:
        return None
    if len(result.custom_id) != KEY_LENGTH:
        return None
    completion = completion_of(json.dumps(response.body).encode())
    if isinstance(completion, ModelUnavailable):
        said: ModelResult = replace(completion, use=ONE_CALL)
    else:
        said = replace(reading_of(completion, menu), use=ONE_CALL + completion.tokens)
    return BatchAnswer(key=result.custom_id, result=said, behind=behind)
