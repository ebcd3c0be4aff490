"""What comparators and functions of conditions mean, value against value.

After the developer guide, "Condition and filter expressions, operators, and functions". A
comparison with what is missing is false, but for `<>`; so is an order between types.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType

from simulation.dynamodb.errors import InvalidError
from simulation.dynamodb.values import MISSING, Many, Value, is_number, kind_of, same

Compare = Callable[[Value, Value], bool]

_ORDERED = {int: "N", Decimal: "N", str: "S", bytes: "B"}


def _ordered(left: Value, right: Value) -> bool:
    kind = _ORDERED.get(type(left))
    return kind is not None and kind == _ORDERED.get(type(right))


COMPARATORS: Mapping[str, Compare] = MappingProxyType(
    {
        "=": same,
        "<>": lambda left, right: not same(left, right),
        "<": lambda left, right: _ordered(left, right) and left < right,
        "<=": lambda left, right: _ordered(left, right) and left <= right,
        ">": lambda left, right: _ordered(left, right) and left > right,
        ">=": lambda left, right: _ordered(left, right) and left >= right,
    }
)


def between(value: Value, lower: Value, upper: Value) -> bool:
    """Tell whether *value* lies from *lower* to *upper*, both included."""
    return (
        _ordered(value, lower)
        and _ordered(value, upper)
        and bool(lower <= value)
        and bool(value <= upper)
    )


def begins_with(value: Value, prefix: Value) -> bool:
    """Tell whether a string or binary begins with another."""
    if type(prefix) is not str and type(prefix) is not bytes:
        msg = "Incorrect operand type for operator or function; operator or function: begins_with"
        raise InvalidError(msg)
    return type(value) is type(prefix) and bool(value[: len(prefix)] == prefix)


def contains(value: Value, member: Value) -> bool:
    """Tell whether a string has a part, or a set or list a member."""
    if type(value) is list:
        return any(same(one, member) for one in value)
    if isinstance(value, Many):
        fits = is_number(member) if value.kind == "NS" else type(member) in {str, bytes}
        return fits and member in value.members
    return type(value) in {str, bytes} and type(member) is type(value) and member in value


def size(value: Value) -> Value:
    """Return the length of a string, binary or collection; `MISSING` of anything else."""
    if type(value) is str:
        return len(value)
    if isinstance(value, Many):
        return len(value.members)
    if type(value) in {bytes, list, dict}:
        return len(value)
    return MISSING


def of_type(value: Value, kind: Value) -> bool:
    """Tell whether *value* is of DynamoDB's type *kind*."""
    return value is not MISSING and kind_of(value) == kind
