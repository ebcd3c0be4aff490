"""Signs that say what the words beside them do not: a cross, a strike, a number of a list."""

import re
import unicodedata
from itertools import pairwise
from typing import Final

YES_SIGNS: Final = "\U0001f44d\U0001f44c\U0001f197\u2705\u2714\u2611"
NO_SIGNS: Final = (
    "\U0001f44e\u274c\u2716\U0001f6ab\U0001f645\u2715\u2717\u2718\u26d4\u2796\U0001f6d1"
)
_HARMLESS: Final = frozenset(
    (
        *YES_SIGNS,
        *map(chr, range(0x1F600, 0x1F610)),  # faces that smile or laugh
        *map(chr, range(0x1F617, 0x1F61E)),
        *"\u263a\U0001f642\U0001f643\U0001f917\U0001f924\U0001f929\U0001f970\U0001f973",
        *"\U0001f64f\U0001f64c\U0001f44b\U0001f389\u2728\u2757",
        *"\u2764\u2665\U0001f496\U0001f495\U0001f499\U0001f49a\U0001f49b\U0001f49c\U0001f9e1",
        *"\u00a9\u00ae\u00b0",
    )
)
"""Symbols that thank, please or greet, and those that are part of a name or a measure."""
_DASH: Final = r"[\-\u2010-\u2015\u2212]"
_OPEN: Final = re.compile(
    rf"[(\[\uff08\u3010][ \t]*{_DASH}[ \t]*[^\W\d]"  # (-onion)
    rf"|[,;:\uff0c][ \t]*{_DASH}(?=[^\W\d_])"  # , -onion
    r"|(?<![\w!?.])!(?=[^\W\d_])|~~(?=\S)[^~\n]+~~|[\u0334-\u0338]"  # !onion, what is struck out
    rf"|{_DASH}>|=>|</?(?:s|del|strike)>"
    r"|\u00d7(?![ \t]*\d)(?<!\d\u00d7)(?<!\d[ \t]\u00d7)"  # times, where no number is
)
_MARKS: Final = frozenset("!~<>-")
"""What of ASCII is in all that is open."""
_MINUS: Final = re.compile(rf"[^\W_][ \t]+{_DASH}[ \t]")
"""In a text with a plus, what is left out: "burger - onion + ham"; else it may part words."""
_NUMERALS: Final = str.maketrans("一二三四五六七八九", "123456789")
_LISTED: Final = re.compile(
    r"(?<![0-9a-zA-Z.,/$\u20ac\u00a3\u00a5\-])#?(\d{1,2})\ufe0f?"
    r"(?:[ \t]?[.):\]\u3001\uff09\uff0e\uff1a\u20e3](?!\d)|[ \t]?[/\-\u2013](?=\s)|(?<=#\d)(?=\s*[^\W\d]))"
)


def has_open_signs(text: str) -> bool:
    """Whether a sign in *text* may take back, strike out or stand for what the grammar can't see.

    A menu's symbols of no word, as a croissant, count too; a smile and a thank-you don't.
    """
    if text.isascii() and _MARKS.isdisjoint(text):
        return False
    if _OPEN.search(text) or ("+" in text and _MINUS.search(text)):
        return True
    return not text.isascii() and any(map(_is_open, text))


def has_list_numbers(text: str) -> bool:
    """Whether numbers in *text* may count its lines, and not what they order: "1) tea 2) cake"."""
    text = text if text.isascii() else text.translate(_NUMERALS)
    numbers = [int(found.group(1)) for found in _LISTED.finditer(text)]
    return any(following == number + 1 for number, following in pairwise(numbers))


def _is_open(character: str) -> bool:
    if character.isascii() or character in _HARMLESS or unicodedata.category(character) != "So":
        return False
    return not unicodedata.decomposition(character)
