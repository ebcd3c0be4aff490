"""An HTTP client without a port: each call is an API Gateway event to the real app."""

from collections.abc import Mapping
from urllib.parse import urlsplit
from uuid import uuid4

from rushline_testing.clock import TurnableClock
from rushline_testing.faults import CrashError
from rushline_testing.gateway import (
    CRASHED,
    NO_SUCH_PATH,
    Reply,
    body_of,
    reply,
    request,
    route_for,
)
from rushline_testing.lambdas import Lambdas

REQUEST_MS = 10
"""What a call takes on the test's clock, so that of two calls one is later."""


class Client:
    """Calls the API as one customer; keeps nothing between calls. Safe under threads."""

    def __init__(self, lambdas: Lambdas, clock: TurnableClock, token: str | None) -> None:
        self._lambdas = lambdas
        self._clock = clock
        self._token = token

    def get(self, path: str, *, headers: Mapping[str, str] | None = None) -> Reply:
        """GET *path*, which may carry a query."""
        return self.call("GET", path, headers=headers)

    def post(
        self,
        path: str,
        body: object = None,
        *,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """POST *body*, as JSON unless it is bytes.

        *key* is the Idempotency-Key; an intent gets a fresh one unless it is given, here
        or in *headers*. The empty string leaves the header out.
        """
        given = dict(headers or {})
        if key is None and path == "/intents":
            key = str(uuid4())
        if key and "idempotency-key" not in {name.lower() for name in given}:
            given["Idempotency-Key"] = key
        return self.call("POST", path, body, headers=given)

    def put(
        self, path: str, body: object = None, *, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """PUT *body*, as JSON unless it is bytes."""
        return self.call("PUT", path, body, headers=headers)

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Make any call. *headers* go over the usual ones; an empty one leaves it out."""
        self._clock.sleep(REQUEST_MS)
        app = self._lambdas.app
        sent = self._headers(body, headers or {})
        url = urlsplit(path)
        route = route_for(app, method, url.path)
        if route is None:
            return NO_SUCH_PATH
        event = {
            **request(method, route, url.path, url.query, sent, self._clock.now()),
            **body_of(app, body, sent),
        }
        try:
            return reply(self._lambdas.invoke("api_handler", event))
        except CrashError:
            return CRASHED

    def _headers(self, body: object, given: Mapping[str, str]) -> dict[str, str]:
        usual = {"Accept": "application/json", "Host": "rushline.test"}
        if body is not None:
            usual["Content-Type"] = "application/json"
        if self._token is not None:
            usual["Authorization"] = f"Bearer {self._token}"
        named = {name.lower() for name in given}
        kept = {name: value for name, value in usual.items() if name.lower() not in named}
        return {**kept, **{name: value for name, value in given.items() if value}}
