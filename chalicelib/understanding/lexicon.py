"""The index of a menu: which phrase may mean which item, option or word of the language."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations, pairwise
from typing import Final

from chalicelib.domain.catalogue import Catalogue, Option, OptionGroup, Select
from chalicelib.domain.resolution import OptionRef
from chalicelib.understanding.language import IdiomWords, Language, Role
from chalicelib.understanding.packs import PackGatherer, Packs
from chalicelib.understanding.spelling import SURE_LENGTH_MIN, Speller, is_one_typo
from chalicelib.understanding.tokens import keys_of, number_in

PHRASE_LENGTH_MAX: Final = 12
PHRASE_CHARACTERS_MAX: Final = 40
"""The length of a phrase in a script whose characters are the words."""
GAPPED_PHRASES_MAX: Final = 40
_GAPPED_LENGTH_MAX: Final = 4
_MENU_LENGTH_MIN: Final = 2
_SPELLINGS_MAX: Final = 20
_LANGUAGES_MAX: Final = 16


@dataclass(slots=True)
class Senses:
    """All that one phrase may mean. Options keep the menu's order, those named so exactly first."""

    items: tuple[str, ...] = ()
    options: tuple[OptionRef, ...] = ()
    groups: tuple[str, ...] = ()
    role: Role | None = None
    number: int | None = None

    @property
    def is_on_menu(self) -> bool:
        """Whether the menu gives the phrase a meaning of its own."""
        return bool(self.items or self.options)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """What a reader looks phrases up in; immutable after `compile_lexicon`.

    *lengths* gives, by the first two words, how long the phrases are that begin so, longest first.
    *gapped* gives, by first word, the item phrases that another word may interrupt.
    *item_words* and *option_words* give the owners of each single word of a name.
    *optional_heads* are words that may follow a name without changing it: "espresso coffee".
    *kinds* are words that end a name of several items, and of no option: "sandwich".
    *multipliers* are the numbers that multiply the one before them: "two dozen".
    *has_pronoun* says that the number one may stand for an item: "a large one".
    *pairs* are the phrases for two that are one of what is *paired*: "a pair of gloves".
    *packs* are the numbers that options and names say of what is sold: "pack of 50".
    *plural_names* are the names of items that the menu itself has in the plural: "chips".
    """

    phrases: Mapping[str, Senses]
    lengths: Mapping[tuple[str, ...], tuple[int, ...]]
    gapped: Mapping[str, tuple[tuple[str, ...], ...]]
    item_words: Mapping[str, Mapping[str, None]]
    option_words: Mapping[str, Mapping[OptionRef, None]]
    groups_of: Mapping[str, frozenset[str]]
    single_groups: frozenset[str]
    exact_names: frozenset[tuple[str, OptionRef]]
    optional_heads: frozenset[str]
    kinds: frozenset[str]
    multipliers: frozenset[str]
    has_pronoun: bool
    pairs: frozenset[str]
    paired: frozenset[str]
    plural_names: frozenset[str]
    containers: frozenset[str]
    placing: frozenset[str]
    packs: Packs
    sizes: frozenset[str]
    idioms: IdiomWords
    speller: Speller


def compile_lexicon(catalogue: Catalogue, language: Language) -> Lexicon:
    """Return the index of *catalogue* in *language*; linear in the size of both."""
    return _Compiler(catalogue, language).lexicon()


def fitted(language: Language, catalogue: Catalogue) -> Language:
    """Return *language* without the measures that *catalogue* uses as names: "M" is a size."""
    items = catalogue.items.values()
    names = {name for item in items for name in (item.name, *item.aliases)}
    for group in catalogue.groups.values():
        names.update(name for option in group.values for name in (option.name, *option.aliases))
    taken = {name.casefold() for name in names}
    measures = {short: usual for short, usual in language.measures.items() if short not in taken}
    if len(measures) == len(language.measures):
        return language
    return replace(language, measures=measures)


