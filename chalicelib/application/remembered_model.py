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

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import assert_never

from chalicelib.application.each_once import each_once
from chalicelib.application.ports import (
    Clock,
    Lack,
    Model,
    ModelReading,
    ModelResult,
    ModelUnavailable,
    ModelUnusable,
    Task,
)
from chalicelib.application.reading_key import key_of, plain_form
from chalicelib.application.reading_ports import (
    BeingAsked,
    Claimed,
    Known,
    Readings,
    Remembered,
    Resting,
)
from chalicelib.domain.catalogue import Catalogue
from chalicelib.domain.errors import StoreUnavailableError
from chalicelib.domain.pricing import line_faults
from chalicelib.domain.resolution import Reading

WAIT_MS = 1_000
"""How long to wait for what somebody else is asking; and what nobody learnt rests for as long."""

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
    is kept for *keep_ms*, its doubts and refusals for *doubt_ms*, and what is no word of its own
    on the text, such as an outage or a request that its endpoint won't have, not at all.
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

        What somebody else is asking is unavailable for a moment; what was asked in vain, for
        as long as it rests. What was known, or is shared with an earlier task, has no use of
        its own.
        """
        began = self.clock.now()
        owner = self.owner()
        told = [self.shown(task) for task in tasks]

        def answers(wanted: Mapping[str, Task]) -> Mapping[str, ModelResult]:
            known = self._look(wanted, owner, began)
            fresh = self._ask({k: task for k, task in wanted.items() if k not in known}, began)
            for key, result in fresh.items():
                self._note(key, result, wanted[key].catalogue, owner)
            now = self.clock.now()
            return {**{k: _said(v, now) for k, v in known.items()}, **fresh}

        return each_once([key for key, _ in told], [task for _, task in told], answers)

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
        """Keep what the model said of the text; where it said nothing, let others try.

        Where it was asked in vain they may in a moment, or when it said: in an outage a text
        that everybody sends costs two writes in that time, and not two for each who sends it.
        """
        now = self.clock.now()
        if now < self._rests_until:
            return
        try:
            match result:
                case ModelUnavailable(lack=Lack.BUSY | Lack.UNASKED) | ModelUnusable(judged=False):
                    self.readings.give_up(key, owner, now)
                case ModelUnavailable():
                    rests_ms = max(result.retry_after_ms or 0, WAIT_MS)
                    self.readings.give_up(key, owner, now + rests_ms)
                case _:
                    self.learn(key, result, menu)
        except StoreUnavailableError:
            self._rest()

    def shown(self, task: Task) -> tuple[str, Task]:
        """Return the key of *task*, and the task as the model is to see it."""
        seen = _shown(task)
        return key_of(seen.text, seen.catalogue, seen.hint.candidates, self.asked), seen

    def known(self, keys: Collection[str]) -> Mapping[str, Known]:
        """Return what is known of *keys*. Raises `StoreUnavailableError`."""
        return self.readings.recall(keys)

    def learn(self, key: str, result: ModelResult, menu: Catalogue) -> None:
        """Keep what the model said of a text, if anything. Raises `StoreUnavailableError`."""
        now = self.clock.now()
        match result:
            case ModelReading(reading):
                kept = _kept(reading, menu)
                lasts_ms = self.keep_ms if kept.certain else self.doubt_ms
                self.readings.keep(key, kept, now + lasts_ms)
            case ModelUnavailable() | ModelUnusable(judged=False):
                pass
            case ModelUnusable():
                self.readings.keep(key, NOTHING, now + self.doubt_ms)
            case _:
                assert_never(result)

    def recall_all(self, tasks: Sequence[Task]) -> Sequence[ModelResult | None]:
        """Return what was said about each text, None where nothing is known. Never raises.

        What somebody is asking is unavailable for a moment, and where the store fails, each is.
        Of what rests nothing is known: nobody is asking.
        """
        keys = [self.shown(task)[0] for task in tasks]
        try:
            known = self.known(set(keys))
        except StoreUnavailableError:
            lost = ModelUnavailable("no memory", STORE_REST_MS, lack=Lack.UNASKED)
            return [lost] * len(tasks)
        now = self.clock.now()
        said = {k: _said(v, now) for k, v in known.items() if not isinstance(v, Resting)}
        return [said.get(key) for key in keys]

    def _rest(self) -> None:
        self._rests_until = self.clock.now() + STORE_REST_MS


def _shown(task: Task) -> Task:
    """Return *task* as the model is to see it: in its plain form, without promotion codes."""
    text = task.text if task.hint.rest is None else task.hint.rest
    return replace(task, text=plain_form(text))


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
            return ModelUnavailable("being asked", retry_after_ms=wait_ms, lack=Lack.BUSY)
        case Resting():
            # How to wait where nobody said how long, the queue knows best: longer each time.
            told = known.until - now if known.until - now > WAIT_MS else None
            return ModelUnavailable("asked in vain", retry_after_ms=told, lack=Lack.HELD)
        case _:
            assert_never(known)
