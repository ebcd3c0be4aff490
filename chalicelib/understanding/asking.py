"""Whether a text asks about things rather than for them."""

import re
from collections.abc import Sequence

from chalicelib.understanding.language import Language
from chalicelib.understanding.tokens import TEXT_LENGTH_MAX, keys_of, tokenise

_QUESTION = re.compile(r"[^.!;?\n\uff1f]*[?\uff1f]")


class Asking:
    """Tells questions that order ("can I get a latte?") from those that don't ("a latte?")."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._requests = tuple(keys_of(phrase, language) for phrase in language.requests)

    def is_open(self, text: str) -> bool:
        """Whether *text* has a question before which, and in which, no question orders."""
        for question in _QUESTION.findall(text[:TEXT_LENGTH_MAX]):
            keys = [token.key for token in tokenise(question, self._language)]
            if self._orders(keys):
                return False
            if keys:
                return True
        return False

    def _orders(self, keys: Sequence[str]) -> bool:
        return any(
            tuple(keys[place : place + len(request)]) == request
            for request in self._requests
            for place in range(len(keys) - len(request) + 1)
        )
