"""Pages: how many, and from where on."""

import re

from chalicelib.entrypoints.http.call import Call
from chalicelib.entrypoints.problems import Code, Fault, RefusedError

PAGE_DEFAULT = 20
CURSOR_CHARS_MAX = 256

_LIMIT = re.compile(r"[1-9][0-9]?|100")


def asked(call: Call) -> tuple[int, str | None]:
    """Return how many a call asks for (20 unless it says), and the cursor that it gives."""
    query = call.query("limit", "cursor")
    limit = query.get("limit", str(PAGE_DEFAULT))
    cursor = query.get("cursor")
    if not _LIMIT.fullmatch(limit):
        fault = Fault(field="query.limit", detail="it is a number from 1 to 100")
        raise RefusedError(Code.INVALID, faults=[fault])
    if cursor is not None and not 0 < len(cursor) <= CURSOR_CHARS_MAX:
        raise no_cursor()
    return int(limit), cursor


def no_cursor() -> RefusedError:
    """Return the refusal of a cursor that no page gave."""
    fault = Fault(field="query.cursor", detail="it is not a cursor that a page gave")
    return RefusedError(Code.INVALID, faults=[fault])
