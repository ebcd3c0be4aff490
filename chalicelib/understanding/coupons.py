"""A promotion code named in the text, found before anything else reads it."""

import re
from collections.abc import Callable
from typing import Final

from chalicelib.understanding.language import CouponWords

_WORD = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?")
_CODE_LENGTH_MIN: Final = 3
_CODE_LENGTH_MAX: Final = 40
_CAPITALS_MIN: Final = 4


def split_coupon(
    text: str, words: CouponWords, is_known: Callable[[str], bool]
) -> tuple[str | None, str]:
    """Return the code (upper case) and the text without the words that name it.

    Only the first code counts. "use" and its like name a code only when the next word looks
    like one (letters and digits, or capitals); "code" and its like also name a word that
    ends the text. A word that *is_known*, of the menu or the language, is a code only where
    it is named as one and stands in capitals.
    """
    found = list(_WORD.finditer(text))
    folded = [match.group().casefold() for match in found]
    shouting = text.isupper()
    for place, word in enumerate(folded):
        if word not in words.nouns and word not in words.verbs:
            continue
        end, named = _after(place, folded, words)
        if end >= len(found):
            continue
        code = found[end].group()
        loud = named and code.isupper() and not shouting
        if is_known(code) and not loud:
            continue
        last = end == len(found) - 1
        if _is_code(code, shouting=shouting) or (named and last and _could_be_code(code)):
            stop = end + 1 if end + 1 < len(found) and folded[end + 1] in words.nouns else end
            begin = found[_before(place, folded, words)].start()
            return code.upper(), f"{text[:begin]} , {text[found[stop].end() :]}"
    return None, text


def _after(place: int, folded: list[str], words: CouponWords) -> tuple[int, bool]:
    """Return where the code would stand, and whether a noun names it."""
    named = folded[place] in words.nouns
    place += 1
    while place < len(folded) and (folded[place] in words.nouns or folded[place] in words.links):
        named = named or folded[place] in words.nouns
        place += 1
    return place, named


def _before(place: int, folded: list[str], words: CouponWords) -> int:
    start = place
    while start > 0 and (folded[start - 1] in words.links or folded[start - 1] in words.verbs):
        start -= 1
    return start


def _is_code(word: str, *, shouting: bool) -> bool:
    if not _could_be_code(word):
        return False
    digits = any(character.isdigit() for character in word)
    letters = any(character.isalpha() for character in word)
    if digits and letters:
        return word.isupper() or len(word) > _CAPITALS_MIN
    return letters and not shouting and word.isupper() and len(word) >= _CAPITALS_MIN


def _could_be_code(word: str) -> bool:
    return _CODE_LENGTH_MIN <= len(word) <= _CODE_LENGTH_MAX
