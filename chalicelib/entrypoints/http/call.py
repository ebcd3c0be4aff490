"""A call as it came from API Gateway, read with distrust."""

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.entrypoints.auth import Caller
from chalicelib.entrypoints.problems import Code, Fault, RefusedError
from chalicelib.entrypoints.wire.base import Empty
from chalicelib.entrypoints.wire.parse import malformed, parse

BODY_BYTES_MAX = 16 * 1024

_JSON = re.compile(r"application/json\s*(;\s*charset\s*=\s*\"?utf-8\"?\s*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One HTTP call: API Gateway's event and, where the route asks for a token, who calls."""

    event: Mapping[str, Any]
    caller: Caller | None = None

    @property
    def customer_id(self) -> str:
        """Return who calls. Only routes that ask for a token may ask this."""
        if self.caller is None:
            msg = "this route does not authenticate"
            raise RuntimeError(msg)
        return self.caller.customer_id

    def header(self, name: str) -> tuple[str, ...]:
        """Return every value that came under the header *name*, in whatever case."""
        many: Mapping[str, Sequence[str]] = self.event.get("multiValueHeaders") or {}
        one: Mapping[str, str] = self.event.get("headers") or {}
        found = [v for key, values in many.items() if key.lower() == name.lower() for v in values]
        return tuple(found or [v for key, v in one.items() if key.lower() == name.lower()])

    def query(self, *known: str) -> dict[str, str]:
        """Return the query's parameters by name. One that is not *known*, or comes twice, is refused."""
        many: Mapping[str, Sequence[str]] = self.event.get("multiValueQueryStringParameters") or {}
        faults = [
            Fault(field="query", detail=f"it takes only: {', '.join(known) or 'nothing'}")
            for name in many
            if name not in known
        ][:1]
        faults += [
            Fault(field=f"query.{name}", detail="it was given more than once")
            for name in known
            if len(many.get(name, ())) > 1
        ]
        if faults:
            raise RefusedError(Code.INVALID, faults=faults)
        return {name: values[0] for name, values in many.items() if values}

    def raw_body(self, bytes_max: int = BODY_BYTES_MAX) -> bytes:
        """Return the body's bytes. Raises `RefusedError`: 413 for more than *bytes_max*."""
        body = self.event.get("body")
        if body is None:
            return b""
        if not isinstance(body, str):
            raise malformed(why="it can't be read")
        raw = _decoded(body) if self.event.get("isBase64Encoded") else _encoded(body)
        if len(raw) > bytes_max:
            raise RefusedError(Code.BODY_TOO_LARGE, f"a body has at most {bytes_max} bytes here")
        return raw

    def json_body(self, bytes_max: int = BODY_BYTES_MAX) -> bytes:
        """Return the bytes of a body that says it is JSON; 400 where it says otherwise, or nothing."""
        content_type = self.header("Content-Type")
        if len(content_type) != 1 or not _JSON.fullmatch(content_type[0].strip()):
            fault = Fault(field="Content-Type", detail="send one: application/json, in UTF-8")
            raise RefusedError(Code.UNSUPPORTED_MEDIA_TYPE, faults=[fault])
        return self.raw_body(bytes_max)

    def expect_empty(self) -> None:
        """Refuse a body that says anything: one that is there must be `{}`."""
        if self.raw_body():
            parse(self.json_body(), Empty)


def _decoded(body: str) -> bytes:
    try:
        return b64decode(body, validate=True)
    except (Base64Error, ValueError) as error:
        raise malformed(why="it is not base64") from error


def _encoded(body: str) -> bytes:
    try:
        return body.encode()
    except UnicodeEncodeError as error:
        raise malformed(why="it is not UTF-8") from error
