"""What a text takes back."""

import pytest

from chalicelib.domain.catalogue import Select
from chalicelib.understanding.reader import MenuReader
from tests.unit.understanding.menus import CAFE, TEAS, group, item, menu, option, shown

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
    (
        "a small latte with oat milk. sorry, make that large, and whole milk",
        ["1 latte large whole_milk"],
    ),
    (
        "two large lattes, actually three, and one of them with honey",
        ["1 latte honey large", "2 latte large"],
    ),
    ("two lattes, make one of them large", ["1 latte", "1 latte large"]),
    ("three small lattes, actually make two of them large", ["1 latte small", "2 latte large"]),
    ("two small lattes, no hang on, one small and one large", ["1 latte large", "1 latte small"]),
    ("a large, no wait, a small latte", ["1 latte small"]),
    ("two small, sorry, three small lattes", ["3 latte small"]),
    ("a small latte and a bagel, make the latte large", ["1 bagel", "1 latte large"]),
    ("a small latte and a bagel. sorry, make the latte a large", ["1 bagel", "1 latte large"]),
    (
        "a small latte and a large flat white, make both large",
        ["1 flat_white large", "1 latte large"],
    ),
    ("a small latte, upgrade that to a large", ["1 latte large"]),
    ("a small latte with honey, change the size to large", ["1 latte honey large"]),
    ("a latte with sugar and a bagel, swap the sugar for honey", ["1 bagel", "1 latte honey"]),
    ("a latte and an iced tea, no not the iced tea, a bagel", ["1 bagel", "1 latte"]),
    ("a latte and an iced tea. no hang on, not an iced tea, a bagel", ["1 bagel", "1 latte"]),
    ("a latte and a bagel, no scrap the bagel, a flat white instead", ["1 flat_white", "1 latte"]),
    ("a latte and a bagel, forget the bagel, make it a flat white", ["1 flat_white", "1 latte"]),
    ("a latte and a bagel, forget the bagel, and make it large", ["1 latte large"]),
    ("two small lattes, change one to large", ["1 latte large", "1 latte small"]),
    ("a large latte, not small, and a bagel", ["1 bagel", "1 latte large"]),
    ("a small latte, my mistake, large", ["1 latte large"]),
    ("a latte, um no, a flat white", ["1 flat_white"]),
    (
        "a small latte, large flat white, and make the latte large",
        ["1 flat_white large", "1 latte large"],
    ),
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
    "a latte and a bagel, make both large",
    "a large latte with honey and, no, a small",
    "two lattes, make two of them large",
    "two lattes, one large, make one of them small",
    "a large sugar, no wait, a small latte",
]


@pytest.mark.parametrize("text", OPEN)
def test_a_correction_that_may_mean_another_line_is_asked_about(text: str) -> None:
    """Where it is open what is taken back, or what goes with it, nothing is ordered unasked."""
    assert not READER.read(text).certain


GUESSED = [
    ("two lattes, no three, and a bagel", ["1 bagel", "3 latte"]),
    ("two small lattes, make three of them large", ["2 latte small"]),
    ("a latte, instead of sugar honey", ["1 latte honey -sugar"]),
    ("a latte, swap the sugar for honey", ["1 latte honey -sugar"]),
]


@pytest.mark.parametrize(("text", "lines"), GUESSED)
def test_a_likely_correction_is_read_and_asked_about(text: str, lines: list[str]) -> None:
    """What is likely taken back is so in what we offer, and nothing is ordered unasked."""
    reading = READER.read(text)

    assert (shown(reading.lines), reading.certain) == (lines, False)


def test_an_option_that_another_item_has_too_is_that_of_the_last_item() -> None:
    """A word of several groups takes the place of the one that the corrected item has."""
    reading = MenuReader(TEAS).read("a chai with ginger blend, make it cinnamon")

    assert (shown(reading.lines), reading.certain) == (["1 chai cinnamon_blend"], True)


def test_part_of_another_item_behind_with_opens_no_line() -> None:
    """What "with" adds to a corrected item is no item by a word of its name."""
    catalogue = menu(
        (
            item("sundae", groups=("size", "flavour")),
            item("ice cream cone", "cone", groups=("flavour",)),
        ),
        (
            group("size", Select.ONE, option("medium"), option("large")),
            group("flavour", Select.MANY, option("coffee"), option("vanilla")),
        ),
    )
    reading = MenuReader(catalogue).read("a medium sundae, actually a large, with coffee ice cream")

    assert shown(reading.lines) == ["1 sundae coffee large"]
