"""Items, options, and words that may be either."""

import pytest

from chalicelib.domain.catalogue import Select
from chalicelib.understanding.doubts import Doubt
from chalicelib.understanding.reader import MenuReader
from tests.unit.understanding.menus import group, item, menu, option, shown

CAFE = MenuReader(
    menu(
        (
            item("coffee", "filter coffee", groups=("dairy", "shot", "roast", "syrup")),
            item("ristretto", "ristretto coffee", groups=("syrup",)),
            item("milk"),
            item("espresso"),
        ),
        (
            group("dairy", Select.MANY, option("milk"), option("cream")),
            group("shot", Select.ONE, option("espresso shot")),
            group("roast", Select.ONE, option("amber roast", "amber"), option("dark roast")),
            group("syrup", Select.MANY, option("amber")),
        ),
    )
)


@pytest.mark.parametrize(
    ("text", "lines", "certain"),
    [
        ("a coffee with milk", ["1 coffee milk"], True),
        ("a coffee no milk", ["1 coffee -milk"], True),
        ("two milks", ["2 milk"], True),
        ("a coffee and a milk", ["1 coffee", "1 milk"], False),
        ("a coffee, milk", ["1 coffee milk"], False),
        ("an espresso", ["1 espresso"], True),
        ("a coffee and an espresso", ["1 coffee", "1 espresso"], True),
        ("a coffee, add espresso", ["1 coffee espresso_shot"], False),
        ("a ristretto coffee", ["1 ristretto"], True),
        ("a coffee, black", ["1 coffee"], True),
        ("a ristretto, black", ["1 ristretto"], False),
    ],
)
def test_an_item_that_is_also_an_option_is_decided_by_what_leads_it(
    text: str, lines: list[str], *, certain: bool
) -> None:
    """After "with" or "no" it is an option, alone an item; else it is one of them, with a doubt."""
    reading = CAFE.read(text)

    assert (shown(reading.lines), reading.certain) == (lines, certain)


@pytest.mark.parametrize(
    ("text", "lines", "doubts"),
    [
        ("an amber coffee", ["1 coffee amber"], {Doubt.SEVERAL_OPTIONS_BY_THAT_NAME}),
        ("a coffee with amber", ["1 coffee amber"], set()),
        ("a dark roast coffee, amber", ["1 coffee amber dark_roast"], set()),
        ("an amber ristretto", ["1 ristretto amber"], set()),
    ],
)
def test_an_option_of_two_groups_is_decided_by_the_item_and_its_other_options(
    text: str, lines: list[str], doubts: set[Doubt]
) -> None:
    """The item's groups decide, then what is taken already, then the exact name in a list."""
    explanation = CAFE.explain(text)

    assert shown(explanation.reading.lines) == lines
    assert explanation.doubts == doubts


def test_a_word_of_an_option_is_that_option_before_it_is_an_absence() -> None:
    """Hot denies ice only where the menu has no use for the word itself."""
    groups = (
        group("style", Select.ONE, option("iced")),
        group("extra", Select.MANY, option("hot honey"), option("lemon")),
    )
    reader = MenuReader(menu((item("tea", groups=("style", "extra")),), groups))

    assert shown(reader.read("a tea with hot and lemon").lines) == ["1 tea hot_honey lemon"]
