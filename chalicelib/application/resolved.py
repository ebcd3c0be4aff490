"""What resolving a batch came to, in the words of those who ask for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from chalicelib.application.ports import ModelResult
from chalicelib.domain.intent import IntentRef, Pending
from chalicelib.domain.model_use import ModelUse


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """An intent that must be delivered again: as it is by now, and after how long, if that is known."""

    pending: Pending
    wait_ms: int | None = None


class Became(StrEnum):
    """What a text came to that was taken to the model."""

    UNDERSTOOD = "understood"
    NEEDS_INPUT = "needs_input"
    AGAIN = "again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Consulted:
    """A text that was taken to the model: what the model said this time, and what came of it.

    *use* is all that reading the intent took so far.
    """

    ref: IntentRef
    result: ModelResult
    became: Became
    use: ModelUse


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """What became of a batch: outcomes counted by name, and who must be delivered again."""

    outcomes: Mapping[str, int]
    again: Mapping[IntentRef, Again]
    consulted: tuple[Consulted, ...] = ()
