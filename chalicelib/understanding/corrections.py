"""What a text takes back: "make that three", "no wait, a large one", "forget the cola"."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from chalicelib.understanding.doubts import Doubt
from chalicelib.understanding.elements import Element, Head, Join, Opener, Refusal, Wish
from chalicelib.understanding.kept import Phrase
from chalicelib.understanding.lexicon import Lexicon
from chalicelib.understanding.swaps import Swaps
from chalicelib.understanding.tokens import number_in

_LISTS: Final = (Join.STOP, Join.AND)
_ENDS: Final = (*_LISTS, Join.BUT, Join.MEND, Join.RETHINK)
_CORRECTS: Final = (Join.MEND, Join.RETHINK, Join.SWAP, Join.RATHER_THAN)
_SWAPS: Final = (Join.SWAP, Join.RATHER_THAN)
_SHARES_MIN: Final = 2


def corrected(elements: Sequence[Element], lexicon: Lexicon) -> tuple[list[Element], set[Doubt]]:
    """Return *elements* as they are meant in the end, and what is doubtful about that.

    A correction reaches the last line before it. Where another line could be meant too, or
    what was said of the replaced item might go with it, it is doubted.
    """
    if not any(isinstance(element, Refusal) or element in _CORRECTS for element in elements):
        return list(elements), set()
    corrector = _Corrector(elements, lexicon)
    return corrector.kept(), corrector.doubts


class _Corrector(Swaps):
    _dropped: int | None = None
    """How much was kept when an item was last taken out."""

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

    def _mend(self, place: int, *, is_sure: bool) -> int:
        """Correct the last line by what stands at *place*; return where that ends."""
        phrase, heads = self._phrase(place), self._heads()
        is_sure = is_sure or Join.MEND in self._elements[place : phrase.begin]
        if not heads:
            self._begin_anew(phrase)
            return place
        if self._kept[-1] is Join.AND:
            self.doubts.add(Doubt.CORRECTION_OPEN)
            return place
        if phrase.head is None and not phrase.wishes:
            return self._mend_otherwise(phrase, heads, is_sure=is_sure)
        return self._correct(phrase, heads, is_sure=is_sure)

    def _mend_otherwise(self, phrase: Phrase, heads: Sequence[Head], *, is_sure: bool) -> int:
        """Correct where no item or option stands right behind the correction."""
        following, is_bare = self._following(phrase.end), phrase.begin == phrase.end
        if isinstance(following, Refusal):
            self._refuse(replace(following, is_drop=True))
            return phrase.end + 1
        if is_bare and following is Join.EACH and len(heads) > 1:
            return self._restate_each(phrase.end + 1, heads)
        if is_bare and (following in _SWAPS or (following is None and not is_sure)):
            return phrase.end
        if phrase.opener is not None and phrase.opener.number is not None:
            if len(heads) > 1:
                self.doubts.add(Doubt.BELONGS_TO_EITHER)
            self._recount(heads[-1], phrase.opener.number, phrase.end)
        elif following is not Join.WITH or phrase.opener:
            # But "sorry, with honey" adds: there is nothing that it could replace.
            self.doubts.add(Doubt.CORRECTION_OPEN)
        return phrase.end

    def _begin_anew(self, phrase: Phrase) -> None:
        """Leave out of a line that named no item what *phrase* says in its place.

        So in "a large, no wait, a small latte" and in "two small, sorry, three small lattes".
        """
        if phrase.head is None:
            return
        restated = {ref.group for wish in phrase.wishes for ref in wish.refs}
        restated &= self._lexicon.single_groups
        left = [
            element
            for element in self._kept
            if not (isinstance(element, Opener) and phrase.opener is not None)
            and not (isinstance(element, Wish) and {r.group for r in element.refs} <= restated)
        ]
        if len(left) < len(self._kept) and any(isinstance(e, Wish) for e in left):
            self.doubts.add(Doubt.CORRECTION_OPEN)
        is_begun = any(isinstance(element, Wish | Opener) for element in left)
        self._kept = left if is_begun else []

    def _correct(self, phrase: Phrase, heads: Sequence[Head], *, is_sure: bool) -> int:
        """Let the item or options of *phrase* take the place of those of the last of *heads*."""
        again = [head for head in heads if phrase.head and head.skus == phrase.head.skus]
        if len(again) == 1 and not phrase.wishes:
            return self._say_again(again[0], phrase)
        if phrase.head is not None and self._has_just_dropped():
            return phrase.begin
        if len(heads) > 1 and again != heads[-1:]:
            self.doubts.add(Doubt.BELONGS_TO_EITHER)
        if phrase.head is None:
            return self._retell(phrase, heads[-1])
        if not (is_sure or again):
            self.doubts.add(Doubt.CORRECTION_OPEN)
        self._replace_item(heads, phrase.head, phrase)
        return phrase.end

    def _say_again(self, head: Head, phrase: Phrase) -> int:
        """Give *head*, which is named again, its new number; with none, nothing is corrected."""
        number = phrase.opener.number if phrase.opener else None
        if number is None:
            self.doubts.add(Doubt.CORRECTION_OPEN)
        else:
            head.number = number
        return phrase.end

    def _recount(self, head: Head, number: int, end: int) -> None:
        following = self._following(end)
        if not (following is None or following in _ENDS):
            self.doubts.add(Doubt.CORRECTION_OPEN)
        if self._same_option_by_number(number) is not None:
            self.doubts.add(Doubt.CORRECTION_OPEN)
            return
        opener = self._opener_before(head)
        if opener is None or head.number is not None or self._is_counted_later():
            head.number = number
        else:
            # As if it had been said at once, so that "two, no, three: one of them iced" is told.
            opener.number = number

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

    def _retell(self, phrase: Phrase, head: Head) -> int:
        """Let the options of *phrase* take the place of others, of all of *head* or of some."""
        opener = phrase.opener
        if opener is not None and opener.is_part and opener.number is not None:
            self._tell_some(opener.number, phrase.wishes, head)
            return phrase.end
        shares, end = self._shares_at(phrase.begin)
        if len(shares) >= _SHARES_MIN:
            self._tell_apart(shares, head)
            return end
        self._restate(phrase)
        return self._restate_more(phrase.end)

    def _shares_at(self, place: int) -> tuple[list[tuple[Opener, list[Wish]]], int]:
        """Return "one large and one small" at *place*, and where it ends; none before an item."""
        shares: list[tuple[Opener, list[Wish]]] = []
        end = place
        while True:
            phrase = self._phrase(place)
            opener = phrase.opener
            if opener is None or opener.number is None or not phrase.wishes or phrase.head:
                break
            shares.append((opener, phrase.wishes))
            place = end = phrase.end
            while self._following(place) in _LISTS:
                place += 1
            if place == end:
                break
        return ([], end) if phrase.head else (shares, end)

    def _tell_apart(self, shares: Sequence[tuple[Opener, list[Wish]]], head: Head) -> None:
        """Let *shares* be all that is wanted of *head*: "two teas, no, one mint and one rose"."""
        new = [wish for _, wishes in shares for wish in wishes]
        if self._is_counted_later():
            self.doubts.add(Doubt.CORRECTION_OPEN)
        self._remove([w for w in self._wished() if any(self._excludes(one, w) for one in new)])
        head.number = sum(opener.number or 1 for opener, _ in shares)
        for opener, wishes in shares:
            self._kept += [opener, *wishes]

    def _restate(self, phrase: Phrase) -> None:
        """Let the options of *phrase* take the place of what they exclude."""
        for wish in phrase.wishes:
            if not wish.negated:
                self._take_back(wish)
            self._kept.append(wish)
        if phrase.opener is not None and phrase.opener.number is not None:
            self.doubts.add(Doubt.CORRECTION_OPEN)
            self._heads()[-1].number = phrase.opener.number

    def _restate_each(self, place: int, heads: Sequence[Head]) -> int:
        """Let the options at *place* take the place of others of all *heads*: "make both large"."""
        phrase = self._phrase(place)
        if phrase.head is not None or phrase.opener is not None or not phrase.wishes:
            self.doubts.add(Doubt.CORRECTION_OPEN)
            return place
        for head in heads:
            if not all(self._offers(head, wish) for wish in phrase.wishes):
                self.doubts.add(Doubt.BELONGS_TO_EITHER)
            self._rechoose(head, [replace(wish) for wish in phrase.wishes])
        return phrase.end

    def _restate_more(self, place: int) -> int:
        """Read on where a list names more that is different: "make that lamb, and mild"."""
        begin = place
        while self._following(begin) in _LISTS:
            begin += 1
        end = begin
        while isinstance(self._following(end), Wish):
            end += 1
        more = [e for e in self._elements[begin:end] if isinstance(e, Wish) and not e.negated]
        following = self._following(end)
        ends = following is None or following is Join.WITH or following in _ENDS
        if begin == place or not ends or len(more) < end - begin:
            return place
        if not more or not all(any(self._excludes(one, w) for w in self._wished()) for one in more):
            return place
        self._restate(Phrase(begin, end, wishes=more))
        return self._restate_more(end)

    def _take_back(self, wish: Wish) -> None:
        offered = {
            group for sku in self._heads()[-1].skus for group in self._lexicon.groups_of[sku]
        }
        groups = {ref.group for ref in wish.refs} & offered
        rivals = [w for w in self._wished() if groups & {ref.group for ref in w.refs}]
        if not rivals:
            return
        if len(rivals) > 1 or len(groups) > 1 or not groups <= self._lexicon.single_groups:
            self.doubts.add(Doubt.CORRECTION_OPEN)
        self._remove(rivals[-1:])

    def _replace_item(self, heads: Sequence[Head], new: Head, phrase: Phrase) -> None:
        """Put *new* where the last of *heads* is, or the one that is the same item."""
        same = [head for head in heads if head.skus == new.skus]
        old = same[-1] if same else heads[-1]
        carried = [self._kept[place] for place in self._last_line()]
        rivals = {ref.group for wish in phrase.wishes for ref in wish.refs}
        for wish in [element for element in carried if isinstance(element, Wish)]:
            if rivals & {ref.group for ref in wish.refs}:
                self._remove([wish])
            else:
                self.doubts.add(Doubt.CORRECTION_OPEN)
                if not self._offers(new, wish):
                    self._remove([wish])
        if self._is_counted_later():
            self.doubts.add(Doubt.CORRECTION_OPEN)
        old.skus = new.skus
        # A name that fitted several items no longer matters once another takes its place.
        old.doubts = set(new.doubts)
        if phrase.opener is not None and not phrase.opener.is_back:
            if phrase.opener.number is None and self._count(old) > 1:
                self.doubts.add(Doubt.CORRECTION_OPEN)
            old.number = phrase.opener.number or 1
        self._kept += phrase.wishes

    def _refuse(self, refusal: Refusal) -> None:
        found = [head for head in self._heads() if head.skus == refusal.skus]
        if not refusal.is_drop:
            return
        if len(found) != 1:
            self.doubts.add(Doubt.ITEM_REFUSED)
        for head in found[-1:]:
            self._drop(head)

    def _drop(self, head: Head) -> None:
        """Take out *head*: as the last, with all of its line, so that what follows is of another."""
        head.is_dropped = True
        self._dropped = len(self._kept)
        rest = self._heads()
        if not rest or self._place(head) < self._place(rest[-1]):
            return
        del self._kept[self._last_line().start :]
        while self._kept[-1] in _LISTS:
            self._kept.pop()
        self._dropped = len(self._kept)

    def _has_just_dropped(self) -> bool:
        """Whether nothing was said since an item was taken out: what follows is for that one."""
        said = self._kept[self._dropped :] if self._dropped is not None else [None]
        return all(element in _LISTS for element in said)
