"""A coupon that an answer refuses: "no code", "without SPRING25", "don't use the voucher"."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from chalicelib.understanding.coupons import STOPS, WORD, folded_word, looks_like_code
from chalicelib.understanding.language import CouponWords

_CODES_MAX: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """The *codes* that an answer refuses, none where it is whatever coupon there is, and the rest."""

    codes: tuple[str, ...]
    rest: str


def dropped_coupon(
    text: str, words: CouponWords, is_on_menu: Callable[[str], bool]
) -> Dropped | None:
    """Return what coupon *text* plainly refuses; None where it refuses none.

    A word of `dropping` stands before the coupon, with nothing between but how one is used.
    Behind another refusal, or a condition, it is not plain: "don't forget the code".
    """
    found = list(WORD.finditer(text))
    folded = [folded_word(match.group()) for match in found]
    for place, word in enumerate(folded):
        if word not in words.dropping or _is_led(place, text, found, folded, words):
            continue
        end, codes = _refused(place + 1, text, found, folded, words, is_on_menu)
        if end > place + 1:
            rest = f"{text[: found[place].start()]} , {text[found[end - 1].end() :]}"
            return Dropped(codes=codes, rest=rest)
    return None


def _is_led(
    place: int, text: str, found: list[re.Match[str]], folded: list[str], words: CouponWords
) -> bool:
    """Whether another refusal stands in the clause before *place*."""
    for before in range(place - 1, -1, -1):
        if STOPS.search(text, found[before].end(), found[before + 1].start()):
            return False
        if folded[before] in words.refusals:
            return True
    return False


def _refused(
    begin: int,
    text: str,
    found: list[re.Match[str]],
    folded: list[str],
    words: CouponWords,
    is_on_menu: Callable[[str], bool],
) -> tuple[int, tuple[str, ...]]:
    """Return where what names a coupon from *begin* ends, *begin* if nothing does, and its code."""
    codes: tuple[str, ...] = ()
    end = place = begin
    while place < min(len(found), begin + _CODES_MAX):
        word = found[place].group()
        if STOPS.search(text, found[place - 1].end(), found[place].start()):
            break
        if folded[place] in words.nouns and not is_on_menu(word):
            end = place + 1
        elif not codes and looks_like_code(word) and not is_on_menu(word):
            end, codes = place + 1, (word.upper(),)
        elif end > begin or folded[place] in words.refusals or not _leads(folded[place], words):
            break
        place += 1
    return end, codes


def _leads(word: str, words: CouponWords) -> bool:
    return word in words.links or word in words.verbs
