"""Which mentions are items, which are options, and which only look like one."""

from collections.abc import Sequence
from enum import Enum, auto
from typing import Final

from chalicelib.understanding.doubts import Doubt
from chalicelib.understanding.language import Language, Role
from chalicelib.understanding.lexicon import Lexicon, Senses
from chalicelib.understanding.mentions import Match, Mention


class Use(Enum):
    """What a mention is in this text."""

    HEAD = auto()
    OPTION = auto()
    WORD = auto()
    ABSENCE = auto()  # says that an option is not wanted, and so changes nothing


PART_ITEMS_MAX: Final = 500
"""On a larger menu, part of a name is left to retrieval: too many names share their words."""

_OPTION_LEADS: Final = frozenset(
    (Role.WITH, Role.EXTRA, Role.LIGHT, Role.NO, Role.WITHOUT, Role.EXCEPT, Role.DROP, Role.EACH)
)
_OPENS: Final = frozenset((Role.ARTICLE, Role.MEASURE))
_CORRECTS: Final = frozenset((Role.MEND, Role.RETHINK, Role.SWAP))
_LIST_LENGTH_MAX: Final = 16
_IDLE: Final = frozenset(
    (Role.FILLER, Role.PLAIN, Role.APART, Role.DEFINITE, Role.ONTO, Role.ALSO, Role.YES)
)
_PASSED: Final = _IDLE | {Role.AND, Role.OR, None}


def choose_uses(
    mentions: Sequence[Mention], lexicon: Lexicon, language: Language
) -> tuple[list[Use], set[Doubt]]:
    """Return the use of each of *mentions*, and what is doubtful about that.

    A mention that turns out to be an option by one of its words gets that option's senses.
    """
    chooser = _Chooser(mentions, lexicon, language)
    return chooser.uses(), chooser.doubts


