"""From tokens to mentions: the longest phrase at each place that the menu or the language knows."""

from dataclasses import dataclass
from enum import StrEnum
from itertools import takewhile
from typing import Final

from chalicelib.understanding.language import Role
from chalicelib.understanding.lexicon import Lexicon, Senses
from chalicelib.understanding.tokens import Spelling, Token, number_in


class Match(StrEnum):
    """How a mention met the lexicon."""

    WHOLE = "whole"
    GAPPED = "gapped"  # an item's name with another word inside: "double bacon cheeseburger"
    PART = "part"  # some words of a name: "caramel" for "caramel syrup"
    UNKNOWN = "unknown"


@dataclass(slots=True)
class Mention:
    """A stretch of the text, as *words*, and what it may mean.

    It *is_plural* where it names an item in a plural that the menu does not use, or measures
    in the plural: "cups of"; it *is_several* in any plural.
    """

    words: str
    senses: Senses
    match: Match = Match.WHOLE
    broken: bool = False
    starts: bool = False
    unsure_spelling: bool = False
    is_plural: bool = False
    is_several: bool = False


_SINGLE_OR_DOUBLE: Final = (1, 2)
OWNERS_MAX: Final = 200
_TELLING_LENGTH_MIN: Final = 4
"""Letters of a name that are spelt right, from which they vouch for the rest of it."""
_FILLER_REACH: Final = 4
_PAIR_REACH: Final = 3
"""Mentions behind "pair of" among which the thing itself is: "long", "black", "leather gloves"."""
_LEADS_OPTION: Final = frozenset((Role.FILLER, Role.WITH, Role.ARTICLE, Role.NO, Role.WITHOUT))
_COUNTED_FIRST: Final = frozenset((Role.MEASURE, Role.CONTAINER))
_NOTHING: Final = Senses()


def find_mentions(tokens: list[Token], lexicon: Lexicon) -> list[Mention]:
    """Return the mentions in *tokens*, in order; each token belongs to exactly one."""
    finder = _Finder(tokens, lexicon)
    return _in_context(finder.mentions(), lexicon)


def _in_context(mentions: list[Mention], lexicon: Lexicon) -> list[Mention]:
    """Return *mentions*, those put right that mean something else before what follows them."""
    named = False  # nothing is shared between items before there is one
    for place, mention in enumerate(mentions):
        role = mention.senses.role
        if mention.words in lexicon.pairs and _is_one(mentions[place + 1 :], lexicon):
            mention.senses = Senses(role=Role.MEASURE)
        elif role is Role.CONTAINER:
            is_unit = _is_unit(mentions, place, lexicon)
            mention.senses = Senses(role=Role.MEASURE if is_unit else Role.DOUBT)
        elif mention.senses.number is not None and _is_size(mentions, place, lexicon):
            mention.senses, mention.match = Senses(), Match.UNKNOWN
        elif mention.words in lexicon.containers and _is_size_of_container(mentions, place):
            mention.senses = Senses(role=Role.FILLER)
            mention.match = Match.WHOLE
        elif (role is Role.ALL or role is Role.EACH) and not named:
            mention.senses = Senses(role=Role.DOUBT)
        elif role is Role.ALL:
            is_shared = _shares_option(mentions[place + 1 : place + 1 + _FILLER_REACH], lexicon)
            mention.senses = Senses(role=Role.EACH if is_shared else Role.DOUBT)
        named = named or bool(mention.senses.items)
    return mentions


def _is_unit(mentions: list[Mention], place: int, lexicon: Lexicon) -> bool:
    """Whether each "bag of" at *place* is one of the item that follows.

    It is where an option told its size ("a 40 l bag of"), and where the item is not counted
    by itself: "a bag of chips", but "a bag of rolls", on a menu with a roll, may be any
    number of them. Where the item has one such container for an option, it may be that.
    """
    if _follows_size(mentions, place):
        return True
    container = mentions[place].words.split()[0]
    holders = lexicon.option_words.get(container, {})
    for mention in mentions[place + 1 : place + 1 + _FILLER_REACH]:
        if mention.broken or mention.senses.number is not None:
            return False
        if mention.senses.items and mention.match is not Match.PART:
            groups = lexicon.groups_of[mention.senses.items[0]]
            own = [ref for ref in holders if ref.group in groups]
            if mention.is_plural or len(own) == 1 or _is_of_size(mentions, place):
                return False
            return bool(own) or not _is_held(groups, lexicon)
        if not (mention.senses.options or mention.senses.role is Role.FILLER):
            return False
    return False


