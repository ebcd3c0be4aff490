"""Places, addresses and what is counted beside an order, praise, and clauses that order nothing."""

from collections.abc import Sequence
from typing import Final

from chalicelib.understanding.clauses import clauses_of, is_exact, silence, starts_in
from chalicelib.understanding.language import Language, Role
from chalicelib.understanding.lexicon import Senses
from chalicelib.understanding.mentions import Match, Mention

_IDLE: Final = frozenset(
    (
        *(Role.FILLER, Role.ARTICLE, Role.AND, Role.DEFINITE, Role.ONTO, Role.WITH, Role.ALSO),
        *(Role.DOUBT, Role.BUT, Role.YES, Role.OF_THEM, None),
    )
)
_LEADS_PRAISE: Final = frozenset((Role.ARTICLE, Role.FILLER, Role.AND, Role.WITH))
_NAME_LENGTH_MAX: Final = 3
_PRAISE_PLACE_MIN: Final = 2
"""Where praise of a single item may stand: "a good bagel" may praise the one that was had."""
_PLAIN_MIN: Final = 2
"""Everyday words from which a clause without any of the menu is no order."""


class Whereabouts:
    """Finds what neither orders nor counts anything: "by the side gate", "12 Elm Street"."""

    def __init__(self, language: Language) -> None:
        self._words = language.whereabouts
        self._common = language.common
        self._places = frozenset(map(language.singular, self._words.places))
        self._streets = frozenset(map(language.singular, self._words.streets))
        self._containers = frozenset(map(language.singular, language.containers))
        self._praising = frozenset(map(language.singular, self._words.praising))
        self._counted = frozenset(map(language.singular, self._words.counted))

    def passed(self, mentions: list[Mention]) -> list[Mention]:
        """Return *mentions* with places, addresses and praise as filler."""
        for place, mention in enumerate(mentions):
            silence(mentions[place : self._end(mentions, place, mention)], Role.FILLER)
        return mentions

    def _end(self, mentions: Sequence[Mention], place: int, mention: Mention) -> int:
        """Return where the place, address or praise ends that *mention* begins, or *place*."""
        words, end = mention.words, place
        if self._is_loose(mention):
            end += self._praises(mentions, place) or self._is_led_by(mentions, place)
        if words[-1].isdigit():
            end = max(end, self._address(mentions, place))
        if words in self._words.dwellings:
            end = max(end, self._dwelling(mentions, place))
        if words.partition(" ")[0] in self._words.leading:
            end = max(end, self._place(mentions, place))
        return end

    def idle(self, mentions: list[Mention]) -> list[Mention]:
        """Return *mentions* without meaning, but doubtful, where they order nothing.

        A number that names or counts something else counts no item. A clause that is none has no word of the menu but everyday ones that the menu hasn't: "could you cut it
        in two" may be a wish, but of none that is sold.
        """
        for place, mention in enumerate(mentions):
            if mention.senses.number is not None:
                if self._counts_other(mentions, place):
                    mention.senses, mention.match = Senses(), Match.UNKNOWN
            elif mention.match is Match.UNKNOWN and self._is_unit(mentions, place):
                mention.senses, mention.match = Senses(role=Role.MEASURE), Match.WHOLE
        if not any(mention.match is Match.UNKNOWN for mention in mentions):
            return mentions
        if not any(is_exact(mention) and mention.senses.items for mention in mentions):
            return mentions
        for begin, end in clauses_of(mentions):
            self._pass_beside(mentions, begin, end)
        return mentions

    def _pass_beside(self, mentions: Sequence[Mention], begin: int, end: int) -> None:
        """Let a clause mean nothing from where it orders nothing, if it says enough there."""
        behind = self._behind_order(mentions, begin, end)
        for place in starts_in(mentions, begin, end) if behind < end else ():
            if place >= behind and self._is_said_beside(mentions[place:end]):
                silence(mentions[place:end], Role.DOUBT)
                break

    def _counts_other(self, mentions: Sequence[Mention], place: int) -> bool:
        """Whether a number at *place* names or counts no item: "number 14", "12 people"."""
        senses = mentions[place].senses
        if senses.is_on_menu:
            return False
        before, after = mentions[max(place - 1, 0) : place], mentions[place + 1 : place + 2]
        is_name = any(m.match is Match.UNKNOWN and m.words in self._words.numbering for m in before)
        is_idle = any(
            not m.broken and m.words in self._counted and not m.senses.is_on_menu for m in after
        )
        return (is_name and not mentions[place].broken) or is_idle

    def _is_unit(self, mentions: Sequence[Mention], place: int) -> bool:
        """Whether *place* is what an item named before is sold in: "slug pellets, two tubs"."""
        mention = mentions[place]
        if mention.words not in self._containers:
            return False
        ends = place + 1 == len(mentions) or mentions[place + 1].broken
        if not (ends and place > 1 and mentions[place - 1].senses.number) or mention.broken:
            return False
        item = next((m for m in reversed(mentions[:place]) if m.senses.items), None)
        return item is not None and not item.is_plural

    def _place(self, mentions: Sequence[Mention], place: int) -> int:
        """Return where "by the side gate" ends that begins at *place*, or *place*."""
        _, *articles = mentions[place].words.split()
        if mentions[place].senses.is_on_menu:
            return place
        begin = place + (1 if articles else 2)
        if not articles and not any(map(self._is_determiner, mentions[place + 1 : begin])):
            return place
        for at in range(begin, min(begin + _NAME_LENGTH_MAX, len(mentions))):
            mention = mentions[at]
            if mention.broken or not (
                self._is_plain(mention) or mention.senses.role is Role.FILLER
            ):
                return place
            if mention.match is Match.UNKNOWN and mention.words in self._places:
                return at + 1
        return place

    def _is_determiner(self, mention: Mention) -> bool:
        is_article = mention.senses.role is Role.ARTICLE or mention.words in self._words.determiners
        return is_article and not mention.broken

    def _address(self, mentions: Sequence[Mention], place: int) -> int:
        """Return where "12 Elm Street" ends that begins at *place*, or *place*."""
        if mentions[place].senses.is_on_menu:
            return place
        for at in range(place + 1, min(place + 1 + _NAME_LENGTH_MAX, len(mentions))):
            mention = mentions[at]
            if mention.broken or mention.senses.is_on_menu or mention.senses.role is not None:
                return place
            if at > place + 1 and mention.words in self._streets:
                return at + 1
        return place

    def _dwelling(self, mentions: Sequence[Mention], place: int) -> int:
        """Return where "flat 2b" ends that begins at *place*, or *place*."""
        mention, following = mentions[place], mentions[place + 1 : place + 3]
        if not self._is_plain(mention):
            return place
        if not following or following[0].broken or following[0].senses.number is None:
            return place
        has_letter = len(following) > 1 and len(following[1].words) == 1
        is_letter = has_letter and following[1].match is Match.UNKNOWN
        return place + 2 + is_letter

    def _praises(self, mentions: Sequence[Mention], place: int) -> bool:
        """Whether *place* praises what follows: "a nice latte", "two lovely large teas"."""
        if not place or not self._is_praise(mentions[place]):
            return False
        if place < _PRAISE_PLACE_MIN and sum(bool(m.senses.items) for m in mentions) == 1:
            return False
        before = mentions[place - 1].senses
        if not (before.role in _LEADS_PRAISE or before.number is not None or before.options):
            return False
        for mention in mentions[place + 1 :]:
            if mention.broken:
                return False
            if not self._is_praise(mention):
                return is_exact(mention)
        return False

    def _is_led_by(self, mentions: Sequence[Mention], place: int) -> bool:
        """Whether *place* says nothing of its neighbour: "volcano level", "do a chai"."""
        mention, following = mentions[place], mentions[place + 1 : place + 2]
        if mention.words in self._words.sorts:
            before = mentions[place - 1] if place and not mention.broken else None
            return before is not None and is_exact(before) and not before.senses.items
        opens = mention.broken or not place
        is_made = opens and mention.words in self._words.making
        return is_made and any(m.senses.role is Role.ARTICLE and not m.broken for m in following)

    def _is_loose(self, mention: Mention) -> bool:
        return mention.match is Match.UNKNOWN or mention.senses.role is Role.DOUBT

    def _is_praise(self, mention: Mention) -> bool:
        return self._is_loose(mention) and self._praising.issuperset(mention.words.split())

    def _behind_order(self, mentions: Sequence[Mention], begin: int, end: int) -> int:
        """Return from where a clause has nothing more of an order, or *end*."""
        for place in range(end - 1, begin - 1, -1):
            senses = mentions[place].senses
            is_idle = senses.role in _IDLE or senses.number is not None
            if is_exact(mentions[place]) or senses.groups or not is_idle:
                return place + 1
        return begin

    def _is_said_beside(self, clause: Sequence[Mention]) -> bool:
        plain = sum(m.match is Match.UNKNOWN and self._is_plain(m) for m in clause)
        return plain >= (1 if clause[0].words in self._words.pleading else _PLAIN_MIN)

    def _is_plain(self, mention: Mention) -> bool:
        """Whether *mention* is an everyday word that at most is part of a name here."""
        is_loose = mention.match in {Match.UNKNOWN, Match.PART} and not mention.unsure_spelling
        return is_loose and self._common.issuperset(mention.words.split())
