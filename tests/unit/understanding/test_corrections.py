"""What a text takes back."""

import pytest

from chalicelib.understanding.reader import MenuReader
from tests.unit.understanding.menus import CAFE, shown

READER = MenuReader(CAFE)

MENDED = [
    ("two lattes, make that three", ["3 latte"]),
    ("a small latte, no wait, a large one", ["1 latte large"]),
    ("a small latte, sorry, large", ["1 latte large"]),
    ("a latte, no, a flat white", ["1 flat_white"]),
    ("a latte, i mean a flat white", ["1 flat_white"]),
    ("a latte and a bagel, scratch the bagel", ["1 latte"]),
    ("a latte and a bagel, cancel the latte", ["1 bagel"]),
    ("a latte and a bagel, swap the latte for a flat white", ["1 bagel", "1 flat_white"]),
    (
        "a latte and a bagel, change the bagel to a blueberry muffin",
        ["1 blueberry_muffin", "1 latte"],
    ),
    ("a latte with oat milk instead of whole milk", ["1 latte oat_milk"]),
    ("a flat white instead of a latte", ["1 flat_white"]),
    ("wait, can i get a latte", ["1 latte"]),
    ("sorry, could i have a large latte please", ["1 latte large"]),
    ("actually can i get two bagels", ["2 bagel"]),
    ("a latte make it large", ["1 latte large"]),
    ("a latte, make it large with oat milk", ["1 latte large oat_milk"]),
    ("a latte, make it two", ["2 latte"]),
    ("a latte, actually make it a flat white", ["1 flat_white"]),
    ("a latte, oh wait no, a flat white, and a bagel", ["1 bagel", "1 flat_white"]),
    ("a latte, scratch that, two flat whites", ["2 flat_white"]),
    ("a small latte and a bagel, change the latte to large", ["1 bagel", "1 latte large"]),
    ("a latte, skip the sugar", ["1 latte -sugar"]),
    ("a latte and three bagels, make it four bagels", ["1 latte", "4 bagel"]),
    ("a latte and three bagels, no, four bagels", ["1 latte", "4 bagel"]),
    ("two lattes, no, three", ["3 latte"]),
    ("two lattes, or rather three", ["3 latte"]),
    ("a latte x3, actually x2", ["2 latte"]),
    ("can you make that three lattes", ["3 latte"]),
]


@pytest.mark.parametrize(("text", "lines"), MENDED)
def test_a_correction_that_can_mean_one_thing_is_made(text: str, lines: list[str]) -> None:
    """The number, option or item that was corrected is ordered, and nothing that was taken back."""
    reading = READER.read(text)

    assert (shown(reading.lines), reading.certain) == (lines, True)


OPEN = [
    "two lattes and a bagel, make that three",
    "a large latte, i mean a flat white",
    "a latte, actually a flat white",
    "two lattes, actually two more",
    "two lattes and a bagel, skip one latte",
    "swap the latte for a flat white",
    "a large latte and a bagel, swap the latte for a hot chocolate",
    "a latte with honey instead of sugar",
    "a flat white instead",
    "a latte, make it two large",
    "a latte with sugar, sorry, honey",
    "a latte with sugar, actually no sugar",
    "a latte, cancel that",
    "cancel that",
    "a latte, a bagel, scratch that",
    "a latte, a bagel, scratch that, a blueberry muffin",
    "change the latte to large",
    "remove the honey from the latte",
    "skip the sugar in the latte",
    "a latte and a flat white, skip the sugar",
    "i meant large",
    "a latte and, no wait, a bagel",
    "a latte, make it two large",
    "two lattes, one large, no, bagel",
    "two lattes, swap the latte for a bagel",
    "three lattes, swap one latte for a bagel",
    "three lattes, swap two lattes for flat white",
    "a bagel, swap the bagel for a large latte",
    "a latte with sugar, change the latte to honey",
    "two lattes, no, a bagel",
    "a bagel x2, no, a latte",
    "three lattes, two large, no, two bagels",
]


@pytest.mark.parametrize("text", OPEN)
def test_a_correction_that_may_mean_another_line_is_asked_about(text: str) -> None:
    """Where it is open what is taken back, or what goes with it, nothing is ordered unasked."""
    assert not READER.read(text).certain
