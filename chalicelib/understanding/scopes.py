"""From mentions to elements: what each number, amount and negation reaches."""

from typing import Final

from chalicelib.understanding.doubts import Doubt
from chalicelib.understanding.elements import Count, Element, Head, Join, Opener, Refusal, Wish
from chalicelib.understanding.heads import Use
from chalicelib.understanding.language import Role
from chalicelib.understanding.lexicon import Senses
from chalicelib.understanding.mentions import Match, Mention
from chalicelib.understanding.negation import Negation
from chalicelib.understanding.qualifiers import AMOUNTS, CORRECTS, Qualifiers
from chalicelib.understanding.surroundings import REFUSALS

_JOINS: Final = {
    Role.AND: Join.AND,
    Role.OR: Join.OR,
    Role.BUT: Join.BUT,
    Role.WITH: Join.WITH,
    Role.EACH: Join.EACH,
    Role.MEND: Join.MEND,
    Role.RETHINK: Join.RETHINK,
    Role.SWAP: Join.SWAP,
    Role.RATHER_THAN: Join.RATHER_THAN,
    Role.SAME: Join.SAME,
}
_TAKES_PLACE: Final = (Join.MEND, Join.RETHINK)


class ElementReader(Qualifiers):
    """Reads mentions from left to right, once, into *elements* and *doubts*."""

    def read(self) -> None:
        """Fill *elements* and *doubts*; call it once."""
        for place, (mention, use) in enumerate(zip(self._mentions, self._uses, strict=True)):
            if mention.starts:
                if self.elements and self.elements[-1] in _TAKES_PLACE:
                    # "Wait! A tea as well": what another sentence says may only be added.
                    self.doubts.add(Doubt.CORRECTION_OPEN)
                self._end_amount()
                self._end_negation()
            if mention.broken:
                self._end_bare_share()
                self._join(Join.STOP)
            if mention.unsure_spelling:
                self.doubts.add(Doubt.SHORT_WORD_CORRECTED)
            if use is Use.HEAD:
                self._head(mention)
            elif use is Use.OPTION:
                self._wish(place, mention)
            elif use is Use.WORD:
                self._word(place, mention)
        self._end_bare_share()
        self._end_negation()
        self._end_amount()
        if Join.SAME in self.elements:
            self.doubts.add(Doubt.UNREAD_PHRASE)

    def _head(self, mention: Mention) -> None:
        head = Head(
            mention.senses.items,
            mention.words,
            is_plural=mention.is_plural,
            is_several=mention.is_several,
        )
        if mention.match is Match.PART:
            head.doubts.add(Doubt.PART_OF_A_NAME)
        if self._negation is not None and not self._negation.used:
            if self._is_told_off(head):
                self.doubts.add(Doubt.ITEM_REFUSED)
            self.elements.append(Refusal(head.skus, self._negation.is_drop))
            self._negation = None
            return
        self._end_negation()
        self._end_amount()
        self._named.update(head.skus)
        if Join.SAME in self.elements[-_SAME_REACH:]:
            self.elements.remove(Join.SAME)
            head.is_same = True
        self.elements.append(head)

    def _is_told_off(self, head: Head) -> bool:
        """Whether a refused *head* may change an order: by what was ordered before, or by a number.

        "Not the wrap, the pizza" changes nothing; "a burger, no cheese" may mean the burger.
        """
        is_drop = self._negation is not None and self._negation.is_drop
        last = self.elements[-1] if self.elements else None
        opened = isinstance(last, Opener) and last.number is not None
        is_ambiguous = bool(head.doubts) or len(head.skus) > 1
        if self._is_correcting() and not (opened or is_ambiguous):
            return self._named.isdisjoint(head.skus)
        return (bool(self._named) and not is_drop) or opened or is_ambiguous

    def _is_correcting(self) -> bool:
        """Whether the last connector, with at most a comma or an article behind it, corrects."""
        before = (e for e in reversed(self.elements) if not (e is Join.STOP or _is_article(e)))
        return next(before, None) in _TAKES_PLACE

    def _wish(self, place: int, mention: Mention) -> None:
        last = self.elements[-1] if self.elements else None
        listed = last is Join.WITH or last is Join.AND
        wish = Wish(mention.words, mention.senses.options, is_listed=listed)
        if mention.match is Match.PART and self._is_vague(mention):
            wish.doubts.add(Doubt.PART_OF_A_NAME)
        if self._names_line(place, wish):
            self._close_used_negation()
            wish.is_name = True
            wish.is_onto = self._role(place - 1) is Role.ONTO
        if self._negation is not None:
            self._refuse(wish, place, self._negation)
            if wish.negated and mention.match is Match.PART and self._is_kind(mention):
                self.doubts.add(Doubt.NEGATION_OPEN)
                return
        wish.amount = self._taken_amount()
        if wish.negated and wish.amount is not None:
            wish.doubts.add(Doubt.NEGATION_OPEN)
        if mention.match is Match.PART and self._kind_opener(place) is not None:
            wish.is_kind = True
        self.elements.append(wish)
        if not wish.negated and (sku := self._named_item(wish, place)):
            self._head(Mention(mention.words, Senses(items=(sku,))))

    def _named_item(self, wish: Wish, place: int) -> str | None:
        """Return the item that *wish* names by its last word: "a sugar cone", where cones have it.

        It does where an article or number opens it, and none of what was named has the option.
        """
        words = wish.words.split()
        senses = self._lexicon.phrases.get(words[-1], _NOTHING) if len(words) > 1 else _NOTHING
        if len(senses.items) != 1 or self._leads_item(place):
            return None
        groups = {ref.group for ref in wish.refs}
        sku = senses.items[0]
        opens = next((e for e in reversed(self.elements) if not isinstance(e, Wish)), None)
        if groups.isdisjoint(self._lexicon.groups_of[sku]):
            return None
        if any(not groups.isdisjoint(self._lexicon.groups_of[named]) for named in self._named):
            return sku if isinstance(opens, Opener) and opens.number is not None else None
        is_first = opens is None and not self._named
        return sku if is_first or isinstance(opens, Opener) or self._is_placed(place) else None

    def _word(self, place: int, mention: Mention) -> None:
        senses = mention.senses
        if senses.number is not None:
            self._number(place, senses.number, mention)
            if senses.role is Role.ALSO:
                self._correct_or_add(senses.role)
            if senses.role is Role.DOUBT:
                self.doubts.add(Doubt.UNREAD_PHRASE)
        elif senses.role is not None and senses.role in _JOINS:
            if senses.role is Role.AND:
                self._end_bare_share()
            self._join(_JOINS[senses.role])
        elif senses.role in AMOUNTS or senses.role in REFUSALS:
            self._qualify(place, mention)
        elif senses.role is Role.ARTICLE or senses.role is Role.MEASURE:
            self._open(place, mention)
        elif not (self._refers(place, senses.role) or self._is_read_with_another(place)):
            self._remainder(place, mention)

    def _open(self, place: int, mention: Mention) -> None:
        """Read an article or a measure, which opens a line unless it leads an option."""
        is_measure = mention.senses.role is Role.MEASURE
        is_numbered = self._is_numbered() or self._ends_in_head()
        if is_measure and mention.is_plural and not is_numbered:
            self.doubts.add(Doubt.NUMBER_OPEN)
        if not self._opens_option(place):
            self._open_line(place, is_measure=is_measure)

    def _refers(self, place: int, role: Role | None) -> bool:
        """Read a word that speaks of what was said before; return whether it is one."""
        if role not in _REFERRING:
            return False
        if role is Role.ONES:
            self._one(place)
        elif role is Role.PLAIN:
            self._plain(place)
        elif role is Role.REST:
            is_placed = self._is_placed_number(place)
            self._end_bare_share()
            self._close_used_negation()
            self.elements.append(Opener(is_rest=True, is_placed=is_placed))
        elif role is Role.ALIKE:
            if not self._alike(place):
                self.doubts.add(Doubt.UNREAD_PHRASE)
        elif role is Role.REPEAT:
            self._repeat()
        elif role is Role.ALSO or role is Role.INSTEAD:
            self._correct_or_add(role)
        elif role in _POINTERS:
            self._point(place, role)
        return True

    def _remainder(self, place: int, mention: Mention) -> None:
        senses = mention.senses
        if mention.words in self._lexicon.idioms.limiting:
            self._limit()
        elif mention.match is Match.UNKNOWN or mention.match is Match.PART:
            self.doubts.add(Doubt.UNKNOWN_WORD)
        elif senses.groups:
            if self._negation is not None and not self._negation.used:
                self._negation = None
            if senses.role is None and self._may_name_option(place, mention):
                self.doubts.add(Doubt.PART_OF_A_NAME)
        elif senses.role is Role.TIMES:
            beside = self._mentions[max(place - 1, 0) : place + 2]
            if not any(neighbour.senses.number is not None for neighbour in beside):
                self.doubts.add(Doubt.UNREAD_PHRASE)
        elif senses.role is Role.DOUBT:
            self.doubts.add(Doubt.UNREAD_PHRASE)
        elif senses.is_on_menu:
            self.doubts.add(Doubt.ITEM_OR_OPTION)

    def _point(self, place: int, role: Role | None) -> None:
        """Read what points back: "the latte" that was named before, "of them", "half of"."""
        last = self.elements[-1] if self.elements else None
        if role is Role.HALF:
            is_placed = self._is_placed_number(place)
            self._close_used_negation()
            self.elements.append(Opener(is_half=True, is_placed=is_placed))
        elif role is Role.OF_THEM:
            if isinstance(last, Opener) and last.number is not None and self._follows_uncounted():
                self.elements[-1] = Count(last.number)
            elif isinstance(last, Opener) and (last.number is not None or last.is_half):
                last.is_part = True
            elif not isinstance(last, Opener):
                self.doubts.add(Doubt.NUMBER_OPEN)
        elif not self._points_back(place):
            # "Add honey to the latte" changes an order that we don't know.
            if role is Role.ONTO and isinstance(last, Wish) and self._is_head(place + 1):
                self.doubts.add(Doubt.UNREAD_PHRASE)
        else:
            self._close_used_negation()
            self.elements.append(Opener(is_back=True, is_onto=role is Role.ONTO))

    def _points_back(self, place: int) -> bool:
        """Whether the next item, with at most options before it, was named before."""
        for following in range(place + 1, min(place + _POINT_LENGTH_MAX, len(self._mentions))):
            mention, use = self._mentions[following], self._uses[following]
            if use is Use.HEAD:
                skus = mention.senses.items
                return len(skus) == 1 and skus[0] in self._named and not self._is_refusing()
            if use is not Use.OPTION or mention.broken:
                return False
        return False

    def _is_refusing(self) -> bool:
        last = self.elements[-1] if self.elements else None
        is_correcting = isinstance(last, Join) and last in CORRECTS
        return is_correcting or (self._negation is not None and not self._negation.used)

    def _one(self, place: int) -> None:
        """Read "one" behind an option as the item that was named: "the large one"."""
        last = self.elements[-1] if self.elements else None
        if not isinstance(last, Wish):
            self.doubts.add(Doubt.UNREAD_PHRASE)
            return
        is_all = self._role(place) is Role.ONES and self._has_one_head()
        last.is_name = self._is_definite(place) and not is_all
        before = self.elements[-_PAIR] if len(self.elements) >= _PAIR else None
        if isinstance(before, Wish) and self._role(place - _PAIR) is Role.ONTO:
            last.is_onto = last.is_name
        opener = next((e for e in reversed(self.elements) if not isinstance(e, Wish)), None)
        if isinstance(opener, Opener):
            opener.is_stand_in = True
        elif opener is Join.EACH and self._role(place) is not Role.ONES:
            # "Both large one with honey": the one may be of both, or both are large.
            self.doubts.add(Doubt.NUMBER_OPEN)

    def _plain(self, place: int) -> None:
        """Read "plain" where a number and nothing else stands with it: "two plain, one iced"."""
        last = self.elements[-1] if self.elements else None
        following = self._mentions[place + 1 : place + 2]
        ends = not following or following[0].broken or following[0].senses.role is Role.AND
        if ends and isinstance(last, Opener) and last.number is not None:
            self.elements.append(Join.PLAIN)

    def _repeat(self) -> None:
        """Read "the same again" as the last item, wished for as it was."""
        heads = [element for element in self.elements if isinstance(element, Head)]
        if not heads:
            self.doubts.add(Doubt.UNREAD_PHRASE)
            return
        if len(heads) > 1:
            self.doubts.add(Doubt.BELONGS_TO_EITHER)
        self._end_negation()
        self._end_amount()
        if not isinstance(self.elements[-1], Opener):
            if self.elements[-1] is not Join.AND:
                # "A tea, the same but iced" may say the first again.
                self.doubts.add(Doubt.SAME_ITEM_AGAIN)
            self.elements.append(Opener())
        self.elements.append(Head(heads[-1].skus, is_same=True))

    def _correct_or_add(self, role: Role) -> None:
        """Doubt "also" where something is corrected, and "instead" where nothing is."""
        is_addition = role is Role.ALSO
        refuses = any(isinstance(e, Wish) and e.negated for e in self.elements)
        if self._corrects == is_addition and (is_addition or not refuses):
            self.doubts.add(Doubt.CORRECTION_OPEN)

    def _number(self, place: int, number: int, mention: Mention) -> None:
        if self._negation is not None and self._is_recount(place):
            # "Two lattes, no three": what is refused is likely the number said before.
            self.doubts.add(Doubt.NEGATION_OPEN)
            self._join(Join.MEND)
        before, after = self._role(place - 1), self._role(place + 1)
        if number == 0 and self._leads_refused(place):
            self.doubts.add(Doubt.NEGATION_OPEN)
            self._end_negation()
            self._negation = Negation(is_list=False, is_drop=False, is_parted=False)
            return
        last = self.elements[-1] if self.elements else None
        is_placed = self._is_placed_number(place)
        if (
            number == 1
            and isinstance(last, Wish)
            and not is_placed
            and self._stands_for_item(place)
        ):
            if after in _SAYS_MORE and self._mentions[self._before_options(place)].senses.number:
                # "One ham one with cheese" may be one of ham and cheese, or one of each.
                self.doubts.add(Doubt.NUMBER_OPEN)
            self._one(place)
            return
        if before is Role.TIMES and isinstance(last, Head | Wish):
            self.elements.append(Count(number))
        elif isinstance(last, Opener) and last.number is None:
            last.number = number
        elif isinstance(last, Opener) and place and self._mentions[place - 1].senses.number:
            if mention.words in self._lexicon.multipliers:
                last.number = (last.number or 1) * number
            else:
                self.doubts.add(Doubt.NUMBER_OPEN)
                last.number = number
        else:
            self._end_bare_share()
            self._close_used_negation()
            self.elements.append(Opener(number, is_part=is_placed, is_placed=is_placed))
        self._say_of_what(mention)
        if after is Role.TIMES and before is Role.TIMES:
            self.doubts.add(Doubt.NUMBER_OPEN)

    def _leads_refused(self, place: int) -> bool:
        """Whether an option stands behind the number at *place*: "with 0 sugars" is with none."""
        following = place + 1 + (self._role(place + 1) in _COUNTS_OUT)
        return self._uses[following : following + 1] == [Use.OPTION]

    def _say_of_what(self, mention: Mention) -> None:
        """Note on the opener that *mention* made whether it counts people, or what is left."""
        opener = self.elements[-1]
        if not isinstance(opener, Opener):
            return
        opener.is_people = opener.is_people or mention.senses.role is Role.PEOPLE
        if mention.senses.role is Role.REST:
            opener.is_rest = True
            opener.number = None if mention.is_plural else opener.number

    def _follows_uncounted(self) -> bool:
        """Whether a number stands right behind items that nothing counts: "muffins two of them"."""
        before = self.elements[-_PAIR::-1]
        opens = next((e for e in before[1:] if not isinstance(e, Wish)), None)
        is_several = bool(before) and isinstance(before[0], Head) and before[0].is_several
        return is_several and not isinstance(opens, Opener)

    def _open_line(self, place: int, *, is_measure: bool) -> None:
        self._close_used_negation()
        negation = self._negation
        if negation is not None and negation.may_answer and not (negation.used or is_measure):
            # "A cola no a large tea": what is refused stands before it.
            self.doubts.add(Doubt.NEGATION_OPEN)
            self._join(Join.MEND)
        last = self.elements[-1] if self.elements else None
        if isinstance(last, Opener):
            if last.number is not None and not (
                is_measure or last.is_part or self._opens_wish_only(place)
            ):
                self.doubts.add(Doubt.NUMBER_OPEN)
            last.is_measured = last.is_measured or is_measure
        else:
            self.elements.append(Opener(is_measure=is_measure, is_measured=is_measure))


def _is_article(element: Element) -> bool:
    return isinstance(element, Opener) and element.number is None


_NOTHING: Final = Senses()
_POINTERS: Final = frozenset((Role.DEFINITE, Role.ONTO, Role.OF_THEM, Role.HALF))
_REFERRING: Final = _POINTERS | {
    Role.ONES,
    Role.PLAIN,
    Role.REPEAT,
    Role.REST,
    Role.ALIKE,
    Role.ALSO,
    Role.INSTEAD,
    Role.YES,
}
_COUNTS_OUT: Final = frozenset((Role.TIMES, Role.MEASURE, Role.FILLER))
_PAIR: Final = 2
_SAYS_MORE: Final = frozenset((Role.WITH, Role.WITHOUT, Role.NO))
_SAME_REACH: Final = 2
_POINT_LENGTH_MAX: Final = 5
