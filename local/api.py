"""Calls to the HTTP API as an agent makes them: over the network, and again when told to wait."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import urllib3

from local.faults import LocalError

CONNECTIONS_MAX = 16
CALL_SECONDS_MAX = 30
CALLS_MAX = 8
WAIT_SECONDS_MAX = 20

TRY_AGAIN = frozenset({429, 500, 502, 503, 504})
"""What may be called again, since every call of the API may be repeated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer of the API. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    text: str

    def json(self) -> Any:  # noqa: ANN401 (as every JSON is)
        """Return the body, parsed; an empty object if it isn't JSON."""
        try:
            return json.loads(self.text)
        except ValueError:
            return {}

    @property
    def code(self) -> str:
        """The code of a problem, and the status of any other answer."""
        body = self.json()
        return str(body.get("code", self.status)) if isinstance(body, dict) else str(self.status)


class Api:
    """Rushline at *url*. Safe under threads."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._http = urllib3.PoolManager(
            maxsize=CONNECTIONS_MAX, block=True, retries=False, timeout=CALL_SECONDS_MAX
        )

    def call(
        self,
        method: str,
        path: str,
        token: str,
        body: object = None,
        *,
        key: str | None = None,
        calls_max: int = CALLS_MAX,
    ) -> Reply:
        """Return the answer; while it is "not now", wait as long as it asks and call again.

        After *calls_max* calls the answer is returned whatever it is. Raises `LocalError`
        if none came.
        """
        headers = {"Authorization": f"Bearer {token}"}
        if key is not None:
            headers["Idempotency-Key"] = key
        if body is not None:
            headers["Content-Type"] = "application/json"
        for number in range(calls_max):
            reply = self._once(method, path, headers, body)
            if reply is not None and reply.status not in TRY_AGAIN:
                return reply
            if number + 1 < calls_max:
                time.sleep(_wait_seconds(reply, number))
        if reply is None:
            message = f"{method} {path}: no answer from {self.url}"
            raise LocalError(message)
        return reply

    def close(self) -> None:
        """Close every connection."""
        self._http.clear()

    def _once(
        self, method: str, path: str, headers: Mapping[str, str], body: object
    ) -> Reply | None:
        content = None if body is None else json.dumps(body).encode()
        try:
            got = self._http.request(method, self.url + path, body=content, headers=headers)
        except urllib3.exceptions.HTTPError:
            return None
        return Reply(
            status=got.status,
            headers={name.lower(): value for name, value in got.headers.items()},
            text=got.data.decode(errors="replace"),
        )


def _wait_seconds(reply: Reply | None, number: int) -> float:
    asked = reply.headers.get("retry-after", "") if reply is not None else ""
    return float(min(int(asked) if asked.isdecimal() else 2**number * 0.2, WAIT_SECONDS_MAX))
