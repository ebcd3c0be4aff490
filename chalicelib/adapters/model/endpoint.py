"""One exchange with an OpenAI-compatible endpoint, and what each failure of it means.

| what happens | outcome | why |
|---|---|---|
| no connection, a time-out, a connection that breaks, 408, 409, 429, 5xx | unavailable | it may pass |
| 429 or 503 with `Retry-After` | the same, with the wait that it asks for | it knows best |
| 401, 403, 404 and any other 4xx | unavailable | our key or setting; it may be put right while the intent waits |
| 400, 413, 422 | unusable, unjudged | the endpoint won't have this request; some say so of a bad key, too |
| the same, naming a content filter | unusable | that is its word on the text |
| an answer beyond `ANSWER_BYTES_MAX` | unusable, unjudged | no order is that long |

Each request counts as a call, whatever came of it; what its tokens were, only its body tells.
"""

import json
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, Final

import openai
from openai.types.chat import ChatCompletionMessageParam

from chalicelib.adapters.model.retry_after import retry_after_ms
from chalicelib.application.ports import Lack, ModelUnavailable, ModelUnusable
from chalicelib.domain.model_use import NO_USE, ModelUse

ANSWER_BYTES_MAX: Final = 262_144
ANSWER_TOKENS_MAX: Final = 4_000
REJECTED_MAX: Final = 3

ONE_CALL: Final = ModelUse(calls=1)

_JSON_OBJECT: Final = {"type": "json_object"}
_UNACCEPTABLE: Final = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
    }
)
_SAYS_WHEN: Final = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
_REASONING: Final = re.compile(r"(o\d|gpt-[5-9])(?!.*chat)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The body of a completion, unread, and the calls that it took."""

    body: bytes
    use: ModelUse = ONE_CALL


class Endpoint:
    """A model at an endpoint. Asks for structured outputs until the endpoint won't have them."""

    def __init__(self, *, base_url: str, api_key: str, model: str) -> None:
        self._client = openai.OpenAI(base_url=base_url, api_key=api_key, max_retries=0)
        self._model = model
        self._body = manners(model)
        self._rejected: set[int] = set()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def complete(
        self, system: str, user: str, response_format: Mapping[str, object], deadline: float
    ) -> Answer | ModelUnavailable | ModelUnusable:
        """Return the completion, asked for once, by *deadline* (`time.monotonic`).

        An endpoint that rejects *response_format* is asked once more, for any JSON object; if
        that is answered, this is all it will be asked for in place of that format, and after
        `REJECTED_MAX` different ones of any: one menu's schema may be what it won't have.
        """
        spent = NO_USE
        form = hash(json.dumps(response_format, sort_keys=True))
        if form not in self._rejected and len(self._rejected) < REJECTED_MAX:
            answer = self._post(system, user, response_format, deadline)
            if not isinstance(answer, openai.APIStatusError):
                return answer
            spent = ONE_CALL
        answer = self._post(system, user, _JSON_OBJECT, deadline)
        if isinstance(answer, openai.APIStatusError):
            why = f"HTTP {answer.status_code}"
            return ModelUnusable(why, use=spent + ONE_CALL, judged=False)
        if spent != NO_USE and isinstance(answer, Answer):
            self._rejected.add(form)
        return replace(answer, use=spent + answer.use)

    def _post(
        self, system: str, user: str, response_format: Mapping[str, object], deadline: float
    ) -> Answer | ModelUnavailable | ModelUnusable | openai.APIStatusError:
        """Make one request; an error is returned where the endpoint won't have it as it is."""
        seconds = deadline - time.monotonic()
        if seconds <= 0:
            return ModelUnavailable("no time left", lack=Lack.UNASKED)
        try:
            with self._client.chat.completions.with_streaming_response.create(
                model=self._model,
                messages=messages(system, user),
                timeout=seconds,
                extra_body={"response_format": response_format, **self._body},
            ) as response:
                return _body(response.iter_bytes(), deadline)
        except openai.APIConnectionError as error:
            timed_out = isinstance(error, openai.APITimeoutError)
            return _failed("timed out" if timed_out else "no connection")
        except openai.APIStatusError as error:
            return _failure(error)
        except Exception as error:  # noqa: BLE001 (the SDK lets some of its transport's through)
            # By its name alone: a message may quote the text.
            return _failed(type(error).__name__)


def _failed(why: str, retry_after: int | None = None) -> ModelUnavailable:
    return ModelUnavailable(why, retry_after_ms=retry_after, use=ONE_CALL)


def _failure(
    error: openai.APIStatusError,
) -> ModelUnavailable | ModelUnusable | openai.APIStatusError:
    if error.code == "content_filter":
        return ModelUnusable("content filtered", use=ONE_CALL)
    # Some servers answer 500 to a format that they don't know, and name it.
    if error.status_code in _UNACCEPTABLE or "response_format" in str(error.body):
        return error
    says_when = error.status_code in _SAYS_WHEN
    wait = retry_after_ms(error.response.headers, time.time()) if says_when else None
    return _failed(f"HTTP {error.status_code}", wait)


def _body(chunks: Iterable[bytes], deadline: float) -> Answer | ModelUnavailable | ModelUnusable:
    """Return all of *chunks*. The client's time-out is for each; this one is for all of them."""
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > ANSWER_BYTES_MAX:
            return ModelUnusable("too long an answer", use=ONE_CALL, judged=False)
        if time.monotonic() > deadline:
            return _failed("timed out")
    return Answer(body=bytes(body))


def messages(system: str, user: str) -> list[ChatCompletionMessageParam]:
    """Return what is said: the menu and the rules, then the customer's text."""
    return [{"role": "system", "content": system}, {"role": "user", "content": user}]


def manners(model: str) -> dict[str, Any]:
    """Return what *model* must be told to answer soon, steadily and briefly."""
    name = model.rpartition("/")[2].lower()
    if _REASONING.match(name):
        return {"reasoning_effort": "low", "max_completion_tokens": ANSWER_TOKENS_MAX}
    body: dict[str, Any] = {"temperature": 0, "max_tokens": ANSWER_TOKENS_MAX}
    if name.startswith("qwen3"):
        body["enable_thinking"] = False
    return body
