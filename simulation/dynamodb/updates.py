"""Update expressions, compiled to one function each.

SET with + and -, if_not_exists and list_append; REMOVE; ADD for numbers and sets; DELETE for
sets. Every operand is read off the item as it was before the update, and two actions on one
path, or on a path and a part of it, are refused.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from simulation.dynamodb.errors import InvalidError
from simulation.dynamodb.lexer import END, Words
from simulation.dynamodb.paths import Path, Read, Scope, Values, found, reader, value_reader
from simulation.dynamodb.placing import place, remove
from simulation.dynamodb.values import MISSING, Item, Many, Value, added, is_number

Step = Callable[[Item, Item, Values], None]
"""Reads the item as it was (first), and changes the one that will be (second)."""

_SECTIONS = ("SET", "REMOVE", "ADD", "DELETE")


@dataclass(frozen=True, slots=True)
class Update:
    """An update; *touched* are the attributes that it may change."""

    steps: tuple[Step, ...]
    touched: tuple[str, ...]

    def apply(self, item: Item, values: Values) -> Item:
        """Return what becomes of *item*, which itself stays as it is.

        Raises `InvalidError` where an operand is missing or of the wrong type.
        """
        after = dict(item)
        for step in self.steps:
            step(item, after, values)
        return after


def compile_update(expression: str, scope: Scope) -> Update:
    """Return *expression* as an update. Raises `InvalidError` where DynamoDB would refuse it."""
    words = Words(expression, "UpdateExpression")
    actions: list[tuple[Path, Step]] = []
    seen: set[str] = set()
    while words.next is not END:
        if not words.is_keyword(*_SECTIONS):
            raise words.fault()
        section = words.take().text.upper()
        if section in seen:
            msg = (
                f'Invalid {words.where}: The "{section}" section can only be used once'
                " in an update expression;"
            )
            raise InvalidError(msg)
        seen.add(section)
        actions.extend(_section(section, words, scope))
    paths = [path for path, _ in actions]
    _check_apart(paths)
    # Places in lists are removed from the last to the first, so that each is where it was.
    ordered = [step for path, step in actions if not isinstance(path[-1], int)]
    places = [(path, step) for path, step in actions if isinstance(path[-1], int)]
    ordered += [step for _, step in sorted(places, key=lambda action: str(action[0]), reverse=True)]
    return Update(tuple(ordered), tuple({str(path[0]): None for path in paths}))


def _section(section: str, words: Words, scope: Scope) -> Iterator[tuple[Path, Step]]:
    action = {"SET": _set, "REMOVE": _remove, "ADD": _add, "DELETE": _delete}[section]
    yield action(words, scope)
    while words.skip(","):
        yield action(words, scope)


def _set(words: Words, scope: Scope) -> tuple[Path, Step]:
    path = scope.path(words)
    words.expect("=")
    left = _operand(words, scope)
    sign = words.next.text if words.next.text in {"+", "-"} else ""
    if not sign:
        return path, _placing(path, left)
    words.take()
    right = _operand(words, scope)
    return path, _placing(path, _sum(left, right, sign))


def _placing(path: Path, read: Read) -> Step:
    name = str(path[0])

    def put(before: Item, after: Item, values: Values) -> None:
        after[name] = _there(read(before, values))

    def put_inside(before: Item, after: Item, values: Values) -> None:
        place(after, path, _there(read(before, values)))

    return put if len(path) == 1 else put_inside


def _sum(left: Read, right: Read, sign: str) -> Read:
    def read(item: Item, values: Values) -> Value:
        one, other = _there(left(item, values)), _there(right(item, values))
        if not is_number(one) or not is_number(other):
            raise _wrong_type()
        return added(one, other if sign == "+" else -other)

    return read


def _operand(words: Words, scope: Scope) -> Read:
    if words.next.text.startswith(":"):
        return value_reader(scope.value(words))
    if not words.is_call():
        return reader(scope.path(words))
    name = words.take().text
    words.expect("(")
    if name == "if_not_exists":
        read = reader(scope.path(words))
        words.expect(",")
        otherwise = _operand(words, scope)
    elif name == "list_append":
        read = _operand(words, scope)
        words.expect(",")
        otherwise = _operand(words, scope)
    else:
        msg = f"Invalid {words.where}: Invalid function name; function: {name}"
        raise InvalidError(msg)
    words.expect(")")
    return _appended(read, otherwise) if name == "list_append" else _or_else(read, otherwise)


def _or_else(read: Read, otherwise: Read) -> Read:
    def either(item: Item, values: Values) -> Value:
        value = read(item, values)
        return otherwise(item, values) if value is MISSING else value

    return either


def _appended(first: Read, second: Read) -> Read:
    def joined(item: Item, values: Values) -> Value:
        one, other = _there(first(item, values)), _there(second(item, values))
        if type(one) is not list or type(other) is not list:
            raise _wrong_type()
        return one + other

    return joined


def _remove(words: Words, scope: Scope) -> tuple[Path, Step]:
    path = scope.path(words)
    name = str(path[0])
    if len(path) == 1:
        return path, lambda _before, after, _values: after.pop(name, None)
    return path, lambda _before, after, _values: remove(after, path)


def _add(words: Words, scope: Scope) -> tuple[Path, Step]:
    path = scope.path(words)
    value = scope.value(words)

    def add(before: Item, after: Item, values: Values) -> None:
        old, more = found(before, path), values[value]
        if old is MISSING and (is_number(more) or isinstance(more, Many)):
            place(after, path, more)
        elif is_number(old) and is_number(more):
            place(after, path, added(old, more))
        elif isinstance(old, Many) and isinstance(more, Many) and old.kind == more.kind:
            place(after, path, Many(old.kind, old.members | more.members))
        else:
            raise _wrong_type()

    return path, add


def _delete(words: Words, scope: Scope) -> tuple[Path, Step]:
    path = scope.path(words)
    value = scope.value(words)

    def delete(before: Item, after: Item, values: Values) -> None:
        old, fewer = found(before, path), values[value]
        if not isinstance(fewer, Many):
            raise _wrong_type()
        if old is MISSING:
            return
        if not isinstance(old, Many) or old.kind != fewer.kind:
            raise _wrong_type()
        if members := old.members - fewer.members:
            place(after, path, Many(old.kind, members))
        else:
            remove(after, path)

    return path, delete


def _there(value: Value) -> Value:
    if value is MISSING:
        msg = "The provided expression refers to an attribute that does not exist in the item"
        raise InvalidError(msg)
    return value


def _wrong_type() -> InvalidError:
    return InvalidError("An operand in the update expression has an incorrect data type")


def _check_apart(paths: list[Path]) -> None:
    for index, one in enumerate(paths):
        for other in paths[:index]:
            shared = min(len(one), len(other))
            if one[:shared] == other[:shared]:
                msg = (
                    "Invalid UpdateExpression: Two document paths overlap with each other;"
                    f" must remove or rewrite one of these paths; {list(one)}, {list(other)}"
                )
                raise InvalidError(msg)
