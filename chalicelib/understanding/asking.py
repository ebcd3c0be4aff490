"""Whether a text asks about things rather than for them."""

import re
from collections.abc import Sequence
from itertools import dropwhile

from chalicelib.understanding.language import Language
from chalicelib.understanding.tokens import SPACED_LENGTH_MAX, keys_of, tokenise

_END = re.compile(r"[.!;\n]|(?<=[?\uff1f])")
_LEAD_LENGTH_MAX = 60
"""Characters of a sentence that tell whether an interrogative begins it."""
_MARKS = ("?", "\uff1f")


class Asking:
    """Tells questions that order ("can I get a latte?") from those that don't ("a latte?")."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._interrogatives = tuple(keys_of(one, language) for one in language.interrogatives)
        self._firsts = {one.split()[0] + " " for one in language.interrogatives}
        self._consulting = tuple(keys_of(one, language) for one in language.consulting)
        self._requests: dict[str, list[tuple[str, ...]]] = {}
        for phrase in language.requests:
            request = keys_of(phrase, language)
            self._requests.setdefault(request[0], []).append(request)

    def is_open(self, text: str) -> bool:
        """Whether *text* has a question before which, and in which, no question orders."""
        if not any(mark in text for mark in _MARKS):
            return False
        for question in _END.split(text[:SPACED_LENGTH_MAX]):
            if not question.endswith(_MARKS):
                continue
            keys = [token.key for token in tokenise(question, self._language)]
            if self._orders(keys):
                return False
            if keys:
                return True
        return False

    def consults(self, text: str) -> bool:
        """Whether a question of *text* may ask what goes together, if it names two things."""
        return any(
            tuple(keys[place : place + len(words)]) == words
            for question in _END.split(text[:SPACED_LENGTH_MAX])
            if question.endswith(_MARKS)
            for keys in ([token.key for token in tokenise(question, self._language)],)
            for words in self._consulting
            for place in range(len(keys))
        )

    def only_asks(self, text: str) -> bool:
        """Whether *text* is one question about what is sold, and orders nothing.

        It is where an interrogative begins it, only greetings apart, and nothing follows the
        question: "do you have lattes? one, please" goes on.
        """
        lead = text[:_LEAD_LENGTH_MAX].casefold()
        if not any(word in lead for word in self._firsts):
            return False
        parts = _END.split(text[:SPACED_LENGTH_MAX])
        for place, part in enumerate(parts, start=1):
            if begins := self._asked(part[:_LEAD_LENGTH_MAX]):
                if not self._interrogates(begins) or self._orders(self._asked(part)):
                    return False
                return not any(map(self._asked, parts[place:]))
        return False

    def _asked(self, part: str) -> list[str]:
        """Return the keys of *part* from the first that is no greeting."""
        keys = (token.key for token in tokenise(part, self._language))
        return list(dropwhile(self._language.greetings.__contains__, keys))

    def _interrogates(self, keys: Sequence[str]) -> bool:
        return any(tuple(keys[: len(words)]) == words for words in self._interrogatives)

    def _orders(self, keys: Sequence[str]) -> bool:
        return any(
            tuple(keys[place : place + len(request)]) == request
            for place, key in enumerate(keys)
            for request in self._requests.get(key, ())
        )
