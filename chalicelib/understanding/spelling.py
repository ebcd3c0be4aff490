"""Light typos: one wrong, missing, doubled or swapped letter, and words run together or apart."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Final

from chalicelib.understanding.tokens import Spelling, Token, number_in

_LENGTH_MIN: Final = 4
_LENGTH_MAX: Final = 24
_PART_LENGTH_MIN: Final = 3
_JOINED_MAX: Final = 5_000
"""Pairs up to which a joined word with a typo is met: "supergluee"; beyond, memory is dearer."""
SURE_LENGTH_MIN: Final = 6
_SURE_IF_WRONG_MIN: Final = 7
"""Letters from which a wrong letter is a typo for sure; of six, "batter" may be no "butter"."""


class Slip(IntEnum):
    """How a word was mistyped, the likeliest to be a typo first."""

    NONE = 0
    SWAPPED = 1
    DOUBLED = 2
    MISSING = 3
    WRONG = 4
    OPENING = 5  # another first letter: rather another word, as "toffee" is no "coffee"


@dataclass(frozen=True, slots=True)
class Correction:
    """The known *word* that another stands for, and how far that can be trusted."""

    word: str
    spelling: Spelling


class Speller:
    """Brings the words of a text back to the *words* that are known.

    *pairs* are neighbours in known phrases, so that "cheeseburger" meets "cheese burger";
    *respelt* gives the one spelling that stands for several which a menu knows; *stems* are
    the words that may stand with an ending: "roasted" is a menu's "roast", but "ordered" is
    not "order". Without them, all are. *numbers* are the number words and what they are,
    met only with a typo, and never for sure. *common* words are typos of nothing: "ring" is
    no "rind".
    Building takes time and memory linear in the letters; each look-up is linear in the word.
    """

    def __init__(
        self,
        words: Iterable[str],
        pairs: Iterable[tuple[str, str]],
        inflections: tuple[str, ...] = (),
        respelt: Mapping[str, str] | None = None,
        stems: Iterable[str] | None = None,
        numbers: Mapping[str, int] | None = None,
        common: frozenset[str] = frozenset(),
    ) -> None:
        self._words = frozenset(words)
        self._stems = self._words if stems is None else frozenset(stems)
        self._common = common
        self._inflections = inflections
        self._respelt = respelt or {}
        self._together = {first + second: (first, second) for first, second in pairs}
        self._numbers = {
            word: str(number)
            for word, number in (numbers or {}).items()
            if len(word) > _LENGTH_MIN and word not in self._words
        }
        joined = self._together if len(self._together) <= _JOINED_MAX else ()
        self._near: dict[str, list[str]] = {}
        for word in self._words.union(self._numbers, joined):
            if is_correctable(word):
                for form in forms_of(word):
                    self._near.setdefault(form, []).append(word)

    def __contains__(self, word: str) -> bool:
        return word in self._words

    def knows(self, keys: Sequence[str]) -> bool:
        """Whether all *keys* of one word are known; a number behind a word only as its own."""
        match keys:
            case [first, second] if second.isdecimal():
                return self._together.get(first + second) == (first, second)
            case _:
                return all(key in self._words for key in keys)

    def repair(self, tokens: list[Token]) -> list[Token]:
        """Return *tokens* with unknown words corrected, where exactly one known word is near."""
        repaired: list[Token] = []
        place = 0
        while place < len(tokens):
            token = tokens[place]
            joined = token.key + tokens[place + 1].key if place + 1 < len(tokens) else ""
            if joined in self._words and self._is_split(tokens, place, joined):
                repaired.append(replace(token, key=joined))
                place += 2
                continue
            if token.key in self._respelt:
                repaired.append(replace(token, key=self._respelt[token.key]))
            elif token.key in self._words:
                repaired.append(token)
            else:
                repaired.extend(self._corrected(token))
            place += 1
        return repaired

    def nearest(self, word: str) -> Correction | None:
        """Return the known word within one typo of *word* that is the likeliest, if one is.

        Of several, a slip that is likelier and then a word of the menu come first, but never
        for sure.
        """
        if not is_correctable(word):
            return None
        near = {known for form in forms_of(word) for known in self._near.get(form, ())}
        slips = {known: slip for known in near if (slip := slip_of(word, known)) is not None}
        close = [known for known in slips if known[0] == word[0]] or list(slips)
        if not close:
            return None
        ranks = sorted((slips[known], known not in self._stems, known) for known in close)
        if len(ranks) > 1 and ranks[0][:2] == ranks[1][:2]:
            return None
        best = ranks[0][2]
        return Correction(best, _trust(best, slips[best]) if len(close) == 1 else Spelling.GUESSED)

    def _is_split(self, tokens: list[Token], place: int, joined: str) -> bool:
        if len(joined) < _LENGTH_MIN or tokens[place + 1].broken:
            return False
        pair = (tokens[place].key, tokens[place + 1].key)
        if joined not in self._stems and all(key in self._words for key in pair):
            # "Give me an order": two words of the language make no third.
            return False
        return self._together.get(joined) != pair

    def _corrected(self, token: Token) -> Iterator[Token]:
        if number_in(token.key) is not None:
            yield token
            return
        if parts := self._together.get(token.key):
            yield from _apart(token, parts)
            return
        if (stem := self._uninflected(token.key)) is not None:
            yield replace(token, key=stem)
            return
        if token.key in self._common:
            yield token
            return
        near = self.nearest(token.key) or self._nearest_plural(token.key)
        if near is not None and near.spelling is Spelling.SURE:
            yield from self._as(token, near)
        elif parts := self._parts(token.key):
            yield from _apart(token, parts)
        elif near is not None:
            yield from self._as(token, near)
        else:
            yield token

    def _as(self, token: Token, near: Correction) -> Iterator[Token]:
        if near.word in self._numbers:
            yield replace(token, key=self._numbers[near.word], spelling=Spelling.GUESSED)
        elif near.word in self._words:
            yield replace(token, key=near.word, spelling=near.spelling)
        else:
            corrected = replace(token, spelling=near.spelling)
            yield from _apart(corrected, self._together[near.word])

    def _nearest_plural(self, word: str) -> Correction | None:
        """Return what *word* is if its last letter was typed twice: "gloves" as "glovess"."""
        singular = word.removesuffix("ss")
        if singular == word or singular not in self._words:
            return None
        return Correction(singular, _trust(singular, Slip.DOUBLED))

    def _uninflected(self, word: str) -> str | None:
        stems = (
            word.removesuffix(ending)
            for ending in self._inflections
            if word.endswith(ending) and len(word) - len(ending) >= _LENGTH_MIN
        )
        return next((stem for stem in stems if stem in self._stems), None)

    def _parts(self, word: str) -> tuple[str, str] | None:
        if len(word) > _LENGTH_MAX:
            return None
        cuts = range(_PART_LENGTH_MIN, len(word) - _PART_LENGTH_MIN + 1)
        found = [
            (word[:cut], word[cut:])
            for cut in cuts
            if word[:cut] in self._words and word[cut:] in self._words
        ]
        return found[0] if len(found) == 1 else None


def is_correctable(word: str) -> bool:
    """Whether *word* is long enough, and no longer than, what is looked for by a typo."""
    return _LENGTH_MIN <= len(word) <= _LENGTH_MAX and not word[0].isdigit()


def forms_of(word: str) -> Iterator[str]:
    """Yield *word* and each form of it that lacks one letter: near words share a form."""
    yield word
    for place in range(len(word)):
        yield word[:place] + word[place + 1 :]


def slip_of(word: str, known: str) -> Slip | None:
    """Return which one slip makes *word* of *known*, or nothing if it takes more."""
    start = 0
    shortest = min(len(word), len(known))
    while start < shortest and word[start] == known[start]:
        start += 1
    left, right = word[start:], known[start:]
    if left == right:
        return Slip.NONE
    if len(left) > 1 and left[:2] == right[1::-1] and left[2:] == right[2:]:
        return Slip.SWAPPED
    if left[1:] == right and start and left[0] == word[start - 1]:
        return Slip.DOUBLED
    if left[1:] == right or left == right[1:]:
        return Slip.MISSING if start else Slip.OPENING
    if left[1:] == right[1:]:
        return Slip.WRONG if start else Slip.OPENING
    return None


def is_one_typo(word: str, known: str) -> bool:
    """Whether one letter wrong, missing, added or swapped with its neighbour tells them apart."""
    return slip_of(word, known) is not None


def _trust(known: str, slip: Slip) -> Spelling:
    if slip is Slip.OPENING:
        return Spelling.GUESSED
    if slip is Slip.WRONG:
        return Spelling.SURE if len(known) >= _SURE_IF_WRONG_MIN else Spelling.GUESSED
    return Spelling.SURE if len(known) >= SURE_LENGTH_MIN else Spelling.LIKELY


def _apart(token: Token, parts: tuple[str, str]) -> Iterator[Token]:
    yield replace(token, key=parts[0])
    yield Token(parts[1], spelling=token.spelling)
