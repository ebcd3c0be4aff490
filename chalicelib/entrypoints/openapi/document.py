"""Build the OpenAPI 3.1 document. The same code always gives the same document."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from chalicelib.entrypoints.openapi.operations import OPERATIONS
from chalicelib.entrypoints.openapi.operations.parts import (
    ALWAYS,
    THROTTLED,
    TOKEN,
    Operation,
    Parameter,
    Success,
)
from chalicelib.entrypoints.problems import CONTENT_TYPE, DOMAIN, EDGE
from chalicelib.entrypoints.wire.problem import ProblemOut

JSON = "application/json"
SECURITY = "bearer"

_ABOUT = (
    "Rushline takes what a shopper said to an agent and makes an order of it, exactly once."
    " Money is in whole minor units of a currency; times are RFC 3339 in UTC. Whatever is"
    " refused is an RFC 9457 problem with a stable code."
)

_HEADERS: Mapping[int, Mapping[str, str]] = {
    401: {"WWW-Authenticate": "What is wrong with the token (RFC 6750)."},
    403: {"WWW-Authenticate": "The scopes, one of which it takes (RFC 6750)."},
    429: {"Retry-After": "Seconds to wait before trying again."},
    503: {"Retry-After": "Seconds to wait before trying again."},
}

Schema = dict[str, Any]
Mode = Literal["validation", "serialization"]


def as_json() -> str:
    """Return the document as it is committed and served."""
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


def document() -> Schema:
    """Return the document."""
    references, schemas = _schemas()
    paths: dict[str, Schema] = {}
    for operation in OPERATIONS:
        described = _operation(operation, references)
        paths.setdefault(operation.path, {})[operation.method.lower()] = described
    return {
        "openapi": "3.1.0",
        "info": {"title": "Rushline", "version": "1", "description": _ABOUT},
        "servers": [{"url": ".", "description": "Where this document lies."}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                SECURITY: {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "A JWT whose sub is the customer and whose scope has checkout"
                    " (to buy) or ops (to run the shop).",
                }
            },
        },
    }


def statuses() -> Mapping[str, int]:
    """Return the status of each problem, by its code."""
    known = {error.code: kind.status for error, kind in DOMAIN.items()}
    known |= {str(code): kind.status for code, kind in EDGE.items()}
    return known | {THROTTLED: 429}


def codes(operation: Operation) -> Mapping[int, tuple[str, ...]]:
    """Return the problems that *operation* may answer with, by status."""
    known = statuses()
    every = {*operation.problems, *ALWAYS, *(TOKEN if operation.scopes else ())}
    by_status: dict[int, list[str]] = {}
    for code in sorted(str(code) for code in every):
        by_status.setdefault(known[code], []).append(code)
    return {status: tuple(by_status[status]) for status in sorted(by_status)}


def _operation(operation: Operation, references: Mapping[type[BaseModel], Schema]) -> Schema:
    described: Schema = {"operationId": operation.id, "summary": operation.summary}
    if operation.description:
        described["description"] = operation.description
    described["security"] = [{SECURITY: [scope]} for scope in operation.scopes]
    if operation.parameters:
        described["parameters"] = [_parameter(parameter) for parameter in operation.parameters]
    if operation.body is not None:
        described["requestBody"] = {
            "required": not operation.body_optional,
            "content": {JSON: {"schema": references[operation.body]}},
        }
    responses = {
        str(status): _success(success, references) for status, success in operation.answers.items()
    }
    for status, found in codes(operation).items():
        responses[str(status)] = _problem(status, found, references[ProblemOut])
    described["responses"] = dict(sorted(responses.items()))
    return described


def _parameter(parameter: Parameter) -> Schema:
    return {
        "name": parameter.name,
        "in": parameter.where,
        "required": parameter.required,
        "description": parameter.description,
        "schema": dict(parameter.schema),
    }


def _success(success: Success, references: Mapping[type[BaseModel], Schema]) -> Schema:
    schema = references[success.model] if success.model else {"type": "object"}
    described: Schema = {"description": success.description}
    if success.headers:
        described["headers"] = _headers(success.headers)
    described["content"] = {JSON: {"schema": schema}}
    return described


def _problem(status: int, found: tuple[str, ...], reference: Schema) -> Schema:
    narrowed = {"properties": {"status": {"const": status}, "code": {"enum": list(found)}}}
    described: Schema = {"description": f"A problem: {', '.join(found)}."}
    if status in _HEADERS:
        described["headers"] = _headers(_HEADERS[status])
    described["content"] = {CONTENT_TYPE: {"schema": {"allOf": [reference, narrowed]}}}
    return described


def _headers(described: Mapping[str, str]) -> Schema:
    return {
        name: {"description": words, "schema": {"type": "string"}}
        for name, words in described.items()
    }


def _schemas() -> tuple[Mapping[type[BaseModel], Schema], Schema]:
    """Return a reference to each model, and the components that they refer to."""
    wanted = dict.fromkeys(_models())
    keys, document = models_json_schema(
        list(wanted), ref_template="#/components/schemas/{model}", title=None
    )
    references = {model: keys[model, mode] for model, mode in wanted}
    components: Schema = document["$defs"]
    return references, {name: _component(name, components[name]) for name in sorted(components)}


def _models() -> Iterator[tuple[type[BaseModel], Mode]]:
    for operation in OPERATIONS:
        if operation.body is not None:
            yield operation.body, "validation"
        for success in operation.answers.values():
            if success.model is not None:
                yield success.model, "serialization"
    yield ProblemOut, "serialization"


def _component(name: str, schema: Schema) -> Schema:
    tidy: Schema = _tidy(schema)
    if name.endswith("Out") and "properties" in tidy:
        properties = {field: _never_null(part) for field, part in tidy["properties"].items()}
        return {**tidy, "properties": properties}
    return tidy


def _never_null(schema: Schema) -> Schema:
    """Return the schema of an answer's field: it is left out rather than null."""
    alternatives = [part for part in schema.get("anyOf", []) if part != {"type": "null"}]
    if "anyOf" not in schema or len(alternatives) == len(schema["anyOf"]):
        return schema
    rest = {name: part for name, part in schema.items() if name not in {"anyOf", "default"}}
    only = alternatives[0] if len(alternatives) == 1 else {"anyOf": alternatives}
    return {**only, **rest}


def _tidy(schema: Any) -> Any:  # noqa: ANN401 (any part of a schema)
    """Leave out the titles that pydantic makes of names."""
    match schema:
        case dict():
            return {
                name: _tidy(part)
                for name, part in schema.items()
                if not (name == "title" and isinstance(part, str))
            }
        case list():
            return [_tidy(part) for part in schema]
        case _:
            return schema
