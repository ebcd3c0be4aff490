"""Words that mean something else beside each other: "leave the ham off", "double cheese"."""

from collections.abc import Sequence
from typing import Final

from chalicelib.understanding.language import IdiomWords, Role
from chalicelib.understanding.lexicon import Lexicon, Senses
from chalicelib.understanding.mentions import Match, Mention

_QUIET: Final = frozenset(
    (Role.FILLER, Role.DEFINITE, Role.ONTO, Role.ARTICLE, Role.AND, Role.OR, Role.YES)
)
_NAMES: Final = frozenset((Role.DEFINITE, Role.ONTO, Role.ARTICLE))
_PARTED_LENGTH_MAX: Final = 8
_WHOLE_REACH: Final = 3


def with_idioms(mentions: list[Mention], lexicon: Lexicon) -> list[Mention]:
    """Return *mentions*, each word of an idiom with what it means there."""
    words = lexicon.idioms
    for place, mention in enumerate(mentions):
        following = mentions[place + 1 : place + 2]
        if mention.words in words.parted:
            _part(mentions, place, words.parted[mention.words])
        elif mention.words in words.intensifiers and _intensifies(mention, following, lexicon):
            _mean(mention, Role.EXTRA)
        elif mention.senses.role is Role.HEDGE and not mention.senses.is_on_menu:
            _mean(mention, Role.DOUBT)
            for hedged in following:
                if not (hedged.broken or hedged.senses.items):
                    _mean(hedged, Role.DOUBT)
        elif mention.senses.role is Role.BUT and _excepts(mentions, place, words):
            _mean(mention, Role.EXCEPT)
    return mentions


def _mean(mention: Mention, role: Role) -> None:
    mention.senses, mention.match = Senses(role=role), Match.WHOLE
    mention.unsure_spelling = False


def _part(mentions: Sequence[Mention], place: int, particles: frozenset[str]) -> None:
    """Read a verb at *place* that closes behind its object as a refusal: "take the ham off"."""
    if mentions[place].senses.is_on_menu:
        return
    named = False
    for mention in mentions[place + 1 : place + 1 + _PARTED_LENGTH_MAX]:
        if mention.broken:
            return
        if named and mention.words in particles:
            _mean(mentions[place], Role.DROP)
            _mean(mention, Role.FILLER)
            return
        if not (mention.senses.is_on_menu or mention.senses.role in _QUIET):
            return
        named = named or mention.senses.is_on_menu


def _intensifies(mention: Mention, following: Sequence[Mention], lexicon: Lexicon) -> bool:
    """Whether *mention* is more of an option that may be had with others: "double cheese"."""
    if mention.senses.is_on_menu and mention.match is not Match.PART:
        return False
    return any(
        not one.broken and ref.group not in lexicon.single_groups
        for one in following
        for ref in one.senses.options
    )


def _excepts(mentions: Sequence[Mention], place: int, words: IdiomWords) -> bool:
    """Whether the "but" at *place* takes something from a whole: "everything but onions"."""
    following = mentions[place + 1 : place + 2]
    named = any(m.senses.is_on_menu or m.senses.role in _NAMES for m in following)
    if not named or " " in mentions[place].words or mentions[place].broken:
        return False
    for before in mentions[place - 1 :: -1][:_WHOLE_REACH] if place else ():
        first = before.words.split()[0]
        if before.senses.is_on_menu:
            return first in words.wholes
        if before.broken or before.senses.role is not Role.FILLER:
            return False
    return False
