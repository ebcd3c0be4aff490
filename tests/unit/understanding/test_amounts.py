"""How much of an option is wanted."""

import pytest

from chalicelib.domain.catalogue import Select
from chalicelib.understanding.reader import MenuReader
from tests.unit.understanding.menus import SANDWICHES, group, item, menu, option, shown

READER = MenuReader(SANDWICHES)

CERTAIN = [
    ("a tuna sub with a whole lot of lettuce", ["1 tuna_sub extra:lettuce"]),
    ("a tuna sub, generous with the mayo", ["1 tuna_sub extra:mayonnaise"]),
    ("a tuna sub with lots of extra lettuce", ["1 tuna_sub extra:lettuce"]),
    ("a tuna sub with a drop of oil", ["1 tuna_sub light:oil"]),
    ("a tuna sub with just a smidge of mayo", ["1 tuna_sub light:mayonnaise"]),
    ("a tuna sub with very little onion", ["1 tuna_sub light:onion"]),
    ("a tuna sub with double bacon", ["1 tuna_sub extra:bacon"]),
    ("a tuna sub, twice the pickle", ["1 tuna_sub extra:pickle"]),
    ("a tuna sub, mayo light, lettuce extra", ["1 tuna_sub extra:lettuce light:mayonnaise"]),
    ("a tuna sub with mayo but not too much", ["1 tuna_sub light:mayonnaise"]),
    ("a tuna sub with bacon, lots of it", ["1 tuna_sub extra:bacon"]),
    ("a tuna sub with oil, just a drop", ["1 tuna_sub light:oil"]),
    ("a tuna sub with extra bacon and lettuce", ["1 tuna_sub extra:bacon lettuce"]),
    (
        "a tuna sub with bacon and lettuce, extra of both",
        ["1 tuna_sub extra:bacon extra:lettuce"],
    ),
    (
        "a tuna sub with extra of both bacon and lettuce",
        ["1 tuna_sub extra:bacon extra:lettuce"],
    ),
    (
        "two tuna subs, one without pickle and one with extra",
        ["1 tuna_sub -pickle", "1 tuna_sub extra:pickle"],
    ),
    ("a tuna sub with some lettuce", ["1 tuna_sub lettuce"]),
    ("a tuna sub with extra, extra lettuce", ["1 tuna_sub extra:lettuce"]),
]


@pytest.mark.parametrize(("text", "lines"), CERTAIN)
def test_an_amount_is_of_what_it_stands_with(text: str, lines: list[str]) -> None:
    """An amount goes to the option it leads or follows, or to both that it names."""
    reading = READER.read(text)

    assert (shown(reading.lines), reading.certain) == (lines, True)


OPEN = [
    ("a tuna sub with plenty of lettuce", ["1 tuna_sub extra:lettuce"]),
    ("a tuna sub with bacon and oil, not too much", ["1 tuna_sub bacon light:oil"]),
    ("a tuna sub, bacon, extra, oil", ["1 tuna_sub extra:bacon oil"]),
    ("a tuna sub with triple bacon", ["1 tuna_sub extra:bacon"]),
]


@pytest.mark.parametrize(("text", "lines"), OPEN)
def test_an_amount_of_either_of_two_is_asked_about(text: str, lines: list[str]) -> None:
    """An amount that may be of another option, or no amount at all, is read but not ordered."""
    reading = READER.read(text)

    assert (shown(reading.lines), reading.certain) == (lines, False)


def test_a_menu_with_an_option_named_double_keeps_it() -> None:
    """Where a menu says what "double" is, it is that, and no amount."""
    cone = item("cone", groups=("scoops", "topping"))
    scoops = group("scoops", Select.ONE, option("single"), option("double"))
    toppings = group("topping", Select.MANY, option("nuts"))
    reader = MenuReader(menu((cone,), (scoops, toppings)))

    assert shown(reader.read("a double cone with nuts").lines) == ["1 cone double nuts"]
    assert shown(reader.read("a cone double nuts").lines) == ["1 cone double nuts"]
    assert shown(reader.read("a single cone with nuts").lines) == ["1 cone nuts single"]
