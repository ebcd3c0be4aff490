"""Signs beside words, and numbers that count the lines of a list."""

import pytest

from chalicelib.understanding.agreement import signs_spelt
from chalicelib.understanding.chinese import CHINESE
from chalicelib.understanding.doubts import Doubt
from chalicelib.understanding.questions import question_for
from chalicelib.understanding.reader import MenuReader
from chalicelib.understanding.signs import has_list_numbers, has_open_signs
from tests.unit.understanding.menus import CAFE, SANDWICHES, shown

CAFE_READER = MenuReader(CAFE)
READER = MenuReader(SANDWICHES)


@pytest.mark.parametrize(
    "text",
    [
        "tuna sub \u274c onion",
        "tuna sub \U0001f6ab mayo",
        "tuna sub \u26d4 onion",
        "tuna sub \u2796 onion",
        "tuna sub no onion \u274c",
    ],
)
def test_a_sign_that_refuses_is_read_so_and_asked_about(text: str) -> None:
    """What it stands by may be before it or behind it."""
    reading = READER.read(text)

    assert not any(line.options for line in reading.lines)
    assert not reading.certain


@pytest.mark.parametrize(
    "text",
    [
        "tuna sub onion \u2717",
        "tuna sub (-onion)",
        "tuna sub [ - onion ]",
        "tuna sub, -onion",
        "tuna sub !onion",
        "tuna sub ~~onion~~",
        "tuna sub <del>onion</del>",
        "tuna sub o\u0336n\u0336i\u0336o\u0336n\u0336",
        "tuna sub \u00d7 onion",
        "tuna sub - onion + bacon",
        "tuna sub \u274c",
        "tuna sub \U0001f44e",
        "tuna sub \u2753",
        "tuna sub \U0001f621",
        "\U0001f950\U0001f950 and a tuna sub",
        "a tuna sub -> a veggie sub",
    ],
)
def test_a_sign_that_words_do_not_explain_is_doubted(text: str) -> None:
    """A cross, a strike, a minus in brackets or a picture may change what is ordered."""
    assert Doubt.UNKNOWN_WORD in READER.explain(text).doubts


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a tuna sub please \U0001f64f", "1 tuna_sub"),
        ("a tuna sub, thanks \U0001f60a\u2764\ufe0f", "1 tuna_sub"),
        ("hi \U0001f44b a tuna sub \U0001f44d\U0001f3fd", "1 tuna_sub"),
        ("2\u00d7 tuna sub", "2 tuna_sub"),
        ("- tuna sub\n", "1 tuna_sub"),
        ("tuna sub - onion - rye", "1 tuna_sub onion rye"),
        ("a tuna sub + bacon!", "1 tuna_sub bacon"),
    ],
)
def test_a_smile_or_a_bullet_leaves_an_order_certain(text: str, line: str) -> None:
    """It changes nothing."""
    reading = READER.read(text)

    assert (shown(reading.lines), reading.certain) == ([line], True)


def test_a_sign_refuses_in_another_language_too() -> None:
    """It is spelt as what refuses an option there."""
    spelt = signs_spelt("\u73cd\u73e0\u5976\u8336\u274c\u73cd\u73e0", CHINESE)

    assert spelt.split() == ["\u73cd\u73e0\u5976\u8336", "\u4e0d\u8981", "\u73cd\u73e0"]
    assert has_open_signs("\u73cd\u73e0\u5976\u8336\u274c\u73cd\u73e0")
    assert not has_open_signs("\u73cd\u73e0\u5976\u8336\uff0c\u8c22\u8c22\U0001f64f")


def test_a_sign_leaves_an_answer_open_too() -> None:
    """What is struck out of an answer may not be wanted; a smile changes nothing."""
    question = question_for(CAFE_READER.read("a latte, no a flat white"), CAFE)

    assert not CAFE_READER.reply("just a latte ~~large~~", question).certain
    assert CAFE_READER.reply("just a latte \U0001f60a", question).certain


LISTS = [
    "1) latte 2) flat white 3) bagel",
    "1. latte 2. flat white",
    "(1) latte (2) flat white",
    "[1] latte [2] flat white",
    "#1 latte #2 flat white",
    "item 1: latte item 2: bagel",
    "1 - latte 2 - bagel",
    "1/ latte 2/ bagel",
    "1.latte, 2.bagel",
    "1\ufe0f\u20e3 latte 2\ufe0f\u20e3 bagel",
    "2) latte 3) bagel",
]


@pytest.mark.parametrize("text", LISTS)
def test_numbers_that_rise_with_a_mark_may_count_lines(text: str) -> None:
    """The second of a list is not two of it for certain."""
    assert Doubt.NUMBER_OPEN in CAFE_READER.explain(text).doubts


@pytest.mark.parametrize(
    ("text", "is_list"),
    [
        ("1\u3001\u5976\u8336 2\u3001\u7eff\u8336", True),
        ("\u4e00\u3001\u5976\u8336 \u4e8c\u3001\u7eff\u8336", True),
        ("1 latte 2 bagels", False),
        ("1 latte. 2 bagels. 3 teas.", False),
        ("latte: 1, bagel: 2", False),
        ("at 1:30 or 2:30", False),
        ("1.5 and 2.5 metres", False),
        ("1/2 inch and 2/3 inch", False),
        ("2. lattes 1. bagel", False),
        ("$1. and $2.", False),
    ],
)
def test_a_mark_behind_rising_numbers_tells_a_list(text: str, *, is_list: bool) -> None:
    """A number that only ends a sentence, or is part of a measure, does not."""
    assert has_list_numbers(text) is is_list


def test_numbers_without_a_mark_count_items() -> None:
    """One of the first and two of the second are ordered at once."""
    reading = CAFE_READER.read("1 latte 2 bagels 3 flat whites")

    assert (shown(reading.lines), reading.certain) == (["1 latte", "2 bagel", "3 flat_white"], True)
