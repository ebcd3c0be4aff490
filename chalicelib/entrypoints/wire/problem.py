"""A problem on the wire, as it is described to clients."""

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.domain.intent import Status
from chalicelib.domain.run import RunState


class FaultOut(BaseModel):
    """One thing that is wrong with a request."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    field: str = Field(
        description="Where: a place in the body such as items.0.quantity, query.…, path.…, a"
        " header's name, or body for all of it. A name that is no plain word stands as ?."
    )
    detail: str


class ProblemOut(BaseModel):
    """An RFC 9457 problem. Rely on *code* and *status*; the words may change."""

    model_config = ConfigDict(frozen=True)

    type: str = Field(json_schema_extra={"format": "uri-reference"})
    title: str
    status: int
    code: str
    detail: str | None = None
    errors: tuple[FaultOut, ...] | None = Field(
        default=None, description="Each fault of a request that is not valid, up to 1,000."
    )
    current: Status | RunState | None = Field(
        default=None, description="Where the intent or run stands, when its state is in the way."
    )
