"""Key condition expressions: one partition, and perhaps a range of its sort keys."""

from dataclasses import dataclass

from simulation.dynamodb.comparing import COMPARATORS, begins_with, between
from simulation.dynamodb.conditions import Condition
from simulation.dynamodb.errors import InvalidError
from simulation.dynamodb.lexer import END, Words
from simulation.dynamodb.paths import Read, Scope, Values, reader, value_reader
from simulation.dynamodb.values import Value

TERMS_MAX = 2


@dataclass(frozen=True, slots=True)
class KeyTerm:
    """What one key must be. *value* is set for an equality."""

    name: str
    holds: Condition
    value: Read | None = None


def compile_key_condition(expression: str, scope: Scope) -> tuple[KeyTerm, ...]:
    """Return the terms of *expression*. Raises `InvalidError` where DynamoDB would refuse it."""
    words = Words(expression, "KeyConditionExpression")
    terms = _terms(words, scope)
    if words.next is not END:
        raise words.fault()
    if len(terms) > TERMS_MAX:
        msg = "Invalid KeyConditionExpression: Conditions can be of length 1 or 2 only"
        raise InvalidError(msg)
    return tuple(terms)


def split(
    terms: tuple[KeyTerm, ...], names: tuple[str, ...], values: Values
) -> tuple[Value, Condition | None]:
    """Return the partition that *terms* ask for in keys called *names*, and the test of sort keys."""
    by_name = {term.name: term for term in terms}
    partition = by_name.pop(names[0], None)
    if partition is None or partition.value is None:
        msg = f"Query condition missed key schema element: {names[0]}"
        raise InvalidError(msg)
    wanted = partition.value({}, values)
    if not by_name and len(terms) == 1:
        return wanted, None
    sort = by_name.pop(names[1], None) if len(names) > 1 else None
    if sort is None:
        msg = f"Query condition missed key schema element: {names[-1]}"
        raise InvalidError(msg)
    return wanted, sort.holds


def _terms(words: Words, scope: Scope) -> list[KeyTerm]:
    terms = _term(words, scope)
    while words.skip("AND"):
        terms.extend(_term(words, scope))
    return terms


def _term(words: Words, scope: Scope) -> list[KeyTerm]:
    if words.skip("("):
        terms = _terms(words, scope)
        words.expect(")")
        return terms
    if words.is_call() and words.skip("BEGINS_WITH"):
        words.expect("(")
        name = _name(words, scope)
        words.expect(",")
        prefix = value_reader(scope.value(words))
        words.expect(")")
        read = reader((name,))
        return [KeyTerm(name, lambda item, v: begins_with(read(item, v), prefix(item, v)))]
    name = _name(words, scope)
    read = reader((name,))
    if words.skip("BETWEEN"):
        lower = value_reader(scope.value(words))
        words.expect("AND")
        upper = value_reader(scope.value(words))
        return [
            KeyTerm(name, lambda item, v: between(read(item, v), lower(item, v), upper(item, v)))
        ]
    sign = words.next.text
    compare = COMPARATORS.get(sign)
    if compare is None or sign == "<>":
        raise words.fault()
    words.take()
    value = value_reader(scope.value(words))
    return [
        KeyTerm(
            name,
            lambda item, v: compare(read(item, v), value(item, v)),
            value if sign == "=" else None,
        )
    ]


def _name(words: Words, scope: Scope) -> str:
    path = scope.path(words)
    if len(path) > 1:
        msg = "Invalid KeyConditionExpression: a key is no nested attribute"
        raise InvalidError(msg)
    return str(path[0])
