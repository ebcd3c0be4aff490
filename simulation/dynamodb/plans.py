"""Expressions compiled once for each text, with what they use of a call's placeholders."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulation.dynamodb.conditions import Condition, compile_condition
from simulation.dynamodb.errors import InvalidError
from simulation.dynamodb.keyed import KeyTerm, compile_key_condition
from simulation.dynamodb.paths import Path, Scope, Values
from simulation.dynamodb.projections import compile_projection
from simulation.dynamodb.updates import Update, compile_update
from simulation.dynamodb.values import native

NOTHING: Values = {}

_PLANS_MAX = 10_000
"""A service's code has some dozens; only generated expressions come near this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The expressions of a call, ready to run; *values* are the placeholders that they use."""

    update: Update | None
    condition: Condition | None
    filter: Condition | None
    projection: tuple[Path, ...] | None
    key: tuple[KeyTerm, ...]
    values: frozenset[str]


class Plans:
    """Plans by the text of their expressions."""

    def __init__(self) -> None:
        self._known: dict[object, Plan] = {}

    def of(self, call: Mapping[str, Any]) -> tuple[Plan, Values]:
        """Return the plan of *call*, and the values that its placeholders stand for.

        Raises `InvalidError` for a malformed expression, and for a placeholder that is not
        defined or not used.
        """
        get = call.get
        names = get("ExpressionAttributeNames")
        key = (
            get("UpdateExpression"),
            get("ConditionExpression"),
            get("FilterExpression"),
            get("ProjectionExpression"),
            get("KeyConditionExpression"),
            frozenset(names.items()) if names else names is None,
        )
        plan = self._known.get(key)
        if plan is None:
            plan = _compile(call)
            if len(self._known) >= _PLANS_MAX:
                self._known.clear()
            self._known[key] = plan
        wires = get("ExpressionAttributeValues")
        if wires is None:
            if plan.values:
                raise _undefined(plan.values)
            return plan, NOTHING
        if wires.keys() != plan.values or not wires:
            _check_used(wires, plan.values, "Values")
        return plan, {name: native(wire) for name, wire in wires.items()}


def _compile(call: Mapping[str, Any]) -> Plan:
    names = call.get("ExpressionAttributeNames")
    scope = Scope(names or {})
    update = call.get("UpdateExpression")
    projection = call.get("ProjectionExpression")
    key = call.get("KeyConditionExpression")
    plan = Plan(
        update=None if update is None else compile_update(update, scope),
        condition=_condition(call, "ConditionExpression", scope),
        filter=_condition(call, "FilterExpression", scope),
        projection=None if projection is None else compile_projection(projection, scope),
        key=() if key is None else compile_key_condition(key, scope),
        values=frozenset(scope.values_used),
    )
    if names is not None:
        _check_used(names, frozenset(scope.names_used), "Names")
    return plan


def _condition(call: Mapping[str, Any], where: str, scope: Scope) -> Condition | None:
    text = call.get(where)
    return None if text is None else compile_condition(text, scope, where)


def _check_used(given: Mapping[str, Any], used: frozenset[str], what: str) -> None:
    """Raise `InvalidError` if *given* are not exactly the placeholders *used*."""
    if not given:
        msg = f"ExpressionAttribute{what} must not be empty"
        raise InvalidError(msg)
    if missing := used - given.keys():
        raise _undefined(missing)
    if idle := sorted(given.keys() - used):
        msg = f"Value provided in ExpressionAttribute{what} unused in expressions: keys: {idle}"
        raise InvalidError(msg)


def _undefined(placeholders: frozenset[str]) -> InvalidError:
    return InvalidError(
        "An expression attribute value used in expression is not defined;"
        f" attribute value: {min(placeholders)}"
    )