class _Compiler:
    """Gathers phrases word by word, then freezes them."""

    def __init__(self, catalogue: Catalogue, language: Language) -> None:
        self._catalogue = catalogue
        self._language = language
        self._phrases: dict[tuple[str, ...], Senses] = {}
        self._item_phrases: dict[str, list[tuple[str, ...]]] = {}
        self._item_words: dict[str, dict[str, None]] = {}
        self._option_words: dict[str, dict[OptionRef, None]] = {}
        self._exact: set[tuple[str, OptionRef]] = set()
        self._plural_names: set[str] = set()
        self._packs = PackGatherer(language)
        self._respelt = dict(_respellings(catalogue, language))

    def lexicon(self) -> Lexicon:
        self._add_items()
        for group in self._catalogue.groups.values():
            self._add_group(group)
        menu_words = tuple(self._phrases)
        menu_phrases = [words for words in self._phrases if len(words) >= _MENU_LENGTH_MIN]
        self._add_language()
        stems = {word for phrase in menu_words for word in phrase}
        stems.update(self._item_words, self._option_words)
        spoken = {word for phrase in self._phrases for word in phrase}
        spoken.update(self._language.absences)
        words = stems | {word for word in spoken if number_in(word) is None}
        pairs = {pair for phrase in menu_phrases for pair in pairwise(phrase)}
        return Lexicon(
            phrases={" ".join(words): senses for words, senses in self._phrases.items()},
            lengths=_lengths(self._phrases),
            gapped={} if self._language.segments else _gapped(self._item_phrases.values()),
            item_words=self._item_words,
            option_words=self._option_words,
            groups_of={
                item.sku: frozenset(item.option_groups) for item in self._catalogue.items.values()
            },
            single_groups=frozenset(
                group.group
                for group in self._catalogue.groups.values()
                if group.select is Select.ONE
            ),
            exact_names=frozenset(self._exact),
            optional_heads=frozenset(_optional_heads(self._item_phrases)),
            kinds=frozenset(self._kinds()),
            multipliers=self._joined(self._language.multipliers),
            has_pronoun=Role.ONES in self._language.phrases,
            pairs=self._joined(self._language.pairs),
            paired=frozenset(map(self._language.singular, self._language.paired)),
            plural_names=frozenset(self._plural_names),
            placing=self._language.placing,
            packs=self._packs.packs({words: s.items for words, s in self._phrases.items()}),
            sizes=self._language.sizes,
            idioms=self._idioms(),
            containers=frozenset(map(self._language.singular, self._language.containers)),
            speller=Speller(
                words,
                pairs,
                self._language.inflections,
                self._respelt,
                stems,
                {**self._language.units, **self._language.tens},
                self._language.common,
            ),
        )

    def _kinds(self) -> Iterator[str]:
        owners: dict[str, set[str]] = {}
        for sku, names in self._item_phrases.items():
            for name in names:
                owners.setdefault(name[-1], set()).add(sku)
        taken = {words[-1] for words, senses in self._phrases.items() if senses.options}
        yield from (word for word, skus in owners.items() if len(skus) > 1 and word not in taken)

    def _joined(self, phrases: Iterable[str]) -> frozenset[str]:
        return frozenset(" ".join(keys_of(phrase, self._language)) for phrase in phrases)

    def _idioms(self) -> IdiomWords:
        """Return the idioms by their keys."""
        words = self._language.idioms
        return IdiomWords(
            intensifiers=self._joined(words.intensifiers),
            loose=self._joined(words.loose),
            shared=self._joined(words.shared),
            wholes=self._joined(words.wholes),
            limiting=self._joined(words.limiting),
            answering=self._joined(words.answering),
            wished=self._joined(words.wished),
            parted={
                " ".join(keys_of(verb, self._language)): self._joined(particles)
                for verb, particles in words.parted.items()
            },
        )

    def _senses(self, words: tuple[str, ...]) -> Senses:
        return self._phrases.setdefault(words, Senses())

    def _add_items(self) -> None:
        longest = PHRASE_CHARACTERS_MAX if self._language.segments else PHRASE_LENGTH_MAX
        for item in self._catalogue.items.values():
            names = (item.name, *item.aliases)
            self._packs.add_item(item.sku, self._keys(item.name))
            for name in filter(self._is_plural, names):
                # "Tacos" beside "taco" is more than one; "fries" beside "french fry" is not.
                if self._is_plural(item.name) or self._keys(name) != self._keys(item.name):
                    self._plural_names.add(" ".join(self._keys(name)))
            for phrase in dict.fromkeys(self._menu_phrases(names)):
                for word in self._telling(phrase):
                    self._item_words.setdefault(word, {})[item.sku] = None
                if len(phrase) > longest:
                    continue
                senses = self._senses(phrase)
                senses.items = (*senses.items, item.sku)
                self._item_phrases.setdefault(item.sku, []).append(phrase)

    def _add_group(self, group: OptionGroup) -> None:
        title = keys_of(group.group.replace("_", " "), self._language)
        for words in dict.fromkeys((title, *((word,) for word in self._telling(title)))):
            if not all(number_in(word) is not None for word in words):
                senses = self._senses(words)
                senses.groups = (*senses.groups, group.group)
        if self._language.segments:
            self._option_words.setdefault(" ".join(title), {})
        for option in group.values:
            self._add_option(group, option, title)

    def _add_option(self, group: OptionGroup, option: Option, title: tuple[str, ...]) -> None:
        ref = OptionRef(group=group.group, value=option.value)
        name = self._keys(option.name)
        for said in (option.name, *option.aliases):
            self._packs.add_option(ref, self._keys(said), title)
        for phrase in dict.fromkeys(self._menu_phrases((option.name, *option.aliases))):
            senses = self._senses(phrase)
            senses.options = (*senses.options, ref)
            if phrase == name:
                self._exact.add((" ".join(phrase), ref))
            for word in self._telling(phrase):
                self._option_words.setdefault(word, {})[ref] = None
            if phrase[0] in self._language.idioms.wholes:
                for word in self._language.idioms.wholes:
                    if " " not in word:
                        self._option_words.setdefault(word, {})[ref] = None
        if name and all(number_in(word) is not None for word in name) and title:
            for phrase in dict.fromkeys(((*title, *name), (title[-1], *name))):
                senses = self._senses(phrase)
                senses.options = (*senses.options, ref)

    def _telling(self, phrase: tuple[str, ...]) -> tuple[str, ...]:
        """Return the words of *phrase* that may stand for it: no single character of a script."""
        if not self._language.segments:
            return phrase
        return tuple(word for word in phrase if word.isascii())

    def _menu_phrases(self, names: Iterable[str]) -> Iterator[tuple[str, ...]]:
        for name in names:
            phrase = self._keys(name)
            if phrase and not all(number_in(word) is not None for word in phrase):
                yield phrase

    def _is_plural(self, name: str) -> bool:
        return self._language.is_plural((name.split() or [""])[-1].casefold())

    def _keys(self, phrase: str) -> tuple[str, ...]:
        return tuple(self._respelt.get(key, key) for key in keys_of(phrase, self._language))

    def _add_language(self) -> None:
        spoken = _spoken(self._language)
        for words, role in spoken.roles:
            senses = self._senses(words)
            senses.role = senses.role or role
        for words, number in spoken.numbers:
            self._senses(words).number = number
        for words in spoken.asides:
            if not any(self._tells(word) for word in words if number_in(word) is None):
                senses = self._senses(words)
                senses.role = senses.role or Role.FILLER

    def _tells(self, word: str) -> bool:
        """Whether *word* means something on this menu, by itself or in an option's name."""
        senses = self._phrases.get((word,), Senses())
        return senses.is_on_menu or (senses.role is None and word in self._option_words)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spoken:
    """A language's phrases by their keys."""

    roles: tuple[tuple[tuple[str, ...], Role], ...]
    numbers: tuple[tuple[tuple[str, ...], int], ...]
    asides: tuple[tuple[str, ...], ...]


