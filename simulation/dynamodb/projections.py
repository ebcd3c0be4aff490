"""Projection expressions: the parts of an item that a read wants."""

from itertools import pairwise

from simulation.dynamodb.lexer import END, Words
from simulation.dynamodb.paths import Path, Scope, found
from simulation.dynamodb.values import MISSING, Item, Value


def compile_projection(expression: str, scope: Scope) -> tuple[Path, ...]:
    """Return the paths that *expression* names."""
    words = Words(expression, "ProjectionExpression")
    paths = [scope.path(words)]
    while words.skip(","):
        paths.append(scope.path(words))
    if words.next is not END:
        raise words.fault()
    return tuple(paths)


def projected(item: Item, paths: tuple[Path, ...] | None) -> Item:
    """Return the parts of *item* at *paths*, each inside what it lies in; all if None.

    Elements of lists close up, in the order of their places.
    """
    if paths is None:
        return item
    parts: Item = {}
    for path in sorted(paths, key=str):
        value = found(item, path)
        if value is not MISSING:
            _put(parts, path, value)
    return parts


def _put(parts: Item, path: Path, value: Value) -> None:
    here: Value = parts
    for step, after in pairwise(path):
        inside: Value = [] if isinstance(after, int) else {}
        if isinstance(step, int):
            here.append(inside)
            here = inside
        else:
            here = here.setdefault(step, inside)
    if isinstance(path[-1], int):
        here.append(value)
    else:
        here[path[-1]] = value
