"""Who gets what: several units or items, told apart, gathered, shared and named again."""

import pytest

from chalicelib.domain.catalogue import Select
from chalicelib.understanding.reader import MenuReader
from tests.unit.understanding.menus import (
    CAFE,
    SANDWICHES,
    group,
    item,
    menu,
    option,
    shown,
)

KITCHEN = menu(
    (
        item("taco", groups=("shell", "meat", "extra")),
        item("curry", groups=("meat", "heat")),
        item("korma curry", "korma", groups=("meat", "heat")),
        item("madras curry", "madras", groups=("meat", "heat")),
        item("rice", "boiled rice", groups=("size",)),
        item("fries", groups=("size", "dip")),
        item("coke", "cola", groups=("size", "cool")),
        item("apple juice", groups=("size", "fruit")),
        item("melon juice", groups=("size", "fruit")),
        item("mango smoothie", groups=("size", "fruit", "milk")),
        item("berry smoothie", groups=("size", "fruit", "milk")),
        item("banana smoothie", groups=("size", "fruit", "milk")),
        item("tulip", groups=("colour", "wrap")),
        item("tomato plant", "tomato", "tomatoes", groups=("sort", "wrap")),
        item("poster", groups=("paper", "finish")),
    ),
    (
        group("shell", Select.ONE, option("crispy"), option("soft corn"), option("soft flour")),
        group("meat", Select.ONE, option("beef"), option("chicken"), option("fish")),
        group("heat", Select.ONE, option("mild"), option("hot")),
        group("extra", Select.MANY, option("guacamole", "guac"), option("cheese"), option("salsa")),
        group("size", Select.ONE, option("small"), option("medium"), option("large")),
        group("dip", Select.MANY, option("mayo"), option("curry sauce")),
        group("cool", Select.MANY, option("ice"), option("lemon")),
        group("fruit", Select.MANY, option("lime"), option("ginger"), option("banana")),
        group("milk", Select.ONE, option("oat milk"), option("almond milk")),
        group("colour", Select.ONE, option("red"), option("white"), option("purple")),
        group("wrap", Select.MANY, option("ribbon"), option("cane")),
        group("sort", Select.ONE, option("cherry"), option("plum")),
        group("paper", Select.ONE, option("a3"), option("a4")),
        group("finish", Select.ONE, option("matt"), option("gloss")),
    ),
)
READERS = {
    "kitchen": MenuReader(KITCHEN),
    "cafe": MenuReader(CAFE),
    "subs": MenuReader(SANDWICHES),
}

Case = tuple[str, str, list[str]]


def assert_certain(shop: str, text: str, lines: list[str]) -> None:
    """Assert that *text* is read as *lines*, and surely so."""
    reading = READERS[shop].read(text)
    assert (shown(reading.lines), reading.certain) == (sorted(lines), True)


GATHERED: list[Case] = [
    (
        "kitchen",
        "three smoothies please, a mango, a berry and a banana, all medium with oat milk",
        [f"1 {one}_smoothie medium oat_milk" for one in ("mango", "berry", "banana")],
    ),
    ("kitchen", "three juices: two apple and one melon", ["2 apple_juice", "1 melon_juice"]),
    (
        "kitchen",
        "a mango and a large berry smoothie",
        ["1 mango_smoothie", "1 berry_smoothie large"],
    ),
    ("kitchen", "two smoothies, mango and berry", ["1 berry_smoothie", "1 mango_smoothie"]),
    (
        "subs",
        "two footlong subs: one tuna, one veggie",
        ["1 tuna_sub footlong", "1 veggie_sub footlong"],
    ),
    (
        "kitchen",
        "two coolers please: a large coke and a melon juice",
        ["1 coke large", "1 melon_juice"],
    ),
    (
        "kitchen",
        "five taco portions: two beef, two chicken, one fish. make them all crispy",
        ["2 taco beef crispy", "2 taco chicken crispy", "1 taco crispy fish"],
    ),
]


