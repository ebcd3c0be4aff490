"""One thing for another: "swap the cola for a tea", "oat instead of whole milk"."""

from collections.abc import Sequence
from dataclasses import replace

from chalicelib.understanding.doubts import Doubt
from chalicelib.understanding.elements import Head, Join, Opener, Wish
from chalicelib.understanding.kept import Kept, Phrase


class Swaps(Kept):
    """Reads what gives way to what, where both are named."""

    def _swap(self, place: int) -> int:
        """Read "the cola for a tea": the first item, or option, gives way to the second."""
        first, heads = self._phrase(place), self._heads()
        if first.head is None and first.wishes and heads:
            if first.opener is None or first.opener.number is None:
                return self._exchange(first)
            self._tell_some(first.opener.number, first.wishes, heads[-1])
            return first.end
        found = [head for head in heads if first.head and head.skus == first.head.skus]
        if not found:
            self.doubts.add(Doubt.CORRECTION_OPEN)
            return place
        second = self._phrase(self._behind_with(first.end))
        if len(found) > 1 or first.wishes or _counts(first.opener):
            self.doubts.add(Doubt.CORRECTION_OPEN)
        if second.head is None and second.wishes:
            self._rechoose(found[-1], second.wishes)
            return second.end
        if second.head is None or len(second.head.skus) > 1:
            self.doubts.add(Doubt.CORRECTION_OPEN)
            return first.end
        self._change(found[-1], second.head, second)
        return second.end

    def _change(self, old: Head, new: Head, phrase: Phrase) -> None:
        """Let *new*, with the number and options of *phrase*, be what *old* was."""
        if self._has_wishes(old):
            self.doubts.add(Doubt.CORRECTION_OPEN)
        if phrase.opener is not None and self._count(old) > 1:
            self.doubts.add(Doubt.CORRECTION_OPEN)
        old.skus = new.skus
        old.doubts |= new.doubts
        if phrase.opener is not None and phrase.opener.number is not None:
            old.number = phrase.opener.number
        if phrase.wishes:
            self.doubts.add(Doubt.BELONGS_TO_EITHER)
        at = self._place(old)
        self._kept[at + 1 : at + 1] = phrase.wishes

    def _behind_with(self, place: int) -> int:
        while self._following(place) is Join.WITH:
            place += 1
        return place

    def _exchange(self, first: Phrase) -> int:
        """Read "the ham for chicken": one option gives way to another.

        One that nobody asked for is of the item as it comes, or of none: that is doubted.
        """
        old, *new = first.wishes
        end = first.end
        if not new:
            second = self._phrase(self._behind_with(end))
            if second.head is None:
                new, end = second.wishes, second.end
        if not new:
            self._choose(old)
            return end
        given = [e for e in self._kept if isinstance(e, Wish) and _is_same(e, old)]
        if len(new) == 1 and len(given) == 1:
            place = next(place for place, e in enumerate(self._kept) if e is given[0])
            self._kept[place] = new[0]
            return end
        offering = [head for head in self._heads() if self._offers(head, old)]
        if given or len(new) > 1 or len(offering) != 1 or offering != self._heads()[-1:]:
            self.doubts.add(Doubt.CORRECTION_OPEN)
        if not {ref.group for ref in old.refs} <= self._lexicon.single_groups:
            self._kept.append(replace(old, negated=True))
            self.doubts.add(Doubt.CORRECTION_OPEN)
        given += [wish for wish in self._wished() for one in new if self._excludes(one, wish)]
        self._remove(given)
        self._kept += new
        return end

    def _choose(self, wish: Wish) -> None:
        """Let *wish* take the place of what is not named: "change the bread to rye"."""
        if not {ref.group for ref in wish.refs} <= self._lexicon.single_groups:
            self.doubts.add(Doubt.CORRECTION_OPEN)
        self._remove([other for other in self._wished() if self._excludes(wish, other)])
        self._kept.append(wish)

    def _tell_some(self, number: int, wishes: Sequence[Wish], head: Head) -> None:
        """Let *wishes* be of *number* of them: "three white roses, make one of them red"."""
        count = self._count(head)
        old = [w for w in self._wished() if any(self._excludes(one, w) for one in wishes)]
        if number >= count or self._is_counted_later():
            self.doubts.add(Doubt.CORRECTION_OPEN)
            return
        self._remove(old)
        self._kept += [Opener(number, is_part=True), *wishes]
        if old:
            self._kept += [Opener(count - number, is_part=True), *old]

    def _excludes(self, one: Wish, other: Wish) -> bool:
        """Whether an item takes one of the two, and not both."""
        groups = {ref.group for ref in one.refs} & {ref.group for ref in other.refs}
        return bool(groups & self._lexicon.single_groups)

    def _offers(self, head: Head, wish: Wish) -> bool:
        return any(
            ref.group in self._lexicon.groups_of[sku] for sku in head.skus for ref in wish.refs
        )

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
        if end < len(self._kept) and isinstance(self._kept[end], Head):
            # What leads the next item is of that: "a small latte, large tea".
            while isinstance(self._kept[end - 1], Wish):
                end -= 1
        beside = [
            element
            for element in self._kept[begin:end]
            if not (isinstance(element, Wish) and groups & {ref.group for ref in element.refs})
        ]
        after = next(place for place, e in enumerate(beside) if e is head) + 1
        self._kept[begin:end] = [*beside[:after], *wishes, *beside[after:]]

    def _has_wishes(self, head: Head) -> bool:
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
        if rejected.head is None and self._heads() and not isinstance(last, Wish | Head):
            following = self._following(rejected.end)
            if len(rejected.wishes) > 1 or following is Join.STOP:
                return self._exchange(rejected)
        if rejected.head is not None and isinstance(last, Head) and not rejected.wishes:
            found = [h for h in self._heads() if h is not last and h.skus == rejected.head.skus]
            for head in found:
                head.is_dropped = True
            if found:
                self.doubts.add(Doubt.CORRECTION_OPEN)
            return rejected.end
        if len(rejected.wishes) == 1 and rejected.head is None and self._heads():
            groups = {ref.group for ref in rejected.wishes[0].refs}
            rivals = [w for w in self._wished() if groups & {ref.group for ref in w.refs}]
            if not groups <= self._lexicon.single_groups:
                # Of a group that takes several, what gives way might else be there.
                self._kept.append(replace(rejected.wishes[0], negated=True))
                self.doubts.add(Doubt.CORRECTION_OPEN)
            elif len(rivals) != 1:
                self.doubts.add(Doubt.CORRECTION_OPEN)
            return rejected.end
        self.doubts.add(Doubt.CORRECTION_OPEN)
        return place


def _is_same(one: Wish, other: Wish) -> bool:
    return not one.negated and not set(one.refs).isdisjoint(other.refs)


def _counts(opener: Opener | None) -> bool:
    return opener is not None and not opener.is_back
