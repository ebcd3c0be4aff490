"""API Gateway, as far as the app can tell: paths to resources, requests to events, answers back."""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from json import dumps, loads
from typing import Any
from urllib.parse import parse_qs
from uuid import uuid4

from chalice.app import Chalice

from rushline_testing.lambdas import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An HTTP answer. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:  # noqa: ANN401 (as every JSON is)
        """Return the body, parsed. Raises `ValueError` if it isn't JSON."""
        return loads(self.body)


def _own(status: int, body: str) -> Reply:
    headers = {"content-type": "application/problem+json"}
    return Reply(status=status, headers=headers, body=body.encode())


NO_SUCH_PATH = _own(
    404,
    '{"type":"urn:rushline:problem:not_found","title":"No such path","status":404,"code":"not_found"}',
)
"""For a path or a method that doesn't exist, as infra/template.yaml words it."""

CRASHED = _own(
    500,
    '{"type":"urn:rushline:problem:internal_error","title":"Something went wrong on our side","status":500,"code":"internal_error"}',
)
"""For a function that died, likewise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A resource of the API, and what the path has for its parameters."""

    resource: str
    parameters: Mapping[str, str]


def route_for(app: Chalice, method: str, path: str) -> Route | None:
    """Return the resource of *app* that takes *path*: of several, the one with most literals."""
    found = [
        Route(resource=resource, parameters=parameters)
        for resource, methods in app.routes.items()
        if method in methods and (parameters := _match(resource, path)) is not None
    ]
    return min(found, key=lambda route: len(route.parameters), default=None)


def _match(resource: str, path: str) -> dict[str, str] | None:
    """Return the path's parameters if it is of *resource*. They stay percent-encoded, as on AWS."""
    names, parts = resource.strip("/").split("/"), path.strip("/").split("/")
    if len(names) != len(parts):
        return None
    parameters: dict[str, str] = {}
    for name, part in zip(names, parts, strict=True):
        if name.startswith("{") and part:
            parameters[name.strip("{}")] = part
        elif name != part:
            return None
    return parameters


def request(
    method: str, route: Route, path: str, query: str, headers: Mapping[str, str], now: int
) -> Event:
    """Return a REST API's proxy event, but for its body. *now* in milliseconds."""
    queries = parse_qs(query, keep_blank_values=True)
    return {
        "resource": route.resource,
        "path": path,
        "httpMethod": method,
        "headers": dict(headers),
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": {name: values[-1] for name, values in queries.items()} or None,
        "multiValueQueryStringParameters": queries or None,
        "pathParameters": dict(route.parameters) or None,
        "stageVariables": None,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "rushline",
            "stage": "v1",
            "protocol": "HTTP/1.1",
            "httpMethod": method,
            "resourcePath": route.resource,
            "path": path,  # as behind a domain of one's own
            "requestId": str(uuid4()),
            "requestTimeEpoch": now,
            "domainName": "rushline.test",
            "identity": {"sourceIp": "192.0.2.1", "userAgent": "rushline-testing"},
        },
    }


def body_of(app: Chalice, body: object, headers: Mapping[str, str]) -> Event:
    """Return the part of an event that is its body: base64 for binary types, else text.

    *body* goes as it is where it is bytes, and as JSON otherwise. Bytes that aren't UTF-8
    are lost on the way in a text type, as on AWS.
    """
    if body is None:
        return {"body": None, "isBase64Encoded": False}
    raw = body if isinstance(body, bytes) else dumps(body).encode()
    sent_as = {name.lower(): value for name, value in headers.items()}.get("content-type", "")
    if sent_as.split(";")[0].strip().lower() in app.api.binary_types:
        return {"body": b64encode(raw).decode(), "isBase64Encoded": True}
    return {"body": raw.decode(errors="replace"), "isBase64Encoded": False}


def reply(answer: Mapping[str, Any]) -> Reply:
    """Return the HTTP answer that a function's *answer* becomes."""
    body = answer.get("body") or ""
    headers = {name.lower(): str(value) for name, value in (answer.get("headers") or {}).items()}
    for name, values in (answer.get("multiValueHeaders") or {}).items():
        headers[name.lower()] = ", ".join(values)
    return Reply(
        status=answer["statusCode"],
        headers=headers,
        body=b64decode(body) if answer.get("isBase64Encoded") else body.encode(),
    )
