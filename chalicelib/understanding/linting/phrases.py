"""What can be told from the index of a menu alone: who shares a phrase, and with whom."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from typing import Final

from chalicelib.domain.catalogue import Catalogue
from chalicelib.domain.resolution import OptionRef
from chalicelib.understanding.language import Language, Role
from chalicelib.understanding.lexicon import PHRASE_LENGTH_MAX, Lexicon, Senses
from chalicelib.understanding.linting.findings import Code, Finding, Place
from chalicelib.understanding.linting.names import item_place, option_place, things_of
from chalicelib.understanding.linting.typos import near_phrases
from chalicelib.understanding.tokens import keys_of

OTHERS_MAX: Final = 20
"""How many places a finding names beside its own."""

_WORDY: Final = frozenset((Role.EXTRA, Role.LIGHT, Role.FILLER, Role.DOUBT))
"""Roles that a menu may take a word from: the rest is what orders are built from."""


class Phrases:
    """Looks through the index of *catalogue*; *spelling* shows a phrase as it was written."""

    def __init__(self, catalogue: Catalogue, lexicon: Lexicon, language: Language) -> None:
        self._catalogue = catalogue
        self._lexicon = lexicon
        self._language = language
        self._written: dict[str, str] = {}

    def findings(self) -> Iterator[Finding]:
        """Yield what is wrong with single names, then with names that meet."""
        yield from self._names()
        together = self._offered_together()
        for phrase, senses in self._lexicon.phrases.items():
            if senses.is_on_menu:
                yield from self._meetings(phrase, senses, together)
        yield from self._typos()

    def _names(self) -> Iterator[Finding]:
        for thing in things_of(self._catalogue):
            said: dict[tuple[str, ...], str] = {}
            for name in thing.names:
                keys = keys_of(name, self._language)
                self._written.setdefault(" ".join(keys), name)
                if keys in said:
                    what = f"{name!r} is read as {said[keys]!r} is"
                    yield Finding(
                        code=Code.ALIAS_REPEATS, place=thing.place, what=what, phrase=name
                    )
                elif len(keys) > PHRASE_LENGTH_MAX and thing.place.item is not None:
                    what = f"{len(keys)} words, of which at most {PHRASE_LENGTH_MAX} are looked up"
                    yield Finding(
                        code=Code.PHRASE_TOO_LONG, place=thing.place, what=what, phrase=name
                    )
                said.setdefault(keys, name)

    def _meetings(
        self, phrase: str, senses: Senses, together: frozenset[tuple[str, str]]
    ) -> Iterator[Finding]:
        items = [item_place(sku) for sku in senses.items]
        options = [option_place(ref) for ref in senses.options]
        places = [*items, *options]
        if len(items) > 1:
            yield self._met(Code.ITEMS_SHARE_PHRASE, phrase, items, "names several items")
        if items and options:
            yield self._met(Code.ITEM_IS_OPTION, phrase, places, "names an item and an option")
        yield from self._options(phrase, senses.options, together)
        if senses.number is not None or senses.role not in {None, *_WORDY}:
            use = "a number" if senses.number is not None else f"the language's word: {senses.role}"
            yield self._met(Code.PHRASE_IS_GRAMMAR, phrase, places, f"is {use}")
        elif senses.role is not None:
            use = f"is also the language's word: {senses.role}"
            yield self._met(Code.PHRASE_IS_LANGUAGE, phrase, places, use)

    def _options(
        self, phrase: str, refs: Iterable[OptionRef], together: frozenset[tuple[str, str]]
    ) -> Iterator[Finding]:
        by_group: dict[str, list[OptionRef]] = {}
        for ref in refs:
            by_group.setdefault(ref.group, []).append(ref)
        for group, own in by_group.items():
            if len(own) > 1:
                what = f"names several options of {group}"
                yield self._met(
                    Code.OPTIONS_SHARE_PHRASE, phrase, list(map(option_place, own)), what
                )
        for one, other in combinations(by_group, 2):
            if (one, other) in together or (other, one) in together:
                places = [option_place(ref) for group in (one, other) for ref in by_group[group]]
                what = f"names options of {one} and {other}, which one item offers"
                yield self._met(Code.OPTIONS_OF_ITEM_SHARE_PHRASE, phrase, places, what)

    def _offered_together(self) -> frozenset[tuple[str, str]]:
        """Return the pairs of groups that one item offers, of groups that share a phrase."""
        shared: set[str] = set()
        for senses in self._lexicon.phrases.values():
            groups = {ref.group for ref in senses.options}
            if len(groups) > 1:
                shared |= groups
        offers = {groups & shared for groups in self._lexicon.groups_of.values()}
        return frozenset(pair for groups in offers for pair in combinations(sorted(groups), 2))

    def _typos(self) -> Iterator[Finding]:
        owners: dict[str, Place] = {}
        by_group: dict[str, dict[str, Place]] = {}
        for phrase, senses in self._lexicon.phrases.items():
            if senses.items:
                owners[phrase] = item_place(senses.items[0])
            for ref in senses.options:
                by_group.setdefault(ref.group, {})[phrase] = option_place(ref)
        for own in (owners, *by_group.values()):
            yield from self._near(own)

    def _near(self, owners: Mapping[str, Place]) -> Iterator[Finding]:
        for phrase, known in near_phrases(owners):
            if owners[phrase] != owners[known]:
                what = f"is one typo away from {self._spelt(known)!r}"
                places = [owners[phrase], owners[known]]
                yield self._met(Code.ONE_TYPO_APART, phrase, places, what)

    def _met(self, code: Code, phrase: str, places: list[Place], what: str) -> Finding:
        name = self._spelt(phrase)
        others = tuple(places[1 : OTHERS_MAX + 1])
        return Finding(
            code=code, place=places[0], what=f"{name!r} {what}", phrase=name, others=others
        )

    def _spelt(self, phrase: str) -> str:
        return self._written.get(phrase, phrase)
