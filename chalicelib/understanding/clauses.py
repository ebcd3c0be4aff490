"""Where something new may be said in a text, and how a mention is made to say nothing."""

from collections.abc import Iterator, Sequence
from typing import Final

from chalicelib.understanding.language import Role
from chalicelib.understanding.lexicon import Senses
from chalicelib.understanding.mentions import Match, Mention

_JOINS: Final = frozenset((Role.AND, Role.BUT))


def clauses_of(mentions: Sequence[Mention]) -> list[tuple[int, int]]:
    """Return where each stretch without a stop begins and ends."""
    begins = [place for place, mention in enumerate(mentions) if mention.broken or not place]
    return list(zip(begins, (*begins[1:], len(mentions)), strict=True)) if mentions else []


def starts_in(mentions: Sequence[Mention], begin: int, end: int) -> Iterator[int]:
    """Yield where something new may begin in a clause: at its front, and behind an "and"."""
    is_led = True
    for place in range(begin, end):
        if is_led:
            yield place
        role = mentions[place].senses.role
        is_led = role in _JOINS or (is_led and role is Role.FILLER)


def silence(mentions: Sequence[Mention], role: Role) -> None:
    """Let *mentions* mean nothing but *role*."""
    for mention in mentions:
        mention.senses, mention.match = Senses(role=role), Match.WHOLE
        mention.unsure_spelling = False


def is_exact(mention: Mention) -> bool:
    """Whether *mention* is a name of the menu, spelt so that it can be no other word."""
    is_name = mention.match is Match.WHOLE or mention.match is Match.GAPPED
    return is_name and mention.senses.is_on_menu and not mention.unsure_spelling
