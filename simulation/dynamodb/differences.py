"""Where the model and moto are known to answer differently, and why the model is left as it is.

`tests/contract/test_dynamodb_model.py` runs the same random calls against both and lets
pass what is listed here, nothing else.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

CRASHED = "moto crashed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a call: an *answer*, or an error's *code* and the *reasons* by index."""

    answer: Mapping[str, Any]
    code: str = ""
    reasons: tuple[str, ...] = ()


Covers = Callable[[str, str, Outcome, Outcome], bool]
"""Of an operation, its parameters as text, the model's outcome and moto's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """*what* differs, *why* the model is right or may stay as it is, and which calls it covers."""

    what: str
    why: str
    covers: Covers


def _size_of_nothing(_method: str, params: str, _ours: Outcome, motos: Outcome) -> bool:
    return "size(" in params and (motos.code == CRASHED or "ValueError" in motos.reasons)


def _invalid_in_transaction(method: str, _params: str, ours: Outcome, motos: Outcome) -> bool:
    return (
        method == "transact_write_items"
        and "ValidationError" in ours.reasons
        and motos.code == "ValidationException"
    )


def _updated_new(method: str, params: str, ours: Outcome, motos: Outcome) -> bool:
    return method == "update_item" and "'UPDATED_" in params and not ours.code and not motos.code


def _page_at_its_limit(method: str, _params: str, ours: Outcome, motos: Outcome) -> bool:
    rest = {name: value for name, value in ours.answer.items() if name != "LastEvaluatedKey"}
    return method == "query" and "LastEvaluatedKey" in ours.answer and rest == motos.answer


def _unchecked_key(method: str, _params: str, ours: Outcome, motos: Outcome) -> bool:
    checks = {"get_item", "put_item"}
    return method in checks and ours.code == "ValidationException" and not motos.code


_ORDER = re.compile(r"\bs (<=?|>=?|BETWEEN) ")


def _order_of_types(_method: str, params: str, _ours: Outcome, motos: Outcome) -> bool:
    failed = motos.code == CRASHED or "TypeError" in motos.reasons
    return failed and _ORDER.search(params) is not None


def _undefined_name(_method: str, params: str, ours: Outcome, motos: Outcome) -> bool:
    named = "ExpressionAttributeNames" in params
    return not named and ours.code == "ValidationException" and motos.code == CRASHED


DIFFERENCES: tuple[Difference, ...] = (
    Difference(
        what="size() of an attribute that isn't there: false here, a crash in moto",
        why="a comparison with what is missing is false, in DynamoDB as here",
        covers=_size_of_nothing,
    ),
    Difference(
        what="an update that can't be applied cancels its transaction, by index",
        why="API reference, TransactionCanceledException, code ValidationError; moto refuses it all",
        covers=_invalid_in_transaction,
    ),
    Difference(
        what="ReturnValues UPDATED_OLD and UPDATED_NEW name what the expression touched",
        why="API reference, UpdateItem; moto compares items and adds a new item's keys",
        covers=_updated_new,
    ),
    Difference(
        what="a query's page that ended at its Limit has a LastEvaluatedKey, though it was the last",
        why="developer guide, Query: only a missing key says that nothing follows",
        covers=_page_at_its_limit,
    ),
    Difference(
        what="a key of the wrong shape or type is refused in GetItem, an index's in PutItem",
        why="developer guide: a key must match the schema, and an index's attribute its type",
        covers=_unchecked_key,
    ),
    Difference(
        what="an order between a string and a number is false; moto crashes, or cancels with TypeError",
        why="developer guide, comparison operators: values of different types have no order",
        covers=_order_of_types,
    ),
    Difference(
        what="a placeholder of a name that isn't defined is refused; moto crashes",
        why="developer guide, expression attribute names",
        covers=_undefined_name,
    ),
)

NOT_IN_MOTO: tuple[str, ...] = (
    "ClientRequestToken: its memory of ten minutes, a mismatch, a transaction under way",
    "TransactionConflict and TransactionConflictException",
    "throttling, and what capacity a call consumes",
    "the 4 MB of a transaction",
    "global indexes that are behind their table",
    "the 16 MB and the UnprocessedKeys of BatchGetItem",
    "adding to numbers that were written with an exponent: moto crashes half way through the update",
)
"""What the model has and moto has not; `tests/simulation` tests it by itself."""

NOT_MODELLED: tuple[str, ...] = (
    "eventually consistent reads of a table see the newest item; only global indexes are behind",
    "PartiQL, streams, time to live, backups, global tables, parallel scans, legacy parameters",
    "scans with filters, and what they do to capacity",
    "burst capacity, adaptive capacity over time, and partitions that split",
    "redundant brackets in expressions, which DynamoDB refuses",
    "an item collection past 10 GB with a local index",
    "botocore's own check of parameters, and its parsing of answers",
    "a query that sees a transaction's items written one after another: they are at one instant",
)
"""What neither DynamoDB's users nor this project's tests may conclude from a run."""
