"""Numbers by which a menu sells, and those that count."""

import pytest

from chalicelib.domain.catalogue import Select
from chalicelib.understanding.doubts import Doubt
from chalicelib.understanding.reader import MenuReader
from tests.unit.understanding.menus import CLOTHES, group, item, menu, option, shown

READER = MenuReader(
    menu(
        (
            item("wings", groups=("pieces", "dip")),
            item("doughnut", groups=("count",)),
            item("6 nuggets", "nuggets"),
            item("box of 4 eggs"),
            item("eggs"),
            item("cola", groups=("cup",)),
        ),
        (
            group("pieces", Select.ONE, option("6 piece"), option("12 piece")),
            group("count", Select.ONE, option("single"), option("half dozen"), option("dozen")),
            group("dip", Select.MANY, option("ranch"), option("bbq")),
            group("cup", Select.ONE, option("12 oz"), option("20 oz")),
        ),
    )
)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("12 wings", ["1 wings 12_piece"]),
        ("a dozen wings with ranch", ["1 wings 12_piece ranch"]),
        ("six wings and a cola", ["1 cola", "1 wings 6_piece"]),
        ("two 12 piece wings", ["2 wings 12_piece"]),
        ("two orders of wings", ["2 wings"]),
        ("two wings", ["2 wings"]),
        ("a dozen doughnuts", ["1 doughnut dozen"]),
        ("6 doughnuts", ["1 doughnut half_dozen"]),
        ("6 nuggets", ["1 6_nuggets"]),
        ("two 6 nuggets", ["2 6_nuggets"]),
        ("3 eggs", ["3 eggs"]),
        ("2 boxes of 4 eggs", ["2 box_of_4_eggs"]),
        ("12 colas", ["12 cola"]),
    ],
)
def test_a_number_that_is_sold_is_not_counted(text: str, lines: list[str]) -> None:
    """Twelve of what comes by six or twelve is the one of twelve."""
    reading = READER.read(text)

    assert (shown(reading.lines), reading.certain) == (lines, True)


@pytest.mark.parametrize(
    "text",
    [
        "24 wings",
        "9 wings",
        "12 wings, 6 with ranch and 6 with bbq",
        "12 nuggets",
        "8 eggs",
        "24 doughnuts",
        "12 cola",
    ],
)
def test_a_number_that_may_be_of_units_or_packs_is_doubted(text: str) -> None:
    """As may one that rather is a size."""
    assert Doubt.NUMBER_OPEN in READER.explain(text).doubts


def test_a_size_of_bare_digits_is_no_quantity() -> None:
    """Nobody orders 41 pairs of shoes in passing."""
    reader = MenuReader(CLOTHES)

    assert Doubt.NUMBER_OPEN in reader.explain("41 running shoes").doubts
    assert reader.read("4 running shoes").certain
