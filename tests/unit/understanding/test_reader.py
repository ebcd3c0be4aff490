"""What the reader makes of whole texts."""

import pytest

from chalicelib.domain.catalogue import Catalogue
from chalicelib.understanding.doubts import Doubt
from chalicelib.understanding.reader import MenuReader
from chalicelib.understanding.tokens import TEXT_LENGTH_MAX
from tests.unit.understanding.menus import CLOTHES, SANDWICHES, TEAS, item, menu, shown

CERTAIN = [
    # numbers
    (SANDWICHES, "two cookies", ["2 cookie"]),
    (SANDWICHES, "a dozen cookies and half a dozen lemonades", ["12 cookie", "6 lemonade"]),
    (SANDWICHES, "twenty-five cookies", ["25 cookie"]),
    (SANDWICHES, "two dozen cookies", ["24 cookie"]),
    (SANDWICHES, "2x cookie, lemonade x3", ["2 cookie", "3 lemonade"]),
    (SANDWICHES, "a couple of tuna subs", ["2 tuna_sub"]),
    (SANDWICHES, "six six inch tuna subs", ["6 tuna_sub six_inch"]),
    (SANDWICHES, "two orders of crisps", ["2 potato_crisps"]),
    # options before and after, in lists, by the item that offers them
    (SANDWICHES, "a footlong veggie sub on rye", ["1 veggie_sub footlong rye"]),
    (SANDWICHES, "a lemonade, large please", ["1 lemonade large"]),
    (
        SANDWICHES,
        "a tuna sub with lettuce tomatoes and onions and a big lemonade",
        ["1 lemonade large", "1 tuna_sub lettuce onion tomato"],
    ),
    (
        SANDWICHES,
        "tuna sub with bacon small lemonade",
        ["1 lemonade small", "1 tuna_sub bacon"],
    ),
    (SANDWICHES, "a bowl of soup and a cookie", ["1 cookie", "1 tomato_soup bowl"]),
    (SANDWICHES, "a tuna sub with swiss", ["1 tuna_sub swiss_cheese"]),
    (CLOTHES, "running shoes, size 42, in white", ["1 running_shoes 42 white"]),
    (CLOTHES, "an XL black tee", ["1 t-shirt XL black"]),
    (SANDWICHES, "double bacon turkey club", ["1 double_turkey_club bacon"]),
    # amounts
    (
        SANDWICHES,
        "tuna sub with extra bacon and lots of pickles, light on the mayo",
        ["1 tuna_sub extra:bacon extra:pickle light:mayonnaise"],
    ),
    (SANDWICHES, "tuna sub with a little oil", ["1 tuna_sub light:oil"]),
    # negation
    (
        SANDWICHES,
        "turkey club no onions or pickles but extra bacon",
        ["1 turkey_club extra:bacon -onion -pickle"],
    ),
    (SANDWICHES, "tuna sub, hold the mayo, with lettuce", ["1 tuna_sub lettuce -mayonnaise"]),
    (SANDWICHES, "tuna sub without onions and pickles", ["1 tuna_sub -onion -pickle"]),
    (SANDWICHES, "tuna sub w/o onion w/ lettuce", ["1 tuna_sub lettuce -onion"]),
    (SANDWICHES, "tuna minus lettuce", ["1 tuna_sub -lettuce"]),
    (SANDWICHES, "tuna sub, hold the mayo. bacon please", ["1 tuna_sub bacon -mayonnaise"]),
    (SANDWICHES, "tuna sub no fillings", ["1 tuna_sub"]),
    (TEAS, "green tea no pearls, and a chai", ["1 chai", "1 green_tea -pearls"]),
    # several of one item, told apart
    (
        TEAS,
        "two large milk teas, one with pudding and one with oat milk",
        ["1 milk_tea large oat_milk", "1 milk_tea large pudding"],
    ),
    (
        SANDWICHES,
        "one small and two large lemonades",
        ["1 lemonade small", "2 lemonade large"],
    ),
    (
        TEAS,
        "a green tea and a chai both iced",
        ["1 chai iced", "1 green_tea iced"],
    ),
    # politeness, case, punctuation, accents, spelling
    (SANDWICHES, "Hi! Could I PLEASE get a Tuna Sub?? Thanks :)", ["1 tuna_sub"]),
    (SANDWICHES, "a túna sub", ["1 tuna_sub"]),
    (
        SANDWICHES,
        "a footlong tuna sub with letuce and pickels",
        ["1 tuna_sub footlong lettuce pickle"],
    ),
    (SANDWICHES, "a foot-long tuna sub", ["1 tuna_sub footlong"]),
    (SANDWICHES, "tunasub please", ["1 tuna_sub"]),
    # words that say an option is not wanted, where there is one
    (TEAS, "a hot green tea", ["1 green_tea"]),
    # a word of two groups, decided by what the item offers and by the list it stands in
    (TEAS, "mango smoothie with cinnamon", ["1 mango_smoothie cinnamon"]),
    (TEAS, "chai with cinnamon", ["1 chai cinnamon_blend"]),
]


