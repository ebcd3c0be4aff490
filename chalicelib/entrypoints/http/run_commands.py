"""Commands on runs, for ops. Each may be repeated: what holds already changes nothing."""

from chalice.app import Response

from chalicelib.application.command_run import RunCommand
from chalicelib.bootstrap import services
from chalicelib.entrypoints.http import paths
from chalicelib.entrypoints.http.call import Call
from chalicelib.entrypoints.http.routing import OPS, answer, route
from chalicelib.entrypoints.observability import count, logger
from chalicelib.entrypoints.wire.parse import parse
from chalicelib.entrypoints.wire.run_answers import run_out
from chalicelib.entrypoints.wire.runs import CancelIn


@route("POST", "/runs/{run_id}/check", scopes=OPS)
def check_run(call: Call, run_id: str) -> Response:
    """Read, resolve and price every line, and place nothing."""
    return _obeyed(call, run_id, RunCommand.CHECK)


@route("POST", "/runs/{run_id}/start", scopes=OPS)
def start_run(call: Call, run_id: str) -> Response:
    """Begin to feed a run."""
    return _obeyed(call, run_id, RunCommand.START)


@route("POST", "/runs/{run_id}/pause", scopes=OPS)
def pause_run(call: Call, run_id: str) -> Response:
    """Stop feeding a run, within a slice."""
    return _obeyed(call, run_id, RunCommand.PAUSE)


@route("POST", "/runs/{run_id}/resume", scopes=OPS)
def resume_run(call: Call, run_id: str) -> Response:
    """Go on feeding a run."""
    return _obeyed(call, run_id, RunCommand.RESUME)


@route("POST", "/runs/{run_id}/cancel", scopes=OPS)
def cancel_run(call: Call, run_id: str) -> Response:
    """Feed no more of a run, and drop what was fed and is not settled yet, if so wished."""
    drop = parse(call.json_body(), CancelIn).drop if call.raw_body() else False
    return _told(call, run_id, RunCommand.CANCEL, drop=drop)


def _obeyed(call: Call, run_id: str, command: RunCommand) -> Response:
    call.expect_empty()
    return _told(call, run_id, command)


def _told(call: Call, run_id: str, command: RunCommand, *, drop: bool = False) -> Response:
    name = paths.run(run_id)
    run = services().command_run(name, command, drop=drop)
    by = call.customer_id
    logger.info("run commanded", run=name, command=command, state=run.state, drop=drop, by=by)
    count("run_commanded")
    return answer(200, run_out(services().see_run.view(run)))
