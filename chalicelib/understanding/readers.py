"""Readers by menu, in the menu's language, compiled once for each version and content."""

from chalicelib.domain.catalogue import Catalogue
from chalicelib.domain.resolution import Question, Reading
from chalicelib.understanding.languages import LANGUAGES
from chalicelib.understanding.questions import question_for
from chalicelib.understanding.reader import MenuReader

READERS_MAX = 16
"""Compiled menus kept in a container: with more merchants than this, some are compiled again."""


class MenuReaders:
    """The menu parser for every merchant."""

    def __init__(self) -> None:
        self._readers: dict[tuple[str, int], tuple[Catalogue, MenuReader]] = {}

    def read(self, text: str, catalogue: Catalogue) -> Reading:
        """Return what *text* means on this menu, and whether that is certain. Never raises."""
        return self._reader(catalogue).read(text)

    def reply(self, text: str, question: Question, catalogue: Catalogue) -> Reading:
        """Return what *text* means as the answer to *question*. Never raises."""
        return self._reader(catalogue).reply(text, question)

    def ask(self, reading: Reading, catalogue: Catalogue) -> Question:
        """Return the question that would settle an uncertain *reading*."""
        return question_for(reading, catalogue, LANGUAGES[catalogue.language].phrasebook)

    def _reader(self, catalogue: Catalogue) -> MenuReader:
        key = (catalogue.merchant, catalogue.version)
        known = self._readers.get(key)
        if known is not None and _is_same(known[0], catalogue):
            reader = known[1]
        else:
            # A version may come again with another menu: restored, or of another stage.
            if len(self._readers) >= READERS_MAX:
                self._readers.clear()
            reader = MenuReader(catalogue)
        # Who asks again asks with this very catalogue, mostly, and need not be compared.
        self._readers[key] = catalogue, reader
        return reader


def _is_same(known: Catalogue, catalogue: Catalogue) -> bool:
    """Whether both are one menu, told by its digest where it was published."""
    if known is catalogue:
        return True
    if known.digest or catalogue.digest:
        return known.digest == catalogue.digest
    return known == catalogue
