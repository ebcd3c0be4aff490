"""Moments go over the wire and back."""

import pytest
from hypothesis import given
from hypothesis.strategies import integers

from chalicelib.entrypoints.wire.times import moment, rfc3339


@given(integers(0, 32_503_593_600_000))
def test_round_trip(at: int) -> None:
    """A moment that we say is read back as the same millisecond."""
    assert moment(rfc3339(at)) == at


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("2026-02-06T12:00:00.000Z", 1_770_379_200_000),
        ("2026-02-06t12:00:00z", 1_770_379_200_000),
        ("2026-02-06T20:00:00+08:00", 1_770_379_200_000),
        ("2026-02-06T12:00:00.9999Z", 1_770_379_200_999),
        ("2028-02-29T00:00:00-00:00", 1_835_395_200_000),
    ],
)
def test_read(said: str, at: int) -> None:
    """Any offset will do, and what is finer than a millisecond is rounded down."""
    assert moment(said) == at


@pytest.mark.parametrize(
    "said",
    [
        "2026-02-06",
        "2026-02-06T12:00:00",
        "2026-02-06 12:00:00Z",
        "2026-02-30T12:00:00Z",
        "2026-02-06T24:00:00Z",
        "2026-02-06T12:00:60Z",
        "2026-02-06T12:00:00+99:00",
        "2026-02-06T12:00:00+08:00:30",
        "2026-02-06T12:00:00Z\n",
        "٢٠٢٦-02-06T12:00:00Z",
        "1969-12-31T23:59:59Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        1_770_379_200,
        None,
        True,
    ],
)
def test_refused(said: object) -> None:
    """Without an offset, or for a date that is none, there is no telling when that was."""
    with pytest.raises(ValueError, match="an offset"):
        moment(said)
