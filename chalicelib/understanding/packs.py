"""Numbers that a menu gives what it sells: "12 piece", "14 inch", "a box of 6 eggs"."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from chalicelib.domain.resolution import OptionRef
from chalicelib.understanding.language import Language, Role
from chalicelib.understanding.tokens import number_in

_SEVERAL_MIN: Final = 2
_SIZE_MIN: Final = 5
"""From which a number before an item may rather be its size: "2 cola" hardly is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Packs:
    """What the numbers of a menu count, by group, SKU or phrase.

    *containers* are numbers of one thing that an option makes one: "pack of 50". *pieces* are
    those of an option that tells how many there are of it: "12 piece". *sizes* are numbers that name an option otherwise, as
    "14 inch". *named* are the items that one name counts and another does not ("6 nuggets",
    "nuggets"); *beside* are the numbers by which other items of a phrase are sold.
    """

    containers: Mapping[str, frozenset[int]] = field(default_factory=dict)
    pieces: Mapping[str, Mapping[int, OptionRef]] = field(default_factory=dict)
    sizes: Mapping[str, frozenset[int]] = field(default_factory=dict)
    named: frozenset[str] = frozenset()
    beside: Mapping[str, frozenset[int]] = field(default_factory=dict)

    def is_size(self, group: str, number: int) -> bool:
        """Whether *number* rather names an option of *group* than counts an item."""
        return number >= _SIZE_MIN and number in self.sizes.get(group, ())


class PackGatherer:
    """Gathers the numbers in the phrases of a menu in *language*."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._counting = language.counting | language.containers
        self._containers: dict[str, set[int]] = {}
        self._pieces: dict[str, dict[int, OptionRef]] = {}
        self._sizes: dict[str, set[int]] = {}
        self._items: dict[tuple[str, ...], list[tuple[str, int]]] = {}

    def add_option(self, ref: OptionRef, phrase: tuple[str, ...], title: tuple[str, ...]) -> None:
        """Note what *phrase*, of an option in a group of that *title*, counts."""
        words, language = set(phrase), self._language
        numbers = {number for word in phrase if (number := number_in(word)) is not None}
        dozens = language.number_phrases.get(" ".join(phrase))
        is_bare = len(numbers) == len(phrase) == 1
        if dozens is not None or (numbers and words & language.counting):
            is_count = True
        else:
            is_count = is_bare and not self._counting.isdisjoint(title)
        if is_count:
            number = dozens if dozens is not None else max(numbers)
            self._pieces.setdefault(ref.group, {})[number] = ref
        elif words & language.sizes or is_bare:
            self._sizes.setdefault(ref.group, set()).update(numbers)
        elif numbers and words & language.containers:
            self._containers.setdefault(ref.group, set()).update(numbers)

    def add_item(self, sku: str, phrase: tuple[str, ...]) -> None:
        """Note how many of what make the item whose name is *phrase*."""
        numbers = [number for word in phrase if (number := number_in(word)) is not None]
        if (
            len(numbers) != 1
            or numbers[0] < _SEVERAL_MIN
            or not self._language.sizes.isdisjoint(phrase)
        ):
            return
        linked = self._counting.union(self._language.phrases[Role.FILLER])
        rest = tuple(word for word in phrase if number_in(word) is None and word not in linked)
        self._items.setdefault(rest, []).append((sku, numbers[0]))

    def packs(self, owners: Mapping[tuple[str, ...], Iterable[str]]) -> Packs:
        """Return what was gathered; *owners* are the items of each phrase of the menu."""
        named: set[str] = set()
        beside: dict[str, set[int]] = {}
        for phrase, found in self._items.items():
            for owner in owners.get(phrase, ()):
                named.update(sku for sku, _ in found if sku == owner)
                others = {number for sku, number in found if sku != owner}
                beside.setdefault(" ".join(phrase), set()).update(others)
        return Packs(
            containers=_frozen(self._containers),
            pieces=self._pieces,
            sizes=_frozen(self._sizes),
            named=frozenset(named),
            beside=_frozen(beside),
        )


def _frozen(numbers: Mapping[str, set[int]]) -> dict[str, frozenset[int]]:
    return {key: frozenset(found) for key, found in numbers.items() if found}
