"""Whether an answer is a yes or a no, in any language that we speak, and in signs."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from chalicelib.understanding.language import Language, Role
from chalicelib.understanding.languages import LANGUAGES
from chalicelib.understanding.lexicon import Lexicon
from chalicelib.understanding.mentions import Mention
from chalicelib.understanding.signs import NO_SIGNS, YES_SIGNS
from chalicelib.understanding.tokens import keys_of, tokenise

IDLE: Final = frozenset((Role.FILLER, Role.DEFINITE, Role.YES))
"""What beside a yes or no, or in the name of a choice, changes nothing."""
_PHRASE_LENGTH_MAX: Final = 4
_LENGTH_MAX: Final = 24
"""Words up to which an answer may say yes and nothing else."""
_ASKS: Final = frozenset("?\uff1f")
_LANGUAGES_MAX: Final = 16
_VARIATIONS: Final = "\ufe0e\ufe0f\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"
"""How a sign is drawn, and its skin."""


@dataclass(frozen=True, slots=True)
class _Phrases:
    """Phrases of a language by their keys: those that agree, that refuse, and that say nothing."""

    agreeing: frozenset[tuple[str, ...]]
    refusing: frozenset[tuple[str, ...]]
    idle: frozenset[tuple[str, ...]]

    def said(self, text: str, language: Language) -> bool | None:
        """Return whether *text* agrees, or refuses, and says nothing else."""
        # A word of an answer is no typo of the menu's: "fine" is not "five".
        keys = [token.key for token in tokenise(text, language)]
        if self._is_all(keys, self.refusing):
            return False
        return True if self._is_all(keys, self.agreeing) else None

    def _is_all(self, keys: Sequence[str], phrases: Collection[tuple[str, ...]]) -> bool:
        """Whether *keys* are one of *phrases* or several, and otherwise idle."""
        if len(keys) > _LENGTH_MAX:
            return False
        place, is_said = 0, False
        while place < len(keys):
            runs = range(min(place + _PHRASE_LENGTH_MAX, len(keys)), place, -1)
            said = next((end for end in runs if tuple(keys[place:end]) in phrases), None)
            idle = next((end for end in runs if tuple(keys[place:end]) in self.idle), None)
            if said is None and idle is None:
                return False
            is_said = is_said or said is not None
            place = said or idle or place
        return is_said


class Agreement:
    """Tells a yes and a no to a menu in *language*, whatever language it is said in."""

    def __init__(self, lexicon: Lexicon, language: Language) -> None:
        self._language = language
        own = _phrases_of(language)
        senses = {keys: lexicon.phrases.get(" ".join(keys)) for keys in own.idle}
        taken = {keys for keys, sense in senses.items() if sense is not None and sense.is_on_menu}
        self._own = _Phrases(own.agreeing, own.refusing, own.idle - taken)

    def says(self, text: str, mentions: Sequence[Mention]) -> bool | None:
        """Return whether *text*, of these *mentions*, agrees, or refuses, and says nothing else."""
        told = [mention for mention in mentions if mention.senses.role not in IDLE]
        agrees = any(m.senses.role is Role.YES for m in mentions) and not told
        said = self._own.said(text, self._language)
        if said is not None or agrees:
            return said is not False
        if any(mention.senses.is_on_menu for mention in mentions):
            return None
        return self._said_elsewhere(text)

    def _said_elsewhere(self, text: str) -> bool | None:
        others = (other for other in LANGUAGES.values() if other.name != self._language.name)
        for other in others:
            said = _phrases_of(other).said(text, other)
            if said is not None and _ASKS.isdisjoint(other.spaced(text)):
                return said
        return None


@lru_cache(maxsize=_LANGUAGES_MAX)
def _phrases_of(language: Language) -> _Phrases:
    """Return what agrees and refuses in *language*, whatever a menu makes of the words."""

    def keyed(phrases: Iterable[str]) -> frozenset[tuple[str, ...]]:
        return frozenset(keys_of(phrase, language) for phrase in phrases)

    words, roles = language.answers, language.phrases
    return _Phrases(
        agreeing=keyed((*words.agreeing, *roles.get(Role.YES, ()))),
        refusing=keyed(words.refusing),
        idle=keyed(phrase for role in IDLE for phrase in roles.get(role, ()))
        - keyed(language.ordinals),
    )


def signs_spelt(text: str, language: Language) -> str:
    """Return *text* with a thumb up or down as the word for it, which refuses in an order too."""
    if text.isascii():
        return text
    written: dict[int, str | None] = {ord(sign): None for sign in _VARIATIONS}
    refusals = {*language.phrases[Role.NO], *language.phrases[Role.WITHOUT]}
    for signs, words in (
        (YES_SIGNS, language.phrases[Role.YES]),
        (NO_SIGNS, [word for word in language.answers.refusing if word in refusals]),
    ):
        written |= {ord(sign): f" {word} " for sign in signs for word in words[:1]}
    return text.translate(written)
