"""Have the provider read a run's texts in batches, and remember what it says.

A batch goes through these stages, each recorded before the next is begun:

| stage | what is done | after a crash |
|---|---|---|
| cut | a name, and which texts | the batch of that name is looked for before one is handed in |
| handed in | it is looked at now and then | the same |
| over | its answers are remembered, some hundreds at a time | those since the last record again |
| gone from the record | its lines can be fed, its files are deleted | |

Nothing here says what a line means: an answer is remembered like any other of the model's, and
the line finds it there. A line whose text was not answered finds nothing, and is a question.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice

from chalicelib.application.batch_ports import (
    Ask,
    Batches,
    BatchesUnavailableError,
    BatchRefusedError,
)
from chalicelib.application.ports import Task
from chalicelib.application.put_off_lines import PuttingOff, Unsettled, text_row, texts_list
from chalicelib.application.run_ports import Reports
from chalicelib.domain.catalogue import Catalogue
from chalicelib.domain.errors import StoreUnavailableError
from chalicelib.domain.model_use import NO_USE, ModelPrices
from chalicelib.domain.run import Batch, Progress, Run, RunState, added

TEXTS_MAX = 5_000
"""Texts in a batch at most, a tenth of OpenAI's limit: what a keeper reads well within its lease."""

OPEN_MAX = 8
"""Batches of a run under way at a time."""

LOOK_MS, LOOK_MS_MAX = 60_000, 300_000
"""A batch is looked at each minute at first, and later each tenth of its age, up to this."""

ROOM_MS = 900_000
"""How long to wait where the provider has too much under way."""

LIFE_MS = 26 * 3_600_000
"""The provider ends a batch after 24 hours. Two more, and it is given up, as is one of which
nothing was heard for so long."""

