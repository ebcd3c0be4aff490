"""Hold an answer against the description that clients have of it."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from chalicelib.entrypoints.openapi import document

ROOT = "urn:openapi"


@cache
def _document() -> dict[str, Any]:
    return document()


@cache
def _registry() -> Registry[Any]:
    registry: Registry[Any] = Registry()
    resource = DRAFT202012.create_resource(_document())
    described: Registry[Any] = registry.with_resource(ROOT, resource)
    return described


def validator(*path: str) -> Draft202012Validator:
    """Return a validator for the schema that stands at *path* in the document."""
    pointer = "/".join(step.replace("~", "~0").replace("/", "~1") for step in path)
    return Draft202012Validator(
        {"$ref": f"{ROOT}#/{pointer}"}, registry=_registry(), format_checker=FormatChecker()
    )


def assert_described(
    method: str, resource: str, status: int, headers: Mapping[str, str], body: object
) -> None:
    """Fail unless the document has this answer to this call: status, type, headers and shape."""
    operation = _document()["paths"].get(resource, {}).get(method.lower())
    if operation is None:
        return
    assert str(status) in operation["responses"], f"{method} {resource} never answers {status}"
    described = operation["responses"][str(status)]
    content_type = headers["Content-Type"]
    assert content_type in described["content"]
    plain = {"Content-Type", "Cache-Control"}
    assert set(headers) - plain <= set(described.get("headers", {}))
    where = ("paths", resource, method.lower(), "responses", str(status), "content", content_type)
    validator(*where, "schema").validate(body)