@pytest.mark.parametrize(("catalogue", "text", "lines"), CERTAIN)
def test_what_is_clear_is_read_exactly(catalogue: Catalogue, text: str, lines: list[str]) -> None:
    """A text of known words with one meaning is read exactly, and for certain."""
    explanation = MenuReader(catalogue).explain(text)

    assert (shown(explanation.reading.lines), explanation.doubts) == (lines, frozenset())
    assert explanation.reading.certain


UNCERTAIN = [
    (SANDWICHES, "hello there", Doubt.NO_ITEM),
    (SANDWICHES, "", Doubt.NO_ITEM),
    (SANDWICHES, "a tuna sub with kimchi", Doubt.UNKNOWN_WORD),
    (SANDWICHES, "a grilled turkey club", Doubt.UNKNOWN_WORD),
    (SANDWICHES, "do you have tuna subs?", Doubt.UNREAD_PHRASE),
    (SANDWICHES, "cancel the tuna sub", Doubt.ITEM_REFUSED),
    (SANDWICHES, "two subs", Doubt.SEVERAL_ITEMS_BY_THAT_NAME),
    (SANDWICHES, "a large tuna sub", Doubt.OPTION_NOT_OFFERED),
    (SANDWICHES, "a small large lemonade", Doubt.OPTIONS_CONFLICT),
    (SANDWICHES, "tuna sub with bacon and no bacon", Doubt.OPTIONS_CONFLICT),
    (SANDWICHES, "a cookie, no tuna sub", Doubt.ITEM_REFUSED),
    (SANDWICHES, "tuna sub no onions and pickles", Doubt.NEGATION_OPEN),
    (SANDWICHES, "a tuna sub, no", Doubt.NEGATION_OPEN),
    (SANDWICHES, "a tuna sub with bacon, no, lettuce", Doubt.CORRECTION_OPEN),
    (SANDWICHES, "a tuna sub and a veggie sub with bacon each", Doubt.BELONGS_TO_EITHER),
    (SANDWICHES, "a tuna sub with two onions", Doubt.NUMBER_OPEN),
    (TEAS, "a chai with milk", Doubt.PART_OF_A_NAME),
    (SANDWICHES, "a tuna sub, extra", Doubt.AMOUNT_OPEN),
    (SANDWICHES, "a tuna sub or a veggie sub", Doubt.ALTERNATIVES),
    (SANDWICHES, "a tuna sub, a tuna sub", Doubt.SAME_ITEM_AGAIN),
    (SANDWICHES, "tuna sub cookie", Doubt.ITEMS_TOUCH),
    (SANDWICHES, "two tuna subs, three with bacon", Doubt.NUMBER_OPEN),
    (SANDWICHES, "5000 cookies", Doubt.QUANTITY_ABSURD),
    (SANDWICHES, "0 cookies", Doubt.QUANTITY_ABSURD),
    (SANDWICHES, "cookie " + "please " * 400, Doubt.TEXT_TOO_LONG),
    (TEAS, "a small milk", Doubt.PART_OF_A_NAME),
    (TEAS, "cinnamon chai with milk", Doubt.PART_OF_A_NAME),
    (TEAS, "green tea iced chai", Doubt.BELONGS_TO_EITHER),
    (TEAS, "a milk tea and an egg tart with pudding", Doubt.BELONGS_TO_EITHER),
    (SANDWICHES, "a tuna sub with bacn", Doubt.SHORT_WORD_CORRECTED),
    (CLOTHES, "a black tee and red te", Doubt.UNKNOWN_WORD),
]


@pytest.mark.parametrize(("catalogue", "text", "doubt"), UNCERTAIN)
def test_what_is_doubtful_is_said_to_be(catalogue: Catalogue, text: str, doubt: Doubt) -> None:
    """A text with an unread word or two meanings is never certain, and the reason is named."""
    explanation = MenuReader(catalogue).explain(text)

    assert doubt in explanation.doubts
    assert not explanation.reading.certain


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a small lemonade and two large", ["1 lemonade small", "2 lemonade large"]),
        ("a footlong on rye with bacon, oil", []),
        ("a bowl please", ["1 tomato_soup bowl"]),
        ("one small and one large lemonade with bacon", ["1 lemonade large", "1 lemonade small"]),
        ("a tuna sub and a cookie with bacon", ["1 cookie", "1 tuna_sub bacon"]),
        ("a tuna sub with bacon and no bacon", ["1 tuna_sub -bacon"]),
    ],
)
def test_a_doubtful_text_gets_its_likeliest_lines(text: str, lines: list[str]) -> None:
    """What is left unsaid is filled in where one item fits, and never called certain."""
    reading = MenuReader(SANDWICHES).read(text)

    assert (shown(reading.lines), reading.certain) == (lines, False)


