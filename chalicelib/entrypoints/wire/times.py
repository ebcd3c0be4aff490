"""Moments on the wire: RFC 3339 with an offset, milliseconds since the epoch inside."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import BeforeValidator, Field, StringConstraints, WithJsonSchema

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = datetime(2999, 12, 31, tzinfo=UTC)

_RFC3339 = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})", re.ASCII
)

UTC_TIME = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$"

Time = Annotated[
    str, StringConstraints(pattern=UTC_TIME), Field(json_schema_extra={"format": "date-time"})
]
"""A moment as we say it: RFC 3339, UTC, with milliseconds."""


def rfc3339(at: int) -> str:
    """Return *at*, milliseconds since the epoch, as "2026-02-06T12:00:00.000Z"."""
    moment = _EPOCH + timedelta(milliseconds=at)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at % 1000:03d}Z"


def moment(value: object) -> int:
    """Return the milliseconds since the epoch that *value* names; `ValueError` where it names none.

    Any offset will do, but one has to be there. Finer than a millisecond is rounded down.
    A leap second is not taken: no clock here has one.
    """
    msg = "it is a time such as 2026-02-06T12:00:00Z, with an offset, from 1970 to 2999"
    if not isinstance(value, str) or not _RFC3339.fullmatch(value):
        raise ValueError(msg)
    try:
        parsed = datetime.fromisoformat(value.upper())
    except ValueError:
        raise ValueError(msg) from None
    if not _EPOCH <= parsed <= _LATEST:
        raise ValueError(msg)
    return (parsed - _EPOCH) // timedelta(milliseconds=1)


Moment = Annotated[
    int, BeforeValidator(moment), WithJsonSchema({"type": "string", "format": "date-time"})
]
"""A moment as clients say it."""
