"""From a text to tokens: case, accents, punctuation, spelling variants, plurals and numbers."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import lru_cache
from typing import Final

from chalicelib.understanding.language import Language, Role

TEXT_LENGTH_MAX: Final = 2_000
SPACED_LENGTH_MAX: Final = 3 * TEXT_LENGTH_MAX
"""Characters up to which a text is read once its words are set apart and its signs written out.

A text of `TEXT_LENGTH_MAX` does not reach it by the spaces between its words, only by signs
that each stand for several letters.
"""
_NUMBER_DIGITS_MAX: Final = 6
_WORDS_KEPT_MAX: Final = 4_096
"""Words whose keys are kept: orders are mostly made of the same few."""
_DASHES: Final = "\\-\u2010-\u2015\u2212"
_WORD = re.compile(
    r"(?P<letters>[^\W\d_]+|[&+%$\u20ac\u00a3\u00a5])"
    r"|(?P<word>\d+(?:st|nd|rd|th)\b|(?<![\w:])\d{1,2}:\d\d(?![\w:])|(?<=\d)\")"
    rf"|(?P<number>(?:(?<!\w)[{_DASHES}])?"
    r"(?:\d{1,3}(?:,\d{3})+(?![\d,])|\d+(?:[./]\d+)?|(?<!\w)\.\d+))"
    r"|(?P<stop>[,;.:!?()\n/])"
)
"""A minus or a fraction belongs to its number, which is then none that a person would order.

An ordinal's ending and a time's minutes make a word of theirs; "1,000" is one number.
"""
_BEHIND_NUMBER = re.compile(rf"\d[ {_DASHES}]?$")
_INCH_MARKS = re.compile(r"(?<=\d)(?:\u201d|\u2032\u2032|'')")
_MINUS = re.compile(rf"(?<!\w)[{_DASHES}]$")
_TIMES_MINUS = re.compile(rf"\bx\s*[{_DASHES}]\s*(?=\d)")
_ODD_SIGN = re.compile(r"~\s*(?=\d)|(?<=\d)\+(?=\s+[^\W\d]|$)|(?<=[\w)] )[\-\u2212](?=[^\W\d_])")
"""About a number, or more than it: "~10", "10+"; or what may be minus: "burger -onions"."""
_MINUS_BEHIND_PLUS = re.compile(r"(\+[^\n]*?\s)[\-\u2212](?=\s)")
_ODD_NUMBER: Final = " oddnumber "
"""What a half, a superscript or a circled digit is read as: a word that no menu knows."""
_SIGNS: Final = frozenset("~+-\u2212")
_SENTENCE_ENDS: Final = ".;!?\n"
_BINDS_NEXT = re.compile(r"[$\u20ac\u00a3\u00a5]\s?\Z|[^\W\d_]{3}\Z")
_BINDS_LAST: Final = ("%", "$", "\u20ac", "\u00a3", "\u00a5")
_APOSTROPHES = re.compile(r"(?<=\w)['\u2019`\u02bc](?=\w)")
_WITH_SLASH = re.compile(r"\bw/(o\b)?")
_MARKS = re.compile(r"[\u0300-\u036f]+")


class Spelling(IntEnum):
    """How far a word's spelling can be trusted."""

    AS_TYPED = 0
    SURE = 1  # corrected, and it can hardly be another word
    LIKELY = 2  # corrected, and certain only among other words of the same name
    GUESSED = 3  # the likeliest of several, or perhaps a word that nobody here knows


@dataclass(slots=True)
class Token:
    """One word, matched by its *key*.

    *broken* says that punctuation stands before it, *starts* that a sentence ended there,
    *bound* that it is a number which counts nothing: a price, a percentage, part of a code;
    *plural* that it may be the plural of its key.
    """

    key: str
    broken: bool = False
    starts: bool = False
    spelling: Spelling = Spelling.AS_TYPED
    bound: bool = False
    plural: bool = False


def tokenise(text: str, language: Language) -> list[Token]:
    """Return the tokens of *text*; the same for equal texts.

    What stands beyond `SPACED_LENGTH_MAX` characters is one word that no menu knows.
    """
    tokens: list[Token] = []
    broken = starts = False
    plain = _plain(language.spaced(text[:SPACED_LENGTH_MAX]))
    if max(len(text), len(plain)) > SPACED_LENGTH_MAX:
        plain = plain[:SPACED_LENGTH_MAX] + _ODD_NUMBER
    for match in _WORD.finditer(plain):
        if match.lastgroup == "stop":
            broken = True
            starts = starts or match.group() in _SENTENCE_ENDS
            continue
        word = _spelt_out(match, plain, language)
        bound = match.lastgroup == "number" and _is_bound(plain, match)
        keys, plural = _forms(word, language)
        if word in language.units and _MINUS.search(_two_before(match, plain)):
            keys = (_ODD_NUMBER.strip(),)
        for key in keys:
            tokens.append(Token(key, broken, starts, bound=bound, plural=plural))
            broken = starts = False
    return _join_hundreds(_join_tens(tokens, language), language)


def _spelt_out(match: re.Match[str], text: str, language: Language) -> str:
    """Return the word of *match*, or the measure that it is short for behind a number."""
    word = match.group()
    if match.lastgroup == "number":
        return word.replace(",", "")
    if word in language.glued and _two_before(match, text)[-1:].isdigit():
        return language.glued[word]
    if word in language.measures and _BEHIND_NUMBER.search(_two_before(match, text)):
        return language.measures[word]
    return word


def _two_before(match: re.Match[str], text: str) -> str:
    """Return the two characters before *match*, or as many as there are."""
    return text[max(match.start() - 2, 0) : match.start()]


