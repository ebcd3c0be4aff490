"""Units of one item told apart by what is listed: "posters in A3 and A4, one each"."""

from collections.abc import Sequence
from itertools import takewhile
from typing import Final

from chalicelib.understanding.elements import Element, Join, Opener, Wish
from chalicelib.understanding.partition import Share

_LISTED_MIN: Final = 2
_LEADS: Final = (Join.STOP, Join.WITH)
_GLUE: Final = (Join.STOP, Join.AND, Join.BUT)


def so_many_each(
    quantity: int | None, after: Sequence[Element], singles: frozenset[str]
) -> tuple[list[Element], list[Share]] | None:
    """Return what is said of all, and as many as a number says of each option listed before it.

    The options exclude each other, and nothing else, or *quantity*, their sum, counts them.
    """
    begin = 1 if after and after[0] in _LEADS else 0
    listed = list(takewhile(lambda e: isinstance(e, Wish) or e in _GLUE, after[begin:]))
    wishes = [e for e in listed if isinstance(e, Wish)]
    rest = after[begin + len(listed) :]
    openers = [e for e in after if isinstance(e, Opener)]
    if len(wishes) < _LISTED_MIN or Join.EACH not in rest or len(openers) != 1:
        return None
    number = openers[0].number
    if rest[0] is not openers[0] or number is None or not _exclude(wishes, singles):
        return None
    if quantity is not None and quantity != number * len(wishes):
        return None
    told: list[Element] = [e for e in rest if isinstance(e, Wish) or e is Join.WITH]
    return told, [(number, (wish,)) for wish in wishes]


def one_by_one(
    quantity: int, after: Sequence[Element], singles: frozenset[str]
) -> tuple[Sequence[Element], list[Share]] | None:
    """Return a share for each stretch that commas part: "two teas: large mint, small rose with ice".

    Each has its own of what excludes each other, and there are as many as units.
    """
    common = after[after.index(Join.EACH) :] if Join.EACH in after else ()
    after = after[: len(after) - len(common)]
    if quantity < _LISTED_MIN or after[:1] != [Join.STOP]:
        return None
    if any(isinstance(element, Opener) for element in after):
        return None
    stretches: list[list[Element]] = [[]]
    for place, element in enumerate(after[1:], start=1):
        if element in _GLUE and _begins_anew(after[place + 1 : place + 2], stretches[0], singles):
            stretches.append([])
        else:
            stretches[-1].append(element)
    firsts = [stretch[0] for stretch in stretches if stretch and isinstance(stretch[0], Wish)]
    if not len(firsts) == len(stretches) == quantity:
        return None
    return (common, [(1, own) for own in stretches]) if _exclude(firsts, singles) else None


def _begins_anew(
    following: Sequence[Element], first: Sequence[Element], singles: frozenset[str]
) -> bool:
    """Whether what follows is of the group that began the *first* stretch."""
    begins = first[0] if first else None
    return bool(following) and _groups(following[0], singles) == _groups(begins, singles) != set()


def _exclude(wishes: Sequence[Wish], singles: frozenset[str]) -> bool:
    """Whether *wishes* are of one group, which takes one, and all different."""
    groups = set.intersection(*(_groups(wish, singles) for wish in wishes))
    values = {ref for wish in wishes for ref in wish.refs if ref.group in groups}
    return len(values) == len(wishes) and not any(wish.negated for wish in wishes)


def _groups(element: Element | None, singles: frozenset[str]) -> set[str]:
    refs = element.refs if isinstance(element, Wish) else ()
    return {ref.group for ref in refs if ref.group in singles}
