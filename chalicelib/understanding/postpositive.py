"""Numbers, amounts and classifiers that stand behind something: "latte two", "pearls a bit more"."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from chalicelib.understanding.doubts import Doubt
from chalicelib.understanding.elements import Count, Element, Head, Join, Opener, Wish
from chalicelib.understanding.language import Role
from chalicelib.understanding.lexicon import Senses
from chalicelib.understanding.mentions import Match, Mention

_ENDS: Final = (Join.STOP, Join.AND)
_SHARED_MIN: Final = 2


def classified(mentions: Sequence[Mention], classifiers: frozenset[str]) -> list[Mention]:
    """Return *mentions* with those of *classifiers* unknown that do not follow a number."""
    return [
        replace(mention, senses=Senses(), match=Match.UNKNOWN)
        if mention.words in classifiers and (before is None or before.senses.number is None)
        else mention
        for before, mention in pairwise((None, *mentions))
        if mention is not None
    ]


def amounts_in_front(mentions: Sequence[Mention]) -> list[Mention]:
    """Return *mentions* with each amount that ends what is said of an option put before it."""
    ordered = list(mentions)
    for place, mention in enumerate(mentions[1:], start=1):
        option = mentions[place - 1]
        following = mentions[place + 1] if place + 1 < len(mentions) else None
        is_amount = mention.senses.role in {Role.EXTRA, Role.LIGHT} and not mention.broken
        if is_amount and option.senses.options and (following is None or following.broken):
            amount = replace(mention, broken=option.broken, starts=option.starts)
            ordered[place - 1 : place + 1] = amount, replace(option, broken=False, starts=False)
    return ordered


def count_behind(elements: Sequence[Element]) -> list[Element]:
    """Return *elements* with each number that counts an item before it as that item's `Count`.

    A number counts the item before it, if no other does, where it follows what was said of the
    item, or where what is said ends with it. Where it might as well open the next line, the
    item is doubted, and so is an item that an "and" puts under the number of the one before it
    ("two teas and coffee"). Behind "each" it counts all items that nothing has counted yet.
    """
    counter = _Counter(elements)
    for place in range(len(elements)):
        counter.take(place)
    _doubt_shared_numbers(counter.written)
    return counter.written


class _Counter:
    """Rewrites elements in order; *uncounted* are where the last items without a number stand."""

    def __init__(self, elements: Sequence[Element]) -> None:
        self._elements = elements
        self._uncounted: list[int] = []
        self._has_opener = False
        self._shares_next = False
        self.written: list[Element] = []

    def take(self, place: int) -> None:
        """Write the element at *place*."""
        element = self._elements[place]
        if self._shares_next and element is not Join.STOP:
            self.written.append(Join.EACH)
            self._shares_next = False
        if isinstance(element, Opener) and element.number is not None and not self._has_opener:
            if self._counts(place, element.number):
                self._uncounted = []
                return
            self._has_opener = True
        elif isinstance(element, Head):
            if self._has_opener:
                self._uncounted = []
            else:
                self._uncounted.append(len(self.written))
            self._has_opener = False
        self.written.append(element)

    def _counts(self, place: int, number: int) -> bool:
        """Whether the *number* at *place* counts what stands before it; if so, write that."""
        if not self._uncounted:
            return False
        said = self.written[self._uncounted[-1] + 1 :]
        ends = self._at(place + 1) in (*_ENDS, None)
        if said and said[-1] is Join.EACH:
            return ends and self._count_each(place, number)
        touches = all(isinstance(element, Wish) or element is Join.WITH for element in said)
        closes = ends and Join.AND not in said and Join.EACH not in said
        if not (touches or closes) or (said and said[-1] is Join.WITH):
            return False
        head = self.written[self._uncounted[-1]]
        if isinstance(head, Head) and self._may_open_next(place):
            _doubt(head)
        self.written.append(Count(number))
        return True

    def _count_each(self, place: int, number: int) -> bool:
        """Count each uncounted item; "each" goes on to a wish that follows, which it shares."""
        if len(self._uncounted) < _SHARED_MIN:
            return False
        following = next((e for e in self._elements[place + 1 :] if e is not Join.STOP), None)
        self.written.pop()
        self._shares_next = isinstance(following, Wish)
        for head in reversed(self._uncounted):
            self.written.insert(head + 1, Count(number))
        return True

    def _may_open_next(self, place: int) -> bool:
        """Whether the number at *place* touches another item too, which no number follows."""
        place = self._past_wishes(place + 1)
        if not isinstance(self._at(place), Head):
            return False
        last = self._at(self._past_wishes(place + 1))
        return not (isinstance(last, Opener) and last.number is not None)

    def _past_wishes(self, place: int) -> int:
        while isinstance(self._at(place), Wish) or self._at(place) is Join.WITH:
            place += 1
        return place

    def _at(self, place: int) -> Element | None:
        return self._elements[place] if place < len(self._elements) else None


def _doubt_shared_numbers(elements: Sequence[Element]) -> None:
    number, joined = 1, None
    for before, element in pairwise((None, *elements)):
        if isinstance(element, Opener | Count) and element.number is not None:
            number = element.number
            joined = None if isinstance(element, Count) else joined
        elif isinstance(element, Head):
            _doubt(joined)
            joined = element if before is Join.AND and number > 1 else None
    _doubt(joined)


def _doubt(head: Head | None) -> None:
    if head is not None:
        head.doubts.add(Doubt.BELONGS_TO_EITHER)
