"""Phrases that one slip of the finger makes each other."""

from collections.abc import Iterable, Iterator
from typing import Final

from chalicelib.understanding.spelling import forms_of, is_correctable, is_one_typo

_HOLE: Final = "\0"
_LOOKS_MAX: Final = 8


def near_phrases(phrases: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield pairs of *phrases* that differ by one typo in one word; at most a pair for each.

    Time and memory are linear in the letters: only phrases that are equal but for one word
    are compared, and of those only words that share a form with a letter left out.
    """
    alike: dict[str, list[str]] = {}
    for phrase in phrases:
        words = phrase.split()
        for place, word in enumerate(words):
            if is_correctable(word):
                pattern = " ".join((*words[:place], _HOLE, *words[place + 1 :]))
                alike.setdefault(pattern, []).append(word)
    told: set[str] = set()
    for pattern, words in alike.items():
        if len(words) > 1:
            for word, known in _near_words(words):
                phrase = pattern.replace(_HOLE, word)
                if phrase not in told:
                    told.add(phrase)
                    yield phrase, pattern.replace(_HOLE, known)


def _near_words(words: Iterable[str]) -> Iterator[tuple[str, str]]:
    seen: dict[str, list[str]] = {}
    for word in words:
        forms = tuple(forms_of(word))
        looked_at = (known for form in forms for known in seen.get(form, ()))
        near = next((known for known in looked_at if is_one_typo(word, known)), None)
        if near is not None:
            yield word, near
        for form in forms:
            owners = seen.setdefault(form, [])
            if len(owners) < _LOOKS_MAX:
                owners.append(word)
