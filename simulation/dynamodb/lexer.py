"""Expressions cut into their words."""

import re
from dataclasses import dataclass

from simulation.dynamodb.errors import InvalidError

_WORDS = re.compile(
    r"""\s*(?:
      (?P<placeholder>[#:][A-Za-z0-9_]+)
    | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<digits>[0-9]+)
    | (?P<sign><>|<=|>=|[=<>+\-(),.\[\]])
    )""",
    re.VERBOSE,
)

EXPRESSION_BYTES_MAX = 4_096
"""The developer guide's limit on an expression."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of an expression: *kind* is placeholder, word, digits or sign."""

    kind: str
    text: str


END = Word("end", "")


class Words:
    """An expression read from left to right."""

    def __init__(self, expression: str, where: str) -> None:
        self.where = where
        self._words = _cut(expression, where)
        self._at = 0

    @property
    def next(self) -> Word:
        """The word that is read next; `END` after the last."""
        return self._words[self._at] if self._at < len(self._words) else END

    def take(self) -> Word:
        """Read a word."""
        word = self.next
        self._at += 1
        return word

    def is_keyword(self, *keywords: str) -> bool:
        """Tell whether the next word is one of *keywords*, in whatever case."""
        return self.next.kind == "word" and self.next.text.upper() in keywords

    def is_call(self) -> bool:
        """Tell whether a function's name and its bracket come next."""
        after = self._words[self._at + 1] if self._at + 1 < len(self._words) else END
        return self.next.kind == "word" and after.text == "("

    def skip(self, text: str) -> bool:
        """Read the next word if it is *text*, and tell whether it was."""
        if self.next.text.upper() != text:
            return False
        self._at += 1
        return True

    def expect(self, text: str) -> None:
        """Read the next word, which must be *text*."""
        if not self.skip(text):
            raise self.fault()

    def fault(self) -> InvalidError:
        """Return the error that the next word should not stand here."""
        near = self.next.text or "<EOF>"
        return InvalidError(f'Invalid {self.where}: Syntax error; token: "{near}"')


def _cut(expression: str, where: str) -> list[Word]:
    text = expression.rstrip()
    if not text:
        msg = f"Invalid {where}: The expression can not be empty;"
        raise InvalidError(msg)
    if len(text.encode()) > EXPRESSION_BYTES_MAX:
        msg = f"Invalid {where}: Expression size has exceeded the maximum allowed size;"
        raise InvalidError(msg)
    words, at = [], 0
    while at < len(text):
        found = _WORDS.match(text, at)
        if found is None or found.lastgroup is None:
            msg = f'Invalid {where}: Syntax error; token: "{text[at:].strip()[:1]}"'
            raise InvalidError(msg)
        words.append(Word(found.lastgroup, found.group(found.lastgroup)))
        at = found.end()
    return words
