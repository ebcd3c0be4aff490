"""What only reading can tell: whether a name leads to what it names."""

from collections.abc import Container, Iterator
from typing import Final

from chalicelib.domain.catalogue import Catalogue, Item, Option, OptionGroup
from chalicelib.domain.resolution import ChosenOption, Line
from chalicelib.understanding.doubts import Doubt
from chalicelib.understanding.linting.findings import Code, Finding, Place
from chalicelib.understanding.linting.names import item_place
from chalicelib.understanding.reader import MenuReader

ITEMS_TRIED_MAX: Final = 3
"""How many items, with different groups, an option is tried with."""

_SEVERAL: Final = Doubt.SEVERAL_ITEMS_BY_THAT_NAME.value
_FORMS: Final = ("{item} with {name}", "{name} {item}", "{item} {title} {name}")


class Judge:
    """Reads each name of *catalogue* by the *reader* that customers' texts meet.

    But for *ambiguous* names, of several items each: what becomes of them is known, and
    reading them takes as long as there are items of the name.
    """

    def __init__(
        self, catalogue: Catalogue, reader: MenuReader, ambiguous: Container[str] = ()
    ) -> None:
        self._catalogue = catalogue
        self._reader = reader
        self._ambiguous = ambiguous
        self._good_names: dict[str, str] = {}

    def findings(self) -> Iterator[Finding]:
        """Yield the names that don't lead to what they name, and what no name leads to."""
        for item in self._catalogue.items.values():
            yield from self._item(item)
        bearers = self._bearers()
        for group in self._catalogue.groups.values():
            if group.group not in bearers:
                place = Place(group=group.group)
                what = "no item offers it, so nobody can have its options"
                yield Finding(code=Code.GROUP_NOT_OFFERED, place=place, what=what)
                continue
            items = [item for item in bearers[group.group] if item.sku in self._good_names]
            if items:
                for option in group.values:
                    yield from self._option(group, option, items)

    def _item(self, item: Item) -> Iterator[Finding]:
        place, line = item_place(item.sku), Line(sku=item.sku, quantity=1)
        misread: dict[str, str] = {}
        for name in dict.fromkeys((item.name, *item.aliases)):
            is_ambiguous = name in self._ambiguous
            fault = _SEVERAL if is_ambiguous else self._fault(name, line)
            if fault is None:
                self._good_names.setdefault(item.sku, name)
            else:
                misread[name] = fault
        none_is_read = item.sku not in self._good_names
        yield from _told(place, misread, Code.ITEM_UNNAMEABLE if none_is_read else None)

    def _option(self, group: OptionGroup, option: Option, items: list[Item]) -> Iterator[Finding]:
        misread: dict[str, str] = {}
        names = tuple(dict.fromkeys((option.name, *option.aliases)))
        for name in names:
            fault = self._option_fault(group.group, option.value, name, items)
            if fault is not None:
                misread[name] = fault
        place = Place(group=group.group, option=option.value)
        none_is_read = len(misread) == len(names)
        yield from _told(place, misread, Code.OPTION_UNREACHABLE if none_is_read else None)

    def _option_fault(self, group: str, value: str, name: str, items: list[Item]) -> str | None:
        chosen, fault = (ChosenOption(group=group, value=value),), None
        for item in items:
            line = Line(sku=item.sku, quantity=1, options=chosen)
            for form in _FORMS:
                text = form.format(
                    item=self._good_names[item.sku], name=name, title=group.replace("_", " ")
                )
                why = self._fault(text, line)
                if why is None:
                    return None
                fault = fault or f"{text!r}: {why}"
        return fault

    def _fault(self, text: str, line: Line) -> str | None:
        """Return why *text* is not read as *line* alone, for certain; None if it is."""
        told = self._reader.explain(text)
        if told.doubts:
            return ", ".join(sorted(told.doubts))
        if told.reading.lines == (line,) and told.reading.coupon is None:
            return None
        return "read as " + "; ".join(map(_shown, told.reading.lines))

    def _bearers(self) -> dict[str, list[Item]]:
        """Return, for each group that is offered, a few items that offer it with others."""
        bearers: dict[str, dict[frozenset[str], Item]] = {}
        for item in self._catalogue.items.values():
            offer = frozenset(item.option_groups)
            for group in item.option_groups:
                found = bearers.setdefault(group, {})
                if len(found) < ITEMS_TRIED_MAX or offer in found:
                    known = found.get(offer)
                    if known is None or known.sku not in self._good_names:
                        found[offer] = item
        return {group: list(found.values()) for group, found in bearers.items()}


def _told(place: Place, misread: dict[str, str], lost: Code | None) -> Iterator[Finding]:
    """Yield one finding if all is *lost*, else one for each name that is *misread*."""
    if lost is not None:
        name, fault = next(iter(misread.items()))
        what = f"none of its {len(misread)} names is read as it; {name!r}: {fault}"
        yield Finding(code=lost, place=place, what=what, phrase=name)
        return
    for name, fault in misread.items():
        what = f"{name!r} is not read as it: {fault}"
        yield Finding(code=Code.PHRASE_NOT_READ, place=place, what=what, phrase=name)


def _shown(line: Line) -> str:
    options = [f"{option.group}:{option.value}" for option in line.options]
    without = [f"no {ref.group}:{ref.value}" for ref in line.without]
    return " ".join((f"{line.quantity} {line.sku}", *options, *without))
