"""What a text says beside the order: "she's waiting in the car", "for our front step"."""

from collections.abc import Sequence
from typing import Final

from chalicelib.understanding.language import Language, Role
from chalicelib.understanding.lexicon import Senses
from chalicelib.understanding.mentions import Match, Mention
from chalicelib.understanding.tokens import keys_of

_CHANGES: Final = frozenset((Role.SWAP, Role.RATHER_THAN))
_QUIET: Final = frozenset((Role.FILLER, Role.ARTICLE, Role.AND, Role.DEFINITE, Role.ONTO))
_ENDS_PURPOSE: Final = frozenset((Role.AND, Role.WITH, Role.BUT))
_PURPOSE_LENGTH_MAX: Final = 3


class Asides:
    """Finds asides: a statement about people, or a purpose, with nothing of the menu in it."""

    def __init__(self, language: Language) -> None:
        words = language.beside
        self._words = words
        self._openings = tuple(" ".join(keys_of(one, language)) + " " for one in words.openings)
        self._inner = tuple(" ".join(keys_of(one, language)) + " " for one in words.inner)
        self._leads = {one.split()[0] for one in words.purposes}
        self._first = {one.split()[0] for one in (*self._openings, *self._inner)}
        self._begins = self._first | self._leads
        self._weighty = frozenset(key for one in words.weighty for key in keys_of(one, language))

    def passed(self, mentions: list[Mention]) -> list[Mention]:
        """Return *mentions* with those of asides as filler.

        A number, a refusal, a correction, a question, another time or a word of the menu
        makes it none: such a clause may change the order.
        """
        if any(mention.senses.role in _CHANGES for mention in mentions):
            return mentions
        for place, mention in enumerate(mentions):
            if mention.words.partition(" ")[0] not in self._begins:
                continue
            end = max(self._statement(mentions, place), self._purpose(mentions, place))
            for aside in mentions[place:end]:
                aside.senses, aside.match = Senses(role=Role.FILLER), Match.WHOLE
                aside.unsure_spelling = False
        return mentions

    def _statement(self, mentions: Sequence[Mention], place: int) -> int:
        """Return where the statement ends that begins at *place*, or *place*."""
        if mentions[place].words.split()[0] not in self._first:
            return place
        said = " ".join(mention.words for mention in mentions[place : place + 4]) + " "
        before = mentions[:place]
        begins = mentions[place].broken or all(m.senses.role is Role.FILLER for m in before)
        if not said.startswith(self._inner + (self._openings if begins else ())):
            return place
        closed = place
        for end in range(place, len(mentions)):
            mention = mentions[end]
            if end > place and mention.broken:
                return end
            if mention.words in self._words.closings and end > place:
                closed = end
            if not self._is_quiet(mention):
                return closed
        return len(mentions)

    def _is_quiet(self, mention: Mention) -> bool:
        senses = mention.senses
        if senses.is_on_menu or senses.groups or self._is_weighty(mention):
            return False
        if senses.number is not None and not mention.unsure_spelling:
            return False
        is_harmless = senses.role is Role.DOUBT and mention.words in self._words.narrative
        return senses.role is None or senses.role in _QUIET or is_harmless

    def _is_weighty(self, mention: Mention) -> bool:
        """Whether *mention* may matter after all: a weighty word, or a date such as "14th"."""
        has_digit = mention.senses.number is None and any(c.isdigit() for c in mention.words)
        return has_digit or not self._weighty.isdisjoint(mention.words.split())

    def _purpose(self, mentions: Sequence[Mention], place: int) -> int:
        """Return where the purpose ends that begins at *place*, or *place*."""
        first = mentions[place].words
        if first.split()[0] not in self._leads:
            return place
        lead = 1 if first in self._words.purposes else 2
        said = " ".join(mention.words for mention in mentions[place : place + lead])
        begin = place + lead
        if said not in self._words.purposes:
            return place
        if said in self._words.points and place and mentions[place - 1].senses.options:
            return place
        end = begin
        while end < len(mentions) and not mentions[end].broken:
            mention = mentions[end]
            if mention.senses.role in _ENDS_PURPOSE or mention.words in self._words.closings:
                break
            is_unknown = mention.match is Match.UNKNOWN and not mention.senses.groups
            if not is_unknown or self._is_weighty(mention):
                return place
            end += 1
        return end if begin < end <= begin + _PURPOSE_LENGTH_MAX else place
