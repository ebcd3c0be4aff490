"""What every answer has, and what a call may ask for besides."""

from collections.abc import Collection, Mapping
from typing import Any

from simulation.dynamodb.errors import InvalidError

Parameter = Any
"""A parameter of a call, or a part of its answer, in boto3's form."""

METADATA = {"HTTPStatusCode": 200, "RetryAttempts": 0}

EXPRESSIONS = frozenset({"ExpressionAttributeNames", "ExpressionAttributeValues"})


def answered(**more: Parameter) -> dict[str, Any]:
    """Return an answer."""
    more["ResponseMetadata"] = dict(METADATA)
    return more


def check_known(call: Mapping[str, Any], known: Collection[str]) -> None:
    """Raise `InvalidError` for a parameter of *call* that isn't modelled: nothing is overlooked."""
    for name in call:
        if name not in known:
            msg = f"the simulation does not model the parameter {name}"
            raise InvalidError(msg)


def consumed(call: Mapping[str, Any], table: str, units: float) -> dict[str, Any]:
    """Return `ConsumedCapacity`, where *call* asks for it."""
    if call.get("ReturnConsumedCapacity", "NONE") == "NONE":
        return {}
    return {"ConsumedCapacity": {"TableName": table, "CapacityUnits": float(units)}}
