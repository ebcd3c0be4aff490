"""Several of one item told apart, and numbers behind what they count."""

import pytest

from chalicelib.understanding.reader import MenuReader
from tests.unit.understanding.menus import CAFE, shown

READER = MenuReader(CAFE)

APART = [
    ("two lattes, one with oat milk", ["1 latte", "1 latte oat_milk"]),
    ("three lattes, one large", ["1 latte large", "2 latte"]),
    ("lattes: 3. bagels: 2.", ["2 bagel", "3 latte"]),
    ("four lattes, two of them large", ["2 latte", "2 latte large"]),
    ("four lattes, half of them large and half small", ["2 latte large", "2 latte small"]),
    (
        "two lattes, one large, one small, and a bagel with butter",
        ["1 bagel butter", "1 latte large", "1 latte small"],
    ),
    ("two lattes, one large and a bagel", ["1 bagel", "1 latte", "1 latte large"]),
    ("a dozen bagels, six with butter", ["6 bagel", "6 bagel butter"]),
    (
        "a dozen bagels, six with butter and six with cream cheese",
        ["6 bagel butter", "6 bagel cream_cheese"],
    ),
    ("3 lattes 1 large 2 small", ["1 latte large", "2 latte small"]),
    ("one of those lattes please", ["1 latte"]),
]


@pytest.mark.parametrize(("text", "lines"), APART)
def test_units_that_are_told_apart_are_lines_of_their_own(text: str, lines: list[str]) -> None:
    """Each number has its options, and the rest stays plain."""
    reading = READER.read(text)

    assert (shown(reading.lines), reading.certain) == (lines, True)


OPEN = [
    "two lattes and one with oat milk",
    "two bagels butter and cream cheese",
    "two lattes, one sugar",
    "lattes, 2 bagels, 3",
    "2 lattes, 3",
    "half a latte",
    "a latte half sugar half honey",
    "three lattes, half large and half small",
    "a few lattes",
    "two lattes, one large and one small, with honey",
    "two lattes, one large and one small, no sugar",
    "a dozen bagels, six with butter and four with cream cheese",
    "two lattes, no three",
]


@pytest.mark.parametrize("text", OPEN)
def test_numbers_that_leave_open_what_they_count_are_asked_about(text: str) -> None:
    """A number that may count an option, another item or nothing is never certain."""
    assert not READER.read(text).certain
