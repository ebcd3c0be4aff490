"""How a route is declared: its path, who may call it, and problems for whatever goes wrong.

Chalice's own middleware never sees what a view raises, so each view is wrapped: the token
is verified first, then the view runs, and an exception becomes a problem right here.
"""

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import Any

from chalice.app import Blueprint, Request, Response
from pydantic import BaseModel

from chalicelib.bootstrap import services
from chalicelib.entrypoints.auth import Scope, authenticate, authorize
from chalicelib.entrypoints.http.call import Call
from chalicelib.entrypoints.observability import causes, count, log_unexpected, logger
from chalicelib.entrypoints.problems import EDGE, Code, Problem, problem_of

http = Blueprint(__name__)

CHECKOUT = frozenset({Scope.CHECKOUT})
OPS = frozenset({Scope.OPS})
ANY = frozenset(Scope)

SERVER_ERROR = 500

View = Callable[..., Response]

SCOPES: dict[tuple[str, str], frozenset[Scope]] = {}
"""The scopes of each route that was declared; none for a route that asks for no token."""

_current: ContextVar[Request] = ContextVar("current request")


def route(
    method: str, path: str, *, scopes: frozenset[Scope] | None, refused: str = "call_refused"
) -> Callable[[View], View]:
    """Serve *method* on *path* with the decorated view, to tokens that have one of *scopes*.

    None asks for no token. A refusal is logged once, by its code, and counted as *refused*.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def answered(**parameters: str) -> Response:
            try:
                return view(_call(scopes), **parameters)
            except Exception as error:  # noqa: BLE001 (whatever it is, the client gets a problem)
                return _refused(error, at=view.__name__, metric=refused)

        SCOPES[method, path] = scopes or frozenset()
        http.route(path, methods=[method], content_types=[])(answered)
        return answered

    return decorate


def _call(scopes: frozenset[Scope] | None) -> Call:
    event = _current.get().to_original_event()
    call = Call(event=event)
    if scopes is None:
        return call
    caller = authenticate(call.header("Authorization"), services().settings)
    authorize(caller, scopes)
    return Call(event=event, caller=caller)


def _refused(error: Exception, *, at: str, metric: str) -> Response:
    problem = problem_of(error)
    if problem.code == Code.INTERNAL:
        log_unexpected(error, at=at)
    else:
        level = logger.warning if problem.kind.status >= SERVER_ERROR else logger.info
        level("refused", at=at, code=problem.code, causes=causes(error))
    count(metric, code=problem.code)
    return problem.response()


def answer(
    status: int,
    body: BaseModel,
    headers: dict[str, str] | None = None,
    *,
    defaults: bool = True,
) -> Response:
    """Return *body* as JSON, without what is not there and, unless *defaults*, what goes without saying."""
    return Response(
        body=body.model_dump_json(exclude_none=True, exclude_defaults=not defaults),
        status_code=status,
        headers={
            "Content-Type": "application/json",
            "Cache-Control": "no-store",
            **(headers or {}),
        },
    )


def keep_request(request: Request, get_response: Callable[[Request], Any]) -> Any:  # noqa: ANN401
    """Keep *request* for its view. Chalice has it in one place for the process; this is by thread."""
    token = _current.set(request)
    try:
        return _as_problem(get_response(request))
    finally:
        _current.reset(token)


def _as_problem(response: Response) -> Response:
    """Return Chalice's own errors as problems, and everything else as it is.

    In AWS the gateway knows the routes and answers for unknown ones itself; this is for
    whatever calls the function without one.
    """
    body = response.body
    if not isinstance(body, dict) or body.keys() != {"Code", "Message"}:
        return response
    code, headers = Code.INTERNAL, {}
    if body["Code"] == "MethodNotAllowedError":
        allow = str(response.headers.get("Allow", ""))
        code = Code.METHOD_NOT_ALLOWED if allow else Code.NOT_FOUND
        headers = {"Allow": allow} if allow else {}
    return Problem(kind=EDGE[code], code=code, headers=headers).response()
