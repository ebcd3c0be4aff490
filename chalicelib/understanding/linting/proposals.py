"""Names that somebody proposes for things on a menu: which of them it can take.

Proposals are believed nothing. One is dropped where it is no plain phrase, where it is
known, another's or the language's, where the reader has read it as something else so
far, and where the menu that has it is worse to the linter than the menu without.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from chalicelib.domain.catalogue import Catalogue, OptionGroup
from chalicelib.domain.resolution import Line
from chalicelib.understanding.language import Role
from chalicelib.understanding.languages import LANGUAGES
from chalicelib.understanding.lexicon import compile_lexicon
from chalicelib.understanding.linting.findings import Code, Finding, Place
from chalicelib.understanding.linting.lint import lint
from chalicelib.understanding.linting.names import Thing, item_place, option_place, things_of
from chalicelib.understanding.mentions import Match, Mention
from chalicelib.understanding.reader import MenuReader
from chalicelib.understanding.tokens import keys_of, number_in

CHARS_MAX: Final = 60
WORDS_MAX: Final = 6
NEW_NAMES_MAX: Final = 5
NAMES_MAX: Final = 50
"""How many aliases a published item or option may have."""

ROUNDS_MAX: Final = 5
_PHRASE = re.compile(r"[^\W_]+(?:[ '&%+-]+[^\W_]+)*%?")
_EDGES: Final = " \t\r\n.,;:!?\"'`*()[]"


class Why(StrEnum):
    """Why a proposal was dropped; stable, for programs."""

    UNUSABLE = "unusable"  # too long, or with characters that no name needs
    KNOWN = "known"  # the thing is called so, or is read from it without
    TAKEN = "taken"  # something else on the menu is called so
    LANGUAGE = "language"  # it is made of the language's words
    READ_OTHERWISE = "read_otherwise"  # it has had another meaning so far
    CONTESTED = "contested"  # proposed for two things
    TOO_MANY = "too_many"
    WORSE = "worse"  # the linter finds more with it


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """A proposal that the menu does not take."""

    place: Place
    phrase: str
    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class Sieved:
    """The *aliases* that the menu can take, by what they name, and what was *dropped*."""

    aliases: Mapping[Place, tuple[str, ...]]
    dropped: tuple[Dropped, ...]


Aliases = dict[Place, tuple[str, ...]]
Keys = tuple[str, ...]


def sieve(catalogue: Catalogue, proposals: Mapping[Place, Sequence[str]]) -> Sieved:
    """Return which of *proposals* the menu can take; the same for the same proposals."""
    return _Sieve(catalogue).sieved(proposals)


def with_aliases(catalogue: Catalogue, aliases: Mapping[Place, tuple[str, ...]]) -> Catalogue:
    """Return *catalogue* with *aliases* added, behind those that are there."""
    items = {
        sku: replace(item, aliases=(*item.aliases, *aliases.get(item_place(sku), ())))
        for sku, item in catalogue.items.items()
    }
    groups = {name: _group_with(group, aliases) for name, group in catalogue.groups.items()}
    return replace(catalogue, items=items, groups=groups)


def _group_with(group: OptionGroup, aliases: Mapping[Place, tuple[str, ...]]) -> OptionGroup:
    values = tuple(
        replace(
            option,
            aliases=(
                *option.aliases,
                *aliases.get(Place(group=group.group, option=option.value), ()),
            ),
        )
        for option in group.values
    )
    return replace(group, values=values)


def plain(phrase: str) -> str | None:
    """Return *phrase* as a name is written, or None if it is none."""
    text = " ".join(unicodedata.normalize("NFKC", phrase).casefold().split()).strip(_EDGES)
    return text if len(text) <= CHARS_MAX and _PHRASE.fullmatch(text) else None


class _Sieve:
    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        language = LANGUAGES[catalogue.language]
        self._language = language
        self._lexicon = compile_lexicon(catalogue, language)
        self._reader = MenuReader(catalogue)
        self._dropped: list[Dropped] = []

    def sieved(self, proposals: Mapping[Place, Sequence[str]]) -> Sieved:
        """Drop one by one, then those that are wrong together."""
        found: Aliases = {}
        for thing in things_of(self._catalogue):
            names = self._each(thing, proposals.get(thing.place, ()))
            if names:
                found[thing.place] = names
        found = self._uncontested(found)
        return Sieved(aliases=self._no_worse(found), dropped=tuple(self._dropped))

    def _each(self, thing: Thing, phrases: Sequence[str]) -> tuple[str, ...]:
        taken: dict[Keys, str] = {}
        room = min(NEW_NAMES_MAX, NAMES_MAX - len(thing.names) + 1)
        known = {self._keys(name) for name in thing.names}
        for phrase in phrases:
            name = plain(phrase)
            keys = self._keys(name or "")
            if keys in taken:
                continue
            why = Why.KNOWN if keys in known else self._why_not(thing.place, name, keys)
            if why is None and _has_digits(phrase) and not any(map(_has_digits, thing.names)):
                why = Why.LANGUAGE
            if why is None and len(taken) >= room:
                why = Why.TOO_MANY
            if why is None and name is not None:
                taken[keys] = name
            elif why is not None:
                self._drop(thing.place, name or phrase[:CHARS_MAX], why)
        return tuple(taken.values())

    def _why_not(self, place: Place, name: str | None, keys: Keys) -> Why | None:
        if name is None or not keys or len(keys) > WORDS_MAX:
            return Why.UNUSABLE
        senses = self._lexicon.phrases.get(" ".join(keys))
        if senses is not None and (senses.is_on_menu or senses.groups):
            return Why.TAKEN
        if all(number_in(key) is not None for key in keys):
            return Why.LANGUAGE
        return self._read_so_far(place, name)

    def _read_so_far(self, place: Place, name: str) -> Why | None:
        """Return why *name* has a meaning already, None if it has none."""
        told = self._reader.explain(name)
        if told.reading.coupon is not None:
            return Why.READ_OTHERWISE
        if _is_language(told.mentions):
            return Why.LANGUAGE
        if any(_is_others(mention, place) for mention in told.mentions):
            return Why.READ_OTHERWISE
        if all(_adds_nothing(mention) for mention in told.mentions):
            return Why.KNOWN
        if not told.reading.certain:
            return None
        own = (Line(sku=place.item, quantity=1),) if place.item is not None else ()
        return Why.KNOWN if told.reading.lines == own else Why.READ_OTHERWISE

    def _uncontested(self, found: Aliases) -> Aliases:
        askers: dict[Keys, int] = {}
        for names in found.values():
            for name in names:
                askers[self._keys(name)] = askers.get(self._keys(name), 0) + 1
        contested = {
            (place, name)
            for place, names in found.items()
            for name in names
            if askers[self._keys(name)] > 1
        }
        return self._without(found, contested, Why.CONTESTED)

    def _no_worse(self, found: Aliases) -> Aliases:
        """Drop what the linter objects to, until it objects to nothing new."""
        before = {self._identity(finding) for finding in lint(self._catalogue)}
        for _ in range(ROUNDS_MAX):
            if not found:
                return found
            after = lint(with_aliases(self._catalogue, found))
            new = [finding for finding in after if self._identity(finding) not in before]
            if not new:
                return found
            guilty = {one for finding in new for one in self._guilty(finding, found)}
            found = self._without(found, guilty, Why.WORSE)
        every = {(place, name) for place, names in found.items() for name in names}
        return self._without(found, every, Why.WORSE)

    def _guilty(self, finding: Finding, found: Aliases) -> set[tuple[Place, str]]:
        """Return the proposals that *finding* may be about: of several guesses, the narrowest."""
        keys = self._keys(finding.phrase or "")
        every = {(place, name) for place, names in found.items() for name in names}
        there = {one for one in every if one[0] in {finding.place, *finding.others}}
        exact = {one for one in there if self._keys(one[1]) == keys}
        alike = {one for one in every if set(self._keys(one[1])) & set(keys)}
        return exact or there or alike or every

    def _identity(self, finding: Finding) -> tuple[Code, Place, Keys]:
        return finding.code, finding.place, self._keys(finding.phrase or "")

    def _without(self, found: Aliases, gone: set[tuple[Place, str]], why: Why) -> Aliases:
        kept: Aliases = {}
        for place, names in found.items():
            for name in names:
                if (place, name) in gone:
                    self._drop(place, name, why)
                else:
                    kept[place] = (*kept.get(place, ()), name)
        return kept

    def _drop(self, place: Place, phrase: str, why: Why) -> None:
        self._dropped.append(Dropped(place=place, phrase=phrase, why=why))

    def _keys(self, phrase: str) -> Keys:
        return keys_of(phrase, self._language)


def _has_digits(name: str) -> bool:
    """Whether *name* would order so many, or looks like a promotion code."""
    return any(char.isdigit() for char in name)


def _is_language(mentions: Sequence[Mention]) -> bool:
    """Whether all of it is the language's, or begins as an order line does: "a", "two"."""
    if not mentions:
        return True
    first = mentions[0].senses
    if first.number is not None or first.role in {Role.ARTICLE, Role.NO, Role.WITHOUT}:
        return True
    return all(m.senses.role is not None and not m.senses.is_on_menu for m in mentions)


def _is_others(mention: Mention, place: Place) -> bool:
    """Whether something else on the menu is named in full."""
    if mention.match not in {Match.WHOLE, Match.GAPPED}:
        return False
    return any(owner != place for owner in _owners(mention))


def _adds_nothing(mention: Mention) -> bool:
    """Whether it is a name in full, known not to be another's, or changes nothing."""
    named = mention.senses.is_on_menu and mention.match is Match.WHOLE
    return (named and not mention.unsure_spelling) or mention.senses.role is Role.FILLER


def _owners(mention: Mention) -> Iterator[Place]:
    yield from map(item_place, mention.senses.items)
    yield from map(option_place, mention.senses.options)
