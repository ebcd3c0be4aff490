"""The plain form of a text, and the key under which the model's answer to it is remembered.

The model is shown the plain form, not the text as it was typed. So texts with one key are one
prompt, to the character, and nobody can put words into an answer that others will get: what
an answer was made from is what its key is made from.
"""

import re
import unicodedata
from collections.abc import Sequence
from hashlib import sha256
from json import dumps
from typing import Final

from chalicelib.domain.catalogue import Catalogue

_LINE_ENDS: Final = frozenset("\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")
_SPACE: Final = re.compile(r"\s+")
GROWTH_MAX: Final = 2
"""A single character may stand for eighteen; a text of them would be paid for eighteen times."""

_OPENING: Final = " \n,;:!"
_CLOSING: Final = " \n,;:!."
"""No dot or minus in front, which may belong to a number, and no question mark at the end."""


def plain_form(text: str) -> str:
    """Return *text* without what an order can't mean: case, width, spacing, a full stop at its end.

    Lines stay lines: a number may belong to the line that it stands on.
    """
    common = text if text.isascii() else "".join(map(_common, text))
    if len(common) > GROWTH_MAX * len(text):
        common = text
    folded = unicodedata.normalize("NFC", common.casefold())
    return _SPACE.sub(_gap, folded).lstrip(_OPENING).rstrip(_CLOSING)


def _common(character: str) -> str:
    """Return *character* in its common form (NFKC), unless that made a number of another kind of it.

    "2²" is not "22", nor is "1½" eleven halves.
    """
    common = unicodedata.normalize("NFKC", character)
    if not character.isdecimal() and any(map(str.isdecimal, common)):
        return character
    return common


def _gap(space: re.Match[str]) -> str:
    return "\n" if _LINE_ENDS.intersection(space.group()) else " "


def key_of(plain: str, catalogue: Catalogue, candidates: Sequence[str], asked: str) -> str:
    """Return the key of an answer: a hash of all that it depends on.

    *asked* names who was asked, and how. A long menu is cut to *candidates*, in their order;
    for a short one they change nothing, and follow from the text. A version alone would not
    name a menu: after a restore, another content may get the number of one that was lost.
    """
    menu = (catalogue.merchant, catalogue.version, catalogue.digest)
    told = (asked, *menu, plain, *candidates)
    return sha256(dumps(told).encode()).hexdigest()
