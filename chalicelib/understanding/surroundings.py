"""What stands around a place in a text, by the mentions there and what was read so far."""

from collections.abc import Sequence
from typing import Final

from chalicelib.understanding.elements import Element, Head, Opener, Wish
from chalicelib.understanding.heads import Use
from chalicelib.understanding.language import Role
from chalicelib.understanding.lexicon import Lexicon
from chalicelib.understanding.mentions import Mention

REFUSALS: Final = frozenset((Role.NO, Role.WITHOUT, Role.DROP, Role.EXCEPT))
_GROUP_REFUSAL_LENGTH: Final = 2
_PASSED: Final = frozenset((Role.FILLER, Role.DEFINITE, Role.ONTO))
_AFTER_PRONOUN: Final = frozenset((Role.WITH, Role.AND, Role.WITHOUT, Role.NO, Role.FILLER))


class Surroundings:
    """Answers what is around a place; only who extends it adds to *elements*."""

    def __init__(self, mentions: Sequence[Mention], uses: Sequence[Use], lexicon: Lexicon) -> None:
        self._mentions = mentions
        self._uses = uses
        self._lexicon = lexicon
        self.elements: list[Element] = []

    def _is_placed(self, place: int) -> bool:
        """Whether the option at *place* follows "in a" or "on a"."""
        while place and (self._uses[place] is Use.OPTION or self._role(place) is Role.ARTICLE):
            place -= 1
        return self._mentions[place].words in self._lexicon.placing

    def _follows_refused_group(self, place: int) -> bool:
        """Whether a whole group was refused right before *place*: "no sauce except mustard"."""
        if place < _GROUP_REFUSAL_LENGTH or self._mentions[place].broken:
            return False
        group, refusal = self._mentions[place - 1].senses, self._mentions[place - 2].senses
        return bool(group.groups) and not group.is_on_menu and refusal.role in REFUSALS

    def _ends_in_wish(self) -> bool:
        return bool(self.elements) and isinstance(self.elements[-1], Wish)

    def _ends_in_head(self) -> bool:
        return bool(self.elements) and isinstance(self.elements[-1], Head)

    def _may_name_option(self, place: int, mention: Mention) -> bool:
        """Whether a group's name may stand for one of its options: "with milk", "no rice"."""
        before = place - 1
        while before > 0 and self._mentions[before].senses.role in _PASSED:
            before -= 1
        beside = [self._mentions[max(before, 0)], *self._mentions[place + 1 : place + 2]]
        names_neighbour = any(
            ref.group in mention.senses.groups
            for neighbour in beside
            for ref in neighbour.senses.options
        )
        return mention.words in self._lexicon.option_words and not names_neighbour

    def _leads_item(self, place: int) -> bool:
        """Whether an item follows at once what stands at *place*."""
        return self._is_head(place + 1) and not self._mentions[place + 1].broken

    def _is_head(self, place: int) -> bool:
        return place < len(self._uses) and self._uses[place] is Use.HEAD

    def _has_one_head(self) -> bool:
        """Whether "the large ones" are all that was ordered so far."""
        heads = [place for place, e in enumerate(self.elements) if isinstance(e, Head)]
        told = self.elements[heads[-1] :] if heads else []
        counted = any(isinstance(e, Opener) and e.number is not None for e in told)
        return len(heads) == 1 and not counted

    def _is_definite(self, place: int) -> bool:
        """Whether "the" leads the options that end before *place*."""
        return self._role(self._before_options(place)) in {Role.DEFINITE, Role.ONTO}

    def _before_options(self, place: int) -> int:
        before = place - 1
        while before > 0 and self._uses[before] is Use.OPTION:
            before -= 1
        return before

    def _is_pronoun(self, place: int) -> bool:
        """Whether a "one" at *place* closes what its option opened: nothing is counted by it."""
        if not self._lexicon.has_pronoun or self._mentions[place].broken:
            return False
        if self._uses[place - 1] is not Use.OPTION:
            return False
        following = self._mentions[place + 1 : place + 2]
        if not following or following[0].broken or self._is_definite(place):
            return True
        if self._role(self._before_options(place)) is Role.WITH:
            # "One with cheese one with ham": what "with" leads is not what the next one is.
            return False
        return following[0].senses.role in _AFTER_PRONOUN

    def _role(self, place: int) -> Role | None:
        if not 0 <= place < len(self._mentions):
            return None
        return self._mentions[place].senses.role

    def _is_numbered(self) -> bool:
        """Whether a number opens what is said last: "two large cups of"."""
        opens = next((e for e in reversed(self.elements) if not isinstance(e, Wish)), None)
        return isinstance(opens, Opener) and opens.number is not None

    def _opens_option(self, place: int) -> bool:
        """Whether an article or measure at *place* leads options only: "in a cup", "small portion".

        A measure right behind an item does nothing either: "five soup portions".
        """
        is_placed = self._mentions[place].senses.role is Role.ARTICLE and (
            place > 0 and self._mentions[place - 1].words in self._lexicon.placing
        )
        if is_placed:
            following = place + 1
            while following < len(self._uses) and self._uses[following] is Use.OPTION:
                following += 1
            return following > place + 1 and not self._is_head(following)
        ends = place + 1 == len(self._mentions) or self._mentions[place + 1].broken
        is_behind = self._ends_in_wish() or self._ends_in_head()
        return self._mentions[place].senses.role is Role.MEASURE and ends and is_behind