def test_a_large_menu_is_answered_with_the_nearest_name() -> None:
    """Where too many names share words, the best candidate is the line, and it is uncertain."""
    reader = MenuReader(menu(tuple(item(f"walnut shelf {n} board") for n in range(600))))

    reading = reader.read("show me a shelf 77, walnut")

    assert shown(reading.lines) == ["1 walnut_shelf_77_board"]
    assert not reading.certain


def test_an_uncertain_reading_still_has_its_best_lines_and_candidates() -> None:
    """What could be read of a doubtful text is kept, and other meanings are candidates."""
    reading = MenuReader(SANDWICHES).read("two toasted subs and a frobnicated cookie")

    assert shown(reading.lines) == ["1 cookie", "2 veggie_sub"]
    assert reading.candidates[:1] == ("veggie_sub",)
    assert "tuna_sub" in reading.candidates


def test_items_of_one_name_are_candidates_in_the_menus_order() -> None:
    """An alias that two items share is ambiguous, and both are candidates."""
    reader = MenuReader(menu((item("house red", "wine"), item("house white", "wine"))))

    reading = reader.read("two wines")

    assert not reading.certain
    assert reading.candidates == ("house_red", "house_white")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a tuna sub, use SPRING25", "SPRING25"),
        ("a tuna sub with code spring25", "SPRING25"),
        ("use my coupon FREE-SUB for a tuna sub", "FREE-SUB"),
        ("a tuna sub. my promo code is HELLO please", "HELLO"),
        ("a tuna sub with the SPRING25 coupon", "SPRING25"),
    ],
)
def test_a_coupon_in_the_text_leaves_the_lines_alone(text: str, code: str) -> None:
    """A promotion code is told apart from the order, upper-cased, and costs no certainty."""
    reading = MenuReader(SANDWICHES).read(text)

    assert (reading.coupon, shown(reading.lines)) == (code, ["1 tuna_sub"])
    assert reading.certain


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("a tuna sub, use SPRING25", "a tuna sub,  , "),
        ("a tuna sub with no code SPRING25", "a tuna sub with no  , "),
        ("a tuna sub", None),
        ("a tuna sub with BACON", None),
        ("use SPRING25 " + "x" * TEXT_LENGTH_MAX + " end", " ,  " + "x" * TEXT_LENGTH_MAX + " end"),
    ],
)
def test_the_text_without_its_codes_is_handed_on(text: str, rest: str | None) -> None:
    """For whoever reads it next; nothing else of it is lost, however long it is."""
    assert MenuReader(SANDWICHES).read(text).rest == rest


def test_a_word_of_the_menu_in_capitals_is_no_coupon() -> None:
    """What the menu knows is ordered, however loud it is written."""
    reading = MenuReader(SANDWICHES).read("a tuna sub with BACON")

    assert (reading.coupon, shown(reading.lines)) == (None, ["1 tuna_sub bacon"])


def test_a_name_that_begins_like_a_phrase_of_the_language_is_the_menus() -> None:
    """A menu's name wins over the language's phrase that it overlaps."""
    reader = MenuReader(menu((item("little gem"), item("seven up"))))

    reading = reader.read("a little gem and a 7up")

    assert shown(reading.lines) == ["1 little_gem", "1 seven_up"]
    assert reading.certain


@pytest.mark.parametrize(
    "text",
    [
        "\u00bd cookie",
        "1/2 cookie",
        "1 1/2 cookies",
        "-1 cookie",
        "cookie x -3",
        "\u22122 cookies",
        "2\u00b2 cookies",
        "\u2461 cookies",
        "2.5 cookies",
        ".5 cookie",
        "\u20133 cookies",
        "\u20113 cookies",
        "cookie x\u22123",
        "cookie x - 3",
        "cookie x- 3",
        "cookie x\u20133",
        "\u221a4 cookies",
        "\u221e cookies",
    ],
)
def test_a_number_that_nobody_orders_is_never_certain(text: str) -> None:
    """A half, a negative or a decorated number is asked about, not rounded to what would fit."""
    assert not MenuReader(SANDWICHES).read(text).certain


def test_a_dash_before_an_entry_is_no_minus() -> None:
    """A list with dashes is read as a list."""
    reading = MenuReader(SANDWICHES).read("- 2 cookies\n- 1 lemonade")
    assert reading.certain
    assert [(line.sku, line.quantity) for line in reading.lines] == [("cookie", 2), ("lemonade", 1)]
