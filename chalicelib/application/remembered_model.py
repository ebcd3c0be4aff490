"""A model that is not asked again what it has said before, by whomever it was asked.

What is remembered can be shared between customers, because it holds nothing of any:

- The key is a hash of the text's plain form without promotion codes, of the menu, and of who
  was asked and how. Whoever reads the table can test a guess of what somebody may have said,
  but can neither read a text nor learn whose it was.
- The answer is SKUs, options and quantities, and is kept only if every line is on the menu:
  what a text talked the model into saying besides is not written down.
- The model is shown the plain form itself, so one key is one prompt: a text can't be phrased
  to have others served its answer, but by being theirs.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import assert_never

from chalicelib.application.ports import (
    Clock,
    Model,
    ModelReading,
    ModelResult,
    ModelUnavailable,
    ModelUnusable,
    Task,
)
from chalicelib.application.reading_key import key_of, plain_form
from chalicelib.application.reading_ports import BeingAsked, Claimed, Known, Readings, Remembered
from chalicelib.domain.catalogue import Catalogue
from chalicelib.domain.errors import StoreUnavailableError
from chalicelib.domain.model_use import NO_USE
from chalicelib.domain.pricing import line_faults
from chalicelib.domain.resolution import Reading

WAIT_MS = 1_000
"""How long to wait for what somebody else is asking, or has just failed to learn."""

LEASE_MARGIN_MS = 5_000
"""How much longer than the model may take a claim lasts, for the calls before and after."""

STORE_REST_MS = 5_000
"""How long a store that failed is left alone: one that hangs would hang for the next call too."""

NOTHING = Reading(lines=(), certain=False)
"""What is remembered of an unusable answer: to the customer, both are a question."""


@dataclass(slots=True, kw_only=True)
class RememberedModel:
    """Asks *model* what *readings* don't know, each text once among all workers.

    *asked* names the model, its endpoint and the version of the prompt. What it was certain of
    is kept for *keep_ms*, its doubts and refusals for *doubt_ms*, and an outage not at all.
    *owner* gives a name that nobody else has. Where the store fails, the model is asked as
    if nothing were known.
    """

    model: Model
    readings: Readings
    clock: Clock
    owner: Callable[[], str]
    asked: str
    keep_ms: int
    doubt_ms: int
    _rests_until: int = field(default=0, init=False)

    def read_all(self, tasks: Sequence[Task]) -> Sequence[ModelResult]:
        """Return what each text means, from memory or the model. Never raises.

        What somebody else is asking is unavailable for a moment. What was known, or is
        shared with an earlier task, has no use of its own.
        """
        began = self.clock.now()
        owner = self.owner()
        shown = [_shown(task) for task in tasks]
        keys = [
            key_of(task.text, task.catalogue, task.hint.candidates, self.asked) for task in shown
        ]
        wanted = _wanted(keys, shown)
        known = self._look(wanted, owner, began)
        fresh = self._ask({k: task for k, task in wanted.items() if k not in known}, began)
        for key, result in fresh.items():
            self._note(key, result, wanted[key].catalogue, owner)
        now = self.clock.now()
        return _shared(keys, {**{k: _said(v, now) for k, v in known.items()}, **fresh})

    def _look(self, wanted: Mapping[str, Task], owner: str, began: int) -> Mapping[str, Known]:
        """Return what is known of *wanted*, and claim what is not, as far as the store answers."""
        known: dict[str, Known] = {}
        if wanted and began >= self._rests_until:
            try:
                known.update(self.readings.recall(wanted))
                for key, task in wanted.items():
                    if key in known:
                        continue
                    until = began + task.timeout_ms + LEASE_MARGIN_MS
                    stands = self.readings.claim(key, owner, until)
                    if not isinstance(stands, Claimed):
                        known[key] = stands
            except StoreUnavailableError:
                self._rest()
        return known

    def _ask(self, wanted: Mapping[str, Task], began: int) -> Mapping[str, ModelResult]:
        """Ask the model, in the time that looking left."""
        if not wanted:
            return {}
        spent = self.clock.now() - began
        tasks = [replace(task, timeout_ms=task.timeout_ms - spent) for task in wanted.values()]
        return dict(zip(wanted, self.model.read_all(tasks), strict=True))

    def _note(self, key: str, result: ModelResult, menu: Catalogue, owner: str) -> None:
        """Keep what the model said; where it said nothing, let others try in a moment.

        A claim that is given up stands for that moment, so that in an outage a text that
        everybody sends costs two writes a second, and not two for each who sends it.
        """
        now = self.clock.now()
        if now < self._rests_until:
            return
        try:
            match result:
                case ModelUnavailable():
                    self.readings.give_up(key, owner, now + WAIT_MS)
                case ModelReading(reading):
                    kept = _kept(reading, menu)
                    lasts_ms = self.keep_ms if kept.certain else self.doubt_ms
                    self.readings.keep(key, kept, now + lasts_ms)
                case ModelUnusable():
                    self.readings.keep(key, NOTHING, now + self.doubt_ms)
                case _:
                    assert_never(result)
        except StoreUnavailableError:
            self._rest()

    def _rest(self) -> None:
        self._rests_until = self.clock.now() + STORE_REST_MS


def _shown(task: Task) -> Task:
    """Return *task* as the model is to see it: in its plain form, without promotion codes."""
    text = task.text if task.hint.rest is None else task.hint.rest
    return replace(task, text=plain_form(text))


def _wanted(keys: Sequence[str], tasks: Sequence[Task]) -> Mapping[str, Task]:
    """Return each key's task, with the longest time that any of its tasks has."""
    wanted: dict[str, Task] = {}
    for key, task in zip(keys, tasks, strict=True):
        known = wanted.get(key)
        if known is None or known.timeout_ms < task.timeout_ms:
            wanted[key] = task
    return wanted


def _kept(reading: Reading, menu: Catalogue) -> Reading:
    """Return what may be written down of *reading*: lines on the menu, and nothing else."""
    if any(fault for line in reading.lines for fault in line_faults(line, menu)):
        return NOTHING
    return Reading(lines=reading.lines, certain=reading.certain and bool(reading.lines))


def _said(known: Known, now: int) -> ModelResult:
    match known:
        case Remembered():
            return ModelReading(known.reading)
        case BeingAsked():
            wait_ms = max(min(known.until - now, WAIT_MS), 1)
            return ModelUnavailable("being asked", retry_after_ms=wait_ms)
        case _:
            assert_never(known)


def _shared(keys: Sequence[str], results: Mapping[str, ModelResult]) -> Sequence[ModelResult]:
    """Return each key's result; what it used counts the first time."""
    seen: set[str] = set()
    shared: list[ModelResult] = []
    for key in keys:
        shared.append(replace(results[key], use=NO_USE) if key in seen else results[key])
        seen.add(key)
    return shared
