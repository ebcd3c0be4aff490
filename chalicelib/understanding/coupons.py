"""A promotion code named in the text, found before anything else reads it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from chalicelib.understanding.language import CouponWords

WORD = re.compile(
    r"[A-Za-z0-9](?:[A-Za-z0-9_'\u2019-]*[A-Za-z0-9])?|[\u3007\u3400-\u9fff\U00020000-\U0003ffff]+"
)
_APOSTROPHES: Final = "'\u2019"
_LIKE_CODE = re.compile(r"[0-9][A-Za-z_-]|[A-Za-z_-][0-9]|[A-Z][A-Z_-]")
"""In every word that has letters and digits, or that is of several capitals."""
_REFUSAL_REACH: Final = 3
STOPS = re.compile(r"[,.;:!?\n()\uff0c\u3002\uff1b\uff1a\uff01\uff1f\u3001]")
_TITLE_LENGTH_MAX: Final = 4
"""Words between "use my" and "voucher" that say what it is for: "free coffee of the month"."""
_CAPITALS = re.compile(r"[A-Z]{3}")
_CODE_LENGTH_MIN: Final = 3
_CODE_LENGTH_MAX: Final = 40
_CAPITALS_MIN: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """The *code* that a text names, upper case, and the *rest* of the text without any code.

    *is_open* says that another code is named too, or that this one may not be wanted;
    *names_codes*, that words were taken out of *rest*.
    """

    code: str | None
    rest: str
    is_open: bool = False
    names_codes: bool = False


def split_coupon(
    text: str,
    words: CouponWords,
    is_known: Callable[[str], bool],
    is_on_menu: Callable[[str], bool],
) -> Named:
    """Return the code that *text* names, and the text without the words that name codes.

    The first code counts. "use" and its like name a code only when the next word looks
    like one (letters and digits, or capitals); "code" and its like also name a word that
    ends the text. A word that *is_known*, of the menu or the language, is a code only where
    it is named as one and stands in capitals. A code behind one of the refusals is none, unless
    a stop or a word that *is_on_menu* parts them: "no onions, code X".
    """
    if not _may_name_code(text, words):
        return Named(code=None, rest=text)
    found = list(WORD.finditer(text))
    folded = [folded_word(match.group()) for match in found]
    afters, shouting = _afters(folded, words), text.isupper()
    wanted: dict[str, None] = {}
    is_open = False
    kept, place, done = [], 0, 0
    while place < len(found):
        after = afters[place]
        end = _code_at(place, found, folded, after, words, is_known, shouting=shouting)
        if end is None:
            place += 1
            continue
        begin = _before(_titled(place, text, found, folded, words), folded, words)
        if _is_refused(begin, text, found, folded, words, is_on_menu):
            is_open = True
        else:
            wanted[found[end].group().upper()] = None
        stop = end + 1 if _is_named_behind(end, text, found, folded, words) else end
        kept.append(text[done : max(found[begin].start(), done)])
        done = found[stop].end()
        place = stop + 1
    return Named(
        code=next(iter(wanted), None),
        rest=" , ".join((*kept, text[done:])),
        is_open=is_open or len(wanted) > 1,
        names_codes=bool(kept),
    )


def _may_name_code(text: str, words: CouponWords) -> bool:
    """Whether *text* has a word that calls another a code, or one that looks like a code."""
    if _LIKE_CODE.search(text):
        return True
    folded = folded_word(text)
    return any(noun in folded for noun in words.nouns)


def bare_code(text: str, is_known: Callable[[str], bool]) -> tuple[str, str] | None:
    """Return the one code that *text* gives without calling it one, and the rest of it.

    It has letters and digits, and is no word that *is_known*; one that a digit begins has
    capitals, and more of them than a size: "25OFF", not "12OZ".
    """
    codes = [
        found
        for found in WORD.finditer(text)
        if _is_code(found.group(), shouting=True)
        and (found.group()[0].isalpha() or _CAPITALS.search(found.group()))
        and not is_known(found.group())
    ]
    if len(codes) != 1:
        return None
    code = codes[0]
    return code.group().upper(), f"{text[: code.start()]} , {text[code.end() :]}"


def _is_named_behind(
    end: int, text: str, found: list[re.Match[str]], folded: list[str], words: CouponWords
) -> bool:
    """Whether the code at *end* is followed by what it is: "the SPRING25 coupon"."""
    if end + 1 >= len(found) or folded[end + 1] not in words.nouns:
        return False
    return text[found[end].end() : found[end + 1].start()].isspace()


def _is_refused(
    begin: int,
    text: str,
    found: list[re.Match[str]],
    folded: list[str],
    words: CouponWords,
    is_on_menu: Callable[[str], bool],
) -> bool:
    """Whether a refusal stands shortly before *begin*, with nothing between that it may refuse."""
    for place in range(begin - 1, max(begin - _REFUSAL_REACH, 0) - 1, -1):
        if STOPS.search(text, found[place].end(), found[place + 1].start()):
            return False
        if folded[place] in words.refusals:
            return True
        if is_on_menu(found[place].group()):
            return False
    return False


def _code_at(
    place: int,
    found: list[re.Match[str]],
    folded: list[str],
    after: tuple[int, bool],
    words: CouponWords,
    is_known: Callable[[str], bool],
    *,
    shouting: bool,
) -> int | None:
    """Return where the code stands that the word at *place* names, if it names one."""
    if folded[place] not in words.nouns and folded[place] not in words.verbs:
        return None
    if place and folded[place] in words.nouns and folded[place - 1] in words.locks:
        return None
    end, named = after
    if end >= len(found):
        return None
    code = found[end].group()
    if is_known(code) and not (named and code.isupper() and not shouting):
        return None
    last = end == len(found) - 1
    if _is_code(code, shouting=shouting) or (named and last and _could_be_code(code)):
        return end
    return None


def _afters(folded: list[str], words: CouponWords) -> list[tuple[int, bool]]:
    """Return, for each word, where a code that it names would stand, and whether a noun names it."""
    afters: list[tuple[int, bool]] = []
    run = len(folded), False
    for place in range(len(folded) - 1, -1, -1):
        is_noun = folded[place] in words.nouns
        afters.append((run[0], run[1] or is_noun))
        run = afters[-1] if is_noun or folded[place] in words.links else (place, False)
    return afters[::-1]


def _titled(
    place: int, text: str, found: list[re.Match[str]], folded: list[str], words: CouponWords
) -> int:
    """Return where "my free shot voucher" begins that the noun at *place* ends, or *place*.

    Its title is no part of the order: "use my", or its like, stands right before.
    """
    if folded[place] not in words.nouns:
        return place
    for begin in range(place - 1, max(place - 2 - _TITLE_LENGTH_MAX, 0), -1):
        if STOPS.search(text, found[begin].end(), found[begin + 1].start()):
            return place
        if folded[begin] in words.links and folded[begin - 1] in words.claims:
            return begin
    return place


def _before(place: int, folded: list[str], words: CouponWords) -> int:
    start = place
    while start > 0 and (folded[start - 1] in words.links or folded[start - 1] in words.verbs):
        start -= 1
    return start


def folded_word(word: str) -> str:
    """Return *word* as the language's lists of words have it."""
    folded = word.casefold()
    for apostrophe in _APOSTROPHES:
        folded = folded.replace(apostrophe, "")
    return folded


def looks_like_code(word: str) -> bool:
    """Whether *word* has letters and digits, or is in capitals, as codes are."""
    return _is_code(word, shouting=False)


def lone_code(text: str, is_known: Callable[[str], bool]) -> str | None:
    """Return the code that is all *text* says."""
    found = bare_code(text, is_known)
    return found[0] if found and not WORD.search(found[1]) else None


def _is_code(word: str, *, shouting: bool) -> bool:
    if not _could_be_code(word):
        return False
    digits = any(character.isdigit() for character in word)
    letters = any(character.isalpha() for character in word)
    if digits and letters:
        return word.isupper() or len(word) > _CAPITALS_MIN
    return letters and not shouting and word.isupper() and len(word) >= _CAPITALS_MIN


def _could_be_code(word: str) -> bool:
    return _CODE_LENGTH_MIN <= len(word) <= _CODE_LENGTH_MAX and not any(
        apostrophe in word for apostrophe in _APOSTROPHES
    )