def _is_bound(text: str, number: re.Match[str]) -> bool:
    """Whether *number* belongs to a sign or a longer word: "$5", "25%", "SPRING25"."""
    before = text[max(number.start() - 4, 0) : number.start()]
    after = text[number.end() : number.end() + 2]
    return _BINDS_NEXT.search(before) is not None or after.lstrip().startswith(_BINDS_LAST)


def keys_of(phrase: str, language: Language) -> tuple[str, ...]:
    """Return the keys that *phrase*, of a menu or the language, is matched by."""
    return tuple(token.key for token in tokenise(phrase, language))


def _plain(text: str) -> str:
    if not text.isascii():
        text = "".join(_apart(c) for c in text)
        text = _MARKS.sub("", unicodedata.normalize("NFKD", text)).replace("\u2044", "/")
    is_ascii = text.isascii()
    if not is_ascii or "'" in text:
        text = _INCH_MARKS.sub('"', text)
    has_sign = not _SIGNS.isdisjoint(text)
    if has_sign:
        text = _ODD_SIGN.sub(_ODD_NUMBER, _MINUS_BEHIND_PLUS.sub(rf"\1{_ODD_NUMBER}", text))
    text = text.casefold()
    if not is_ascii or "'" in text or "`" in text:
        text = _APOSTROPHES.sub("", text)
    if not is_ascii or has_sign:
        text = _TIMES_MINUS.sub(_ODD_NUMBER, text)
    if "/" not in text:
        return text
    return _WITH_SLASH.sub(lambda found: " without " if found.group(1) else " with ", text)


def _apart(character: str) -> str:
    """Return *character*, a fraction apart from the number before it: "1\u00bd" is "1 1/2"."""
    if unicodedata.decomposition(character).startswith("<fraction>"):
        return f" {character}"
    return _ODD_NUMBER if _is_odd(character) else character


def _is_odd(character: str) -> bool:
    """Return whether *character* makes a number of what it stands by that nobody orders."""
    category = unicodedata.category(character)
    if character.isascii():
        return False
    return category == "No" or (category == "Sm" and character not in "\u00d7\u2212")


@lru_cache(maxsize=_WORDS_KEPT_MAX)
def _forms(word: str, language: Language) -> tuple[tuple[str, ...], bool]:
    """Return the keys of *word*, and whether it may be a plural."""
    return tuple(_keys(word, language)), language.is_plural(word)


def _keys(word: str, language: Language) -> Iterator[str]:
    if word[-1].isdigit():
        yield (word.lstrip("0") or "0") if word.isdecimal() else word
        return
    for part in language.variants.get(word, word).split():
        number = language.units.get(part)
        yield str(number) if number is not None else language.singular(part)


def _join_tens(tokens: list[Token], language: Language) -> list[Token]:
    """Return *tokens* with "twenty five" as one number."""
    if language.tens.keys().isdisjoint(token.key for token in tokens):
        return tokens
    return list(_joined_tens(tokens, language))


def _joined_tens(tokens: list[Token], language: Language) -> Iterator[Token]:
    tens: Token | None = None
    for token in tokens:
        if tens is not None:
            if not token.broken and token.key in _ONES:
                number = language.tens[tens.key] + int(token.key)
                yield replace(tens, key=str(number))
                tens = None
                continue
            yield replace(tens, key=str(language.tens[tens.key]))
            tens = None
        if token.key in language.tens:
            tens = token
        else:
            yield token
    if tens is not None:
        yield replace(tens, key=str(language.tens[tens.key]))


_ONES: Final = frozenset("123456789")


_HUNDRED: Final = 100
_NUMBER_LIMIT: Final = 10**_NUMBER_DIGITS_MAX


def _join_hundreds(tokens: list[Token], language: Language) -> list[Token]:
    """Return *tokens* with "two hundred and fifty", and all that is said so, as one number."""
    if language.multipliers.keys().isdisjoint(token.key for token in tokens):
        return tokens
    joined: list[Token] = []
    place = 0
    while place < len(tokens):
        number, end = _hundreds(tokens, place, language)
        joined.append(replace(tokens[place], key=str(number)) if number else tokens[place])
        place = end if number else place + 1
    return joined


def _hundreds(
    tokens: list[Token], place: int, language: Language, below: int = _NUMBER_LIMIT
) -> tuple[int, int]:
    """Return the number that several words at *place* make, or 0, and where they end."""
    multiplier = _multiplier(tokens, place + 1, language)
    number = _below_hundred(tokens[place], language, is_first=below == _NUMBER_LIMIT)
    if not (number and _HUNDRED <= multiplier < below):
        return 0, place
    end = place + 2
    following = end + any(
        token.key in language.phrases[Role.AND] for token in tokens[end : end + 1]
    )
    if len(tokens) > following and not any(t.broken for t in tokens[end : following + 1]):
        rest, after = _hundreds(tokens, following, language, multiplier)
        if not rest:
            rest, after = _below_hundred(tokens[following], language), following + 1
        if 0 < rest < multiplier:
            return number * multiplier + rest, after
    return number * multiplier, end


def _multiplier(tokens: list[Token], place: int, language: Language) -> int:
    if place >= len(tokens) or tokens[place].broken:
        return 0
    return language.multipliers.get(tokens[place].key, 0)


def _below_hundred(token: Token, language: Language, *, is_first: bool = False) -> int:
    if is_first and token.key in language.phrases[Role.ARTICLE]:
        return 1
    number = None if token.bound else number_in(token.key)
    return number if number is not None and number < _HUNDRED else 0


def number_in(key: str) -> int | None:
    """Return the whole number that *key* is, if it is one a person would order."""
    return (
        int(key) if key.isdecimal() and key.isascii() and len(key) <= _NUMBER_DIGITS_MAX else None
    )
