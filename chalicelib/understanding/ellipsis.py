"""What is left unsaid because it was said before: "one with olives, one without", "same size"."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from chalicelib.domain.resolution import Amount
from chalicelib.understanding.doubts import Doubt
from chalicelib.understanding.elements import Head, Join, Opener, Wish
from chalicelib.understanding.heads import Use
from chalicelib.understanding.language import Role
from chalicelib.understanding.lexicon import Lexicon
from chalicelib.understanding.mentions import Match, Mention
from chalicelib.understanding.surroundings import Surroundings


class Ellipses(Surroundings):
    """Says again what a place leaves out; notes in *doubts* where that is open."""

    def __init__(self, mentions: Sequence[Mention], uses: Sequence[Use], lexicon: Lexicon) -> None:
        super().__init__(mentions, uses, lexicon)
        self.doubts: set[Doubt] = set()

    def _is_share_left_bare(self) -> bool:
        """Whether a number that tells units apart stands last, with at most a "with" behind it."""
        last = next((e for e in reversed(self.elements) if e is not Join.WITH), None)
        is_number = isinstance(last, Opener) and (last.number is not None or last.is_rest)
        return is_number and any(isinstance(e, Wish) for e in self._told_before())

    def _told_before(self) -> list[Wish]:
        """Return what was said of the share, or of the item, before the one that stands last."""
        wishes: list[Wish] = []
        passed = False
        for element in reversed(self.elements):
            if isinstance(element, Opener | Head):
                if passed and not (isinstance(element, Opener) and element.number is None):
                    break
                passed = True
            elif passed and isinstance(element, Wish):
                wishes.append(element)
        return wishes[::-1]

    def _say_again(self, *, negated: bool = False, amount: Amount | None = None) -> bool:
        """Wish again, for what stands last, for what was said before; return whether that is one.

        It is, but only where the two differ: "one without honey, one with".
        """
        told = self._told_before()
        if not told:
            return False
        self.elements.append(replace(told[-1], negated=negated, amount=amount, doubts=set()))
        return len(told) == 1 and (told[-1].negated, told[-1].amount) != (negated, amount)

    def _told_of_item_before(self) -> Wish | None:
        """Return the one wish that "with" led behind the item before the one that stands last."""
        heads = [place for place, e in enumerate(self.elements) if isinstance(e, Head)]
        if len(heads) < _PAIR or heads[-1] != len(self.elements) - 1:
            return None
        lead, wish, end, *others = self.elements[heads[-2] + 1 : heads[-1]] + [None] * 3
        if lead is not Join.WITH or not isinstance(wish, Wish) or wish.negated:
            return None
        return wish if end in (Join.STOP, Join.AND) and not isinstance(others[0], Wish) else None

    def _opens_wish_only(self, place: int) -> bool:
        """Whether the article at *place* leads options and no item: "one a pint, one a half"."""
        following = place + 1
        while following < len(self._uses) and self._uses[following] is Use.OPTION:
            following += 1
        return following > place + 1 and not self._is_head(following)

    def _is_read_with_another(self, place: int) -> bool:
        """Whether *place* is the group of "same size", or only says what a number counts."""
        mention = self._mentions[place]
        if mention.match is Match.UNKNOWN or mention.match is Match.PART:
            opener = self._kind_opener(place)
            if opener is not None:
                opener.is_kind = True
            return opener is not None
        return bool(mention.senses.groups) and self._role(place - 1) is Role.ALIKE

    def _kind_opener(self, place: int) -> Opener | None:
        """Return what counts a plural at *place* that ends "four mains:", before any item."""
        mention = self._mentions[place]
        after = place + 1
        while self._role(after) is Role.FILLER and not self._mentions[after].broken:
            after += 1
        ends = after < len(self._mentions) and self._mentions[after].broken
        if not (mention.is_plural and ends) or mention.broken:
            return None
        opener = next((e for e in reversed(self.elements) if not isinstance(e, Wish)), None)
        if any(isinstance(e, Head) for e in self.elements) or not isinstance(opener, Opener):
            return None
        return opener if (opener.number or 0) >= _PAIR else None

    def _alike(self, place: int) -> bool:
        """Read "same" before a group's name as what was last wished for of it; return if it is so."""
        following = self._mentions[place + 1 : place + 2]
        groups = following[0].senses.groups if following and not following[0].broken else ()
        told = [
            e
            for e in self.elements
            if isinstance(e, Wish) and any(ref.group in groups for ref in e.refs)
        ]
        if not told or not isinstance(self._last_but_stops(), Head):
            return False
        refs = {ref for wish in told for ref in wish.refs if ref.group in groups}
        last = told[-1]
        self.elements.append(Wish(last.words, tuple(r for r in last.refs if r.group in groups)))
        return len(refs) == 1 and not any(wish.negated for wish in told)

    def _last_but_stops(self) -> object:
        return next((e for e in reversed(self.elements) if not isinstance(e, Join)), None)

    def _names_line(self, place: int, wish: Wish) -> bool:
        """Whether "the large" or "in the large" names one of the lines that differ in that.

        It does where a clause begins or ends with it, and lines were told apart by its group.
        """
        before = self._mentions[place - 1] if place else None
        if before is None or before.senses.role not in _NAMES:
            return False
        groups = {ref.group for ref in wish.refs}
        if not groups <= self._lexicon.single_groups or self._leads_item(place):
            return False
        told = {
            e.refs
            for e in self.elements
            if isinstance(e, Wish) and not (e.negated or groups.isdisjoint(r.group for r in e.refs))
        }
        if wish.refs not in told or len(told) < _PAIR:
            return False
        if before.senses.role is Role.ONTO and self._ends_in_wish():
            return True
        return bool(self.elements) and self.elements[-1] in (Join.STOP, Join.AND, Join.BUT)

    def _is_placed_number(self, place: int) -> bool:
        """Whether the number at *place* ends "no cream on one of them": what it counts came before."""
        if not place or self._mentions[place].broken or not self._ends_in_wish():
            return False
        words = (self._mentions[place - 1].words, self._mentions[place].words.split()[0])
        if self._lexicon.placing.isdisjoint(words):
            return False
        after = place + 1
        while self._role(after) in _AFTER_NUMBER and not self._mentions[after].broken:
            after += 1
        is_end = after >= len(self._mentions) or self._mentions[after].broken
        return is_end or self._role(after) in {Role.AND, Role.BUT, Role.NO}

    def _stands_for_item(self, place: int) -> bool:
        """Whether a "one" at *place* stands for the item, and is not one more of several.

        Where a number counts what stands before it, that is doubted, but not if one more makes up
        the sum: "two lattes one iced one with honey".
        """
        if not self._is_pronoun(place):
            return False
        makes_up = None if self._is_definite(place) else self._makes_up()
        if makes_up is False:
            self.doubts.add(Doubt.NUMBER_OPEN)
        return not makes_up

    def _makes_up(self) -> bool | None:
        """Whether one more makes up the number of the last item; None where it isn't told apart."""
        heads = [place for place, e in enumerate(self.elements) if isinstance(e, Head)]
        openers = (
            [e for e in self.elements[heads[-1] + 1 :] if isinstance(e, Opener)] if heads else []
        )
        opens = self._opener_before(heads[-1]) if heads else None
        if opens is None or not openers or openers[-1].number is None:
            return None
        return sum(opener.number or 1 for opener in openers) + 1 == opens

    def _opener_before(self, head: int) -> int | None:
        """Return the number that counts the item at *head*, if it counts several."""
        place = head - 1
        while place >= 0 and isinstance(self.elements[place], Wish):
            place -= 1
        opener = self.elements[place] if place >= 0 else None
        number = opener.number if isinstance(opener, Opener) else None
        return number if number is not None and number > 1 else None


_PAIR: Final = 2
_NAMES: Final = frozenset((Role.DEFINITE, Role.ONTO))
_AFTER_NUMBER: Final = frozenset((Role.OF_THEM, Role.FILLER))
