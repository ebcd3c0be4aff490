"""Containers, sizes and plurals: what says how many, and what only seems to."""

import pytest

from chalicelib.domain.catalogue import Select
from chalicelib.understanding.doubts import Doubt
from chalicelib.understanding.reader import MenuReader
from tests.unit.understanding.menus import group, item, menu, option, shown

SHOP = menu(
    (
        item("potato crisps", "crisps"),
        item("bread roll", "roll", groups=("gift",)),
        item("granola", groups=("weight",)),
        item("compost", groups=("volume",)),
        item("nail", groups=("pack", "metal")),
        item("screw", groups=("pack", "metal")),
        item("wool sock"),
        item("gloves", groups=("glove_size",)),
        item("cone", groups=("cone_kind", "flavour")),
        item("juice", groups=("flavour",)),
    ),
    (
        group("gift", Select.MANY, option("gift box")),
        group("weight", Select.ONE, option("500 g"), option("1 kg")),
        group(
            "volume", Select.ONE, option("20 litre", "small bag"), option("40 litre", "large bag")
        ),
        group("pack", Select.ONE, option("pack of 50"), option("pack of 100")),
        group("metal", Select.ONE, option("brass"), option("steel")),
        group("glove_size", Select.ONE, option("small"), option("large")),
        group("cone_kind", Select.ONE, option("sugar cone"), option("waffle cone")),
        group("flavour", Select.ONE, option("cherry"), option("lime"), option("mint")),
    ),
)
READER = MenuReader(SHOP)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("two bags of crisps", ["2 potato_crisps"]),
        ("a box of granola, 500 g", ["1 granola 500_g"]),
        ("three 40 litre bags of compost", ["3 compost 40_litre"]),
        ("two bags of compost, 20 litre", ["2 compost 20_litre"]),
        ("compost in a 40 litre sack", ["1 compost 40_litre"]),
        ("nails, pack of 50", ["1 nail pack_of_50"]),
        ("a pair of wool socks", ["1 wool_sock"]),
        ("a pair of gloves size small", ["1 gloves small"]),
        ("crisps please", ["1 potato_crisps"]),
        ("two waffle cones with mint", ["2 cone mint waffle_cone"]),
        ("a mint cone in a sugar cone", ["1 cone mint sugar_cone"]),
        ("two juices, cherry and lime", ["1 juice cherry", "1 juice lime"]),
        ("three juices, mint, cherry and lime", ["1 juice cherry", "1 juice lime", "1 juice mint"]),
        (
            "two nails, steel and brass, both pack of 50",
            ["1 nail brass pack_of_50", "1 nail pack_of_50 steel"],
        ),
    ],
)
def test_a_container_is_a_unit_of_what_is_not_counted(text: str, lines: list[str]) -> None:
    """A bag of what the menu itself has in the plural or by weight is one unit of it."""
    explanation = READER.explain(text)

    assert (shown(explanation.reading.lines), explanation.doubts) == (lines, frozenset())


@pytest.mark.parametrize(
    "text",
    [
        "a bag of bread rolls",
        "two boxes of rolls",
        "a box of bread roll",
        "a plate of rolls",
        "a tray of crisps",
        "a case of granola",
        "bread rolls",
        "some rolls please",
        "bottles of granola",
        "-three rolls",
        "50 nails",
        "three juices, cherry and lime",
        "75 litre compost",
    ],
)
def test_a_number_that_is_not_said_is_never_certain(text: str) -> None:
    """A container of things that are counted, or a plural alone, leaves the number open."""
    assert READER.explain(text).doubts


def test_a_size_that_nothing_has_is_no_quantity() -> None:
    """A number before a unit of measure counts nothing, on the menu or not."""
    assert [line.quantity for line in READER.read("a 75 litre compost").lines] == [1]
    assert Doubt.UNKNOWN_WORD in READER.explain("75 litre compost").doubts


def test_a_bare_pair_of_items_may_be_one_thing() -> None:
    """What one "steel" leads is fine as two only where each is opened by itself."""
    assert READER.explain("a steel nail and screw").doubts >= {Doubt.BELONGS_TO_EITHER}
    assert READER.read("a steel nail and a screw").certain