@lru_cache(maxsize=_LANGUAGES_MAX)
def _spoken(language: Language) -> _Spoken:
    """Return the phrases of *language*, the same for every menu, so found once."""
    return _Spoken(
        roles=tuple(
            (keys_of(phrase, language), role)
            for role, phrases in language.phrases.items()
            for phrase in phrases
        ),
        numbers=tuple(
            (keys_of(phrase, language), number)
            for phrase, number in language.number_phrases.items()
        ),
        asides=tuple(keys_of(phrase, language) for phrase in language.asides),
    )


def _respellings(catalogue: Catalogue, language: Language) -> Iterator[tuple[str, str]]:
    """Yield (spelling, first spelling) where names of one thing differ by a typo in one word."""
    things = [(item.name, *item.aliases) for item in catalogue.items.values()]
    for group in catalogue.groups.values():
        things.extend((option.name, *option.aliases) for option in group.values)
    first: dict[str, str] = {}
    for names in things:
        if len(names) == 1:
            continue
        phrases = [keys_of(name, language) for name in names[:_SPELLINGS_MAX]]
        for one, other in combinations(phrases, 2):
            differing = [pair for pair in zip(one, other, strict=False) if pair[0] != pair[1]]
            if len(one) != len(other) or len(differing) != 1:
                continue
            known, word = differing[0]
            if min(len(known), len(word)) >= SURE_LENGTH_MIN and is_one_typo(word, known):
                root = first.get(known, known)
                if root != word:
                    first[word] = root
    yield from first.items()


def _lengths(phrases: Iterable[tuple[str, ...]]) -> dict[tuple[str, ...], tuple[int, ...]]:
    lengths: dict[tuple[str, ...], set[int]] = {}
    for phrase in phrases:
        if len(phrase) > 1:
            lengths.setdefault(phrase[:2], set()).add(len(phrase))
    return {words: tuple(sorted(found, reverse=True)) for words, found in lengths.items()}


def _gapped(
    phrases_of_items: Iterable[list[tuple[str, ...]]],
) -> dict[str, tuple[tuple[str, ...], ...]]:
    gapped: dict[str, list[tuple[str, ...]]] = {}
    for phrases in phrases_of_items:
        for phrase in phrases:
            if _MENU_LENGTH_MIN <= len(phrase) <= _GAPPED_LENGTH_MAX:
                gapped.setdefault(phrase[0], []).append(phrase)
    return {
        word: tuple(sorted(found, key=len, reverse=True))
        for word, found in gapped.items()
        if len(found) <= GAPPED_PHRASES_MAX
    }


def _optional_heads(phrases: Mapping[str, list[tuple[str, ...]]]) -> Iterator[str]:
    """Yield each word where the menu calls an item both "X" and "X word"."""
    for names in phrases.values():
        known = set(names)
        yield from (name[-1] for name in names if name[:-1] in known)
