"""The same again, plain ones, and all but one of a group."""

import pytest

from chalicelib.understanding.reader import MenuReader
from tests.unit.understanding.menus import CAFE, SANDWICHES, TEAS, shown

CAFE_READER, SUBS, TEA_READER = MenuReader(CAFE), MenuReader(SANDWICHES), MenuReader(TEAS)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (
            "a small latte with honey, and the same again but large",
            ["1 latte honey large", "1 latte honey small"],
        ),
        (
            "a small latte with oat milk and another one exactly the same but with whole milk",
            ["1 latte oat_milk small", "1 latte small whole_milk"],
        ),
        ("two lattes, one plain and one with honey", ["1 latte", "1 latte honey"]),
        ("four bagels: two plain, two with butter", ["2 bagel", "2 bagel butter"]),
        (
            "two large lattes with oat milk and a small one with whole milk",
            ["1 latte small whole_milk", "2 latte large oat_milk"],
        ),
    ],
)
def test_an_item_is_said_again_by_what_differs(text: str, lines: list[str]) -> None:
    """What is not said anew holds as before, and "plain" holds nothing."""
    assert shown(CAFE_READER.read(text).lines) == lines


@pytest.mark.parametrize(
    "text",
    [
        "the same again",
        "a latte, the same but large",
        "a latte and a bagel, and the same again",
        "two small lattes and the same but large",
        "two large lattes with oat milk and a small one",
    ],
)
def test_what_the_same_is_may_be_open(text: str) -> None:
    """With nothing, or several things, before it, or as an afterthought, it is asked about."""
    assert not CAFE_READER.read(text).certain


def test_all_but_one_of_a_group_is_that_one() -> None:
    """No sauce except oil wants the oil, while "all except" leaves it out."""
    only = SUBS.explain("a tuna sub, no sauce except oil")

    assert (shown(only.reading.lines), only.doubts) == (["1 tuna_sub oil"], frozenset())
    assert shown(SUBS.read("a tuna sub with lettuce except oil").lines) == [
        "1 tuna_sub lettuce -oil"
    ]


def test_a_refusal_ends_at_what_a_thing_stands_on() -> None:
    """Without onion, on rye, refuses no rye."""
    found = SUBS.explain("a tuna sub without onion, on rye")

    assert (shown(found.reading.lines), found.doubts) == (["1 tuna_sub rye -onion"], frozenset())


@pytest.mark.parametrize(
    "text",
    [
        "a veggie sub, bacon and onion tuna sub",
        "two tuna subs and a veggie sub, footlong",
        "a chai and a milk tea, large",
    ],
)
def test_a_list_between_two_items_may_be_of_either(text: str) -> None:
    """Where a comma leads options that both items have, nobody can tell whose they are."""
    assert not (SUBS if "sub" in text else TEA_READER).read(text).certain


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a large chai in a cup", []),
        ("can i get a tuna sub on a rye", ["1 tuna_sub rye"]),
        ("tomato soup in a bowl", ["1 tomato_soup bowl"]),
        (
            "two soups, actually three, one of them in a bowl",
            ["1 tomato_soup bowl", "2 tomato_soup"],
        ),
    ],
)
def test_an_article_behind_a_preposition_opens_no_line(text: str, lines: list[str]) -> None:
    """What stands in a bowl tells how, and counts nothing."""
    found = SUBS.explain(text)

    assert (shown(found.reading.lines), not found.doubts) == (lines, bool(lines))
