"""A model that says what the test has it say."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import replace
from threading import Lock
from typing import Any

from chalicelib.application.ports import (
    ModelReading,
    ModelResult,
    ModelUnavailable,
    ModelUnusable,
    Task,
)
from chalicelib.domain.model_use import ModelUse
from chalicelib.domain.resolution import Amount, ChosenOption, Line, OptionRef, Reading

ONE_CALL = ModelUse(calls=1)
"""The tokens of a script are not counted."""

UNSCRIPTED = ModelUnusable("no script for this text", use=ONE_CALL)


class ScriptedModel:
    """A language model with a script, text by text; what it was never told is unusable.

    An unusable answer makes the intent a question, as in a deployment with no model.
    Safe under threads.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._script: dict[str, deque[ModelResult]] = {}
        self._asked: list[str] = []

    @property
    def asked(self) -> tuple[str, ...]:
        """Every text that the model was asked to read, in order."""
        return tuple(self._asked)

    @property
    def calls(self) -> int:
        """How often the model was asked."""
        return len(self._asked)

    def reads(self, text: str, *lines: Line | Mapping[str, Any] | str) -> None:
        """Have the model read *text* as *lines*: each a `Line`, a SKU, or an API's item.

        What it names need not be on the menu: the model is not to be trusted.
        """
        read = tuple(_line(line) for line in lines)
        self._add(text, ModelReading(Reading(lines=read, certain=True), use=ONE_CALL))

    def is_unavailable(
        self,
        text: str,
        why: str = "scripted outage",
        *,
        times: int = 1,
        retry_after_ms: int | None = None,
    ) -> None:
        """Have the model fail to answer *text*, so many *times* before what is scripted next."""
        failure = ModelUnavailable(why, retry_after_ms=retry_after_ms, use=ONE_CALL)
        self._add(text, *[failure] * times)

    def is_unusable(self, text: str, why: str = "scripted nonsense") -> None:
        """Have the model answer *text* with what is no order: a refusal, garbage, half a line."""
        self._add(text, ModelUnusable(why, use=ONE_CALL))

    def read_all(self, tasks: Sequence[Task]) -> Sequence[ModelResult]:
        """Return what the script says of each text; its last word on one stands for ever."""
        with self._lock:
            self._asked.extend(task.text for task in tasks)
            return [replace(self._next(task.text), use=ONE_CALL) for task in tasks]

    def _add(self, text: str, *replies: ModelResult) -> None:
        with self._lock:
            self._script.setdefault(text, deque()).extend(replies)

    def _next(self, text: str) -> ModelResult:
        replies = self._script.get(text)
        if not replies:
            return UNSCRIPTED
        return replies.popleft() if len(replies) > 1 else replies[0]


def _line(line: Line | Mapping[str, Any] | str) -> Line:
    match line:
        case Line():
            return line
        case str():
            return Line(sku=line, quantity=1)
        case _:
            return Line(
                sku=line["sku"],
                quantity=line.get("quantity", 1),
                options=tuple(_option(option) for option in line.get("options", ())),
                without=tuple(OptionRef(**option) for option in line.get("without", ())),
            )


def _option(option: Mapping[str, str]) -> ChosenOption:
    amount = option.get("amount")
    return ChosenOption(
        group=option["group"], value=option["value"], amount=Amount(amount) if amount else None
    )
