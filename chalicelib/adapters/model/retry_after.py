"""When an endpoint that turned us away wants to be asked again."""

from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from math import isfinite
from typing import Final

RETRY_AFTER_MS_MAX: Final = 600_000
"""An endpoint that asks for more has a fault, or our quota is used up for the day; either way a
call in ten minutes costs nothing, and nobody's order should hang on one header."""


def retry_after_ms(headers: Mapping[str, str], now: float) -> int | None:
    """Return how long *headers* ask to wait, as of *now* (seconds since the epoch).

    None where they don't say, or nothing that makes sense: a past date, a negative number.
    `Retry-After` is seconds or a date (RFC 9110, 10.2.3); OpenAI also sends `retry-after-ms`.
    """
    in_ms = _number(headers.get("retry-after-ms", ""))
    said = headers.get("retry-after", "")
    wait = in_ms if in_ms is not None and in_ms > 0 else _seconds_in_ms(said, now)
    if wait is None or not wait > 0:
        return None
    return int(min(max(wait, 1), RETRY_AFTER_MS_MAX))


def _seconds_in_ms(said: str, now: float) -> float | None:
    seconds = _number(said)
    if seconds is not None:
        return seconds * 1000
    try:
        date = parsedate_to_datetime(said)
    except (ValueError, OverflowError):
        return None
    # "-0000" is read as no zone at all; HTTP knows only GMT.
    at = date if date.tzinfo else date.replace(tzinfo=UTC)
    return (at.timestamp() - now) * 1000


def _number(said: str) -> float | None:
    try:
        number = float(said)
    except ValueError:
        return None
    return number if isfinite(number) else None
