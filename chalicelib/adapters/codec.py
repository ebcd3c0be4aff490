"""Domain values as JSON, for queue messages and for the documents inside items.

The domain's dataclasses are the schema: pydantic reads and checks them without the domain
knowing. Defaults are left out, so messages and items stay small.
"""

import json
from typing import Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from chalicelib.domain.command import Command
from chalicelib.domain.intent import Pending, Promise, Reason, Request
from chalicelib.domain.model_use import ModelUse
from chalicelib.domain.order import Order
from chalicelib.domain.resolution import Question, Reading
from chalicelib.domain.terms import Terms

T = TypeVar("T")


class UnreadableError(Exception):
    """A document is not what it should be. Nothing that we wrote is unreadable."""


class Document(Generic[T]):
    """A type's JSON form, with what has its default left out."""

    def __init__(self, kind: type[T]) -> None:
        self._adapter: TypeAdapter[T] = TypeAdapter(kind)

    def dump(self, value: T) -> str:
        """Return *value* as JSON in ASCII, so that no store or queue can object to a character."""
        return self._adapter.dump_json(value, exclude_defaults=True, ensure_ascii=True).decode()

    def load(self, text: str | bytes) -> T:
        """Return the value in *text*; raise `UnreadableError` if there is none."""
        try:
            return self._adapter.validate_json(text)
        except ValidationError as error:
            msg = f"{error.error_count()} faults"
            raise UnreadableError(msg) from None


class StableDocument(Document[T]):
    """A JSON form that is the same for equal values, whatever order a set happens to have."""

    def dump(self, value: T) -> str:
        """Return *value* as JSON, names and sets sorted."""
        return json.dumps(self._adapter.dump_python(value), sort_keys=True, default=sorted)


MODEL_USE = Document(ModelUse)
PENDING = Document(Pending)
REQUEST = Document(Request)
PROMISE = Document(Promise)
QUESTION = Document(Question)
ORDER = Document(Order)
READING = Document(Reading)
REASON = Document(Reason)
TERMS: StableDocument[Terms] = StableDocument(Terms)  # type: ignore[arg-type]
COMMAND = Document(Command)
