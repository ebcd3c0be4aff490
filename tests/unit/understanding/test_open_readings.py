"""Readings that look whole and may be wrong: each is asked about."""

import pytest

from chalicelib.domain.catalogue import Select
from chalicelib.understanding.doubts import Doubt
from chalicelib.understanding.questions import question_for
from chalicelib.understanding.reader import MenuReader
from tests.unit.understanding.menus import CAFE, SANDWICHES, group, item, menu, option, shown

CAFE_READER = MenuReader(CAFE)
SUBS = MenuReader(SANDWICHES)
CHEMIST = menu(
    (
        item("cough syrup", groups=("flavour",)),
        item("throat lozenges", "lozenges"),
        item("plasters", groups=("pack",)),
        item("rosemary"),
    ),
    (
        group("flavour", Select.ONE, option("cherry"), option("honey")),
        group("pack", Select.ONE, option("pack of 20"), option("pack of 40")),
    ),
)
CHEMIST_READER = MenuReader(CHEMIST)


@pytest.mark.parametrize(
    "text",
    [
        "an iced tea with oat milk and a latte",
        "a blueberry muffin with butter and 2 bagels",
        "an iced tea with oat milk, a flat white",
        "iced tea oat milk, and a latte",
        "iced tea oat milk a latte",
        "latte, oat milk iced tea",
        "a latte and oat milk iced tea",
        "a blueberry muffin, butter, bagel",
    ],
)
def test_an_option_that_goes_past_its_neighbour_is_doubted(text: str) -> None:
    """What its own item does not take is not another's for certain."""
    assert Doubt.BELONGS_TO_EITHER in CAFE_READER.explain(text).doubts


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (
            "a blueberry muffin and a large, oat milk latte",
            ["1 blueberry_muffin", "1 latte large oat_milk"],
        ),
        ("a blueberry muffin, oat milk latte", ["1 blueberry_muffin", "1 latte oat_milk"]),
        (
            "a blueberry muffin and large oat latte",
            ["1 blueberry_muffin", "1 latte large oat_milk"],
        ),
        (
            "a latte with honey and sugar and a blueberry muffin",
            ["1 blueberry_muffin", "1 latte honey sugar"],
        ),
        (
            "two lattes, one large, and a blueberry muffin",
            ["1 blueberry_muffin", "1 latte", "1 latte large"],
        ),
        ("a latte with oat milk and honey bagel", ["1 bagel", "1 latte honey oat_milk"]),
    ],
)
def test_an_option_beside_its_own_item_is_certain(text: str, lines: list[str]) -> None:
    """In front of it, or in a list behind it."""
    reading = CAFE_READER.read(text)

    assert (shown(reading.lines), reading.certain) == (lines, True)


def test_an_option_may_lead_an_item_with_its_article() -> None:
    """Half a pie is a pie, and half is its size."""
    reader = MenuReader(
        menu(
            (item("pea soup"), item("leek pie", groups=("cut",))),
            (group("cut", Select.ONE, option("half"), option("whole pie")),),
        )
    )
    reading = reader.read("a pea soup and half a leek pie")

    assert (shown(reading.lines), reading.certain) == (["1 leek_pie half", "1 pea_soup"], True)


@pytest.mark.parametrize(
    "text", ["a tuna sub not without mayo", "a tuna sub not no onion", "a tuna sub not minus onion"]
)
def test_two_refusals_side_by_side_are_doubted(text: str) -> None:
    """Not without it is with it."""
    assert Doubt.NEGATION_OPEN in SUBS.explain(text).doubts


def test_two_refusals_in_an_answer_are_doubted() -> None:
    """They change nothing unasked."""
    question = question_for(SUBS.read("a tuna sub or a soup"), SANDWICHES)

    assert not SUBS.reply("the tuna sub, not without mayo", question).certain


@pytest.mark.parametrize(
    "text",
    ["a tuna sub with 0 onion", "a tuna sub with 0x onion", "a tuna sub with 0 pumps of onion"],
)
def test_none_of_an_option_is_without_it(text: str) -> None:
    """A nought refuses what it counts, and is asked about."""
    reading = SUBS.read(text)

    assert (shown(reading.lines), reading.certain) == (["1 tuna_sub -onion"], False)


@pytest.mark.parametrize(
    ("text", "certain"),
    [
        ("a latte and make that two bagels", False),
        ("a latte and make it a flat white", False),
        ("a latte and make that two", True),
        ("a latte and a bagel, and make that two bagels", True),
        ("a latte, make that two bagels", True),
    ],
)
def test_a_correction_that_and_leads_may_add_another_item(text: str, *, certain: bool) -> None:
    """Where it names no other item it corrects."""
    assert CAFE_READER.read(text).certain is certain


@pytest.mark.parametrize(
    ("text", "certain"),
    [
        ("20 packs of plasters", False),
        ("40 boxes of plasters", False),
        ("15 packs of plasters", True),
    ],
)
def test_as_many_packs_as_a_pack_holds_are_doubted(text: str, *, certain: bool) -> None:
    """They may be one pack of so many."""
    assert CHEMIST_READER.read(text).certain is certain


@pytest.mark.parametrize(
    ("text", "certain"),
    [
        ("cough syrup doesn't work for me, so rosemary", False),
        ("the cough syrup isn't working, a rosemary", False),
        ("a rosemary, my doorbell doesn't work", True),
        ("the bell isn't working so knock, a rosemary", True),
        ("sorry for the cough syrup", False),
        ("sorry for the wait, a rosemary", True),
        ("let the rosemary go", False),
        ("let me have a rosemary to go", True),
        ("cough syrup / rosemary", False),
        ("name: Rosemary", False),
        ("a cough syrup, name: Rosemary", False),
        ("a cough syrup for Rosemary", False),
        ("a cough syrup, my name is Rosemary", True),
    ],
)
def test_a_remark_that_names_an_item_orders_it_for_certain_only_of_others(
    text: str, *, certain: bool
) -> None:
    """What does not work, what one is sorry for, and who is called so are asked about."""
    assert CHEMIST_READER.read(text).certain is certain


@pytest.mark.parametrize(
    ("text", "certain"),
    [
        ("can I take cough syrup with lozenges?", False),
        ("could i take a rosemary with the cough syrup please?", False),
        ("may I take cough syrup and lozenges together?", False),
        ("can I take a cough syrup and a rosemary?", True),
        ("can I take a cough syrup with honey?", True),
        ("can I take a cough syrup?", True),
        ("can I have a cough syrup with a rosemary?", True),
    ],
)
def test_a_question_what_goes_with_what_orders_nothing_for_certain(
    text: str, *, certain: bool
) -> None:
    """Only of two things may it ask that."""
    assert CHEMIST_READER.read(text).certain is certain
