"""Light typos: one wrong, missing, doubled or swapped letter, and words run together or apart."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from chalicelib.understanding.tokens import Token, number_in

_LENGTH_MIN: Final = 4
_LENGTH_MAX: Final = 24
_PART_LENGTH_MIN: Final = 3
SURE_LENGTH_MIN: Final = 6


class Speller:
    """Brings the words of a text back to the *words* that are known.

    *pairs* are neighbours in known phrases, so that "cheeseburger" meets "cheese burger";
    *respelt* gives the one spelling that stands for several which a menu knows; *stems* are
    the words that may stand with an ending: "roasted" is a menu's "roast", but "ordered" is
    not "order". Without them, all are.
    Building takes time and memory linear in the letters; each look-up is linear in the word.
    """

    def __init__(
        self,
        words: Iterable[str],
        pairs: Iterable[tuple[str, str]],
        inflections: tuple[str, ...] = (),
        respelt: Mapping[str, str] | None = None,
        stems: Iterable[str] | None = None,
    ) -> None:
        self._words = frozenset(words)
        self._stems = self._words if stems is None else frozenset(stems)
        self._inflections = inflections
        self._respelt = respelt or {}
        self._near: dict[str, list[str]] = {}
        for word in self._words:
            if _is_correctable(word):
                for form in _forms(word):
                    self._near.setdefault(form, []).append(word)
        self._together = {first + second: (first, second) for first, second in pairs}

    def __contains__(self, word: str) -> bool:
        return word in self._words

    def repair(self, tokens: list[Token]) -> list[Token]:
        """Return *tokens* with unknown words corrected, where exactly one known word is near."""
        repaired: list[Token] = []
        place = 0
        while place < len(tokens):
            token = tokens[place]
            joined = token.key + tokens[place + 1].key if place + 1 < len(tokens) else ""
            if self._is_split(tokens, place, joined):
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

    def nearest(self, word: str) -> str | None:
        """Return the one known word within one typo of *word*, if there is exactly one."""
        if not _is_correctable(word):
            return None
        near = {known for form in _forms(word) for known in self._near.get(form, ())}
        close = [known for known in near if is_one_typo(word, known)]
        if len(close) > 1:
            close = [known for known in close if known[0] == word[0]]
        return close[0] if len(close) == 1 else None

    def _is_split(self, tokens: list[Token], place: int, joined: str) -> bool:
        if len(joined) < _LENGTH_MIN or joined not in self._words or tokens[place + 1].broken:
            return False
        pair = (tokens[place].key, tokens[place + 1].key)
        return self._together.get(joined) != pair

    def _corrected(self, token: Token) -> Iterator[Token]:
        if number_in(token.key) is not None:
            yield token
            return
        if parts := self._together.get(token.key) or self._parts(token.key):
            yield replace(token, key=parts[0])
            yield Token(parts[1])
            return
        if (stem := self._uninflected(token.key)) is not None:
            yield replace(token, key=stem)
            return
        near = self.nearest(token.key)
        yield token if near is None else replace(token, key=near, corrected=True)

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


def _is_correctable(word: str) -> bool:
    return _LENGTH_MIN <= len(word) <= _LENGTH_MAX and not word[0].isdigit()


def _forms(word: str) -> Iterator[str]:
    """Yield *word* and each form of it that lacks one letter: near words share a form."""
    yield word
    for place in range(len(word)):
        yield word[:place] + word[place + 1 :]


def is_one_typo(word: str, known: str) -> bool:
    """Whether one letter wrong, missing, added or swapped with its neighbour tells them apart."""
    start = 0
    shortest = min(len(word), len(known))
    while start < shortest and word[start] == known[start]:
        start += 1
    left, right = word[start:], known[start:]
    if left[1:] == right[1:] or left[1:] == right or left == right[1:]:
        return True
    return len(left) > 1 and left[:2] == right[1::-1] and left[2:] == right[2:]
