"""Wordings that mean either of two things, whatever the grammar makes of them."""

from collections.abc import Sequence
from typing import Final

from chalicelib.domain.resolution import OptionRef
from chalicelib.understanding.doubts import Doubt
from chalicelib.understanding.heads import Use
from chalicelib.understanding.language import Language, Role
from chalicelib.understanding.lexicon import Lexicon
from chalicelib.understanding.mentions import Match, Mention
from chalicelib.understanding.nouns import shares_noun
from chalicelib.understanding.tokens import keys_of, number_in

_REFUSALS: Final = frozenset((Role.NO, Role.WITHOUT, Role.DROP))
_SEVERAL_MIN: Final = 2
_MEASURES: Final = frozenset((Role.MEASURE, Role.CONTAINER))


class Traps:
    """Finds wordings that read two ways, by the mentions of a text and the uses of each."""

    def __init__(self, lexicon: Lexicon, language: Language) -> None:
        def keyed(phrases: Sequence[str]) -> list[str]:
            return [" ".join(keys_of(phrase, language)) for phrase in phrases]

        self._lexicon = lexicon
        self._only = language.answers.replacing
        self._extra = _behind(keyed(language.phrases.get(Role.EXTRA, ())), lexicon)
        self._and = keyed(language.phrases.get(Role.AND, ()))[:1]
        self._naming = frozenset(keyed(language.remarks.naming))
        self._leads = frozenset(one.split()[0] for one in keyed(tuple(language.beside.purposes)))
        self._parts = frozenset(keyed(tuple(language.partitive)))

    def doubts(self, mentions: Sequence[Mention], uses: Sequence[Use]) -> set[Doubt]:
        """Return what is doubtful about *mentions*; linear in their number."""
        found = self._of_mends(mentions, uses)
        is_refusing = False
        for place, (mention, use) in enumerate(zip(mentions, uses, strict=True)):
            role = mention.senses.role
            if role in _REFUSALS:
                is_refusing = True
                if any(near.words in self._only for near in _near(mentions, place)[:1]):
                    found.add(Doubt.NEGATION_OPEN)
            elif mention.broken or use is Use.HEAD or role is Role.BUT:
                is_refusing = False
            elif is_refusing and self._adds(mention, _near(mentions, place)):
                found.add(Doubt.NEGATION_OPEN)
            if use is Use.HEAD:
                found |= self._of_item(mentions, uses, place, _near(mentions, place))
            elif use is Use.OPTION:
                found |= self._of_option(mention)
            elif mention.senses.number is not None or role is Role.ARTICLE:
                near = _near(mentions, place)
                found |= self._of_number(mention, near, uses[place + 1 : place + 4])
            elif mention.words in self._parts and Use.HEAD in uses[place + 1 : place + 2]:
                found.add(Doubt.NUMBER_OPEN)
        return found

    def _adds(self, joint: Mention, near: Sequence[Mention]) -> bool:
        """Whether *joint* may add an option to a refusal: "without ketchup plus mustard"."""
        is_and = joint.senses.role is Role.AND and joint.words not in self._and
        return is_and and bool(near) and bool(near[0].senses.options)

    def _of_mends(self, mentions: Sequence[Mention], uses: Sequence[Use]) -> set[Doubt]:
        """Return the doubt of "a latte and make that two cookies", which may be of both."""
        said: set[str] = set()
        is_open = False
        for mention, use in zip(mentions, uses, strict=True):
            if use is Use.HEAD and is_open and mention.words not in said:
                return {Doubt.CORRECTION_OPEN}
            if use is Use.HEAD:
                said.add(mention.words)
                is_open = False
            elif mention.senses.role is Role.MEND:
                is_open = bool(said) and mention.words.split()[:1] == self._and
        return set()

    def _may_be_name(self, mentions: Sequence[Mention], uses: Sequence[Use], place: int) -> bool:
        """Whether the item at *place* may be what somebody is called: "name: Rosemary"."""
        if not place:
            return False
        before = mentions[place - 1]
        if before.words in self._naming:
            return True
        follows = uses[max(place - 2, 0) : place - 1] == [Use.HEAD] and not before.broken
        return follows and before.words in self._leads and not mentions[place].broken

    def _of_item(
        self,
        mentions: Sequence[Mention],
        uses: Sequence[Use],
        place: int,
        near: Sequence[Mention],
    ) -> set[Doubt]:
        """Return the doubts of "a ham and turkey sub", and of "a cup of tea" where cups are sold."""
        if shares_noun(mentions, place, self._lexicon) and uses[place + 2] is Use.HEAD:
            return {Doubt.BELONGS_TO_EITHER}
        if self._may_be_name(mentions, uses, place):
            return {Doubt.ITEM_OR_OPTION}
        if self._may_be_packs(mentions, uses, place):
            return {Doubt.NUMBER_OPEN}
        if len(near) > 1 and uses[place + 2] is Use.HEAD:
            measure = self._lexicon.phrases.get(f"{mentions[place].words} {near[0].words}")
            if measure is not None and measure.role in _MEASURES:
                return {Doubt.ITEMS_TOUCH}
        return set()

    def _may_be_packs(self, mentions: Sequence[Mention], uses: Sequence[Use], place: int) -> bool:
        """Whether a number before the item at *place* counts what its name counts in packs."""
        item, before = mentions[place], place - 1
        while before >= 0 and uses[before] is Use.OPTION:
            before -= 1
        number = mentions[before].senses.number if before >= 0 else None
        if (number or 0) < _SEVERAL_MIN or any(
            number_in(word) is not None for word in item.words.split()
        ):
            return False
        packs = self._lexicon.packs
        is_named = not packs.named.isdisjoint(item.senses.items)
        beside = packs.beside.get(item.words, ())
        return is_named or any((number or 0) % one == 0 for one in beside)

    def _of_option(self, mention: Mention) -> set[Doubt]:
        """Return the doubt of "no meat" where only extra meat is an option."""
        if mention.match is not Match.PART or len(mention.senses.options) != 1:
            return set()
        is_amount = mention.senses.options[0] in self._extra.get(mention.words, ())
        return {Doubt.PART_OF_A_NAME} if is_amount else set()

    def _of_number(
        self, mention: Mention, near: Sequence[Mention], uses: Sequence[Use]
    ) -> set[Doubt]:
        """Return the doubts of "a 12 turkey", "6 and 8 mm bits" and "a three topping pizza"."""
        if not near:
            return set()
        following = near[0]
        if mention.senses.role is Role.ARTICLE:
            return self._of_article(near, uses)
        if following.senses.role is Role.AND and len(near) > 1:
            words = near[1].words.split()
            is_name = near[1].senses.is_on_menu and len(words) > 1
            return {Doubt.NUMBER_OPEN} if is_name and number_in(words[0]) is not None else set()
        counts_group = following.senses.groups and not following.senses.is_on_menu
        leads = len(near) > 1 and uses[1] is Use.HEAD
        is_counted = counts_group and leads and (mention.senses.number or 0) > 1
        return {Doubt.NUMBER_OPEN} if is_counted else set()

    def _of_article(self, near: Sequence[Mention], uses: Sequence[Use]) -> set[Doubt]:
        first = near[0]
        if first.senses.role is Role.PLAIN and len(near) > 1 and near[1].senses.role is Role.AND:
            return {Doubt.NUMBER_OPEN}
        if first.senses.number is None or number_in(first.words) in (None, 1):
            return set()
        item = next(
            (m for m, use in zip(near[1:], uses[1:], strict=False) if use is Use.HEAD), None
        )
        return set() if item is None or item.is_plural else {Doubt.NUMBER_OPEN}


def _behind(leads: Sequence[str], lexicon: Lexicon) -> dict[str, set[OptionRef]]:
    """Return the options whose names one of *leads* begins, by the rest of the name."""
    begins = tuple(f"{lead} " for lead in leads)
    named: dict[str, set[OptionRef]] = {}
    for phrase, senses in lexicon.phrases.items():
        if senses.options and phrase.startswith(begins):
            for lead in filter(phrase.startswith, begins):
                named.setdefault(phrase.removeprefix(lead), set()).update(senses.options)
    return named


def _near(mentions: Sequence[Mention], place: int) -> Sequence[Mention]:
    """Return up to three mentions behind *place* that no stop parts from it."""
    near = mentions[place + 1 : place + 4]
    for length, mention in enumerate(near):
        if mention.broken:
            return near[:length]
    return near
