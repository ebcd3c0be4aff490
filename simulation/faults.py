"""Faults, by chance or on demand, in calls to the simulated services.

What strikes is left after DynamoDB has its say: it fails before any effect, its answer is
lost after the effect, it is slow, or its caller dies. Chance comes from a generator of the
faults' own, so that a run with a fault differs from one without by that fault alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Any

from rushline_testing.faults import CrashError

When = Callable[[Mapping[str, Any]], bool]


class Effect(StrEnum):
    """What a fault does to a call."""

    FAIL = "fail"
    """It is refused with a server error, and has no effect."""
    LOSE_ANSWER = "lose_answer"
    """It has its effect, and its caller waits for an answer until it times out."""
    DELAY = "delay"
    """It arrives late."""
    CRASH_BEFORE = "crash_before"
    """Its caller dies before it is sent."""
    CRASH_AFTER = "crash_after"
    """Its caller dies after its effect, and never sees the answer."""


@dataclass(slots=True, kw_only=True)
class Fault:
    """Strikes an *operation* (an API name such as "PutItem"; "*": any) at *rate*.

    With *times* it is used up after so many; with *when* it is meant for some calls only,
    by their parameters.
    """

    effect: Effect
    operation: str = "*"
    rate: float = 1.0
    times: int | None = None
    delay_ms: float = 0.0
    when: When | None = None
    struck: int = 0


class Faults:
    """The faults of a run; of several that might strike, the first one does."""

    def __init__(self, *faults: Fault, seed: int = 0) -> None:
        self._faults = list(faults)
        self._random = Random(seed)  # noqa: S311 (chance that can be repeated)

    def add(self, fault: Fault) -> None:
        """Have *fault* strike from now on."""
        self._faults.append(fault)

    def strike(self, operation: str, call: Mapping[str, Any]) -> Fault | None:
        """Return the fault that strikes *call*, if one does."""
        for fault in self._faults:
            if fault.operation not in {"*", operation} or fault.struck == fault.times:
                continue
            if fault.when is not None and not fault.when(call):
                continue
            if fault.rate >= 1 or self._random.random() < fault.rate:
                fault.struck += 1
                return fault
        return None


def crash(effect: Effect, operation: str) -> CrashError:
    """Return the death of a worker at its call of *operation*."""
    return CrashError(f"{effect}: {operation}")
