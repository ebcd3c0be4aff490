"""From a text to tokens: case, accents, punctuation, spelling variants, plurals and numbers."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from chalicelib.understanding.language import Language

TEXT_LENGTH_MAX: Final = 2_000
_NUMBER_DIGITS_MAX: Final = 6
_DASHES: Final = "\\-\u2010-\u2015\u2212"
_WORD = re.compile(
    rf"(?P<number>(?:(?<!\w)[{_DASHES}])?(?:\d+(?:[./]\d+)?|(?<!\w)\.\d+))"
    r"|(?P<word>[^\W\d_]+|[&+%$\u20ac\u00a3\u00a5])|(?P<stop>[,;.:!?()\n/])"
)
"""A minus or a fraction belongs to its number, which is then none that a person would order."""
_TIMES_MINUS = re.compile(rf"\bx\s*[{_DASHES}]\s*(?=\d)")
_ODD_NUMBER: Final = " oddnumber "
"""What a half, a superscript or a circled digit is read as: a word that no menu knows."""
_SENTENCE_ENDS: Final = ".;!?\n"
_BINDS_NEXT = re.compile(r"[$\u20ac\u00a3\u00a5]\s?$|[^\W\d_]{3}$")
_BINDS_LAST: Final = ("%", "$", "\u20ac", "\u00a3", "\u00a5")
_APOSTROPHES = re.compile(r"(?<=\w)['\u2019`\u02bc](?=\w)")
_WITH_SLASH = re.compile(r"\bw/(o\b)?")
_MARKS = re.compile(r"[\u0300-\u036f]+")


@dataclass(frozen=True, slots=True)
class Token:
    """One word, matched by its *key*.

    *broken* says that punctuation stands before it, *starts* that a sentence ended there,
    *bound* that it is a number which counts nothing: a price, a percentage, part of a code.
    """

    key: str
    broken: bool = False
    starts: bool = False
    corrected: bool = False
    bound: bool = False


def tokenise(text: str, language: Language) -> list[Token]:
    """Return the tokens of the first `TEXT_LENGTH_MAX` characters; the same for equal texts."""
    tokens: list[Token] = []
    broken = starts = False
    plain = _plain(language.spaced(text[:TEXT_LENGTH_MAX]))
    for match in _WORD.finditer(plain):
        if match.lastgroup == "stop":
            broken = True
            starts = starts or match.group() in _SENTENCE_ENDS
            continue
        for key in _keys(match.group(), language):
            bound = match.lastgroup == "number" and _is_bound(plain, match)
            tokens.append(Token(key, broken, starts, bound=bound))
            broken = starts = False
    return list(_join_tens(tokens, language))


def _is_bound(text: str, number: re.Match[str]) -> bool:
    """Whether *number* belongs to a sign or a longer word: "$5", "25%", "SPRING25"."""
    before, after = text[: number.start()], text[number.end() : number.end() + 2]
    return _BINDS_NEXT.search(before[-4:]) is not None or after.lstrip().startswith(_BINDS_LAST)


def keys_of(phrase: str, language: Language) -> tuple[str, ...]:
    """Return the keys that *phrase*, of a menu or the language, is matched by."""
    return tuple(token.key for token in tokenise(phrase, language))


def _plain(text: str) -> str:
    if not text.isascii():
        text = "".join(_ODD_NUMBER if _is_odd(c) else c for c in text)
        text = _MARKS.sub("", unicodedata.normalize("NFKD", text))
    text = _TIMES_MINUS.sub(_ODD_NUMBER, _APOSTROPHES.sub("", text.casefold()))
    return _WITH_SLASH.sub(lambda found: " without " if found.group(1) else " with ", text)


def _is_odd(character: str) -> bool:
    """Return whether *character* makes a number of what it stands by that nobody orders."""
    category = unicodedata.category(character)
    return category == "No" or (category == "Sm" and character not in "\u00d7\u2212")


def _keys(word: str, language: Language) -> Iterator[str]:
    if word[-1].isdigit():
        yield (word.lstrip("0") or "0") if word.isdecimal() else word
        return
    for part in language.variants.get(word, word).split():
        number = language.units.get(part)
        yield str(number) if number is not None else language.singular(part)


def _join_tens(tokens: list[Token], language: Language) -> Iterator[Token]:
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


def number_in(key: str) -> int | None:
    """Return the whole number that *key* is, if it is one a person would order."""
    return (
        int(key) if key.isdecimal() and key.isascii() and len(key) <= _NUMBER_DIGITS_MAX else None
    )
