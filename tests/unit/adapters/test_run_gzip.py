import gzip
import zlib
from collections.abc import Iterator
from itertools import repeat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.run_gzip import PLAIN_BYTES_MAX, RATIO_FREE_BYTES, inflated
from chalicelib.application.run_ports import SourceUnusableError
from tests.unit.adapters.test_run_text import pieces


def code_of(packed: bytes) -> str:
    """Return why *packed* can't be unpacked."""
    with pytest.raises(SourceUnusableError) as raised:
        for _ in inflated([packed], 0):
            pass
    return raised.value.code


@given(
    st.lists(st.binary(max_size=200), max_size=4),
    st.lists(st.integers(min_value=0), max_size=6),
    st.integers(min_value=0),
    st.integers(0, 3),
)
def test_what_was_packed_comes_out(
    members: list[bytes], cuts: list[int], at: int, padding: int
) -> None:
    """From any byte on, of any number of members, in whatever pieces."""
    packed = b"".join(map(gzip.compress, members))
    plain = b"".join(members)
    offset = at % (len(plain) + 1)
    given_pieces = pieces(packed + bytes(padding) * bool(packed), cuts)
    assert b"".join(inflated(given_pieces, offset)) == plain[offset:]


@given(st.binary(min_size=1, max_size=100), st.integers(min_value=0))
def test_a_file_that_is_cut_off_is_named(plain: bytes, at: int) -> None:
    """Wherever it is cut but at its beginning, where there is nothing."""
    packed = gzip.compress(plain)
    assert code_of(packed[: 1 + at % (len(packed) - 1)]) == "source_broken"


@pytest.mark.parametrize(
    "packed",
    [
        b"plain text",
        gzip.compress(b"a line", mtime=0)[:-8] + bytes(8),
        gzip.compress(b"a line", mtime=0) + b"more",
        zlib.compress(b"a line"),
    ],
)
def test_a_damaged_file_is_named(packed: bytes) -> None:
    """No gzip at all, a sum that does not fit, something behind it, another packing."""
    assert code_of(packed) == "source_broken"


def test_a_bomb_is_stopped_early() -> None:
    """By its ratio, before it has unpacked to much more than may be."""
    packed = gzip.compress(bytes(300 << 20), 9)
    sizes: list[int] = []
    with pytest.raises(SourceUnusableError) as raised:
        sizes.extend(map(len, inflated([packed], 0)))
    assert raised.value.code == "source_bomb"
    assert max(sizes) <= 1 << 18
    assert sum(sizes) <= max(RATIO_FREE_BYTES, 200 * len(packed)) + (1 << 18)


def test_a_file_of_any_ratio_may_be_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten gigabytes are the most; here the most is less, for the test to end today."""
    assert PLAIN_BYTES_MAX == 10 << 30
    monkeypatch.setattr("chalicelib.adapters.run_gzip.PLAIN_BYTES_MAX", 1_000)
    assert code_of(gzip.compress(bytes(range(256)) * 4)) == "source_bomb"
    assert b"".join(inflated([gzip.compress(b"x" * 1_000)], 0)) == b"x" * 1_000


def test_only_the_end_may_be_wanted() -> None:
    """What lies before the offset is let go piece by piece."""
    member = gzip.compress(b"some line or other\n" * 5_000)

    def members() -> Iterator[bytes]:
        yield from repeat(member, 100)

    last = 95_000 * 100 - 19
    assert b"".join(inflated(members(), last)) == b"some line or other\n"
