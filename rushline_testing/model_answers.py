"""What a language model may answer, well or badly, in the OpenAI protocol's words."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from chalicelib.domain.resolution import Line

Script = Mapping[str, Sequence[Line]]
"""What each text means. A text that is not in it is answered as unsure."""


class Mode(StrEnum):
    """How the model answers."""

    RIGHT = "right"
    UNSURE = "unsure"
    WRONG_SKU = "wrong_sku"
    WRONG_OPTION = "wrong_option"
    ABSURD_QUANTITY = "absurd_quantity"
    INVENTED_PRICE = "invented_price"
    INVENTED_COUPON = "invented_coupon"
    REFUSAL = "refusal"
    TRUNCATED = "truncated"
    FILTERED = "filtered"
    GARBAGE = "garbage"
    EMPTY = "empty"
    NOT_A_COMPLETION = "not_a_completion"
    ERROR_WITH_200 = "error_with_200"
    SCHEMA_REJECTED = "schema_rejected"
    SCHEMA_UNKNOWN = "schema_unknown"
    ALL_REJECTED = "all_rejected"
    UNAUTHORIZED = "unauthorized"
    RATE_LIMITED = "rate_limited"
    RATE_LIMITED_UNTOLD = "rate_limited_untold"
    OVERLOADED = "overloaded"
    FAILING = "failing"
    SLOW = "slow"
    DRIPPING = "dripping"
    DRIPPING_FAILURE = "dripping_failure"
    HANGING_UP = "hanging_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request as it came."""

    body: Mapping[str, Any]

    @property
    def format(self) -> str:
        """The type of response that was asked for."""
        return str(self.body["response_format"]["type"])

    @property
    def prompts(self) -> tuple[str, ...]:
        """The content of each message."""
        return tuple(message["content"] for message in self.body["messages"])

    @property
    def text(self) -> str:
        """The customer's text: the last line of the last message, a JSON string."""
        return str(json.loads(self.prompts[-1].rsplit("\n", 1)[-1]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What goes back over HTTP."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


Says = Callable[[Asked], str]
"""What a model says in its own words, to prompts that are no order."""


def reply_to(asked: Asked, mode: Mode, script: Script, says: Says | None = None) -> Reply:
    """Return what a model in *mode* says to *asked*; in its right mind, as *says* has it."""
    if mode in _ERRORS:
        return _ERRORS[mode]
    if mode in _WITHOUT_SCHEMAS and asked.format == "json_schema":
        return _WITHOUT_SCHEMAS[mode]
    if asked.format == "json_object" and "JSON" not in "".join(asked.prompts):
        return _error(400, "The messages must contain the word JSON")
    if mode is Mode.NOT_A_COMPLETION:
        return Reply(body=b"<html>It works!</html>")
    if mode is Mode.ERROR_WITH_200:
        return Reply(body=b'{"error": {"code": 502, "message": "upstream"}}')
    own = says(asked) if says is not None and mode is Mode.RIGHT else None
    return Reply(body=json.dumps(_completion(asked.text, mode, script, own)).encode())


def _completion(
    text: str, mode: Mode, script: Script, own: str | None = None
) -> Mapping[str, object]:
    content: str | None = _content(text, mode, script) if own is None else own
    refusal, finish = None, "stop"
    match mode:
        case Mode.REFUSAL:
            content, refusal = None, "I can't help with that."
        case Mode.FILTERED:
            content, finish = None, "content_filter"
        case Mode.EMPTY:
            content = ""
        case Mode.GARBAGE:
            content = f"Sure! Here is your order: {text}"
        case Mode.TRUNCATED:
            content, finish = '{"lines": [{"sku":', "length"
        case _:
            pass
    message = {"role": "assistant", "content": content, "refusal": refusal}
    return {
        "id": "chatcmpl-0",
        "object": "chat.completion",
        "created": 0,
        "model": "loopback",
        "choices": [{"index": 0, "finish_reason": finish, "message": message}],
        "usage": {
            "prompt_tokens": 1_200,
            "completion_tokens": 40,
            "total_tokens": 1_240,
            "prompt_tokens_details": {"cached_tokens": 1_024},
        },
    }


def _content(text: str, mode: Mode, script: Script) -> str:
    lines = [_wire(line) for line in script.get(text, ())]
    answer: dict[str, Any] = {"lines": lines, "certain": text in script}
    first = lines[0] if lines else {}
    match mode:
        case Mode.UNSURE:
            answer["certain"] = False
        case Mode.WRONG_SKU:
            first["sku"] = "a-sku-that-is-not-sold"
        case Mode.WRONG_OPTION:
            first["options"] = [{"option": "size:colossal", "how": "with"}]
        case Mode.ABSURD_QUANTITY:
            first["quantity"] = 1_000_000
        case Mode.INVENTED_PRICE:
            first["unit_price"] = 1
        case Mode.INVENTED_COUPON:
            answer["coupon"] = "FREE100"
        case _:
            pass
    return json.dumps(answer)


def _wire(line: Line) -> dict[str, Any]:
    options = [
        {"option": f"{option.group}:{option.value}", "how": option.amount or "with"}
        for option in line.options
    ]
    without = [
        {"option": f"{option.group}:{option.value}", "how": "without"} for option in line.without
    ]
    return {"sku": line.sku, "quantity": line.quantity, "options": [*options, *without]}


def _error(status: int, message: str, **headers: str) -> Reply:
    error = {"message": message, "type": "error", "param": None, "code": None}
    return Reply(status=status, body=json.dumps({"error": error}).encode(), headers=headers)


_ERRORS = {
    Mode.ALL_REJECTED: _error(400, "Unsupported value"),
    Mode.UNAUTHORIZED: _error(401, "Incorrect API key provided"),
    Mode.RATE_LIMITED: _error(429, "Rate limit reached", **{"Retry-After": "20"}),
    Mode.RATE_LIMITED_UNTOLD: _error(429, "Rate limit reached"),
    Mode.OVERLOADED: _error(503, "Overloaded", **{"Retry-After": "Fri, 31 Dec 9999 23:59:59 GMT"}),
    Mode.FAILING: _error(500, "The server had an error"),
    Mode.DRIPPING_FAILURE: _error(500, "The server had an error"),
}
_WITHOUT_SCHEMAS = {
    Mode.SCHEMA_REJECTED: _error(400, "This response_format type is unavailable now"),
    Mode.SCHEMA_UNKNOWN: _error(500, "body.response_format.type: Input should be 'json_object'"),
}
