"""Items of an answer that are on the order already, and whether it counts them anew."""

from collections.abc import Sequence

from chalicelib.understanding.elements import Count, Element, Head, Opener, Wish


def counted(elements: Sequence[Element]) -> list[Head]:
    """Return the items that *elements* give a number or an article: "two teas", "tea x 2"."""
    return [
        e for place, e in enumerate(elements) if isinstance(e, Head) and _counts(elements, place)
    ]


def any_counted(elements: Sequence[Element]) -> bool:
    """Whether any item has a number or an article of its own."""
    return bool(counted(elements))


def pointed_back(elements: Sequence[Element]) -> list[Element]:
    """Return *elements* with "the" before each item that they don't count: it keeps its number."""
    written: list[Element] = []
    for place, element in enumerate(elements):
        if isinstance(element, Head) and not _counts(elements, place):
            begin = _before(elements, place)
            at = len(written) - (place - begin)
            written.insert(at, Opener(is_back=True))
        written.append(element)
    return written


def _counts(elements: Sequence[Element], place: int) -> bool:
    """Whether the item at *place* is counted."""
    head, before, behind = elements[place], _before(elements, place), elements[place + 1 :]
    if isinstance(head, Head) and head.number is not None:
        return True
    opener = elements[before - 1] if before else None
    return (isinstance(opener, Opener) and not opener.is_back) or (
        bool(behind) and isinstance(behind[0], Count)
    )


def _before(elements: Sequence[Element], place: int) -> int:
    """Return where the options begin that stand right before the item at *place*."""
    while place and isinstance(elements[place - 1], Wish):
        place -= 1
    return place
