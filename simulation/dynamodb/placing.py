"""Putting a value at a path inside an item, and taking it away; what is shared is copied first."""

from itertools import pairwise

from simulation.dynamodb.errors import InvalidError
from simulation.dynamodb.paths import Path
from simulation.dynamodb.values import Item, Value


def place(item: Item, path: Path, value: Value) -> None:
    """Put *value* at *path*. Maps and lists on the way are replaced by copies.

    Raises `InvalidError` if the way there is not in the item. Past the end of a list it is
    appended.
    """
    here, last = _owned(item, path)
    if isinstance(last, int):
        if last < len(here):
            here[last] = value
        else:
            here.append(value)
    else:
        here[last] = value


def remove(item: Item, path: Path) -> None:
    """Take away what is at *path*, if anything is. Raises `InvalidError` as `place` does."""
    here, last = _owned(item, path)
    if isinstance(last, int):
        if last < len(here):
            del here[last]
    else:
        here.pop(last, None)


def _owned(item: Item, path: Path) -> tuple[Value, str | int]:
    """Return the container of *path*'s last step, made the item's own on the way."""
    here: Value = item
    for step, after in pairwise(path):
        wanted = list if isinstance(after, int) else dict
        inside = _inside(here, step)
        if type(inside) is not wanted:
            msg = "The document path provided in the update expression is invalid for update"
            raise InvalidError(msg)
        here[step] = inside.copy()
        here = here[step]
    return here, path[-1]


def _inside(here: Value, step: str | int) -> Value:
    if isinstance(step, int):
        return here[step] if step < len(here) else None
    return here.get(step)
