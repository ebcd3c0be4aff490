"""A noun that two names share: "a pepperoni and cheese pizza" is one pizza, or two."""

from collections.abc import Sequence
from typing import Final

from chalicelib.understanding.language import Role
from chalicelib.understanding.lexicon import Lexicon
from chalicelib.understanding.mentions import Mention

_LENGTH: Final = 3


def shares_noun(mentions: Sequence[Mention], place: int, lexicon: Lexicon) -> bool:
    """Whether the item at *place* is short of the noun that ends the next one.

    It is where "and" alone stands between them, and where the menu names it with that noun
    too: "pepperoni" is a pepperoni pizza.
    """
    near = mentions[place : place + _LENGTH]
    if len(near) < _LENGTH or any(mention.broken for mention in near[1:]):
        return False
    first, joint, second = near
    words = second.words.split()
    if joint.senses.role is not Role.AND or not second.senses.items or len(words) == 1:
        return False
    if first.words.split()[-1] == words[-1]:
        return False
    whole = lexicon.phrases.get(f"{first.words} {words[-1]}")
    return whole is not None and not set(first.senses.items).isdisjoint(whole.items)
