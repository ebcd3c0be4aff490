"""What an answer refuses or leaves open, heeded in what is asked next."""

import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from chalicelib.domain.resolution import Line, OptionRef, Question, Reading
from chalicelib.understanding.elements import Count, Element, Head, Join, Opener, Refusal, Wish
from chalicelib.understanding.language import Language, Role
from chalicelib.understanding.mentions import Mention
from chalicelib.understanding.replies import Heard, asked_again

_REFUSES: Final = frozenset((Role.NO, Role.WITHOUT, Role.EXCEPT, Role.DROP))
_IDLE: Final = frozenset((Role.FILLER, Role.DEFINITE, Role.ARTICLE))
_MENDS: Final = (Join.MEND, Join.RETHINK)
_SIGNS_FROM: Final = "\u2600"
"""Where signs begin that are pictures; those before it are of trade and measure."""
_MOODS: Final = (
    (0x1F600, 0x1F64F), (0x1F910, 0x1F917), (0x1F970, 0x1F97A), (0x1F493, 0x1F49F),
    (0x1F386, 0x1F38A), (0x2753, 0x2757), (0x2763, 0x2764), (0x1F44B, 0x1F44F), (0x1F4AF, 0x1F4AF),
    (0x2728, 0x2728), (0x1F91D, 0x1F91D), (0x263A, 0x263A),
)  # fmt: skip
"""Signs that order nothing: faces, hands, hearts, fireworks, exclamation marks."""


def heeded(
    reading: Reading,
    heard: Heard,
    orders: Sequence[tuple[Line, ...]],
    question: Question,
    language: Language,
    *,
    changes_coupon: bool,
) -> Reading:
    """Return *reading*, of the answer *heard* to *question*, without what the answer refuses.

    Where that leaves nothing, or is not told, *orders* are asked again as refused, and a yes
    does not settle them. A reading stays certain only where no sign in the answer
    may be an order. What was refused before stays so until the lines or the coupon change, and
    *changes_coupon* says that the answer names a code or refuses one.
    """
    if not orders:
        return reading
    refusing = frozenset(language.answers.refusing)
    again = replace(asked_again(orders), refused=True)
    if _negates_twice(heard.mentions, refusing) or (not reading.certain and _zero(heard)):
        return again
    if reading.certain:
        return replace(reading, certain=not _has_sign(heard.text))
    kept = _without_refused(reading, heard.elements)
    is_unheeded = _is_unheeded(heard, refusing)
    adds = any(isinstance(element, Head) for element in heard.elements)
    if not reading.refused and (not kept.lines or (is_unheeded and not adds)):
        return again
    is_same = question.refused and kept.lines == orders[0] and not changes_coupon
    return replace(kept, refused=kept.refused or is_same or is_unheeded)


def _negates_twice(mentions: Sequence[Mention], leads: Collection[str]) -> bool:
    """Whether a negation negates another: "not without". "No, without" refuses and says what."""
    told = [m for m in mentions if m.senses.role not in (Role.FILLER, Role.DEFINITE)]
    return any(
        first.senses.role in _REFUSES and second.senses.role in (_REFUSES - {Role.NO})
        and not second.broken and first.words not in leads
        for first, second in pairwise(told)
    )  # fmt: skip


def _zero(heard: Heard) -> bool:
    return any(isinstance(e, Opener | Count) and e.number == 0 for e in heard.elements)


def _has_sign(text: str) -> bool:
    """Whether a picture that may be an order stands in *text*."""
    return not text.isascii() and any(
        sign >= _SIGNS_FROM
        and unicodedata.category(sign) == "So"
        and not any(first <= ord(sign) <= last for first, last in _MOODS)
        for sign in text
    )


def _without_refused(reading: Reading, elements: Sequence[Element]) -> Reading:
    """Return *reading* without the items and options that *elements* refuse, and don't want too."""
    wishes = [element for element in elements if isinstance(element, Wish)]
    wanted = {ref for wish in wishes if not wish.negated for ref in wish.refs}
    refs = {ref for wish in wishes if wish.negated for ref in wish.refs} - wanted
    named = {sku for e in elements if isinstance(e, Head) for sku in e.skus}
    skus = {sku for e in elements if isinstance(e, Refusal) for sku in e.skus} - named
    lines = tuple(_relieved(line, refs) for line in reading.lines if line.sku not in skus)
    return replace(
        reading,
        lines=lines,
        # What is like an item that was refused is no guess at what is left.
        candidates=tuple(line.sku for line in lines) if skus else reading.candidates,
        is_either=reading.is_either and len(lines) > 1,
    )


def _relieved(line: Line, refs: Collection[OptionRef]) -> Line:
    """Return *line* without those of *refs* that are chosen on it."""
    chosen = {OptionRef(group=option.group, value=option.value) for option in line.options}
    gone = chosen.intersection(refs)
    if not gone:
        return line
    options = (o for o in line.options if OptionRef(group=o.group, value=o.value) not in gone)
    return replace(line, options=tuple(options), without=(*line.without, *gone))


def _is_unheeded(heard: Heard, refusing: Collection[str]) -> bool:
    """Whether an answer refuses something of the menu, and the grammar does not tell what."""
    elements = heard.elements
    wishes = [element for element in elements if isinstance(element, Wish)]
    refused = {ref for wish in wishes if wish.negated for ref in wish.refs}
    if refused or any(isinstance(element, Refusal) for element in elements):
        return any(not wish.negated and refused.intersection(wish.refs) for wish in wishes)
    if any(element in _MENDS for element in elements):
        return False
    told = [m for m in heard.mentions if m.senses.role not in _IDLE]
    return any(
        _is_of_menu(told, place)
        for place, mention in enumerate(told)
        if mention.senses.role in _REFUSES or mention.words in refusing
    )


def _is_of_menu(told: Sequence[Mention], place: int) -> bool:
    """Whether what is refused at *place*, behind it or else before it, is on the menu."""
    behind = told[place + 1 : place + 2]
    if behind and not behind[0].broken:
        return behind[0].senses.is_on_menu
    return place > 0 and told[place - 1].senses.is_on_menu
