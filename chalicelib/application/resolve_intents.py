"""Resolve intents: from what the customer said to order lines, or a question back."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from chalicelib.application.ports import (
    Catalogues,
    Clock,
    Control,
    Intents,
    Model,
    ModelReading,
    ModelResult,
    ModelUnavailable,
    Moved,
    Queue,
    Reader,
    Task,
)
from chalicelib.domain.admission import Answered
from chalicelib.domain.catalogue import Catalogue
from chalicelib.domain.errors import StoreUnavailableError
from chalicelib.domain.intent import Change, IntentRef, Pending, Reason, Status, move
from chalicelib.domain.model_use import NO_USE
from chalicelib.domain.pricing import line_faults
from chalicelib.domain.resolution import Reading
from chalicelib.domain.settlement import expired

MODEL_TIMEOUT_MS_MAX = 10_000
MODEL_TIMEOUT_MS_MIN = 500
"""With less time left than this, a call to the model would only be paid for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """What became of a batch: outcomes counted by name, and who must be delivered again."""

    outcomes: Mapping[str, int]
    again: frozenset[IntentRef]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unsure:
    """A text that the parser did not settle."""

    pending: Pending
    catalogue: Catalogue
    reading: Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolveIntents:
    """The menu parser first, then the model, then a question: whichever is certain first."""

    intents: Intents
    catalogues: Catalogues
    settlements_queue: Queue
    control: Control
    reader: Reader
    model: Model | None
    clock: Clock

    def __call__(self, pendings: Sequence[Pending]) -> Resolved:
        """Send what is understood to settlement and ask about the rest. Safe to repeat.

        An intent whose deadline passed is expired, and no model is asked. A model that
        fails costs no intent: it is tried again with the message while half of the time is
        left, which then is the customer's to answer a question in.
        """
        readings = [self._read(pending) for pending in pendings]
        unsure = [reading for reading in readings if isinstance(reading, _Unsure)]
        settled = [reading for reading in readings if not isinstance(reading, _Unsure)]
        consulted, spared = self._consult(unsure)
        understood = [p for p in (*settled, *consulted) if isinstance(p, Pending)]
        changes = [c for c in (*settled, *consulted) if isinstance(c, Change)]
        again = {
            text.pending.ref
            for text, result in zip(unsure, consulted, strict=True)
            if isinstance(result, ModelUnavailable)
        }
        by_parser = sum(isinstance(reading, Pending) for reading in settled)
        outcomes = Counter(
            parser=by_parser,
            model=len(understood) - by_parser,
            model_unavailable=len(again),
            model_spared=spared,
            moved_on=consulted.count(None),
        )
        again.update(self.settlements_queue.send_all(understood))
        made = self._apply(changes, again)
        outcomes.update(change.status.value for change in made)
        if made:
            queued_at = {pending.ref: pending.queued_at for pending in pendings}
            waited_ms = sum(change.at - queued_at[change.ref] for change in made)
            self.control.count_answered(Answered(count=len(made), waited_ms=waited_ms))
        return Resolved(outcomes=+outcomes, again=frozenset(again))

    def _apply(self, changes: Sequence[Change], again: set[IntentRef]) -> list[Change]:
        """Make *changes* one by one and return those made; the others go to *again*.

        A table that hangs once is not waited for again: the batch has only so much time.
        """
        made: list[Change] = []
        down = False
        for change in changes:
            if down:
                again.add(change.ref)
                continue
            try:
                if isinstance(self.intents.apply(change), Moved):
                    made.append(change)
            except StoreUnavailableError:
                down = True
                again.add(change.ref)
        return made

    def _read(self, pending: Pending) -> Pending | Change | _Unsure:
        now = self.clock.now()
        if now >= pending.expires_at:
            return expired(pending, now)
        if pending.request.lines:
            return pending
        catalogue = self.catalogues.current(pending.merchant)
        if catalogue is None:
            reason = Reason(code="merchant_gone", detail="The merchant has no catalogue.")
            return move(pending, Status.REJECTED, now, reason=reason)
        text, question = pending.request.text or "", pending.request.answered
        reading = (
            self.reader.read(text, catalogue)
            if question is None
            else self.reader.reply(text, question, catalogue)
        )
        if reading.certain:
            return understood_as(pending, reading)
        return _Unsure(pending=pending, catalogue=catalogue, reading=reading)

    def _consult(
        self, unsure: Sequence[_Unsure]
    ) -> tuple[list[Pending | Change | ModelUnavailable | None], int]:
        """Return what the model makes of each, and how many of its answers cost no call."""
        if self.model is None:
            return [self._question(text) for text in unsure], 0
        # A look is far cheaper than a call: who has moved on is not read again.
        open_still = [index for index, text in enumerate(unsure) if self._is_open(text)]
        tasks = {index: self._task(unsure[index]) for index in open_still}
        timely = {i: task for i, task in tasks.items() if task.timeout_ms >= MODEL_TIMEOUT_MS_MIN}
        read = dict(zip(timely, self.model.read_all(list(timely.values())), strict=True))
        late = ModelUnavailable("no time left")
        spared = sum(_is_spared(result) for result in read.values())
        return [
            self._settled(text, read.get(index, late)) if index in tasks else None
            for index, text in enumerate(unsure)
        ], spared

    def _is_open(self, text: _Unsure) -> bool:
        pending = text.pending
        intent = self.intents.get(pending.ref)
        return intent is not None and (intent.status, intent.turn) == (
            Status.ACCEPTED,
            pending.turn,
        )

    def _task(self, text: _Unsure) -> Task:
        pending = text.pending
        return Task(
            text=pending.request.text or "",
            catalogue=text.catalogue,
            hint=text.reading,
            timeout_ms=_timeout_ms(pending, self.clock.now()),
        )

    def _settled(self, text: _Unsure, result: ModelResult) -> Pending | Change | ModelUnavailable:
        """Return what the model's *result* makes of *text*; its lines count only if on the menu."""
        match result:
            case ModelReading(Reading(certain=True) as reading) if reading.lines and not any(
                fault for line in reading.lines for fault in line_faults(line, text.catalogue)
            ):
                # The model may not name a coupon: only what the text says counts.
                read = replace(reading, coupon=text.reading.coupon)
                return understood_as(text.pending, read)
            case ModelUnavailable() if self._is_early(text.pending):
                return result
            case _:
                return self._question(text)

    def _is_early(self, pending: Pending) -> bool:
        return self.clock.now() < (pending.queued_at + pending.expires_at) // 2

    def _question(self, text: _Unsure) -> Change:
        pending = with_coupon(text.pending, text.reading)
        question = self.reader.ask(text.reading, text.catalogue)
        return move(pending, Status.NEEDS_INPUT, self.clock.now(), question=question)


def understood_as(pending: Pending, reading: Reading) -> Pending:
    """Return *pending* with the lines that were read, on its way to settlement."""
    named = with_coupon(pending, reading)
    return replace(
        named, request=replace(named.request, text=None, lines=reading.lines, answered=None)
    )


def with_coupon(pending: Pending, reading: Reading) -> Pending:
    """Return *pending* with the coupon that its text names.

    One that was given as such outdoes it; but in an answer the latest word counts.
    """
    given = pending.request.coupons
    named = (reading.coupon,) if reading.coupon else ()
    coupons = named or given if pending.turn else given or named
    return replace(pending, request=replace(pending.request, coupons=coupons))


def _is_spared(result: ModelResult) -> bool:
    """Whether *result* is an answer that was known, or was given to another of the same text."""
    return result.use == NO_USE and not isinstance(result, ModelUnavailable)


def _timeout_ms(pending: Pending, now: int) -> int:
    return min(pending.expires_at - now, MODEL_TIMEOUT_MS_MAX)
