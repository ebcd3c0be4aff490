"""Words that mean something else beside each other."""

import pytest

from chalicelib.domain.catalogue import Select
from chalicelib.understanding.reader import MenuReader
from tests.unit.understanding.menus import SANDWICHES, group, item, menu, option, shown

READER = MenuReader(SANDWICHES)

REFUSED = [
    ("a tuna sub, leave the pickle off", ["1 tuna_sub -pickle"]),
    ("a tuna sub, can you keep the pickle and onion out", ["1 tuna_sub -onion -pickle"]),
    ("a tuna sub and take the lettuce off please", ["1 tuna_sub -lettuce"]),
    ("a cookie and a lemonade, take the cookie off", ["1 lemonade"]),
    ("a tuna sub, dont bother with the oil", ["1 tuna_sub -oil"]),
    ("a tuna sub, none of the onion", ["1 tuna_sub -onion"]),
    ("a tuna sub, no lettuce, just pickle", ["1 tuna_sub pickle -lettuce"]),
    ("a tuna sub, no lettuce or onion, only mayo", ["1 tuna_sub mayonnaise -lettuce -onion"]),
    ("a tuna sub, no onion, bacon if you have it", ["1 tuna_sub bacon -onion"]),
    ("a tuna sub without onion, bacon on top", ["1 tuna_sub bacon -onion"]),
    ("a tuna sub, scrap the onion, bacon instead", ["1 tuna_sub bacon -onion"]),
    (
        "a tuna sub with bacon, a veggie sub without, and a cookie",
        ["1 cookie", "1 tuna_sub bacon", "1 veggie_sub -bacon"],
    ),
    ("a tuna sub with bacon, a veggie sub without", ["1 tuna_sub bacon", "1 veggie_sub -bacon"]),
    (
        "a rye tuna sub with bacon and one without",
        ["1 tuna_sub bacon rye", "1 tuna_sub rye -bacon"],
    ),
]


@pytest.mark.parametrize(("text", "lines"), REFUSED)
def test_what_is_refused_ends_where_a_wish_begins(text: str, lines: list[str]) -> None:
    """Only what is refused is left out, whichever word says so and wherever it stands."""
    reading = READER.read(text)

    assert (shown(reading.lines), reading.certain) == (lines, True)


OPEN = [
    ("a tuna sub, no just pickle", ["1 tuna_sub pickle"]),
    ("a tuna sub, not too footlong, rye", ["1 tuna_sub rye"]),
    ("a tuna sub on rye, no wheat, and a cookie", ["1 cookie"]),
    ("a tuna sub, no lettuce, onion", ["1 tuna_sub -lettuce -onion"]),
    (
        "two cookies and a tuna sub with oil, one without",
        ["1 tuna_sub -oil", "1 tuna_sub oil", "2 cookie"],
    ),
]


@pytest.mark.parametrize(("text", "lines"), OPEN)
def test_a_refusal_that_may_reach_less_is_asked_about(text: str, lines: list[str]) -> None:
    """Where nothing says how far a refusal reaches, it is read one way and doubted."""
    reading = READER.read(text)

    assert not reading.certain
    assert shown(reading.lines)[: len(lines)] == lines


GRILL = menu(
    (item("gyros", groups=("extras", "salad")), item("ayran")),
    (
        group("extras", Select.MANY, option("double meat"), option("feta")),
        group("salad", Select.MANY, option("all the salad"), option("cabbage"), option("onion")),
    ),
)


def test_a_whole_is_refused_in_part() -> None:
    """What stands behind "but" is taken from all there is."""
    reader = MenuReader(GRILL)

    told = reader.read("a gyros with all the salad but onion")
    guessed = reader.read("a gyros with everything but onion")

    assert (shown(told.lines), told.certain) == (["1 gyros all_the_salad -onion"], True)
    assert (shown(guessed.lines), guessed.certain) == (["1 gyros all_the_salad -onion"], False)


def test_who_wants_none_of_a_kind_refuses_no_option() -> None:
    """Who wants no meat says nothing of an option that is more of it."""
    reading = MenuReader(GRILL).read("a gyros with no meat, just cabbage")

    assert (shown(reading.lines), reading.certain) == (["1 gyros cabbage"], False)
