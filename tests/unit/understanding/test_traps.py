"""Wordings that read two ways are not ordered unasked; those beside them are."""

import pytest

from chalicelib.domain.catalogue import Select
from chalicelib.understanding.doubts import Doubt
from chalicelib.understanding.reader import MenuReader
from tests.unit.understanding.menus import CAFE, SANDWICHES, group, item, menu, option, shown

SHOP = menu(
    (
        item("ham pie", "ham", groups=("size", "filling")),
        item("leek pie", groups=("size", "filling")),
        item("cheese pie", groups=("size", "filling")),
        item("taco", "tacos", groups=("filling",)),
        item("cup", groups=("flavour",)),
        item("mint", groups=("extra",)),
        item("thyme", "thyme plant", groups=("extra",)),
        item("8 mm drill bit"),
        item("water"),
        item("cola", groups=("vessel",)),
        item("iced matcha", "matcha", groups=("cold",)),
    ),
    (
        group("size", Select.ONE, option("small"), option("large", "12 inch")),
        group("filling", Select.MANY, option("ham"), option("onion"), option("double meat", "extra meat")),
        group("flavour", Select.MANY, option("vanilla")),
        group("extra", Select.MANY, option("plant label")),
        group("vessel", Select.ONE, option("can"), option("bottle")),
        group("cold", Select.MANY, option("ice")),
    ),
)  # fmt: skip
READER = MenuReader(SHOP)


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("a leek and cheese pie", Doubt.BELONGS_TO_EITHER),
        ("two bags of thyme and mint", Doubt.BELONGS_TO_EITHER),
        ("a large ham pie, leek pie", Doubt.BELONGS_TO_EITHER),
        ("leek pie and cheese pie large", Doubt.BELONGS_TO_EITHER),
        ("a 12 cheese pie", Doubt.NUMBER_OPEN),
        ("a 7 cheese pie", Doubt.NUMBER_OPEN),
        ("12 cheese pie", Doubt.NUMBER_OPEN),
        ("6 and 8 mm drill bits", Doubt.NUMBER_OPEN),
        ("three filling cheese pie", Doubt.NUMBER_OPEN),
        ("a slice of cheese pie", Doubt.NUMBER_OPEN),
        ("a plain and a cheese pie", Doubt.NUMBER_OPEN),
        ("some tacos", Doubt.NUMBER_OPEN),
        ("a cheese pie no just onion", Doubt.NEGATION_OPEN),
        ("a cheese pie without onion plus ham", Doubt.NEGATION_OPEN),
        ("a cheese pie with no meat", Doubt.PART_OF_A_NAME),
        ("a cup of water", Doubt.ITEMS_TOUCH),
        ("a mint plant", Doubt.UNKNOWN_WORD),
        ("hot matcha", Doubt.UNKNOWN_WORD),
        ("large with ham", Doubt.ITEM_OR_OPTION),
        ("water/matcha", Doubt.ALTERNATIVES),
        ("10+ cups", Doubt.UNKNOWN_WORD),
        ("~10 cups", Doubt.UNKNOWN_WORD),
        ("a cheese pie -onion", Doubt.UNKNOWN_WORD),
        ("cheese pie + ham - onion", Doubt.UNKNOWN_WORD),
        ("a leek pie with onion cheese pie with ham", Doubt.BELONGS_TO_EITHER),
        ("2 cheese pies 1 large 1 small 1 with onion", Doubt.NUMBER_OPEN),
        ("2 cheese pies one with onion one large one small", Doubt.NUMBER_OPEN),
        ("2 cheese pies, one large, one small, one with onion", Doubt.NUMBER_OPEN),
        ("2 cheese pies one with onion one with ham one plain", Doubt.NUMBER_OPEN),
        ("a pack of cola", Doubt.UNREAD_PHRASE),
    ],
)
def test_what_reads_two_ways_is_doubted(text: str, doubt: Doubt) -> None:
    """Whatever the grammar makes of it."""
    assert doubt in READER.explain(text).doubts


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a leek pie and a cheese pie", ["1 cheese_pie", "1 leek_pie"]),
        ("a large leek pie and a cheese pie", ["1 cheese_pie", "1 leek_pie large"]),
        ("12 cheese pies", ["12 cheese_pie"]),
        ("a 7 cheese pies", ["7 cheese_pie"]),
        ("a 12 inch cheese pie", ["1 cheese_pie large"]),
        ("another 2 cheese pies", ["2 cheese_pie"]),
        ("3 tacos", ["3 taco"]),
        ("a cheese pie without onion and ham", ["1 cheese_pie -ham -onion"]),
        ("a cheese pie with double meat", ["1 cheese_pie double_meat"]),
        ("a cup of vanilla", ["1 cup vanilla"]),
        ("a thyme plant", ["1 thyme"]),
        ("a ham and a water", ["1 ham_pie", "1 water"]),
        ("cheese pie - large", ["1 cheese_pie large"]),
        ("cheese pie + water", ["1 cheese_pie", "1 water"]),
        ("a cheese pie w/ onion", ["1 cheese_pie onion"]),
        ("2 cheese pies one with onion one with ham", ["1 cheese_pie ham", "1 cheese_pie onion"]),
    ],
)
def test_what_reads_one_way_stays_certain(text: str, lines: list[str]) -> None:
    """A doubt is for the wording, not for its words."""
    reading = READER.read(text)

    assert (shown(reading.lines), reading.certain) == (lines, True)


def test_a_shared_noun_makes_an_option_of_what_may_go_into_the_other() -> None:
    """Of a ham and cheese pie, one pie with both is offered."""
    reading = READER.read("a ham and cheese pie")

    assert (shown(reading.lines), reading.certain) == (["1 cheese_pie ham"], False)


def test_hot_is_what_is_not_iced_unless_the_item_is_called_so() -> None:
    """A hot latte beside an iced tea is a latte; a hot iced tea is asked about."""
    cafe = MenuReader(CAFE)

    assert cafe.read("a hot latte and an iced tea").certain
    assert not cafe.read("a latte and a hot iced tea").certain


def test_units_of_a_pack_are_no_container_of_their_own() -> None:
    """A six pack of says what it holds, where the menu sells no pack."""
    reader = MenuReader(SANDWICHES)

    assert Doubt.UNREAD_PHRASE in reader.explain("a six pack of lemonade").doubts
    assert reader.read("a bag of crisps").certain