ANSWERS = 500
"""Answers between two records."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskRun:
    """One step at a time, for whoever keeps the run.

    *build* makes the provider when it is first needed, which most runs never do. *prices* are
    those of a batch.
    """

    build: Callable[[], Batches]
    unsettled: Unsettled
    reports: Reports
    prices: ModelPrices

    @property
    def batches(self) -> Batches:
        """The provider. Raises `BatchesUnavailableError` where its key can't be had just now."""
        try:
            return self.build()
        except Exception as error:
            raise BatchesUnavailableError(type(error).__name__) from error

    def putting_off(self, run: Run) -> PuttingOff:
        """Return what puts off the lines of *run* that are to be asked about."""
        return PuttingOff(self.unsettled, self.reports, run)

    def step(self, run: Run, now: int) -> Progress | None:
        """Return the run's progress after the next step that is due; None if none is.

        Safe to repeat until it is recorded. A provider that does not answer is asked again
        later. Raises `SourceUnusableError` and `StoreUnavailableError`.
        """
        put_off = run.progress.put_off
        if run.state is RunState.PAUSED:
            return None
        for batch in put_off.batches:
            try:
                step = self._stepped(run, replace(batch, failing_since=None), now)
            except BatchesUnavailableError as error:
                since = batch.failing_since or now
                if now - since > LIFE_MS:
                    return self._ended(run, batch, "given_up")
                wait_ms = error.retry_after_ms or LOOK_MS
                step = replace(batch, failing_since=since, look_at=now + wait_ms)
            if isinstance(step, Batch):
                return _with(run, batch, step)
            if step is not None:
                return step
        if run.state is RunState.RUNNING and _is_to_cut(run, now):
            with suppress(BatchesUnavailableError):
                return self._cut(run, now)
        return None

    def next_at(self, run: Run) -> int | None:
        """Return when a step will be due (ms), None if none will."""
        if run.state is RunState.PAUSED:
            return None
        put_off = run.progress.put_off
        times = [batch.look_at for batch in put_off.batches]
        if put_off.uncut and put_off.cut_at is not None and len(put_off.batches) < OPEN_MAX:
            times.append(put_off.cut_at)
        return min(times, default=None)

    def call_off(self, run: Run) -> None:
        """Have the batches of a run stop that nobody will look at any more, as far as that can be done."""
        with suppress(BatchesUnavailableError):
            for batch in run.progress.put_off.batches:
                found = batch.id or self.batches.find(batch.name, batch.begun_at)
                if found is not None and not batch.over:
                    self.batches.cancel(found)

    def _stepped(self, run: Run, batch: Batch, now: int) -> Batch | Progress | None:
        """Return the batch, or all of the progress, after a step; None if there is none to do."""
        if now < batch.look_at:
            return None
        if batch.over:
            return self._learn(run, batch, now)
        if batch.id is None:
            return self._hand_in(run, batch, now)
        if run.is_over and not batch.called_off:
            self.batches.cancel(batch.id)
            return replace(batch, called_off=True, look_at=now + LOOK_MS)
        return self._look(run, batch, batch.id, now)

    def _cut(self, run: Run, now: int) -> Progress:
        """Return the progress with the next texts cut off for a batch of their own."""
        put_off = run.progress.put_off
        rows = list(
            islice(self.reports.rows(texts_list(run), put_off.texts, put_off.cut), TEXTS_MAX + 1)
        )
        texts = [text_row(row) for row, _ in rows]
        menu = self.unsettled.catalogues.current(run.plan.merchant)
        asks = [] if menu is None else self._asks([text.text for text in texts[:TEXTS_MAX]], menu)
        count = min(len(texts), TEXTS_MAX)
        if menu is not None and asks:
            fit = max(self.batches.room(menu, [ask for _, ask in asks]), 1)
            count = asks[fit][0] if fit < len(asks) else count
        cut = replace(
            put_off,
            cut=rows[count - 1][1],
            reach=texts[count].first if count < len(texts) else put_off.count,
            cut_at=now,
            named=put_off.named + 1,
        )
        if menu is not None and asks:
            batch = Batch(
                name=_name(run),
                start=put_off.cut,
                texts=count,
                first=texts[0].first,
                version=menu.version,
                begun_at=now,
                look_at=now,
            )
            cut = replace(cut, batches=(*put_off.batches, batch))
        return replace(run.progress, put_off=cut)

    def _asks(self, texts: Sequence[str], menu: Catalogue) -> list[tuple[int, Ask]]:
        """Return what to ask about *texts* on *menu*, each key once, with the place of its text.

        On another menu than when they were put off, the parser may be certain of some.
        """
        asks: dict[str, tuple[int, Ask]] = {}
        for place, text in enumerate(texts):
            told = self.unsettled.task(text, menu)
            if told is not None and told[0] not in asks:
                asks[told[0]] = place, _ask(*told)
        return list(asks.values())

    def _hand_in(self, run: Run, batch: Batch, now: int) -> Batch | Progress:
        """Return the batch once the provider has it: whoever was here before may have handed it in."""
        menu = self._menu(run, batch)
        asks = self._asked(run, batch, menu) if menu is not None else ()
        # The last thing before it is handed in: who stands still in between hands in another one.
        found = self.batches.find(batch.name, batch.begun_at)
        if found is None and run.is_over:
            return self._ended(run, batch, "called_off")
        if found is None and menu is None:
            return self._ended(run, batch, "menu_gone")
        if found is None and menu is not None:
            try:
                found = self.batches.begin(batch.name, menu, asks)
            except BatchRefusedError:
                return self._ended(run, batch, "refused")
        return replace(batch, id=found, look_at=now + LOOK_MS)

    def _asked(self, run: Run, batch: Batch, menu: Catalogue) -> Sequence[Ask]:
        """Return what is to be asked in *batch*."""
        rows = self.reports.rows(texts_list(run), run.progress.put_off.texts, batch.start)
        texts = [text_row(row).text for row, _ in islice(rows, batch.texts)]
        return [ask for _, ask in self._asks(texts, menu)]

    def _look(self, run: Run, batch: Batch, batch_id: str, now: int) -> Batch | Progress:
        seen, age = self.batches.look(batch_id), now - batch.begun_at
        if seen.end is not None and seen.for_room and age <= LIFE_MS and not run.is_over:
            with suppress(BatchesUnavailableError):
                self.batches.forget(batch_id)
            return self._again(run, batch, now)
        if seen.end is not None:
            ends = added(run.progress.put_off.ends, {seen.end: 1})
            noted = replace(run.progress.put_off, ends=ends)
            run = replace(run, progress=replace(run.progress, put_off=noted))
            return _with(run, batch, replace(batch, over=True))
        if age > LIFE_MS:
            with suppress(BatchesUnavailableError):
                self.batches.cancel(batch_id)
            return self._ended(run, batch, "given_up")
        wait = min(max(LOOK_MS, age // 10), LOOK_MS_MAX)
        return replace(batch, look_at=now + wait)

    def _again(self, run: Run, batch: Batch, now: int) -> Progress:
        """Have a batch that was not begun handed in again, as another one, when there may be room."""
        put_off = run.progress.put_off
        again = replace(batch, id=None, name=_name(run), look_at=now + ROOM_MS)
        named = replace(put_off, named=put_off.named + 1)
        return _with(replace(run, progress=replace(run.progress, put_off=named)), batch, again)

    def _learn(self, run: Run, batch: Batch, now: int) -> Batch | Progress:
        """Remember the next answers; after the last of them the batch is gone from the record."""
        menu = self._menu(run, batch)
        if menu is None or batch.id is None:
            return self._without(run, batch)
        answers = list(islice(self.batches.answers(batch.id, menu, batch.kept), ANSWERS))
        if not answers:
            with suppress(BatchesUnavailableError):
                self.batches.forget(batch.id)
            return self._without(run, batch)
        use = NO_USE
        try:
            for answer in answers:
                self.unsettled.memory.learn(answer.key, answer.result, menu)
                use += answer.result.use
        except StoreUnavailableError:
            return replace(batch, look_at=now + LOOK_MS)
        cost = self.prices.cost_microdollars(use) or 0
        progress = replace(run.progress, model_microdollars=run.progress.model_microdollars + cost)
        paid = replace(run, progress=progress)
        return _with(paid, batch, replace(batch, kept=answers[-1].behind))

    def _menu(self, run: Run, batch: Batch) -> Catalogue | None:
        return self.unsettled.catalogues.get(run.plan.merchant, batch.version)

    def _ended(self, run: Run, batch: Batch, end: str) -> Progress:
        """Return the progress without a batch of which there are no answers."""
        progress = self._without(run, batch)
        put_off = progress.put_off
        return replace(progress, put_off=replace(put_off, ends=added(put_off.ends, {end: 1})))

    def _without(self, run: Run, batch: Batch) -> Progress:
        put_off = run.progress.put_off
        rest = tuple(other for other in put_off.batches if other.name != batch.name)
        return replace(run.progress, put_off=replace(put_off, batches=rest))


def _name(run: Run) -> str:
    """Return the name of *run*'s next batch: no other run's of this stack or another."""
    return f"{run.id}-{run.made_at}-{run.progress.put_off.named}"


def _with(run: Run, batch: Batch, after: Batch) -> Progress:
    put_off = run.progress.put_off
    batches = tuple(after if other.name == batch.name else other for other in put_off.batches)
    return replace(run.progress, put_off=replace(put_off, batches=batches))


def _is_to_cut(run: Run, now: int) -> bool:
    """Whether the next texts are to be handed in: all are known, they are many, or they waited long."""
    put_off = run.progress.put_off
    if not put_off.uncut or len(put_off.batches) >= OPEN_MAX:
        return False
    waited = put_off.cut_at is not None and now >= put_off.cut_at
    return run.progress.ended or put_off.uncut >= TEXTS_MAX or waited


def _ask(key: str, task: Task) -> Ask:
    return Ask(key=key, text=task.text, candidates=tuple(task.hint.candidates))
