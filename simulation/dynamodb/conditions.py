"""Condition and filter expressions, compiled to one function each.

The grammar is the developer guide's: comparisons, BETWEEN, IN, AND, OR, NOT, brackets, and
the functions attribute_exists, attribute_not_exists, attribute_type, begins_with, contains
and size.
"""

from collections.abc import Callable

from simulation.dynamodb.comparing import (
    COMPARATORS,
    begins_with,
    between,
    contains,
    of_type,
    size,
)
from simulation.dynamodb.errors import InvalidError
from simulation.dynamodb.lexer import END, Words
from simulation.dynamodb.paths import Read, Scope, Values, reader, value_reader
from simulation.dynamodb.values import MISSING, Item, same

Condition = Callable[[Item, Values], bool]
"""Tells whether it holds for an item; the empty item stands for one that isn't there."""

OPERANDS_MAX = 100
"""The developer guide's limit on the values of IN."""


def compile_condition(expression: str, scope: Scope, where: str) -> Condition:
    """Return *expression* as a function. Raises `InvalidError` where DynamoDB would refuse it."""
    words = Words(expression, where)
    condition = _any(words, scope)
    if words.next is not END:
        raise words.fault()
    return condition


def _any(words: Words, scope: Scope) -> Condition:
    terms = [_all(words, scope)]
    while words.skip("OR"):
        terms.append(_all(words, scope))
    if len(terms) == 1:
        return terms[0]
    return lambda item, values: any(term(item, values) for term in terms)


def _all(words: Words, scope: Scope) -> Condition:
    terms = [_not(words, scope)]
    while words.skip("AND"):
        terms.append(_not(words, scope))
    if len(terms) == 1:
        return terms[0]
    return lambda item, values: all([term(item, values) for term in terms])  # noqa: C419 (cheaper)


def _not(words: Words, scope: Scope) -> Condition:
    if words.skip("NOT"):
        term = _not(words, scope)
        return lambda item, values: not term(item, values)
    if words.skip("("):
        term = _any(words, scope)
        words.expect(")")
        return term
    if words.is_call() and words.next.text != "size":
        return _function(words, scope)
    return _comparison(words, scope)


def _comparison(words: Words, scope: Scope) -> Condition:
    left = _operand(words, scope)
    if words.skip("BETWEEN"):
        lower = _operand(words, scope)
        words.expect("AND")
        upper = _operand(words, scope)
        return lambda item, v: between(left(item, v), lower(item, v), upper(item, v))
    if words.skip("IN"):
        return _in(left, words, scope)
    compare = COMPARATORS.get(words.next.text)
    if compare is None:
        raise words.fault()
    words.take()
    right = _operand(words, scope)
    return lambda item, values: compare(left(item, values), right(item, values))


def _in(left: Read, words: Words, scope: Scope) -> Condition:
    words.expect("(")
    options = [_operand(words, scope)]
    while words.skip(","):
        options.append(_operand(words, scope))
    words.expect(")")
    if len(options) > OPERANDS_MAX:
        msg = f"Invalid {words.where}: The IN operator is provided with too many operands;"
        raise InvalidError(msg)

    def holds(item: Item, values: Values) -> bool:
        value = left(item, values)
        return any(same(value, option(item, values)) for option in options)

    return holds


def _function(words: Words, scope: Scope) -> Condition:
    name = words.take().text
    words.expect("(")
    condition = _FUNCTIONS.get(name, _no_function)(name, words, scope)
    words.expect(")")
    return condition


def _no_function(name: str, words: Words, _scope: Scope) -> Condition:
    msg = f"Invalid {words.where}: Invalid function name; function: {name}"
    raise InvalidError(msg)


def _exists(_name: str, words: Words, scope: Scope) -> Condition:
    read = reader(scope.path(words))
    return lambda item, values: read(item, values) is not MISSING


def _not_exists(_name: str, words: Words, scope: Scope) -> Condition:
    read = reader(scope.path(words))
    return lambda item, values: read(item, values) is MISSING


def _of_two(name: str, words: Words, scope: Scope) -> Condition:
    left = _operand(words, scope)
    words.expect(",")
    right = _operand(words, scope)
    test = {"begins_with": begins_with, "contains": contains, "attribute_type": of_type}[name]
    return lambda item, values: test(left(item, values), right(item, values))


_FUNCTIONS: dict[str, Callable[[str, Words, Scope], Condition]] = {
    "attribute_exists": _exists,
    "attribute_not_exists": _not_exists,
    "attribute_type": _of_two,
    "begins_with": _of_two,
    "contains": _of_two,
}


def _operand(words: Words, scope: Scope) -> Read:
    if words.next.text.startswith(":"):
        return value_reader(scope.value(words))
    if words.is_call():
        if words.next.text != "size":
            raise words.fault()
        words.take()
        words.expect("(")
        read = reader(scope.path(words))
        words.expect(")")
        return lambda item, values: size(read(item, values))
    return reader(scope.path(words))
