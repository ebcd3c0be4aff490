"""What a text takes back: "make that three", "no wait, a large one", "swap the cola for a tea"."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from chalicelib.understanding.doubts import Doubt
from chalicelib.understanding.elements import Count, Element, Head, Join, Opener, Refusal, Wish
from chalicelib.understanding.lexicon import Lexicon
from chalicelib.understanding.tokens import number_in

_PAUSES: Final = (Join.STOP, Join.MEND, Join.RETHINK)
_ENDS: Final = (Join.STOP, Join.AND, Join.BUT, Join.MEND, Join.RETHINK)
_CORRECTS: Final = (Join.MEND, Join.RETHINK, Join.SWAP, Join.RATHER_THAN)


def corrected(elements: Sequence[Element], lexicon: Lexicon) -> tuple[list[Element], set[Doubt]]:
    """Return *elements* as they are meant in the end, and what is doubtful about that.

    A correction reaches the last line before it. Where another line could be meant too, or
    what was said of the replaced item might go with it, it is doubted.
    """
    if not any(isinstance(element, Refusal) or element in _CORRECTS for element in elements):
        return list(elements), set()
    corrector = _Corrector(elements, lexicon)
    return corrector.kept(), corrector.doubts


@dataclass(slots=True)
class _Phrase:
    """What stands right behind a correction, up to *end*."""

    begin: int
    end: int
    opener: Opener | None = None
    wishes: list[Wish] = field(default_factory=list)
    head: Head | None = None


class _Corrector:
    def __init__(self, elements: Sequence[Element], lexicon: Lexicon) -> None:
        self._elements = elements
        self._lexicon = lexicon
        self._kept: list[Element] = []
        self.doubts: set[Doubt] = set()

    def kept(self) -> list[Element]:
        place = 0
        while place < len(self._elements):
            element = self._elements[place]
            if element is Join.MEND or element is Join.RETHINK:
                place = self._mend(place + 1, is_sure=element is Join.MEND)
            elif element is Join.SWAP:
                place = self._swap(place + 1)
            elif element is Join.RATHER_THAN:
                place = self._pass_rejected(place + 1)
            else:
                if isinstance(element, Refusal):
                    self._refuse(element)
                else:
                    self._kept.append(element)
                place += 1
        return self._kept

    def _heads(self) -> list[Head]:
        return [e for e in self._kept if isinstance(e, Head) and not e.is_dropped]

    def _phrase(self, place: int) -> _Phrase:
        """Return the opener, options and item at *place*, as far as they stand together."""
        while place < len(self._elements) and self._elements[place] in _PAUSES:
            place += 1
        phrase = _Phrase(place, place)
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

    def _mend(self, place: int, *, is_sure: bool) -> int:
        """Correct the last line by what stands at *place*; return where that ends."""
        phrase, heads = self._phrase(place), self._heads()
        is_sure = is_sure or Join.MEND in self._elements[place : phrase.begin]
        if not heads or _tells_apart(phrase):
            return place
        if self._kept[-1] is Join.AND:
            self.doubts.add(Doubt.CORRECTION_OPEN)
            return place
        refused = self._following(phrase.begin)
        if isinstance(refused, Refusal):
            self._refuse(replace(refused, is_drop=True))
            return phrase.begin + 1
        again = [head for head in heads if phrase.head and head.skus == phrase.head.skus]
        if len(again) == 1 and not phrase.wishes:
            return self._say_again(again[0], phrase)
        if len(heads) > 1 and again != heads[-1:]:
            self.doubts.add(Doubt.BELONGS_TO_EITHER)
        if not (is_sure or again or phrase.head is None):
            self.doubts.add(Doubt.CORRECTION_OPEN)
        self._correct(phrase, heads)
        return phrase.end

    def _correct(self, phrase: _Phrase, heads: Sequence[Head]) -> None:
        """Let *phrase* take the place of what the last of *heads*, its number or options are."""
        if phrase.head is not None:
            self._replace_item(heads, phrase.head, phrase)
        elif phrase.wishes:
            self._restate(phrase)
        elif phrase.opener is not None and phrase.opener.number is not None:
            self._recount(heads[-1], phrase.opener.number, phrase.end)
        elif self._following(phrase.end) is not Join.WITH or phrase.opener:
            # But "sorry, with honey" adds: there is nothing that it could replace.
            self.doubts.add(Doubt.CORRECTION_OPEN)

    def _say_again(self, head: Head, phrase: _Phrase) -> int:
        """Give *head*, which is named again, its new number; with none, nothing is corrected."""
        number = phrase.opener.number if phrase.opener else None
        if number is None:
            self.doubts.add(Doubt.CORRECTION_OPEN)
        else:
            head.number = number
        return phrase.end

    def _following(self, place: int) -> Element | None:
        return self._elements[place] if place < len(self._elements) else None

    def _recount(self, head: Head, number: int, end: int) -> None:
        following = self._following(end)
        if not (following is None or following in _ENDS):
            self.doubts.add(Doubt.CORRECTION_OPEN)
        wish = self._same_option_by_number(number)
        opener = self._opener_of(head)
        if wish is None and opener is not None:
            # As if it had been said at once, so that "two, no, three: one of them iced" is told.
            opener.number = number
        elif wish is None:
            head.number = number
        else:
            self.doubts.add(Doubt.CORRECTION_OPEN)

    def _opener_of(self, head: Head) -> Opener | None:
        """Return what counts *head*, the last, where nothing that follows it is counted."""
        begin = self._place(head) - 1
        while begin > 0 and isinstance(self._kept[begin], Wish):
            begin -= 1
        before = self._kept[max(begin, 0)]
        is_counted = any(isinstance(e, Opener | Count) for e in self._after_head())
        is_told = head.number is not None or is_counted
        return before if isinstance(before, Opener) and not is_told else None

    def _same_option_by_number(self, number: int) -> Wish | None:
        """Return the last line's wish that now means another number: "pack of 100", "make it 250"."""
        for place in self._last_line():
            wish = self._kept[place]
            if not isinstance(wish, Wish):
                continue
            words = [str(number) if number_in(w) is not None else w for w in wish.words.split()]
            senses = self._lexicon.phrases.get(" ".join(words))
            if str(number) in words and senses is not None and senses.options:
                wish.words, wish.refs = " ".join(words), senses.options
                return wish
        return None

    def _last_line(self) -> range:
        """Return where the last line is, from what opens it."""
        places = [place for place, e in enumerate(self._kept) if isinstance(e, Head)]
        begin = places[-1]
        while begin and not isinstance(self._kept[begin - 1], Join | Head):
            begin -= 1
        return range(begin, len(self._kept))

    def _restate(self, phrase: _Phrase) -> None:
        """Let the options of *phrase* take the place of what they exclude."""
        for wish in phrase.wishes:
            if not wish.negated:
                self._take_back(wish)
            self._kept.append(wish)
        if phrase.opener is not None and phrase.opener.number is not None:
            self.doubts.add(Doubt.CORRECTION_OPEN)
            self._heads()[-1].number = phrase.opener.number

    def _take_back(self, wish: Wish) -> None:
        groups = {ref.group for ref in wish.refs}
        rivals = [
            place
            for place in self._last_line()
            if isinstance(other := self._kept[place], Wish)
            and not other.negated
            and any(ref.group in groups for ref in other.refs)
        ]
        if not rivals:
            return
        if len(rivals) > 1 or len(groups) > 1 or not groups <= self._lexicon.single_groups:
            self.doubts.add(Doubt.CORRECTION_OPEN)
        del self._kept[rivals[-1]]

    def _replace_item(self, heads: Sequence[Head], new: Head, phrase: _Phrase) -> None:
        """Put *new* where the last of *heads* is, or the one that is the same item."""
        same = [head for head in heads if head.skus == new.skus]
        old = same[-1] if same else heads[-1]
        carried = [self._kept[place] for place in self._last_line()]
        rivals = {ref.group for wish in phrase.wishes for ref in wish.refs}
        for wish in [element for element in carried if isinstance(element, Wish)]:
            if rivals & {ref.group for ref in wish.refs}:
                self._kept = [element for element in self._kept if element is not wish]
            else:
                self.doubts.add(Doubt.CORRECTION_OPEN)
                if not self._offers(new, wish):
                    self._kept = [element for element in self._kept if element is not wish]
        if any(isinstance(element, Opener | Count) for element in self._after_head()):
            self.doubts.add(Doubt.CORRECTION_OPEN)
        old.skus = new.skus
        # A name that fitted several items no longer matters once another takes its place.
        old.doubts = set(new.doubts)
        if phrase.opener is not None and not phrase.opener.is_back:
            if phrase.opener.number is None and self._count(old) > 1:
                self.doubts.add(Doubt.CORRECTION_OPEN)
            old.number = phrase.opener.number or 1
        self._kept += phrase.wishes

    def _after_head(self) -> list[Element]:
        places = [place for place, e in enumerate(self._kept) if isinstance(e, Head)]
        return self._kept[places[-1] + 1 :]

    def _count(self, head: Head) -> int:
        place = self._place(head)
        before = self._kept[max(place - 1, 0)]
        return before.number or 1 if isinstance(before, Opener) else 1

    def _offers(self, head: Head, wish: Wish) -> bool:
        return any(
            ref.group in self._lexicon.groups_of[sku] for sku in head.skus for ref in wish.refs
        )

    def _swap(self, place: int) -> int:
        """Read "the cola for a tea": the first item gives way to the second."""
        first = self._phrase(place)
        found = [head for head in self._heads() if first.head and head.skus == first.head.skus]
        if not found or first.head is None:
            self.doubts.add(Doubt.CORRECTION_OPEN)
            return place
        after = first.end
        while self._following(after) is Join.WITH:
            after += 1
        second = self._phrase(after)
        if len(found) > 1 or first.wishes or _counts(first.opener):
            self.doubts.add(Doubt.CORRECTION_OPEN)
        old = found[-1]
        if second.head is None and second.wishes:
            self._rechoose(old, second.wishes)
            return second.end
        if second.head is None or len(second.head.skus) > 1:
            self.doubts.add(Doubt.CORRECTION_OPEN)
            return first.end
        if self._wishes_of(old):
            self.doubts.add(Doubt.CORRECTION_OPEN)
        if second.opener is not None and self._count(old) > 1:
            self.doubts.add(Doubt.CORRECTION_OPEN)
        old.skus = second.head.skus
        old.doubts |= second.head.doubts
        if second.opener is not None and second.opener.number is not None:
            old.number = second.opener.number
        if second.wishes:
            self.doubts.add(Doubt.BELONGS_TO_EITHER)
        at = self._place(old)
        self._kept[at + 1 : at + 1] = second.wishes
        return second.end

    def _rechoose(self, head: Head, wishes: Sequence[Wish]) -> None:
        """Let *wishes* take the place of what they exclude beside *head*: "the latte to large"."""
        groups = {ref.group for wish in wishes for ref in wish.refs}
        if not groups <= self._lexicon.single_groups:
            self.doubts.add(Doubt.CORRECTION_OPEN)
        at = self._place(head)
        begin, end = at, at + 1
        while begin and not isinstance(self._kept[begin - 1], Join | Head):
            begin -= 1
        while end < len(self._kept) and not isinstance(self._kept[end], Opener | Head):
            end += 1
        beside = [
            element
            for element in self._kept[begin:end]
            if not (isinstance(element, Wish) and groups & {ref.group for ref in element.refs})
        ]
        after = next(place for place, e in enumerate(beside) if e is head) + 1
        self._kept[begin:end] = [*beside[:after], *wishes, *beside[after:]]

    def _place(self, head: Head) -> int:
        return next(place for place, element in enumerate(self._kept) if element is head)

    def _wishes_of(self, head: Head) -> bool:
        """Whether options stand beside *head*, before or behind it."""
        at = self._place(head)
        beside = [*self._kept[max(at - 1, 0) : at], *self._kept[at + 1 :]]
        for element in beside:
            if isinstance(element, Head):
                return False
            if isinstance(element, Wish):
                return True
        return False

    def _pass_rejected(self, place: int) -> int:
        """Leave out what stands behind "instead of", where it gives way to what stands before."""
        rejected = self._phrase(place)
        last = self._kept[-1] if self._kept else None
        if rejected.head is not None and isinstance(last, Head) and not rejected.wishes:
            found = [h for h in self._heads() if h is not last and h.skus == rejected.head.skus]
            for head in found:
                head.is_dropped = True
            if found:
                self.doubts.add(Doubt.CORRECTION_OPEN)
            return rejected.end
        if len(rejected.wishes) == 1 and rejected.head is None and self._heads():
            groups = {ref.group for ref in rejected.wishes[0].refs}
            line = [self._kept[kept] for kept in self._last_line()]
            wished = [e for e in line if isinstance(e, Wish) and not e.negated]
            rivals = [w for w in wished if groups & {ref.group for ref in w.refs}]
            if not groups <= self._lexicon.single_groups:
                # Of a group that takes several, what gives way might else be there.
                self._kept.append(replace(rejected.wishes[0], negated=True))
                self.doubts.add(Doubt.CORRECTION_OPEN)
            elif len(rivals) != 1:
                self.doubts.add(Doubt.CORRECTION_OPEN)
            return rejected.end
        self.doubts.add(Doubt.CORRECTION_OPEN)
        return place

    def _refuse(self, refusal: Refusal) -> None:
        found = [head for head in self._heads() if head.skus == refusal.skus]
        if not refusal.is_drop:
            return
        if len(found) != 1:
            self.doubts.add(Doubt.ITEM_REFUSED)
        for head in found[-1:]:
            head.is_dropped = True


def _tells_apart(phrase: _Phrase) -> bool:
    """Whether *phrase* takes back nothing but what was said of some: "make one of them red"."""
    is_some = phrase.opener is not None and phrase.opener.is_part
    return is_some and bool(phrase.wishes) and phrase.head is None


def _counts(opener: Opener | None) -> bool:
    return opener is not None and not opener.is_back
