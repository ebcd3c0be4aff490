"""Resolve intents: from what the customer said to order lines, or a question back."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from chalicelib.application.lane_rules import never_dropped
from chalicelib.application.live import answered_live
from chalicelib.application.ports import (
    Catalogues,
    Clock,
    Control,
    Intents,
    Lack,
    Model,
    ModelReading,
    ModelResult,
    ModelUnavailable,
    ModelUnusable,
    Moved,
    Queue,
    Reader,
    Recall,
    Task,
)
from chalicelib.application.resolved import Again, Became, Consulted, Resolved
from chalicelib.domain.catalogue import Catalogue
from chalicelib.domain.errors import StoreUnavailableError
from chalicelib.domain.intent import Change, IntentRef, Pending, Reason, Status, move
from chalicelib.domain.model_use import NO_USE
from chalicelib.domain.pricing import line_faults
from chalicelib.domain.resolution import Reading, ReadingMode
from chalicelib.domain.run import ModelWay
from chalicelib.domain.settlement import dropped, expired

MODEL_TIMEOUT_MS_MAX = 10_000
MODEL_TURNS_MAX = 5
"""Answers to our questions for which an intent may still cost calls: a customer who goes on
answering costs us no more."""

MODEL_TIMEOUT_MS_MIN = 500
"""With less time left than this, a call to the model would only be paid for."""
TIME_TO_ORDER_MS = 15_000
"""What an intent must have left to wait for an answer that is near: ten seconds for a call of its
own, should that answer not come, and five for settling. With less, the customer is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Text:
    """A text that is the model's to read, and what the parser made of it."""

    pending: Pending
    catalogue: Catalogue
    reading: Reading


def at_once(_: Pending) -> ModelWay:
    """Say that the model may be asked."""
    return ModelWay.NOW


