"""What is said beside an order orders nothing: notes, tales, places, addresses and praise."""

import pytest

from chalicelib.domain.catalogue import Select
from chalicelib.understanding.doubts import Doubt
from chalicelib.understanding.reader import MenuReader
from tests.unit.understanding.menus import CAFE, group, item, menu, option, shown

READER = MenuReader(CAFE)
GARDEN = MenuReader(
    menu(
        (
            item("fuchsia plant", "pink fuchsia", groups=("size", "extra")),
            item("clematis plant", groups=("size", "extra")),
            item("heather", groups=("size", "extra")),
            item("snail bait"),
            item("work gloves", "gloves", groups=("size",)),
        ),
        (
            group("size", Select.ONE, option("small"), option("large", "big")),
            group("extra", Select.MANY, option("bell cloche"), option("plant tag")),
        ),
    )
)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a large latte. knock twice, the cat is asleep", ["1 latte large"]),
        ("a latte and leave it at the front desk please", ["1 latte"]),
        ("a latte, leave it by the garage and two bagels", ["1 latte", "2 bagel"]),
        ("a latte, please text me when you are outside", ["1 latte"]),
        ("a latte. my name is Honey", ["1 latte"]),
        ("two bagels, don't ring the bell", ["2 bagel"]),
        ("a latte. the gate code is 4711", ["1 latte"]),
        ("a bagel, my phone number is 555 0199", ["1 bagel"]),
    ],
)
def test_a_note_to_who_brings_it_changes_nothing(text: str, lines: list[str]) -> None:
    """A note, with its numbers and a name that the menu has too, is passed to its end."""
    explanation = READER.explain(text)

    assert (shown(explanation.reading.lines), explanation.doubts) == (lines, frozenset())


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("i had a big match on sunday, two bagels", None),
        ("i had a big match yesterday, two bagels", ["2 bagel"]),
        ("we've just moved in and the cupboards are bare. a latte", ["1 latte"]),
        ("since there are 9 builders here, three lattes", ["3 latte"]),
        ("my van broke down and i need a large latte", ["1 latte large"]),
        ("i'm painting 4 rooms, so two lattes", ["2 latte"]),
        ("it's freezing outside, a latte", ["1 latte"]),
        ("a latte and i'm parked outside", ["1 latte"]),
        ("a latte would be lovely please", ["1 latte"]),
    ],
)
def test_a_tale_changes_nothing(text: str, lines: list[str] | None) -> None:
    """What was, or is, in everyday words orders nothing; a day to come is doubted."""
    explanation = READER.explain(text)

    assert explanation.reading.certain == (lines is not None)
    assert lines is None or shown(explanation.reading.lines) == lines


@pytest.mark.parametrize(
    "text",
    [
        "two lattes, my wife will have a flapjack",
        "two lattes, there are flapjacks for my wife",
        "two lattes, i was thinking about a flapjack",
        "two lattes, my wife doesn't want it",
        "two lattes, leave them out",
        "two lattes, it is cancelled",
        "two lattes, i was joking",
        "two lattes, i'm pregnant",
        "two lattes, ring me on monday",
        "two lattes, i had one too many",
        "two lattes, a paper bag",
        "two lattes name honey",
        "two lattes, could you cut it in three",
        "a latte would be lovely",
        "a good bagel",
    ],
)
def test_what_may_be_a_wish_is_no_remark(text: str) -> None:
    """An unknown thing, a refusal, a diet, a date or an unread wish keeps its doubt."""
    assert READER.explain(text).doubts


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a latte for pickup by the side door", ["1 latte"]),
        ("two bagels, 12 Elm Street", ["2 bagel"]),
        ("two bagels to flat 7c", ["2 bagel"]),
        ("a bagel for the kids in the back seat", ["1 bagel"]),
        ("can i get a nice large latte", ["1 latte large"]),
        ("two lovely bagels and a gorgeous latte", ["1 latte", "2 bagel"]),
        ("make a latte with honey", ["1 latte honey"]),
        ("two bagels, no cutlery", ["2 bagel"]),
    ],
)
def test_places_addresses_and_praise_are_filler(text: str, lines: list[str]) -> None:
    """Where somebody is, and what is said of any such item, leave an order certain."""
    reading = READER.read(text)

    assert (shown(reading.lines), reading.certain) == (lines, True)


@pytest.mark.parametrize(
    "text",
    [
        "it's me again from number 14, a latte",
        "a latte, could you cut it in two",
        "a latte, i'll be there in 10 minutes",
        "a latte, we have got 5 guests on the way",
        "a latte, order number 3",
    ],
)
def test_a_number_of_something_else_counts_no_item(text: str) -> None:
    """A house's number, minutes and guests are no quantity; what they are said for is doubted."""
    explanation = READER.explain(text)

    assert shown(explanation.reading.lines) == ["1 latte"]
    assert explanation.doubts <= {Doubt.UNKNOWN_WORD, Doubt.UNREAD_PHRASE}


def test_an_everyday_word_is_no_typo() -> None:
    """What English has everyday is never corrected to a word of the menu: "money" to honey."""
    assert shown(READER.read("a latte, money is tight").lines) == ["1 latte"]


def test_a_kind_behind_a_name_is_no_option() -> None:
    """A "heather plant" asks for no plant tag; the pink fuchsia is a plant by its own name."""
    explanation = GARDEN.explain("a heather plant")

    assert shown(explanation.reading.lines) == ["1 heather"]
    assert explanation.doubts == {Doubt.UNKNOWN_WORD}
    assert GARDEN.read("a pink fuchsia plant").certain


def test_a_unit_behind_its_item_counts_it() -> None:
    """Of "snail bait, two tubs" there are two; of what is one by itself, any number is in a tub."""
    reading = GARDEN.read("snail bait, two tubs")

    assert (shown(reading.lines), reading.certain) == (["2 snail_bait"], True)
    assert not GARDEN.read("heathers, two tubs").certain


def test_could_you_do_is_a_request() -> None:
    """A question that asks for the thing to be done orders it."""
    assert READER.read("could you do a large latte, with honey?").certain
    assert not READER.read("do you do a large latte, with honey?").certain


def test_a_pair_needs_no_of() -> None:
    """As "2 pairs of gloves" are, so "2 pair gloves" are two."""
    reading = GARDEN.read("2 pair work gloves, one small one large")

    assert shown(reading.lines) == ["1 work_gloves large", "1 work_gloves small"]
    assert reading.certain


def test_plain_is_no_option_of_what_has_none() -> None:
    """A "plain bagel" is a bagel, though crisps that nobody orders may be plain."""
    shop = MenuReader(
        menu(
            (item("bagel", groups=("filling",)), item("crisps", groups=("flavour",))),
            (
                group("filling", Select.MANY, option("butter")),
                group("flavour", Select.ONE, option("sea salt", "plain"), option("cheese")),
            ),
        )
    )

    assert shop.read("a plain bagel with butter").certain
    assert shown(shop.read("plain crisps").lines) == ["1 crisps sea_salt"]