def _is_of_size(mentions: list[Mention], place: int) -> bool:
    """Whether the number before the "pack of" at *place* is what it holds: "a six pack of cola"."""
    number = mentions[place - 1].senses.number if place else None
    return (number or 0) > 1 and not (mentions[place].broken or mentions[place].is_plural)


def _is_held(groups: frozenset[str], lexicon: Lexicon) -> bool:
    """Whether an option of *groups* says what the item comes in, if not in what was said."""
    owned = (lexicon.option_words.get(container, {}) for container in lexicon.containers)
    return any(ref.group in groups for refs in owned for ref in refs)


def _is_size(mentions: list[Mention], place: int, lexicon: Lexicon) -> bool:
    """Whether the number at *place* is a size that no option has: "a 75 litre bag"."""
    following = mentions[place + 1 : place + 2]
    return any(
        m.words.split()[0] in lexicon.sizes and m.match is not Match.WHOLE and not m.broken
        for m in following
    )


def _is_size_of_container(mentions: list[Mention], place: int) -> bool:
    """Whether the container at *place* says what an option before it was the size of: "in 20 cm pots"."""
    mention = mentions[place]
    is_bare = mention.match is Match.UNKNOWN or mention.senses.role is Role.DOUBT
    return is_bare and _follows_size(mentions, place)


def _follows_size(mentions: list[Mention], place: int) -> bool:
    """Whether an option with a number in its name stands right before *place*."""
    if not place or mentions[place].broken:
        return False
    before = mentions[place - 1]
    return bool(before.senses.options) and any(c.isdigit() for c in before.words)


def _is_one(following: list[Mention], lexicon: Lexicon) -> bool:
    near = takewhile(lambda mention: not mention.broken, following[:_PAIR_REACH])
    items = (mention for mention in near if mention.senses.items)
    return any(item.words.split()[-1] in lexicon.paired for item in items)


def _shares_option(following: list[Mention], lexicon: Lexicon) -> bool:
    """Whether an option follows that each may have: "all large", "all with ice", not "all dips"."""
    for place, mention in enumerate(following):
        if mention.broken:
            return False
        if mention.senses.role not in _LEADS_OPTION:
            groups = {ref.group for ref in mention.senses.options}
            return bool(groups) and (place > 0 or not groups.isdisjoint(lexicon.single_groups))
    return False


def _is_telling(tokens: list[Token]) -> bool:
    """Whether a name has enough other words to tell that a likely one is what it seems."""
    told = (len(token.key) for token in tokens if token.spelling <= Spelling.SURE)
    return sum(told) >= _TELLING_LENGTH_MIN


def _ends_of_stretches(tokens: list[Token]) -> list[int]:
    """Return, for each of *tokens*, where the stretch without a stop ends that it is in."""
    ends = [len(tokens)] * len(tokens)
    for place in range(len(tokens) - 2, -1, -1):
        ends[place] = place + 1 if tokens[place + 1].broken else ends[place + 1]
    return ends


