"""The service itself: its health, and what it can do."""

from functools import cache

from chalice.app import Response

from chalicelib.bootstrap import services
from chalicelib.entrypoints.http.call import Call
from chalicelib.entrypoints.http.routing import answer, route
from chalicelib.entrypoints.wire.health import health_out


@route("GET", "/health", scopes=None)
def get_health(call: Call) -> Response:  # noqa: ARG001 (every view takes its call)
    """Say whether every table and queue answers."""
    view = health_out(services().settings.build, services().health())
    return answer(200 if view.status == "ok" else 503, view)


@route("GET", "/openapi.json", scopes=None)
def get_openapi(call: Call) -> Response:  # noqa: ARG001 (every view takes its call)
    """Describe every call."""
    return Response(body=_document(), headers={"Content-Type": "application/json"})


@cache
def _document() -> str:
    from chalicelib.entrypoints.openapi import as_json  # noqa: PLC0415 (only this call needs it)

    return as_json()
