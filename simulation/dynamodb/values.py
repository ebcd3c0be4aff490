"""Attribute values: DynamoDB's JSON outside, plain Python inside.

Inside, S is str, N is int (or Decimal where it has a fraction), B is bytes, BOOL is bool,
NULL is None, M is dict, L is list, and the three kinds of set are `Many`. So comparing is
cheap, and a million items fit into memory.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal, InvalidOperation
from typing import Any

from simulation.dynamodb.errors import InvalidError

Value = Any
"""A native value."""
Item = dict[str, Value]
Wire = Mapping[str, Any]
"""Attributes as boto3's client takes and gives them."""

DIGITS_MAX = 38
_NUMBERS = Context(prec=DIGITS_MAX)
_PLAIN_DIGITS_MAX = 18
"""Numbers this short are taken as they stand."""


_PLAIN = re.compile("-?[0-9]+")


class Missing:
    """No value: the path leads nowhere."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING = Missing()


@dataclass(frozen=True, slots=True)
class Many:
    """A set of one *kind*: SS, NS or BS."""

    kind: str
    members: frozenset[Value]


def native(wire: Mapping[str, Any]) -> Value:
    """Return the value in *wire*. Raises `InvalidError` where DynamoDB would refuse it."""
    if len(wire) > 1:
        msg = "Supplied AttributeValue has more than one datatypes set, must contain exactly one"
        raise InvalidError(msg)
    for kind, raw in wire.items():
        if kind == "S" and type(raw) is str:
            return raw
        parse = _PARSERS.get(kind)
        if parse is not None:
            return parse(raw)
    msg = "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"
    raise InvalidError(msg)


def native_item(wire: Wire) -> Item:
    """Return all attributes in *wire*."""
    return {str(name): native(value) for name, value in wire.items()}


def wire_value(value: Value) -> dict[str, Any]:
    """Return *value* in DynamoDB's JSON."""
    return _WRITERS[type(value)](value)


def wire_item(item: Item) -> dict[str, Any]:
    """Return *item* in DynamoDB's JSON, all of it new, so that callers may change it."""
    return {name: _WRITERS[type(value)](value) for name, value in item.items()}


def kind_of(value: Value) -> str:
    """Return DynamoDB's name of the type of *value*."""
    return value.kind if isinstance(value, Many) else _KINDS[type(value)]


def same(left: Value, right: Value) -> bool:
    """Tell whether two values are of one type and equal. Nothing equals what is missing."""
    kind = type(left)
    if kind is not type(right):
        return is_number(left) and is_number(right) and bool(left == right)
    if kind is dict:
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if kind is list:
        return len(left) == len(right) and all(map(same, left, right))
    return left is not MISSING and bool(left == right)


def is_number(value: Value) -> bool:
    """Tell whether *value* is an N."""
    return type(value) is int or type(value) is Decimal


def number(text: str) -> int | Decimal:
    """Return the number in *text*, exactly."""
    if type(text) is str and len(text) <= _PLAIN_DIGITS_MAX and _PLAIN.fullmatch(text):
        return int(text)
    try:
        exact = Decimal(text)
    except (InvalidOperation, TypeError):
        msg = f"The parameter cannot be converted to a numeric value: {text}"
        raise InvalidError(msg) from None
    return plain(exact)


def plain(exact: int | Decimal) -> int | Decimal:
    """Return *exact* as an int where it is one. Raises `InvalidError` past 38 digits."""
    if type(exact) is int and -(10**_PLAIN_DIGITS_MAX) < exact < 10**_PLAIN_DIGITS_MAX:
        return exact
    trimmed = Decimal(exact).normalize(Context(prec=1000))
    if not trimmed.is_finite():
        msg = f"The parameter cannot be converted to a numeric value: {exact}"
        raise InvalidError(msg)
    digits = len(trimmed.as_tuple().digits)
    if digits > DIGITS_MAX:
        msg = "Attempting to store more than 38 significant digits in a Number"
        raise InvalidError(msg)
    if trimmed and not -130 <= trimmed.adjusted() <= 125:  # noqa: PLR2004 (the developer guide's)
        msg = "Number overflow. Attempting to store a number with magnitude out of range"
        raise InvalidError(msg)
    return int(trimmed) if trimmed == trimmed.to_integral_value() else trimmed


def added(left: int | Decimal, right: int | Decimal) -> int | Decimal:
    """Return the sum, to 38 digits."""
    if type(left) is int and type(right) is int:
        return plain(left + right)
    return plain(_NUMBERS.add(Decimal(left), Decimal(right)))


def _text(raw: Value) -> str:
    if not isinstance(raw, str):
        msg = "a string is expected"
        raise InvalidError(msg)
    return raw if type(raw) is str else str.__str__(raw)


def _many(kind: str, parse: Callable[[Value], Value]) -> Callable[[Value], Value]:
    def members(raw: Value) -> Many:
        values = [parse(member) for member in raw]
        if not values:
            msg = f"One or more parameter values were invalid: An {kind} set may not be empty"
            raise InvalidError(msg)
        if len(set(values)) != len(values):
            msg = "One or more parameter values were invalid: Input collection contains duplicates"
            raise InvalidError(msg)
        return Many(kind, frozenset(values))

    return members


_PARSERS: dict[str, Callable[[Any], Value]] = {
    "S": _text,
    "N": number,
    "B": bytes,
    "BOOL": bool,
    "NULL": lambda _raw: None,
    "M": native_item,
    "L": lambda raw: [native(value) for value in raw],
    "SS": _many("SS", _text),
    "NS": _many("NS", number),
    "BS": _many("BS", bytes),
}

_WRITERS: dict[type, Callable[[Any], dict[str, Any]]] = {
    str: lambda value: {"S": value},
    int: lambda value: {"N": str(value)},
    Decimal: lambda value: {"N": format(value, "f")},
    bytes: lambda value: {"B": value},
    bool: lambda value: {"BOOL": value},
    type(None): lambda _value: {"NULL": True},
    dict: lambda value: {"M": wire_item(value)},
    list: lambda value: {"L": [wire_value(member) for member in value]},
    Many: lambda value: {
        value.kind: [str(m) if value.kind == "NS" else m for m in sorted(value.members)]
    },
}

_KINDS: dict[type, str] = {
    str: "S",
    int: "N",
    Decimal: "N",
    bytes: "B",
    bool: "BOOL",
    type(None): "NULL",
    dict: "M",
    list: "L",
}
