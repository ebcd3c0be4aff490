"""What an endpoint says of when to ask again is taken at its word, within reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.model.retry_after import RETRY_AFTER_MS_MAX, retry_after_ms

NOW = 1_792_929_600.0
"""2026-10-25T12:00:00Z."""


@pytest.mark.parametrize(
    ("headers", "ms"),
    [
        ({"retry-after": "7"}, 7_000),
        ({"retry-after": " 7 "}, 7_000),
        ({"retry-after": "0.5"}, 500),
        ({"retry-after": "Sun, 25 Oct 2026 12:00:30 GMT"}, 30_000),
        ({"retry-after": "Sunday, 25-Oct-26 12:00:30 GMT"}, 30_000),
        ({"retry-after": "Sun Oct 25 12:00:30 2026"}, 30_000),
        ({"retry-after-ms": "1500", "retry-after": "2"}, 1_500),
        ({"retry-after-ms": "0", "retry-after": "20"}, 20_000),
        ({"retry-after-ms": "-5", "retry-after": "20"}, 20_000),
        ({"retry-after": "86400"}, RETRY_AFTER_MS_MAX),
        ({"retry-after": "9" * 400}, None),
        ({"retry-after": "Fri, 31 Dec 9999 23:59:59 GMT"}, RETRY_AFTER_MS_MAX),
        ({"retry-after": "Sun, 25 Oct 2026 11:59:59 GMT"}, None),
        ({"retry-after": "0"}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": ""}, None),
        ({}, None),
    ],
)
def test_each_form_of_it(headers: dict[str, str], ms: int | None) -> None:
    """Seconds, milliseconds and the three forms of a date; nonsense says nothing."""
    assert retry_after_ms(headers, NOW) == ms


@given(st.text() | st.floats().map(str) | st.datetimes().map(str), st.floats(0, 1e10))
def test_no_header_raises_or_is_absurd(said: str, now: float) -> None:
    """Whatever stands there, the wait is none, or more than nothing and within the limit."""
    wait = retry_after_ms({"retry-after": said, "retry-after-ms": said}, now)
    assert wait is None or 0 < wait <= RETRY_AFTER_MS_MAX
