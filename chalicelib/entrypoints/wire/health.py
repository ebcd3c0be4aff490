"""Health on the wire."""

from collections.abc import Mapping
from typing import Literal

from chalicelib.entrypoints.wire.base import Wire


class HealthOut(Wire):
    """Whether each table and queue answers."""

    status: Literal["ok", "degraded"]
    build: str
    checks: Mapping[str, Literal["ok", "unavailable"]]


def health_out(build: str, answering: Mapping[str, bool]) -> HealthOut:
    """Return the health of *build*: degraded as soon as one thing doesn't answer."""
    return HealthOut(
        status="ok" if all(answering.values()) else "degraded",
        build=build,
        checks={name: "ok" if ok else "unavailable" for name, ok in answering.items()},
    )
