"""Numbers that stand behind what they count: "Pencils: 24. Sticky notes: 6."."""

from collections.abc import Sequence
from typing import Final

from chalicelib.understanding.doubts import Doubt
from chalicelib.understanding.elements import Count, Element, Head, Join, Opener

_LISTED_MIN: Final = 2


def with_late_counts(elements: Sequence[Element]) -> tuple[list[Element], set[Doubt]]:
    """Return *elements* with each number that ends a line as the count of that line.

    It does so where a comma or the end follows it and nothing else counts the item. That is
    certain only where every item of a list is counted so, behind a colon or comma: without,
    a number may belong to the name; with a measure, it can't: "slug pellets, two tubs".
    """
    kept = list(elements)
    found = parted = measured = 0
    for place, element in enumerate(kept):
        if isinstance(element, Opener) and element.number is not None and _is_late(kept, place):
            kept[place] = Count(element.number)
            found += 1
            parted += kept[place - 1] is Join.STOP
            measured += element.is_measured
    if not found:
        return kept, set()
    heads = sum(isinstance(element, Head) for element in kept)
    openers = any(isinstance(element, Opener) for element in kept)
    is_list = found == parted == heads >= _LISTED_MIN and not openers
    is_told = is_list or found == parted == measured
    return kept, set() if is_told else {Doubt.NUMBER_OPEN}


def _is_late(elements: Sequence[Element], place: int) -> bool:
    """Whether the number at *place* ends a line that nothing else counts."""
    opener = elements[place]
    if isinstance(opener, Opener) and (opener.is_part or opener.is_rest):
        return False
    if place + 1 < len(elements) and elements[place + 1] is not Join.STOP:
        return False
    for before in reversed(elements[:place]):
        match before:
            case Head():
                return before.number is None and not _is_opened(elements, before)
            case Opener() | Count():
                return False
            case _:
                pass
    return False


def _is_opened(elements: Sequence[Element], head: Head) -> bool:
    """Whether an opener stands before *head*, behind what counts the item before it."""
    place = next(place for place, element in enumerate(elements) if element is head)
    for before in reversed(elements[:place]):
        if isinstance(before, Opener):
            return True
        if isinstance(before, Head | Count):
            return False
    return False
