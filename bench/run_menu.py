"""The one menu of the runs that are measured, and a parser that reads each text of it once."""

from chalicelib.domain.catalogue import Catalogue, Item, catalogue_of
from chalicelib.domain.resolution import Reading
from chalicelib.understanding.readers import MenuReaders

MENU = catalogue_of(
    "coffee-house", 1, "USD", (Item(sku="latte", name="latte", unit_price=425),), ()
)


class OneMenu:
    """The menu, as `Catalogues` shows it to who only reads."""

    def current(self, _: str) -> Catalogue | None:
        """Return the menu."""
        return MENU

    def get(self, _: str, _version: int | None) -> Catalogue | None:
        """Return the menu."""
        return MENU


class ReadOnce(MenuReaders):
    """The parser, which need not read a text again for each of some hundred runs."""

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[str, Reading] = {}

    def read(self, text: str, catalogue: Catalogue) -> Reading:
        """Return what *text* means."""
        if text not in self._known:
            self._known[text] = super().read(text, catalogue)
        return self._known[text]


READER = ReadOnce()
