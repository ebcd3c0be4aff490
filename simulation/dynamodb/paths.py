"""Document paths and placeholders: which part of an item an expression names."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from simulation.dynamodb.errors import InvalidError
from simulation.dynamodb.lexer import Words
from simulation.dynamodb.reserved import RESERVED
from simulation.dynamodb.values import MISSING, Item, Value

Path = tuple[str | int, ...]
"""An attribute's name, then names in maps and places in lists."""

Values = Mapping[str, Value]
"""What the placeholders of one call stand for."""

Read = Callable[[Item, Values], Value]


@dataclass(slots=True)
class Scope:
    """The names that an expression may use, and which placeholders it has used."""

    names: Mapping[str, str]
    names_used: set[str] = field(default_factory=set)
    values_used: set[str] = field(default_factory=set)

    def path(self, words: Words) -> Path:
        """Read a path."""
        path: list[str | int] = [self._name(words)]
        while True:
            if words.skip("."):
                path.append(self._name(words))
            elif words.skip("["):
                if words.next.kind != "digits":
                    raise words.fault()
                path.append(int(words.take().text))
                words.expect("]")
            else:
                return tuple(path)

    def value(self, words: Words) -> str:
        """Read the placeholder of a value."""
        word = words.next
        if word.kind != "placeholder" or not word.text.startswith(":"):
            raise words.fault()
        words.take()
        self.values_used.add(word.text)
        return word.text

    def _name(self, words: Words) -> str:
        word = words.next
        if word.kind == "placeholder" and word.text.startswith("#"):
            words.take()
            self.names_used.add(word.text)
            if word.text not in self.names:
                msg = (
                    f"Invalid {words.where}: An expression attribute name used in the document"
                    f" path is not defined; attribute name: {word.text}"
                )
                raise InvalidError(msg)
            return self.names[word.text]
        if word.kind != "word":
            raise words.fault()
        if word.text.upper() in RESERVED:
            msg = (
                f"Invalid {words.where}: Attribute name is a reserved keyword;"
                f" reserved keyword: {word.text}"
            )
            raise InvalidError(msg)
        return words.take().text


def reader(path: Path) -> Read:
    """Return what reads *path* off an item; `MISSING` where it leads nowhere."""
    if len(path) == 1:
        name = str(path[0])
        return lambda item, _values: item.get(name, MISSING)
    return lambda item, _values: found(item, path)


def found(item: Item, path: Path) -> Value:
    """Return what lies at *path*, or `MISSING`."""
    here: Value = item
    for step in path:
        if isinstance(step, int):
            if type(here) is not list or step >= len(here):
                return MISSING
            here = here[step]
        else:
            if type(here) is not dict or step not in here:
                return MISSING
            here = here[step]
    return here


def value_reader(placeholder: str) -> Read:
    """Return what reads a value's placeholder."""
    return lambda _item, values: values[placeholder]