@pytest.mark.parametrize(("shop", "text", "lines"), GATHERED)
def test_what_counts_all_that_follows_is_no_line(shop: str, text: str, lines: list[str]) -> None:
    """A kind that is counted gives way to those that follow in that number, by any part of a name."""
    assert_certain(shop, text, lines)


def test_an_item_may_gather_others_or_be_wanted_besides() -> None:
    """Where the kind is sold itself, the sum tells what was meant, and we ask."""
    reading = READERS["kitchen"].read("three chicken curries: two korma and a madras")

    assert shown(reading.lines) == ["1 madras_curry chicken", "2 korma_curry chicken"]
    assert not reading.certain


PARTS: list[Case] = [
    (
        "cafe",
        "two large lattes, no sugar on one of them",
        ["1 latte large", "1 latte large -sugar"],
    ),
    ("kitchen", "three tacos with cheese on two of them", ["1 taco", "2 taco cheese"]),
    ("kitchen", "two cokes, ice in one and lemon in the other", ["1 coke ice", "1 coke lemon"]),
    (
        "cafe",
        "two bagels, butter on one, cream cheese on the other",
        ["1 bagel butter", "1 bagel cream_cheese"],
    ),
    ("kitchen", "four cokes, no ice in two", ["2 coke", "2 coke -ice"]),
    (
        "kitchen",
        "five tacos, three crispy, the rest soft corn",
        ["3 taco crispy", "2 taco soft_corn"],
    ),
    ("kitchen", "three tacos, one fish, the others beef", ["1 taco fish", "2 taco beef"]),
    (
        "kitchen",
        "three tacos, one of them without cheese, the other two with extra",
        ["1 taco -cheese", "2 taco extra:cheese"],
    ),
    (
        "kitchen",
        "2 tacos (one with guac, one without), 1 coke",
        ["1 taco guacamole", "1 taco -guacamole", "1 coke"],
    ),
    (
        "kitchen",
        "a beef taco with guac, a chicken taco without",
        ["1 taco beef guacamole", "1 taco chicken -guacamole"],
    ),
    (
        "kitchen",
        "two beef tacos, actually three, and one of them without cheese",
        ["2 taco beef", "1 taco beef -cheese"],
    ),
    (
        "kitchen",
        "three tulips, white. actually make one of them purple",
        ["2 tulip white", "1 tulip purple"],
    ),
]


@pytest.mark.parametrize(("shop", "text", "lines"), PARTS)
def test_what_is_said_of_some_reaches_just_those(shop: str, text: str, lines: list[str]) -> None:
    """It does from before or behind, takes the place of what it excludes, and may be left unsaid."""
    assert_certain(shop, text, lines)


NAMED: list[Case] = [
    (
        "kitchen",
        "a large coke and a small coke, ice and lemon in the large one, no ice in the small",
        ["1 coke ice large lemon", "1 coke small -ice"],
    ),
    (
        "kitchen",
        "a chicken taco and a beef taco, the chicken with guac, the beef with cheese",
        ["1 taco chicken guacamole", "1 taco beef cheese"],
    ),
    (
        "kitchen",
        "a red tulip and a white one, the red with a ribbon, the other with a cane",
        ["1 tulip red ribbon", "1 tulip cane white"],
    ),
    (
        "kitchen",
        "a large melon juice and an apple juice, same size, lime in the melon, ginger in the apple",
        ["1 melon_juice large lime", "1 apple_juice ginger large"],
    ),
    (
        "kitchen",
        "a mango smoothie and a melon juice, the mango with oat milk",
        ["1 mango_smoothie oat_milk", "1 melon_juice"],
    ),
    (
        "kitchen",
        "a plum tomato, two cherry tomatoes and a tulip, the tomatoes with canes",
        ["1 tomato_plant cane plum", "2 tomato_plant cane cherry", "1 tulip"],
    ),
    (
        "kitchen",
        "two kormas and a madras, the kormas mild, the other hot",
        ["2 korma_curry mild", "1 madras_curry hot"],
    ),
    (
        "kitchen",
        "four tacos, two beef two chicken, the beef crispy, the others soft corn",
        ["2 taco beef crispy", "2 taco chicken soft_corn"],
    ),
    (
        "kitchen",
        "a large coke and a small coke, the large coke with ice",
        ["1 coke ice large", "1 coke small"],
    ),
    (
        "cafe",
        "a latte and a bagel, butter on the bagel and oat in the latte",
        ["1 bagel butter", "1 latte oat_milk"],
    ),
]


