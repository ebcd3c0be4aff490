"""The description says what the code does: all of it, and nothing else."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError
from openapi_spec_validator import OpenAPIV31SpecValidator

from app import app
from chalicelib.entrypoints.http.routing import SCOPES
from chalicelib.entrypoints.openapi import as_json, document
from chalicelib.entrypoints.openapi.document import codes, statuses
from chalicelib.entrypoints.openapi.operations import OPERATIONS
from tests.unit.entrypoints.described import assert_described, validator

COMMITTED = Path(__file__).parents[4] / "docs" / "openapi.json"


def test_committed() -> None:
    """The committed document is the generated one; `python -m chalicelib.entrypoints.openapi` makes it."""
    assert COMMITTED.read_text() == as_json()


def test_it_is_openapi() -> None:
    """The document is valid OpenAPI 3.1, and its schemas are valid JSON Schema."""
    OpenAPIV31SpecValidator(json.loads(as_json())).validate()
    for schema in document()["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_routes() -> None:
    """Each route of the app is in the document, with its scopes, and the reverse."""
    served = {(method, path) for path, methods in app.routes.items() for method in methods}
    described = {(o.method, o.path): frozenset(o.scopes) for o in OPERATIONS}

    assert described == SCOPES
    assert set(described) == served


def test_path_parameters() -> None:
    """Each name in a path is described as a parameter of it, and the reverse."""
    for operation in OPERATIONS:
        (views,) = [app.routes[operation.path][operation.method].view_args]
        named = [p.name for p in operation.parameters if p.where == "path"]
        assert named == views


def test_nothing_has_two_names() -> None:
    """Every operation has an id of its own."""
    assert len({operation.id for operation in OPERATIONS}) == len(OPERATIONS)


def test_every_problem_is_somewhere() -> None:
    """Each code is described by some call, but for those of paths and methods that no call has."""
    described = {code for o in OPERATIONS for found in codes(o).values() for code in found}

    assert set(statuses()) - described == {"not_found", "method_not_allowed"}


@pytest.mark.parametrize(
    "reply",
    [
        (418, "application/json", {}, {}),
        (202, "text/plain", {}, {}),
        (202, "application/json", {}, {}),
        (422, "application/problem+json", {}, {"type": "x", "title": "x", "status": 422}),
        (
            422,
            "application/problem+json",
            {},
            {"type": "x", "title": "x", "status": 422, "code": "coupon_fixed"},
        ),
        (
            422,
            "application/problem+json",
            {"X-Else": "1"},
            {"type": "x", "title": "x", "status": 422, "code": "invalid"},
        ),
    ],
)
def test_a_wrong_answer_is_noticed(reply: tuple[int, str, dict[str, str], Any]) -> None:
    """An answer that the document doesn't have fails the tests that get it."""
    status, content_type, headers, body = reply
    with pytest.raises((AssertionError, ValidationError)):
        assert_described(
            "POST", "/intents", status, {"Content-Type": content_type, **headers}, body
        )


REQUESTS = ("paths", "/intents", "post", "requestBody", "content", "application/json", "schema")


@pytest.mark.parametrize(
    ("body", "valid"),
    [
        ({"text": "tea"}, True),
        ({"text": "tea", "items": None}, True),
        ({"items": [{"sku": "a", "quantity": 1}]}, True),
        ({}, False),
        ({"text": "tea", "items": [{"sku": "a", "quantity": 1}]}, False),
        ({"text": "tea", "price": 1}, False),
        ({"items": [{"sku": "a", "quantity": 0}]}, False),
    ],
)
def test_requests(body: object, valid: bool) -> None:  # noqa: FBT001 (the parameter's point)
    """What a client may send is described well enough to check it before."""
    assert validator(*REQUESTS).is_valid(body) == valid