@dataclass(frozen=True, slots=True, kw_only=True)
class _Verdict:
    """What a text came to, and what the model said if it was asked. No outcome: it had moved on."""

    pending: Pending
    outcome: Pending | Change | Again | None
    result: ModelResult | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolveIntents:
    """The menu parser first, then the model, then a question: whichever is certain first.

    *mode* may leave the model out, or have it read every text; then the parser still names
    the coupon, and stands in where the model has nothing to say. An answer to a question about
    lines is never the model's: it means little without them, and only the parser merges the two.
    """

    intents: Intents
    catalogues: Catalogues
    settlements_queue: Queue
    control: Control
    reader: Reader
    model: Model | None
    clock: Clock
    mode: ReadingMode = ReadingMode.PARSER_FIRST
    is_dropped: Callable[[Pending], bool] = never_dropped
    """Whether what asked for an intent has since been called off."""
    model_way: Callable[[Pending], ModelWay] = at_once
    """Who reads an intent's text where the parser can't. Of a batch there is what it said before."""
    recall: Recall | None = None
    """What the model said before; without it nothing is known."""

    def __call__(self, pendings: Sequence[Pending]) -> Resolved:
        """Send what is understood to settlement and ask about the rest. Safe to repeat.

        An intent whose deadline passed is expired, and no model is asked. A model that
        fails costs no intent: it is tried again with the message while half of the time is
        left, which then is the customer's to answer a question in. One that is about to answer
        is waited for while there is time to order. What the model took goes on with the intent,
        attempt by attempt.
        """
        newest = {p.ref: p for p in sorted(pendings, key=lambda p: p.turn)}
        read = [self._read(pending) for pending in newest.values()]
        settled = [one for one in read if not isinstance(one, _Text)]
        verdicts = self._consult([one for one in read if isinstance(one, _Text)])
        newest.update((verdict.pending.ref, verdict.pending) for verdict in verdicts)
        outcomes = [*settled, *(verdict.outcome for verdict in verdicts)]
        understood = [one for one in outcomes if isinstance(one, Pending)]
        changes = [one for one in outcomes if isinstance(one, Change)]
        again = {one.pending.ref: one for one in outcomes if isinstance(one, Again)}
        counts = _counts(settled, verdicts)
        refused = self.settlements_queue.send_all(understood)
        again.update((p.ref, Again(pending=p)) for p in understood if p.ref in refused)
        made, undone = self._apply(changes)
        again.update((ref, Again(pending=newest[ref])) for ref in undone)
        counts.update(change.status.value for change in made)
        answered = answered_live(newest.values(), made)
        if answered.count:
            self.control.count_answered(answered)
        consulted = tuple(_consulted(verdicts, again))
        return Resolved(outcomes=+counts, again=again, consulted=consulted)

    def _apply(self, changes: Sequence[Change]) -> tuple[list[Change], list[IntentRef]]:
        """Make *changes* one by one; return those made, and whose could not be.

        A table that hangs once is not waited for again: the batch has only so much time.
        """
        made: list[Change] = []
        for index, change in enumerate(changes):
            try:
                if isinstance(self.intents.apply(change), Moved):
                    made.append(change)
            except StoreUnavailableError:
                return made, [change.ref for change in changes[index:]]
        return made, []

    def _read(self, pending: Pending) -> Pending | Change | _Text:
        now = self.clock.now()
        if now >= pending.expires_at:
            return expired(pending, now)
        if self.is_dropped(pending):
            return dropped(pending, now)
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
        read = _Text(pending=pending, catalogue=catalogue, reading=reading)
        asks_always = self.model is not None and self.mode is ReadingMode.MODEL_ALWAYS
        way = self.model_way(pending)
        if question is not None or pending.turn > MODEL_TURNS_MAX or way is ModelWay.NEVER:
            return self._by_parser(read)
        return self._by_parser(read) if reading.certain and not asks_always else read

    def _consult(self, texts: Sequence[_Text]) -> list[_Verdict]:
        if self.model is None or self.mode is ReadingMode.PARSER_ONLY:
            return [_Verdict(pending=t.pending, outcome=self._by_parser(t)) for t in texts]
        # A look is far cheaper than a call: who has moved on is not read again.
        open_still = [index for index, text in enumerate(texts) if self._is_open(text)]
        tasks = {index: self._task(texts[index]) for index in open_still}
        timely = {i: task for i, task in tasks.items() if task.timeout_ms >= MODEL_TIMEOUT_MS_MIN}
        batched = {i for i in timely if self.model_way(texts[i].pending) is ModelWay.BATCH}
        live = {i: task for i, task in timely.items() if i not in batched}
        read = dict(zip(live, self.model.read_all(list(live.values())), strict=True))
        read |= self._recalled({i: timely[i] for i in batched})
        late = ModelUnavailable("no time left", lack=Lack.UNASKED)
        return [
            _Verdict(pending=text.pending, outcome=None)
            if index not in tasks
            else _Verdict(pending=text.pending, outcome=self._by_parser(text))
            if index in batched and index not in read
            else self._settled(text, read.get(index, late))
            for index, text in enumerate(texts)
        ]

    def _recalled(self, tasks: Mapping[int, Task]) -> Mapping[int, ModelResult]:
        """Return what was said of *tasks*, as far as it is known. The rest is not asked again."""
        if not tasks or self.recall is None:
            return {}
        found = self.recall.recall_all(list(tasks.values()))
        return {i: said for i, said in zip(tasks, found, strict=True) if said is not None}

    def _is_open(self, text: _Text) -> bool:
        pending = text.pending
        intent = self.intents.get(pending.ref)
        return intent is not None and (intent.status, intent.turn) == (
            Status.ACCEPTED,
            pending.turn,
        )

    def _task(self, text: _Text) -> Task:
        pending = text.pending
        return Task(
            text=pending.request.text or "",
            catalogue=text.catalogue,
            hint=text.reading,
            timeout_ms=_timeout_ms(pending, self.clock.now()),
        )

    def _settled(self, text: _Text, result: ModelResult) -> _Verdict:
        """Return what the model's *result* makes of *text*; its lines count only if on the menu."""
        spent = replace(text.pending, model_use=text.pending.model_use + result.use)
        text = replace(text, pending=spent)
        outcome: Pending | Change | Again
        match result:
            case ModelReading(reading) if _is_orderable(reading, text.catalogue):
                # The model may not name a coupon: only what the text says counts.
                outcome = understood_as(spent, replace(reading, coupon=text.reading.coupon))
            case ModelReading():
                outcome = self._question(text)
            case ModelUnavailable() if self._may_wait(spent, result):
                outcome = Again(pending=spent, wait_ms=result.retry_after_ms)
            case _:
                outcome = self._by_parser(text)
        return _Verdict(pending=spent, outcome=outcome, result=result)

    def _may_wait(self, pending: Pending, result: ModelUnavailable) -> bool:
        now = self.clock.now()
        if now < (pending.queued_at + pending.expires_at) // 2:
            return True
        back_at = now + (result.retry_after_ms or 0)
        return result.lack is Lack.BUSY and back_at < pending.expires_at - TIME_TO_ORDER_MS

    def _by_parser(self, text: _Text) -> Pending | Change:
        if text.reading.certain:
            return understood_as(text.pending, text.reading)
        return self._question(text)

    def _question(self, text: _Text) -> Change:
        pending = with_coupon(text.pending, text.reading)
        question = self.reader.ask(text.reading, text.catalogue)
        return move(pending, Status.NEEDS_INPUT, self.clock.now(), question=question)


