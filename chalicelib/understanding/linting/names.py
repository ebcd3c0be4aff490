"""What each thing on a menu is called."""

from collections.abc import Iterator
from dataclasses import dataclass

from chalicelib.domain.catalogue import Catalogue
from chalicelib.domain.resolution import OptionRef
from chalicelib.understanding.linting.findings import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """An item or an option, and its *names* as written, the main one first."""

    place: Place
    names: tuple[str, ...]


def item_place(sku: str) -> Place:
    """Return where an item is."""
    return Place(item=sku)


def option_place(ref: OptionRef) -> Place:
    """Return where an option is."""
    return Place(group=ref.group, option=ref.value)


def things_of(catalogue: Catalogue) -> Iterator[Thing]:
    """Yield the items, then the options, in the menu's order."""
    for item in catalogue.items.values():
        yield Thing(place=item_place(item.sku), names=(item.name, *item.aliases))
    for group in catalogue.groups.values():
        for option in group.values:
            place = Place(group=group.group, option=option.value)
            yield Thing(place=place, names=(option.name, *option.aliases))
