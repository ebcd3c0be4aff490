import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.codes import (
    CODE,
    CODE_CHARS_MAX,
    COUNT_MAX,
    DIGITS,
    PREFIX,
    SEED_BYTES,
    Fault,
    Made,
    code_at,
    codes_of,
    read_code,
)
from chalicelib.domain.coupon import fold
from chalicelib.entrypoints.wire.base import COUPON_CODE

SOURCES = st.builds(
    Made,
    seed=st.binary(min_size=SEED_BYTES, max_size=SEED_BYTES),
    prefix=st.just("") | st.from_regex(PREFIX, fullmatch=True),
    count=st.just(COUNT_MAX),
)
NUMBERS = st.integers(0, COUNT_MAX - 1)


@given(SOURCES, NUMBERS)
def test_a_code_is_one_that_a_customer_can_give_back(source: Made, number: int) -> None:
    """It passes the wire's pattern, is its own spelling, and has just the digits that are meant."""
    code = code_at(source, number)
    assert re.search(COUPON_CODE, code)
    assert fold(code) == code == read_code(code.lower(), "SPRING25")
    drawn = code.removeprefix(source.prefix).removeprefix("-" if source.prefix else "")
    assert re.fullmatch(f"[{DIGITS}]{{4}}(-[{DIGITS}]{{4}}){{3}}", drawn)


@given(SOURCES, st.sets(NUMBERS, min_size=2, max_size=200))
def test_no_two_numbers_have_one_code(source: Made, numbers: set[int]) -> None:
    """In a batch each number is a code of its own, and always the same one."""
    codes = [code_at(source, number) for number in numbers]
    assert len(set(codes)) == len(numbers)
    assert codes == [code_at(source, number) for number in numbers]


@given(SOURCES, st.integers(0, 50), st.integers(0, 50))
def test_a_batch_may_be_drawn_in_any_slices(source: Made, start: int, more: int) -> None:
    """Where one slice stops the next begins."""
    stop = start + more
    parts = [*codes_of(source, 0, start), *codes_of(source, start, stop)]
    assert parts == [*codes_of(source, 0, stop)]


def test_a_seeds_codes_never_change() -> None:
    """Codes that were printed are found again by every later version."""
    source = Made(seed=bytes(range(32)), prefix="SPRING", count=2)
    assert [*codes_of(source, 0, 2)] == [
        "SPRING-KW6D-KEA0-JZZ4-JACH",
        "SPRING-RGSE-0PE3-F3QF-FZHF",
    ]


def test_every_digit_is_drawn_about_as_often() -> None:
    """All 80 bits are chance: over 5,000 codes each place has all 32 digits, evenly."""
    source = Made(seed=b"\x07" * 32, prefix="", count=5_000)
    places = list(zip(*(code.replace("-", "") for code in codes_of(source, 0, 5_000)), strict=True))
    assert len(places) == 16
    for place in places:
        # 156 expected, with a deviation of 12
        assert all(90 < place.count(digit) < 230 for digit in DIGITS)


def test_no_seed_is_told_in_passing() -> None:
    """A batch that is logged or shown in an error keeps its secret."""
    assert "seed" not in repr(Made(seed=b"secret", prefix="", count=1))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", Fault.EMPTY),
        (" \t", Fault.EMPTY),
        ("A" * (CODE_CHARS_MAX + 1), Fault.TOO_LONG),
        ("=1+1", Fault.BAD_CHARACTERS),
        ("-AB", Fault.BAD_CHARACTERS),
        ("@AB", Fault.BAD_CHARACTERS),
        ("A", Fault.BAD_CHARACTERS),
        ("AB\nCD", Fault.BAD_CHARACTERS),
        ("AB CD", Fault.BAD_CHARACTERS),
        ("\ud800A", Fault.BAD_CHARACTERS),
        ("ÄÖ", Fault.BAD_CHARACTERS),
        ("spring25", Fault.COUPONS_OWN),
    ],
)
def test_what_is_no_code_is_told_why(text: str, fault: Fault) -> None:
    """Each fault has its reason, and none goes for another."""
    assert read_code(text, "SPRING25") is fault


@given(st.text() | st.from_regex(CODE, fullmatch=True))
def test_what_is_read_is_what_the_wire_takes(text: str) -> None:
    """A text is a code if and only if a customer's request may name it."""
    read = read_code(text, "")
    assert (not isinstance(read, Fault)) == bool(re.fullmatch(COUPON_CODE, fold(text)))
    assert isinstance(read, Fault) or read == fold(text)
