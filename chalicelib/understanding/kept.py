"""What is kept of a text while its corrections are read, and where in it a line is."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from chalicelib.understanding.doubts import Doubt
from chalicelib.understanding.elements import Count, Element, Head, Join, Opener, Wish
from chalicelib.understanding.lexicon import Lexicon

_PAUSES: Final = (Join.STOP, Join.MEND, Join.RETHINK)


@dataclass(slots=True)
class Phrase:
    """What stands right behind a correction, up to *end*."""

    begin: int
    end: int
    opener: Opener | None = None
    wishes: list[Wish] = field(default_factory=list)
    head: Head | None = None


class Kept:
    """Answers what was kept so far, and what stands in the elements that are still to be read."""

    def __init__(self, elements: Sequence[Element], lexicon: Lexicon) -> None:
        self._elements = elements
        self._lexicon = lexicon
        self._kept: list[Element] = []
        self.doubts: set[Doubt] = set()

    def _heads(self) -> list[Head]:
        return [e for e in self._kept if isinstance(e, Head) and not e.is_dropped]

    def _following(self, place: int) -> Element | None:
        return self._elements[place] if place < len(self._elements) else None

    def _phrase(self, place: int) -> Phrase:
        """Return the opener, options and item at *place*, as far as they stand together."""
        while place < len(self._elements) and self._elements[place] in _PAUSES:
            place += 1
        phrase = Phrase(place, place)
        for element in self._elements[place:]:
            match element:
                case Opener() if not phrase.wishes and phrase.opener is None:
                    phrase.opener = element
                case Opener(is_measure=True):
                    pass
                case Wish():
                    phrase.wishes.append(element)
                case Head():
                    phrase.head = element
                    phrase.end += 1
                    break
                case _:
                    break
            phrase.end += 1
        return phrase

    def _place(self, head: Head) -> int:
        return next(place for place, element in enumerate(self._kept) if element is head)

    def _last_line(self) -> range:
        """Return where the last line is, from what opens it."""
        places = [place for place, e in enumerate(self._kept) if isinstance(e, Head)]
        begin = places[-1]
        while begin and not isinstance(self._kept[begin - 1], Join | Head):
            begin -= 1
        return range(begin, len(self._kept))

    def _wished(self) -> list[Wish]:
        """Return what is wanted of the last line."""
        line = [self._kept[place] for place in self._last_line()]
        return [element for element in line if isinstance(element, Wish) and not element.negated]

    def _remove(self, wishes: Sequence[Wish]) -> None:
        self._kept = [e for e in self._kept if not any(e is wish for wish in wishes)]

    def _after_head(self) -> list[Element]:
        places = [place for place, e in enumerate(self._kept) if isinstance(e, Head)]
        return self._kept[places[-1] + 1 :]

    def _is_counted_later(self) -> bool:
        """Whether anything is counted behind the last item."""
        return any(isinstance(element, Opener | Count) for element in self._after_head())

    def _opener_before(self, head: Head) -> Opener | None:
        """Return what opens *head*, with at most options between."""
        for element in reversed(self._kept[: self._place(head)]):
            if isinstance(element, Opener):
                return element
            if not isinstance(element, Wish):
                return None
        return None

    def _count(self, head: Head) -> int:
        opener = self._opener_before(head)
        number = head.number if head.number is not None or opener is None else opener.number
        return number or 1
