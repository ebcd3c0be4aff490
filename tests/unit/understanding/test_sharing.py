"""What several lines have in common, and what is said of one that was named before."""

import pytest

from chalicelib.understanding.reader import MenuReader
from tests.unit.understanding.menus import CAFE, SANDWICHES, shown

READER = MenuReader(CAFE)

SHARED = [
    ("a latte and a flat white, both large", ["1 flat_white large", "1 latte large"]),
    (
        "latte, flat white, hot chocolate, all large",
        ["1 flat_white large", "1 hot_chocolate large", "1 latte large"],
    ),
    ("a latte and a flat white, the latte with oat milk", ["1 flat_white", "1 latte oat_milk"]),
    ("a latte and a flat white, the flat white large", ["1 flat_white large", "1 latte"]),
    ("a latte and a flat white, only the latte large", ["1 flat_white", "1 latte large"]),
    ("a latte and a flat white, with honey in the latte", ["1 flat_white", "1 latte honey"]),
    (
        "a latte with oat milk and the same for the flat white",
        ["1 flat_white oat_milk", "1 latte oat_milk"],
    ),
    ("a large latte and a small one", ["1 latte large", "1 latte small"]),
    ("a large latte and a small one with honey", ["1 latte honey small", "1 latte large"]),
    ("the large latte and a bagel", ["1 bagel", "1 latte large"]),
    (
        "3 lattes: one small, two large, the small one with honey",
        ["1 latte honey small", "2 latte large"],
    ),
    (
        "3 lattes: one small, two large, the large ones with honey",
        ["1 latte small", "2 latte honey large"],
    ),
    ("a latte, the large one", ["1 latte large"]),
    (
        "a small latte and a large latte, the small one with oat milk",
        ["1 latte large", "1 latte oat_milk small"],
    ),
    ("a latte and a flat white, oat milk in both", ["1 flat_white oat_milk", "1 latte oat_milk"]),
    ("two lattes, both large", ["2 latte large"]),
    ("two lattes both with oat milk", ["2 latte oat_milk"]),
    (
        "two lattes, one large and one with honey, both with oat milk",
        ["1 latte honey oat_milk", "1 latte large oat_milk"],
    ),
    ("a large and a small latte", ["1 latte large", "1 latte small"]),
    ("one large and two small lattes", ["1 latte large", "2 latte small"]),
    ("the latte and the bagel", ["1 bagel", "1 latte"]),
    ("a latte and a flat white, no sugar in either", ["1 flat_white -sugar", "1 latte -sugar"]),
    ("two of the lattes", ["2 latte"]),
    ("could i get the latte but large", ["1 latte large"]),
]


@pytest.mark.parametrize(("text", "lines"), SHARED)
def test_what_is_shared_or_said_of_one_line_gets_there(text: str, lines: list[str]) -> None:
    """An option said of all lines, or of one that is named again, is on those lines and no other."""
    reading = READER.read(text)

    assert (shown(reading.lines), reading.certain) == (lines, True)


OPEN = [
    "three small lattes, one large",
    "a latte and a flat white with oat milk",
    "a small latte and a flat white, both large",
    "a latte and a flat white with honey in the latte",
    "a latte and a flat white, both large except the latte",
    "a latte neither sugar nor honey",
    "a large latte with sugar and the same for a bagel",
    "two large lattes and the same for a flat white",
    "the same but large",
    "same again please",
    "two lattes and a flat white, the large one with honey",
    "either a latte or a bagel",
    "a latte with oat milk each",
    "a latte and a flat white with oat milk each",
    "a latte and a flat white, one sugar each",
    "a latte and a bagel, two each",
    "a latte. the latte should be large",
    "add honey to the latte",
    "all the lattes",
    "not a small latte, a large one",
    "yes the large one",
]


SUBS = MenuReader(SANDWICHES)
GATHERED = [
    ("4 subs: two veggie subs and two tuna subs", ["2 tuna_sub", "2 veggie_sub"]),
    ("two subs on rye, a tuna and a veggie sub", ["1 tuna_sub rye", "1 veggie_sub rye"]),
    ("three large ones: two lemonades and a milk", ["1 milk large", "2 lemonade large"]),
    (
        "a veggie sub and a tuna sub, both on rye, bacon in both",
        ["1 tuna_sub bacon rye", "1 veggie_sub bacon rye"],
    ),
]


@pytest.mark.parametrize(("text", "lines"), GATHERED)
def test_what_gathers_items_is_no_line_of_its_own(text: str, lines: list[str]) -> None:
    """A number over those that follow counts them, and its options are theirs."""
    assert shown(SUBS.read(text).lines) == lines


@pytest.mark.parametrize(
    "text", ["4 subs: two veggie subs and a tuna sub", "three large ones: a lemonade and a milk"]
)
def test_what_does_not_add_up_is_asked_about(text: str) -> None:
    """Where the number is not that of the items, something was meant otherwise."""
    assert not SUBS.read(text).certain


@pytest.mark.parametrize("text", OPEN)
def test_what_may_be_meant_for_one_or_for_all_is_asked_about(text: str) -> None:
    """Where another line could be meant as well, nothing is ordered unasked."""
    assert not READER.read(text).certain


def test_what_is_said_of_all_stays_with_all_where_one_is_named_again() -> None:
    """What stands before "the latte" is not the latte's."""
    reading = READER.read("a latte and a flat white, both large, the latte with honey")

    assert shown(reading.lines) == ["1 flat_white large", "1 latte honey large"]
    assert reading.certain


def test_an_item_that_gives_way_to_another_is_not_ordered() -> None:
    """An item behind "instead of" is taken out where it was ordered before, and we ask."""
    reading = READER.read("a latte and a flat white instead of the latte")

    assert (shown(reading.lines), reading.certain) == (["1 flat_white"], False)


def test_a_number_that_touches_a_name_may_belong_to_it() -> None:
    """Only a colon or comma shows that it counts."""
    assert READER.read("lattes: 2, bagels: 1").certain
    assert not READER.read("latte 2, bagel 1").certain


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (
            "two lattes, one large, both with oat milk",
            ["1 latte large oat_milk", "1 latte oat_milk"],
        ),
        (
            "three lattes, two large, all with honey",
            ["1 latte honey", "2 latte honey large"],
        ),
        (
            "two lattes, one with sugar, and both large",
            ["1 latte large", "1 latte large sugar"],
        ),
    ],
)
def test_what_is_shared_reaches_the_units_that_are_told_apart_too(
    text: str, lines: list[str]
) -> None:
    """Also the rest, of which nothing else is said."""
    reading = READER.read(text)

    assert (shown(reading.lines), reading.certain) == (lines, True)


@pytest.mark.parametrize(
    "text",
    [
        "a latte and a bagel, both with butter",
        "a bagel and a latte, both with oat milk",
        "two lattes both large one with honey",
        "two lattes, one of them a flat white",
        "two bagels please make one of them a latte",
    ],
)
def test_what_one_of_them_can_not_be_is_asked_about(text: str) -> None:
    """All of them have it or none; and one of several is not one more."""
    assert not READER.read(text).certain
