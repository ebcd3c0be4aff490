"""Which lines of a slice wait for a batch, and the lists that they and their texts go into.

A line is put off if neither the parser nor the memory settles its text. The lists are reports,
so that whoever does a slice again writes the same place again.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from chalicelib.application.batch_ports import Memory
from chalicelib.application.listed_lines import Lines, lines_list, row_of
from chalicelib.application.ports import Catalogues, Reader, Task
from chalicelib.application.reading_ports import Remembered
from chalicelib.application.run_ports import Reports
from chalicelib.domain.catalogue import Catalogue
from chalicelib.domain.resolution import ReadingMode
from chalicelib.domain.run import Place, PutOff, Run
from chalicelib.domain.run_line import Buy

CUT_MS = 3_600_000
"""A text waits for others at most so long before its batch is handed in."""

TEXTS_REMEMBERED = 200_000
"""Distinct texts that a run's keeper tells apart, some 30 MB. Further back, one is asked again."""


def texts_list(run: Run) -> str:
    """Return the name of the list of their texts."""
    return f"runs/{run.id}/texts"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRow:
    """A text that is to be read, and which of the lines that were put off it came with first."""

    key: str
    first: int
    text: str

    def written(self) -> bytes:
        """Return its row."""
        row = {"key": self.key, "first": self.first, "text": self.text}
        return json.dumps(row, separators=(",", ":")).encode() + b"\n"


def text_row(row: bytes) -> TextRow:
    """Return the text in *row*."""
    return TextRow(**json.loads(row))


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsettled:
    """Tells which texts neither the parser nor the memory settles."""

    catalogues: Catalogues
    reader: Reader
    memory: Memory
    mode: ReadingMode = ReadingMode.PARSER_FIRST

    def keys(self, merchant: str, lines: Lines) -> Mapping[int, tuple[str, str]]:
        """Return the key and the text of each line that nobody has settled, by its number."""
        catalogue = self.catalogues.current(merchant)
        if catalogue is None:
            return {}
        unsure: dict[int, tuple[str, str]] = {}
        for raw, line in lines:
            if isinstance(line, Buy) and line.request.text:
                key = self.key(line.request.text, catalogue)
                if key is not None:
                    unsure[raw.number] = key, line.request.text
        known = self.memory.known({key for key, _ in unsure.values()}) if unsure else {}
        return {
            number: (key, text)
            for number, (key, text) in unsure.items()
            if not isinstance(known.get(key), Remembered)
        }

    def key(self, text: str, catalogue: Catalogue) -> str | None:
        """Return the key of *text*, None where the parser is certain of it."""
        shown = self.task(text, catalogue)
        return shown and shown[0]

    def task(self, text: str, catalogue: Catalogue) -> tuple[str, Task] | None:
        """Return the key of *text* and what the model is to see; None where it need not."""
        hint = self.reader.read(text, catalogue)
        if hint.certain and self.mode is not ReadingMode.MODEL_ALWAYS:
            return None
        return self.memory.shown(Task(text=text, catalogue=catalogue, hint=hint, timeout_ms=0))


class PuttingOff:
    """Puts lines of one run off; knows which of its texts were noted already."""

    def __init__(self, unsettled: Unsettled, reports: Reports, run: Run) -> None:
        self._unsettled = unsettled
        self._reports = reports
        self._noted: dict[int, None] = {}
        put_off = run.progress.put_off
        for row, _ in reports.rows(texts_list(run), put_off.texts, Place()):
            self._note([text_row(row).key])

    def __call__(self, run: Run, lines: Lines, now: int) -> tuple[PutOff, Lines]:
        """Return *run*'s list with those of *lines* that wait, and the others. Safe to repeat."""
        unsure = self._unsettled.keys(run.plan.merchant, lines)
        put_off = run.progress.put_off
        if not unsure:
            return put_off, lines
        waiting = [(raw, line) for raw, line in lines if raw.number in unsure]
        texts: dict[str, TextRow] = {}
        for place, (raw, _) in enumerate(waiting, start=put_off.count):
            key, text = unsure[raw.number]
            if _short(key) not in self._noted:
                texts.setdefault(key, TextRow(key=key, first=place, text=text))
        put_off = self._with(run, put_off, waiting, list(texts.values()), now)
        self._note(texts)
        return put_off, [(raw, line) for raw, line in lines if raw.number not in unsure]

    def _with(
        self,
        run: Run,
        put_off: PutOff,
        waiting: Lines,
        texts: Sequence[TextRow],
        now: int,
    ) -> PutOff:
        rows = [row_of(raw, line) for raw, line in waiting]
        lines = self._reports.append(lines_list(run), put_off.lines, b"".join(rows), run.token)
        more = replace(put_off, lines=lines, count=put_off.count + len(rows))
        if not texts:
            return more
        written = b"".join(text.written() for text in texts)
        listed = self._reports.append(texts_list(run), put_off.texts, written, run.token)
        more = replace(more, texts=listed)
        if not put_off.uncut:
            more = replace(more, reach=texts[0].first, cut_at=now + CUT_MS)
        return replace(more, asked_for=put_off.asked_for + len(texts))

    def _note(self, keys: Iterable[str]) -> None:
        for key in keys:
            self._noted[_short(key)] = None
        while len(self._noted) > TEXTS_REMEMBERED:
            del self._noted[next(iter(self._noted))]


def _short(key: str) -> int:
    """Return 60 bits of *key*, which two of a million texts share in one of two million runs."""
    return int(key[:15], 16)
