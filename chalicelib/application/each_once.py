"""Tasks that come to one question are asked as one."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from chalicelib.application.ports import ModelResult, Task
from chalicelib.domain.model_use import NO_USE

K = TypeVar("K", bound=Hashable)


def each_once(
    keys: Sequence[K],
    tasks: Sequence[Task],
    ask: Callable[[Mapping[K, Task]], Mapping[K, ModelResult]],
) -> Sequence[ModelResult]:
    """Return each task's result, in order. *ask* gets one task a key: that with the most time.

    What was used counts with the first of those who share it.
    """
    wanted: dict[K, Task] = {}
    for key, task in zip(keys, tasks, strict=True):
        known = wanted.get(key)
        if known is None or known.timeout_ms < task.timeout_ms:
            wanted[key] = task
    results = ask(wanted)
    seen: set[K] = set()
    shared: list[ModelResult] = []
    for key in keys:
        shared.append(replace(results[key], use=NO_USE) if key in seen else results[key])
        seen.add(key)
    return shared
