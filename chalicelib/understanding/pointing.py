"""What is said before the units that it is said of: "no cream on one of them"."""

from collections.abc import Sequence
from typing import Final

from chalicelib.understanding.doubts import Doubt
from chalicelib.understanding.elements import Element, Join, Opener, Wish

_WITHIN: Final = (Join.AND, Join.OR)


def pointers_first(elements: Sequence[Element]) -> tuple[list[Element], set[Doubt]]:
    """Return *elements* with each number that ends a clause before what is said of it.

    That is certain where a comma or "with" begins the clause, or one wish is all of it.
    """
    kept: list[Element] = []
    doubts: set[Doubt] = set()
    told = 0
    for element in elements:
        is_pointer = isinstance(element, Opener) and element.is_placed
        if is_pointer or (isinstance(element, Wish) and element.is_onto):
            begin = _begin(kept, told)
            wishes = [e for e in kept[begin:] if isinstance(e, Wish)]
            before = kept[begin - 1] if begin else None
            if len(wishes) > 1 and before is not Join.STOP:
                doubts.add(Doubt.BELONGS_TO_EITHER)
            if before is Join.WITH or before is Join.BUT:
                begin -= 1
            is_parted = begin > 0 and kept[begin - 1] is Join.STOP
            stop: list[Element] = [] if is_parted else [Join.STOP]
            kept[begin:begin] = [*stop, element]
            told = len(kept)
        else:
            kept.append(element)
    return kept, doubts


def _begin(elements: Sequence[Element], told: int) -> int:
    """Return where the list of wishes begins that ends *elements*, behind what is *told* already."""
    begin = len(elements)
    while begin > told and isinstance(elements[begin - 1], Wish):
        begin -= 1
        is_joined = begin > told + 1 and elements[begin - 1] in _WITHIN
        if is_joined and isinstance(elements[begin - 2], Wish):
            begin -= 1
        else:
            break
    return begin
