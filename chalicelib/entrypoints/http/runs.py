"""Runs, for ops: make, feed and see them."""

from itertools import dropwhile, islice

from chalice.app import Response

from chalicelib.bootstrap import services
from chalicelib.domain.run import Run
from chalicelib.entrypoints.http import pages, paths
from chalicelib.entrypoints.http.call import Call
from chalicelib.entrypoints.http.routing import OPS, answer, route
from chalicelib.entrypoints.observability import count, logger
from chalicelib.entrypoints.wire.parse import parse
from chalicelib.entrypoints.wire.run_answers import report_out, run_out, runs_out
from chalicelib.entrypoints.wire.runs import RunIn, UploadedIn

RUN_BODY_BYTES_MAX = 1_000_000
"""Room for 500 lines of 2,000 bytes; longer ones go into a file."""

UPLOADED_BODY_BYTES_MAX = 1_000_000
"""Room for 10,000 parts."""


@route("POST", "/runs", scopes=OPS)
def post_run(call: Call) -> Response:
    """Make a run, and say where its file goes."""
    wanted = parse(call.json_body(RUN_BODY_BYTES_MAX), RunIn)
    plan, source = wanted.plan(), wanted.source
    run, new = services().make_run(plan, call.customer_id)
    upload = None
    if source.upload is None:
        services().supply_run.put(run, source.content)
    else:
        upload = services().supply_run.offer(run, source.upload.size)
    logger.info("run made", run=run.id, new=new)
    count("run_made")
    return answer(201 if new else 200, run_out(services().see_run.view(run), upload))


@route("POST", "/runs/{run_id}/upload/complete", scopes=OPS)
def complete_upload(call: Call, run_id: str) -> Response:
    """Make a file of the parts that were uploaded."""
    wanted = parse(call.json_body(UPLOADED_BODY_BYTES_MAX), UploadedIn)
    run = services().supply_run.complete(paths.run(run_id), wanted.upload_id, wanted.etags)
    return answer(200, run_out(services().see_run.view(run)))


@route("GET", "/runs/{run_id}", scopes=OPS)
def get_run(call: Call, run_id: str) -> Response:  # noqa: ARG001 (every view takes its call)
    """Show how a run stands."""
    return answer(200, run_out(services().see_run(paths.run(run_id))))


@route("GET", "/runs", scopes=OPS)
def list_runs(call: Call) -> Response:
    """List the runs, the latest made first."""
    limit, cursor = pages.asked(call)
    runs = services().runs.all()
    if cursor is not None:
        runs = dropwhile(lambda run: run.id != cursor, runs)
        if next(runs, None) is None:
            raise pages.no_cursor()
    found: list[Run] = list(islice(runs, limit + 1))
    shown = found[:limit]
    return answer(200, runs_out(shown, shown[-1].id if len(found) > limit else None))


@route("GET", "/runs/{run_id}/results", scopes=OPS)
def get_results(call: Call, run_id: str) -> Response:  # noqa: ARG001
    """Say where a run's results are."""
    return answer(200, report_out(services().see_run.results(paths.run(run_id))))


@route("GET", "/runs/{run_id}/check/faults", scopes=OPS)
def get_check_faults(call: Call, run_id: str) -> Response:  # noqa: ARG001
    """Say where the faults are that a run's check found."""
    return answer(200, report_out(services().see_run.faults(paths.run(run_id))))