class _Finder:
    def __init__(self, tokens: list[Token], lexicon: Lexicon) -> None:
        self._tokens = tokens
        self._keys = [token.key for token in tokens]
        self._ends = _ends_of_stretches(tokens)
        self._lexicon = lexicon

    def mentions(self) -> list[Mention]:
        found: list[Mention] = []
        place = 0
        while place < len(self._tokens):
            length = self._longest(place)
            if length:
                words = " ".join(self._keys[place : place + length])
                senses = self._lexicon.phrases[words]
                found.append(self._mention(place, length, words, senses, Match.WHOLE))
                place += length
            elif gap := self._gapped(place):
                found.extend(gap)
                place += len(gap[0].words.split()) + 1
            elif (number := self._number(place)) is not None:
                senses = Senses(number=number)
                found.append(self._mention(place, 1, self._keys[place], senses, Match.WHOLE))
                place += 1
            else:
                found.append(self._part(place))
                place += len(found[-1].words.split())
        return found

    def _mention(
        self, place: int, length: int, words: str, senses: Senses, match: Match
    ) -> Mention:
        tokens = self._tokens[place : place + length]
        worst = tokens[0].spelling if length == 1 else max(token.spelling for token in tokens)
        is_name = senses.is_on_menu and match is Match.WHOLE
        unsure = worst > Spelling.SURE and not (
            worst is Spelling.LIKELY and is_name and _is_telling(tokens)
        )
        counted = tokens[0] if senses.role in _COUNTED_FIRST else tokens[-1]
        is_plural = (
            counted.plural
            and words not in self._lexicon.plural_names
            and tokens[-1].key not in self._lexicon.paired
        )
        return Mention(
            words,
            senses,
            match,
            tokens[0].broken,
            tokens[0].starts,
            unsure,
            is_plural,
            counted.plural,
        )

    def _number(self, place: int) -> int | None:
        return None if self._tokens[place].bound else number_in(self._keys[place])

    def _longest(self, place: int) -> int:
        """Return the length of the longest phrase at *place*, 0 if there is none.

        A phrase of the language gives way to one of the menu that begins inside it and
        reaches further: "a little gem" is the menu's little gem. A measure that the menu has as
        an option is the menu's: "bowl of"; and so is what a group's name begins with: "gloves"
        in "gloves size small".
        """
        lengths = self._phrase_lengths(place)
        for length in lengths:
            if length == 1:
                return length
            senses = self._senses(place, length)
            if not senses.is_on_menu:
                inner = range(place + 1, place + length)
                if any(self._menu_reach(start) > place + length for start in inner):
                    continue
                reach = self._menu_reach(place) - place
                if reach and senses.role is None and senses.number is None:
                    return reach
                if reach and senses.role in {Role.MEASURE, Role.CONTAINER}:
                    return reach
                if (
                    senses.number in _SINGLE_OR_DOUBLE
                    and self._menu_reach(place + length - 1) >= place + length
                ):
                    # On a menu with single and double, "a single" says which.
                    continue
            return length
        return 0

    def _phrase_lengths(self, place: int) -> list[int]:
        keys, phrases, end = self._keys, self._lexicon.phrases, self._ends[place]
        found = [
            length
            for length in self._lexicon.lengths.get((keys[place], *keys[place + 1 : place + 2]), ())
            if place + length <= end and " ".join(keys[place : place + length]) in phrases
        ]
        if keys[place] in phrases:
            found.append(1)
        return found

    def _senses(self, place: int, length: int) -> Senses:
        return self._lexicon.phrases[" ".join(self._keys[place : place + length])]

    def _menu_reach(self, place: int) -> int:
        lengths = self._phrase_lengths(place)
        on_menu = [length for length in lengths if self._senses(place, length).is_on_menu]
        return place + max(on_menu, default=0)

    def _gapped(self, place: int) -> list[Mention]:
        """Return an item's mention with one word inside it, and that word's mention after it."""
        keys = self._keys
        for phrase in self._lexicon.gapped.get(keys[place], ()):
            end = place + len(phrase) + 1
            if end > len(keys) or keys[end - 1] != phrase[-1]:
                continue
            if any(token.broken for token in self._tokens[place + 1 : end]):
                continue
            for hole in range(place + 1, end - 1):
                if (*keys[place:hole], *keys[hole + 1 : end]) != phrase:
                    continue
                inside = self._lexicon.phrases.get(keys[hole], _NOTHING)
                if inside.role is not None or number_in(keys[hole]) is not None:
                    continue
                words = " ".join(phrase)
                item = Senses(items=self._lexicon.phrases[words].items)
                first = self._mention(place, 1, words, item, Match.GAPPED)
                intruder = Senses(options=inside.options)
                match = Match.WHOLE if inside.options else Match.UNKNOWN
                return [first, Mention(keys[hole], intruder, match)]
        return []

    def _part(self, place: int) -> Mention:
        """Return the longest run of words from *place* that one name has in common."""
        lexicon, keys = self._lexicon, self._keys
        items = tuple(lexicon.item_words.get(keys[place], ()))
        options = tuple(lexicon.option_words.get(keys[place], ()))
        if len(items) > OWNERS_MAX:
            items = ()
        length = 1
        while (items or options) and place + length < len(keys):
            key = keys[place + length]
            if self._tokens[place + length].broken or self._longest(place + length):
                break
            owners = lexicon.item_words.get(key, {})
            holders = lexicon.option_words.get(key, {})
            narrower = tuple(sku for sku in items if sku in owners)
            fewer = tuple(ref for ref in options if ref in holders)
            if not narrower and not fewer:
                break
            items, options = narrower, fewer
            length += 1
        match = Match.PART if items or options else Match.UNKNOWN
        words = " ".join(keys[place : place + length])
        return self._mention(place, length, words, Senses(items=items, options=options), match)
