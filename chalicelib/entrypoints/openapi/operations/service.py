"""The service itself."""

from chalicelib.entrypoints.openapi.operations.parts import Operation, Success
from chalicelib.entrypoints.wire.health import HealthOut

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        method="GET",
        path="/health",
        id="getHealth",
        summary="Whether the tables and queues answer",
        answers={
            200: Success(description="All of them do.", model=HealthOut),
            503: Success(description="Not all of them do.", model=HealthOut),
        },
    ),
    Operation(
        method="GET",
        path="/openapi.json",
        id="getDescription",
        summary="This description",
        answers={200: Success(description="OpenAPI 3.1.", model=None)},
    ),
)