@pytest.mark.parametrize(("shop", "text", "lines"), NAMED)
def test_a_line_is_named_again_by_what_tells_it_apart(
    shop: str, text: str, lines: list[str]
) -> None:
    """An option, a part of a name or "the other" points at one line, and gives it what it says."""
    assert_certain(shop, text, lines)


EACH: list[Case] = [
    (
        "kitchen",
        "a korma and a madras, rice with each",
        ["1 korma_curry", "1 madras_curry", "2 rice"],
    ),
    ("kitchen", "two tacos, each with a side of large fries", ["2 taco", "2 fries large"]),
    ("kitchen", "three tacos with a coke each", ["3 taco", "3 coke"]),
    (
        "kitchen",
        "posters in a3 and a4, one each, gloss",
        ["1 poster a3 gloss", "1 poster a4 gloss"],
    ),
    ("kitchen", "tulips in red and white, three of each", ["3 tulip red", "3 tulip white"]),
    ("kitchen", "we're both having a large coke", ["2 coke large"]),
]


@pytest.mark.parametrize(("shop", "text", "lines"), EACH)
def test_each_counts_what_goes_with_it(shop: str, text: str, lines: list[str]) -> None:
    """One for each of several is as many as they are."""
    assert_certain(shop, text, lines)


TOLD: list[Case] = [
    ("cafe", "two lattes one large one with oat milk", ["1 latte large", "1 latte oat_milk"]),
    ("kitchen", "2x taco, 1 with guac 1 with cheese", ["1 taco cheese", "1 taco guacamole"]),
    ("kitchen", "two posters: a3 matt and a4 gloss", ["1 poster a3 matt", "1 poster a4 gloss"]),
    (
        "kitchen",
        "one large coke with ice and two small ones with lemon",
        ["1 coke ice large", "2 coke lemon small"],
    ),
    ("kitchen", "two tulips, one a red, one a white", ["1 tulip red", "1 tulip white"]),
    ("kitchen", "a large coke and a small", ["1 coke large", "1 coke small"]),
    (
        "kitchen",
        "a red and two white tulips, all with ribbon",
        ["1 tulip red ribbon", "2 tulip ribbon white"],
    ),
]


@pytest.mark.parametrize(("shop", "text", "lines"), TOLD)
def test_units_are_told_apart_in_everyday_words(shop: str, text: str, lines: list[str]) -> None:
    """Numbers that add up are shares, whether or not commas part them."""
    assert_certain(shop, text, lines)


OPEN = [
    "2 tacos 1 chicken 1 beef 1 with guac",
    "2 tacos 1 chicken 1 beef with guac",
    "three tacos one crispy one with cheese",
    "three mains: a taco and a korma",
    "three juices: two apple and two melon",
    "the rest of my order is a taco",
    "three tacos, one beef, the rest",
    "a taco and a coke, the other large",
    "two cokes, the large one with ice, the other small",
    "a small coke and a melon juice, same milk",
    "we both want a taco and a coke",
    "a taco and a melon juice, a large coke each",
    "a korma and a tulip, rice with each",
    "five tacos, three crispy, one soft corn, the rest",
    "can you make one of them small, two large cokes",
    "posters in a3 and a4, three, one each",
    "four tacos: two beef, one fish with cheese on three",
    "a taco without",
    "a taco with guac, a taco with cheese, a fish taco without",
]


@pytest.mark.parametrize("text", OPEN)
def test_what_does_not_add_up_or_point_at_one_is_asked_about(text: str) -> None:
    """A sum that differs, or a word that could mean another line, is never certain."""
    assert not READERS["kitchen"].read(text).certain