def _is_orderable(reading: Reading, catalogue: Catalogue) -> bool:
    faults = (fault for line in reading.lines for fault in line_faults(line, catalogue))
    return reading.certain and bool(reading.lines) and not any(faults)


def _counts(settled: Sequence[Pending | Change], verdicts: Sequence[_Verdict]) -> Counter[str]:
    understood = [verdict for verdict in verdicts if isinstance(verdict.outcome, Pending)]
    by_model = sum(isinstance(verdict.result, ModelReading) for verdict in understood)
    by_parser = sum(isinstance(one, Pending) for one in settled)
    return Counter(
        parser=by_parser + len(understood) - by_model,
        model=by_model,
        model_unavailable=sum(isinstance(verdict.outcome, Again) for verdict in verdicts),
        model_spared=sum(_is_spared(verdict.result) for verdict in verdicts),
        moved_on=sum(verdict.outcome is None for verdict in verdicts),
    )


def _consulted(
    verdicts: Sequence[_Verdict], again: Mapping[IntentRef, Again]
) -> Iterator[Consulted]:
    for verdict in verdicts:
        if verdict.result is None:
            continue
        if verdict.pending.ref in again:
            became = Became.AGAIN
        elif isinstance(verdict.outcome, Pending):
            became = Became.UNDERSTOOD
        else:
            became = Became.NEEDS_INPUT
        yield Consulted(
            ref=verdict.pending.ref,
            result=verdict.result,
            became=became,
            use=verdict.pending.model_use,
        )


def understood_as(pending: Pending, reading: Reading) -> Pending:
    """Return *pending* with the lines that were read, on its way to settlement."""
    named = with_coupon(pending, reading)
    return replace(
        named, request=replace(named.request, text=None, lines=reading.lines, answered=None)
    )


def with_coupon(pending: Pending, reading: Reading) -> Pending:
    """Return *pending* with the coupon that its text names.

    One that was given as such outdoes it; but in an answer the latest word counts, which may
    also refuse what was given.
    """
    given, refused = pending.request.coupons, reading.coupons_refused
    if refused is not None:
        given = tuple(code for code in given if refused and code not in refused)
    named = (reading.coupon,) if reading.coupon else ()
    coupons = named or given if pending.turn else given or named
    return replace(pending, request=replace(pending.request, coupons=coupons))


def _is_spared(result: ModelResult | None) -> bool:
    """Whether *result* is an answer that was known, or was given to another of the same text."""
    match result:
        case ModelReading(use=use) | ModelUnusable(use=use, judged=True):
            return use == NO_USE
        case _:
            return False


def _timeout_ms(pending: Pending, now: int) -> int:
    return min(pending.expires_at - now, MODEL_TIMEOUT_MS_MAX)
