"""Runs: bulk promotions."""

from types import MappingProxyType

from pydantic import BaseModel

from chalicelib.domain import errors
from chalicelib.entrypoints.http.paths import RUN_ID as PATTERN
from chalicelib.entrypoints.openapi.operations.parts import (
    BODY,
    CURSOR,
    LIMIT,
    OPS,
    STORE,
    Operation,
    Parameter,
    Success,
)
from chalicelib.entrypoints.problems import Code
from chalicelib.entrypoints.wire.base import Empty
from chalicelib.entrypoints.wire.run_answers import ReportOut, RunOut, RunsOut
from chalicelib.entrypoints.wire.runs import CancelIn, RunIn, UploadedIn

RUN_ID = Parameter(
    name="run_id",
    where="path",
    description="The run's id, as it was answered when it was made.",
    schema=MappingProxyType({"type": "string", "pattern": PATTERN}),
    required=True,
)
NONE = errors.RunNotFoundError.code
REFUSED = errors.RunRefusedError.code


def _command(
    name: str,
    summary: str,
    description: str,
    *problems: str,
    body: type[BaseModel] = Empty,
) -> Operation:
    return Operation(
        method="POST",
        path=f"/runs/{{run_id}}/{name}",
        id=f"{name}Run",
        summary=summary,
        description=description,
        scopes=OPS,
        parameters=(RUN_ID,),
        body=body,
        body_optional=True,
        answers={200: Success(description="The run, as it stands then.", model=RunOut)},
        problems=(*BODY, NONE, REFUSED, *problems, *STORE),
    )


def _report(path: str, id_: str, summary: str, description: str) -> Operation:
    return Operation(
        method="GET",
        path=f"/runs/{{run_id}}/{path}",
        id=id_,
        summary=summary,
        description=description,
        scopes=OPS,
        parameters=(RUN_ID,),
        answers={200: Success(description="The parts, in order.", model=ReportOut)},
        problems=(NONE, *STORE),
    )


OPERATIONS: tuple[Operation, ...] = (
    Operation(
        method="POST",
        path="/runs",
        id="makeRun",
        summary="Make a bulk promotion",
        description="As a draft: nothing is fed before it is started. Where its file is uploaded,"
        " the answer says whereto; the same call again gives fresh addresses while it is a draft."
        " A draft takes another source, if nothing else is new.",
        scopes=OPS,
        body=RunIn,
        answers={
            200: Success(description="The run, which was there before.", model=RunOut),
            201: Success(description="The new run.", model=RunOut),
        },
        problems=(
            *BODY,
            errors.PlanRefusedError.code,
            errors.RunExistsError.code,
            errors.UnknownMerchantError.code,
            errors.CouponNotFoundError.code,
            *STORE,
        ),
    ),
    Operation(
        method="GET",
        path="/runs",
        id="listRuns",
        summary="List the runs, the latest made first",
        scopes=OPS,
        parameters=(LIMIT, CURSOR),
        answers={200: Success(description="A page of runs.", model=RunsOut)},
        problems=(Code.INVALID, *STORE),
    ),
    Operation(
        method="GET",
        path="/runs/{run_id}",
        id="getRun",
        summary="See how a run stands",
        scopes=OPS,
        parameters=(RUN_ID,),
        answers={200: Success(description="The run.", model=RunOut)},
        problems=(NONE, *STORE),
    ),
    Operation(
        method="POST",
        path="/runs/{run_id}/upload/complete",
        id="completeRunUpload",
        summary="Make a file of the parts that were uploaded",
        description="Of all of them. Only where the run's upload has an upload_id, and while it is"
        " a draft.",
        scopes=OPS,
        parameters=(RUN_ID,),
        body=UploadedIn,
        answers={200: Success(description="The run.", model=RunOut)},
        problems=(*BODY, NONE, REFUSED, *STORE),
    ),
    _command(
        "check",
        "Check a run's lines, and place nothing",
        "Every line of a draft is read, resolved and priced, its coupons and unique codes looked at;"
        " what is found stands in the run.",
    ),
    _command(
        "start",
        "Begin to feed a run",
        "A draft; of a run that is fed it is a repeat. One that is paused is resumed.",
        errors.IllegalMoveError.code,
    ),
    _command(
        "pause",
        "Stop feeding a run",
        "Within a slice of 500 lines at most. What was fed goes on and is collected.",
        errors.IllegalMoveError.code,
    ),
    _command(
        "resume",
        "Go on feeding a run",
        "At its rate: what a pause has cost is not made up for.",
        errors.IllegalMoveError.code,
    ),
    _command(
        "cancel",
        "Feed no more of a run",
        "What was fed is answered and collected, or dropped where it is not settled yet. To drop"
        " may be said after a cancel without it, while the run is not finished.",
        errors.IllegalMoveError.code,
        body=CancelIn,
    ),
    _report(
        "results",
        "getRunResults",
        "Get what became of a run's lines",
        "A line of JSON for each line of the source, written as the run goes: in its order, but that"
        " lines which were put off come behind others.",
    ),
    _report(
        "check/faults",
        "getRunCheckFaults",
        "Get the faults that a run's check found",
        "A line of JSON for each bad line: its number, its fault, the field and the detail.",
    ),
)
