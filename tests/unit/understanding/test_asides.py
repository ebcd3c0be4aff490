"""What stands beside an order: people and purposes change nothing, another time does."""

import pytest

from chalicelib.understanding.doubts import Doubt
from chalicelib.understanding.reader import MenuReader
from tests.unit.understanding.menus import CAFE, shown

READER = MenuReader(CAFE)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a large latte, she's waiting in the car", ["1 latte large"]),
        ("a bagel for my choir practice", ["1 bagel"]),
        ("it's for my choir, three bagels with butter", ["3 bagel butter"]),
        ("it's my jubilee so a latte with honey", ["1 latte honey"]),
        ("a latte. we're sitting under the awning.", ["1 latte"]),
        ("a bagel for our front step and a latte", ["1 bagel", "1 latte"]),
        ("a latte with honey because she's knackered", ["1 latte honey"]),
    ],
)
def test_a_statement_about_people_or_a_purpose_changes_nothing(text: str, lines: list[str]) -> None:
    """A clause that names nothing of the menu, and neither refuses, asks nor dates, is passed."""
    explanation = READER.explain(text)

    assert (shown(explanation.reading.lines), explanation.doubts) == (lines, frozenset())


@pytest.mark.parametrize(
    "text",
    [
        "a latte, she's allergic",
        "a latte, i'm vegan",
        "a latte, i'm kidding",
        "a latte, i'm not hungry",
        "a latte, he's having a bagel",
        "a latte, they're both large",
        "a latte, it's cancelled",
        "a latte, it should be well done",
        "a latte, we're leaving in two minutes",
        "a latte, i am undecided",
        "a latte, she's here monday",
        "a latte for my allergy",
        "a latte for the 14th",
        "a latte for our march meetup",
        "a latte with oat milk for the cortado",
        "swap the latte for my cortado",
        "a latte, well done",
        "a latte, ive been overcharged",
    ],
)
def test_what_may_change_the_order_is_no_aside(text: str) -> None:
    """A diet, a joke, a date, a refusal, a number or a word of the menu is never passed over."""
    assert READER.explain(text).doubts


@pytest.mark.parametrize(
    "text",
    [
        "a latte for tomorrow",
        "a latte by saturday",
        "a latte on friday",
        "a latte for 7 pm",
        "a latte at 7",
        "a latte around 10 am",
        "a latte for this evening",
        "a latte in the evening",
        "a latte for christmas",
    ],
)
def test_another_time_is_doubted_and_counts_nothing(text: str) -> None:
    """An order for later is no order for now, and its hour is no number of lattes."""
    explanation = READER.explain(text)

    assert shown(explanation.reading.lines) == ["1 latte"]
    assert Doubt.UNREAD_PHRASE in explanation.doubts


@pytest.mark.parametrize("text", ["a latte for lunch", "a latte for the kids", "a latte tonight"])
def test_an_occasion_of_today_is_harmless(text: str) -> None:
    """What says no other time than now leaves an order certain."""
    assert READER.read(text).certain


@pytest.mark.parametrize(
    "text", ["a bagel with butter on the side", "a latte with a bagel on the side"]
)
def test_where_a_thing_is_put_on_the_table_is_harmless(text: str) -> None:
    """A menu without that choice has no way to say it, so nobody is to be asked about it."""
    assert READER.read(text).certain