class _Chooser:
    def __init__(self, mentions: Sequence[Mention], lexicon: Lexicon, language: Language) -> None:
        self._mentions = mentions
        self._lexicon = lexicon
        self._absences = language.absences
        self._uses: list[Use] = []
        self._head_place: int | None = None
        self.doubts: set[Doubt] = set()
        whole = [m for m in mentions if m.senses.items and m.match is not Match.PART]
        self._has_clear_item = any(not m.senses.options for m in whole)
        self._offered = {
            group for m in whole for sku in m.senses.items for group in lexicon.groups_of[sku]
        }

    def uses(self) -> list[Use]:
        for place in range(len(self._mentions)):
            use = self._use(place)
            self._uses.append(use)
            if use is Use.HEAD:
                self._head_place = place
        return self._uses

    def _use(self, place: int) -> Use:
        mention = self._mentions[place]
        senses = mention.senses
        if mention.match is not Match.WHOLE and self._is_absence(mention):
            return Use.ABSENCE
        is_amount = senses.role in {Role.EXTRA, Role.LIGHT} and self._precedes_option(place)
        if is_amount or not senses.is_on_menu:
            return Use.WORD
        if mention.match is Match.PART:
            return self._use_of_part(place, mention)
        if not senses.items:
            return Use.OPTION
        if senses.options:
            return self._item_or_option(place, mention)
        return self._use_of_item(place, mention)

    def _is_absence(self, mention: Mention) -> bool:
        if any(ref.group in self._offered for ref in mention.senses.options):
            return False
        return any(
            ref.group in self._offered
            for word in self._absences.get(mention.words, ())
            for ref in self._lexicon.option_words.get(word, {})
        )

    def _use_of_part(self, place: int, mention: Mention) -> Use:
        senses = mention.senses
        offered = any(ref.group in self._offered for ref in senses.options)
        if senses.options and (offered or not senses.items):
            return Use.OPTION
        if len(self._lexicon.groups_of) > PART_ITEMS_MAX:
            return Use.WORD
        if senses.items and self._opens_line(place) and not self._modifies_item(place):
            return Use.HEAD
        return Use.WORD

    def _use_of_item(self, place: int, mention: Mention) -> Use:
        if place and self._head_place == place - 1 and not mention.broken:
            self.doubts.add(Doubt.ITEMS_TOUCH)
            if mention.words in self._lexicon.optional_heads:
                if f"{self._mentions[place - 1].words} {mention.words}" in self._lexicon.phrases:
                    self.doubts.discard(Doubt.ITEMS_TOUCH)
                return Use.WORD
        if self._names_option(place, mention):
            self.doubts.add(Doubt.ITEM_OR_OPTION)
            if self._lead(place) in _OPTION_LEADS:
                refs = tuple(self._lexicon.option_words[mention.words])
                mention.senses, mention.match = Senses(options=refs), Match.PART
                return Use.OPTION
        return Use.HEAD

    def _item_or_option(self, place: int, mention: Mention) -> Use:
        """Decide between "milk" that is ordered and milk that goes into something."""
        groups = {ref.group for ref in mention.senses.options}
        if not (self._has_clear_item and groups & self._offered) and not self._fits(groups):
            return Use.HEAD
        lead = self._lead(place)
        if lead in _OPTION_LEADS:
            return Use.OPTION
        if self._stands_as_item(place):
            return Use.HEAD
        self.doubts.add(Doubt.ITEM_OR_OPTION)
        if lead in _OPENS or (place and self._mentions[place - 1].senses.number is not None):
            return Use.HEAD
        return Use.OPTION

    def _fits(self, groups: set[str]) -> bool:
        """Whether the last item offers one of *groups*."""
        if self._head_place is None:
            return False
        skus = self._mentions[self._head_place].senses.items
        return any(groups & self._lexicon.groups_of[sku] for sku in skus)

    def _stands_as_item(self, place: int) -> bool:
        """Whether what opens *place* opens an item: "a small pepperoni", or the first of all.

        An option that may be had with others has no size, and none stands with an article
        before anything that it could go into.
        """
        if self._modifies_item(place):
            return False
        before = place - 1
        while before >= 0 and self._is_single(before):
            before -= 1
        senses = self._mentions[max(before, 0)].senses
        opens = before >= 0 and (senses.number is not None or senses.role is Role.ARTICLE)
        return opens and (self._head_place is None or before < place - 1)

    def _is_single(self, place: int) -> bool:
        mention, use = self._mentions[place], self._uses[place]
        singles = self._lexicon.single_groups
        return use is Use.OPTION and all(ref.group in singles for ref in mention.senses.options)

    def _lead(self, place: int) -> Role | None:
        """Return the role that leads the list in which *place* stands."""
        for before in range(place - 1, max(place - _LIST_LENGTH_MAX, 0) - 1, -1):
            senses = self._mentions[before].senses
            if senses.number is not None:
                return Role.ARTICLE
            if self._uses[before] is Use.HEAD:
                return None
            if senses.role not in _PASSED and not senses.is_on_menu:
                return senses.role
        return None

    def _opens_line(self, place: int) -> bool:
        """Whether only options stand between *place* and what opens a line."""
        for before in range(place - 1, max(place - _LIST_LENGTH_MAX, 0) - 1, -1):
            senses = self._mentions[before].senses
            if senses.number is not None or senses.role in _OPENS or senses.role is Role.AND:
                return True
            if senses.role in _CORRECTS:
                return True
            if self._uses[before] is Use.HEAD:
                return False
        return self._head_place is None

    def _names_option(self, place: int, mention: Mention) -> bool:
        """Whether an item that nothing opens is also a word of an option just offered."""
        if self._head_place is None or " " in mention.words:
            return False
        refs = self._lexicon.option_words.get(mention.words, {})
        if not any(ref.group in self._offered for ref in refs):
            return False
        previous = self._mentions[place - 1].senses
        return not (previous.role in _OPENS or previous.number is not None or previous.options)

    def _precedes_option(self, place: int) -> bool:
        for mention in self._mentions[place + 1 : place + _LIST_LENGTH_MAX]:
            if mention.senses.options:
                return not mention.broken
            if mention.senses.role not in {*_IDLE, Role.MEASURE}:
                return False
        return False

    def _modifies_item(self, place: int) -> bool:
        following = self._mentions[place + 1 : place + 2]
        return any(m.senses.items and not m.broken for m in following)
