"""Texts as hurried people type them: a light typo in some of the longer words, by a seed."""

import re
from collections.abc import Sequence
from dataclasses import replace
from random import Random
from string import ascii_lowercase
from typing import Final

from bench.files import Sample

SHARE: Final = 0.15
"""Of the longer words, how many get a typo."""
LENGTH_MIN: Final = 5
"""Letters from which a word counts as longer."""
_LONG_WORD = re.compile(rf"[^\W\d_]{{{LENGTH_MIN},}}")


def with_typos(text: str, seed: int | str, share: float = SHARE) -> str:
    """Return *text* with one letter missing, doubled, swapped or wrong in *share* of its words.

    Words of fewer than `LENGTH_MIN` letters, and all that is no letter, stay as they are.
    The same *seed* gives the same text.
    """
    random = Random(seed)  # noqa: S311 (chance that can be repeated)
    return _LONG_WORD.sub(
        lambda found: (
            _mistyped(found.group(), random) if random.random() < share else found.group()
        ),
        text,
    )


def mistyped(samples: Sequence[Sample], seed: int) -> tuple[Sample, ...]:
    """Return *samples* with typos in their texts, other ones for each sample and seed."""
    return tuple(
        replace(sample, text=with_typos(sample.text, f"{seed} {sample.id}")) for sample in samples
    )


def _mistyped(word: str, random: Random) -> str:
    """Return *word* with one typo; the four kinds are equally likely, and so are the places."""
    place = random.randrange(len(word))
    match random.randrange(4):
        case 0:
            return word[:place] + word[place + 1 :]
        case 1:
            return word[:place] + word[place] + word[place:]
        case 2:
            return _swapped(word, random)
        case _:
            others = ascii_lowercase.replace(word[place].casefold(), "")
            return word[:place] + random.choice(others) + word[place + 1 :]


def _swapped(word: str, random: Random) -> str:
    """Return *word* with two neighbours swapped that differ, if there are such."""
    places = [place for place in range(len(word) - 1) if word[place] != word[place + 1]]
    if not places:
        return word
    place = random.choice(places)
    return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
