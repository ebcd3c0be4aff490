"""Lambda, as far as the app can tell: execution environments, contexts and time-outs.

An execution environment serves one invocation at a time and keeps what it built. Here
each thread has one for each function, with services of its own (caches, home shard and
all) over clients that are shared; a crash ends it, and the next call finds a new one.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock, local
from types import ModuleType
from typing import Any, cast
from uuid import uuid4

from chalice.app import Chalice, EventSourceHandler

from chalicelib.application.ports import Clock
from chalicelib.bootstrap import Services
from rushline_testing.faults import CrashError

Event = Mapping[str, Any]
Function = Callable[[Event, "Context"], Any]

HANDLERS = {
    "api_handler": "app",
    "resolve": "resolve",
    "settle": "settle",
    "bulk_resolve": "bulk_resolve",
    "bulk_settle": "bulk_settle",
    "keep": "keep",
    "sweep": "sweep",
    "reconcile": "reconcile",
}
"""What each function is called in the module that Lambda imports, as the template's handlers say."""

TIMEOUT_MS = {
    "api_handler": 29_000,
    "resolve": 60_000,
    "settle": 30_000,
    "bulk_resolve": 60_000,
    "bulk_settle": 30_000,
    "keep": 300_000,
    "sweep": 55_000,
    "reconcile": 300_000,
}
"""As .chalice/config.json sets them, which an installed package doesn't have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What Lambda passes along with an event."""

    function_name: str
    clock: Clock
    deadline: int
    aws_request_id: str = field(default_factory=lambda: str(uuid4()))
    function_version: str = "$LATEST"
    memory_limit_in_mb: int = 512
    log_group_name: str = "/rushline/testing"
    log_stream_name: str = "testing"
    identity: None = None
    client_context: None = None

    @property
    def invoked_function_arn(self) -> str:
        """The function's name, in full."""
        return f"arn:aws:lambda:us-east-1:123456789012:function:{self.function_name}"

    def get_remaining_time_in_millis(self) -> int:
        """Return how long the function may still run, on the test's clock."""
        return max(self.deadline - self.clock.now(), 0)


class Environments:
    """Stands where the app looks for its services, and finds those of the function that runs."""

    def __init__(self, build: Callable[[], Services]) -> None:
        self._build = build
        self._own = local()
        self._generation = 0

    @contextmanager
    def of(self, function: str) -> Iterator[None]:
        """Run in this thread's environment of *function*; a `CrashError` ends it."""
        outer = self._current
        self._own.current = function
        try:
            yield
        except CrashError:
            self._alive().pop(function, None)
            raise
        finally:
            self._own.current = outer

    def here(self) -> Services:
        """Return the services of the environment that this thread runs in, built on first use."""
        alive = self._alive()
        if self._current not in alive:
            alive[self._current] = self._build()
        return alive[self._current]

    def end_all(self) -> None:
        """End every environment of every thread, as a deployment does."""
        self._generation += 1

    def as_services(self) -> Services:
        """Return what `bootstrap.install` takes."""
        return cast("Services", _Delegate(self))

    @property
    def _current(self) -> str:
        return getattr(self._own, "current", "the test itself")

    def _alive(self) -> dict[str, Services]:
        if getattr(self._own, "generation", None) != self._generation:
            self._own.alive = {}
            self._own.generation = self._generation
        alive: dict[str, Services] = self._own.alive
        return alive


class _Delegate:
    def __init__(self, environments: Environments) -> None:
        self._environments = environments

    def __getattr__(self, name: str) -> object:
        return getattr(self._environments.here(), name)


class Lambdas:
    """The app's functions, ready to be invoked from any thread."""

    def __init__(self, module: ModuleType, environments: Environments, clock: Clock) -> None:
        """Take the functions from *module*, each by its handler's name."""
        self.app: Chalice = module.app
        self._module = module
        self._environments = environments
        self._clock = clock
        self._first = Lock()

    def invoke(self, name: str, event: Event, timeout_ms: int | None = None) -> Any:  # noqa: ANN401 (a function returns what it likes)
        """Return what the function *name* makes of *event*, or raise what it raises.

        It has *timeout_ms* on the test's clock, or else what it is deployed with.
        """
        function = self._function(name)
        deadline = self._clock.now() + (timeout_ms or TIMEOUT_MS[name])
        context = Context(function_name=name, clock=self._clock, deadline=deadline)
        with self._environments.of(name):
            return function(event, context)

    def _function(self, name: str) -> Function:
        function: Function = getattr(self._module, HANDLERS[name])
        if isinstance(function, EventSourceHandler):
            self._finish(function)
        return function

    def _finish(self, function: EventSourceHandler) -> None:
        """Have Chalice put the middleware round *function*, which it can't do in two threads at once."""
        with self._first:
            if function.handler is None:
                function.handler = function._build_middleware_handlers(  # noqa: SLF001
                    function.middleware_handlers, original_handler=function.func
                )
