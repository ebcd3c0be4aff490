"""What a negation, and a word that points at nothing, leaves certain."""

import pytest

from chalicelib.domain.catalogue import Select
from chalicelib.understanding.reader import MenuReader
from tests.unit.understanding.menus import CAFE, SANDWICHES, group, item, menu, option, shown

READER = MenuReader(CAFE)

CLEAR = [
    ("a latte and a bagel with butter", ["1 bagel butter", "1 latte"]),
    ("a bagel and a latte with oat milk", ["1 bagel", "1 latte oat_milk"]),
    ("a latte with sugar and a flat white with honey", ["1 flat_white honey", "1 latte sugar"]),
    ("not a latte, a flat white", ["1 flat_white"]),
    ("no bagel, just a latte", ["1 latte"]),
    ("a latte, no sugar or honey", ["1 latte -honey -sugar"]),
    ("a latte without sugar but with honey", ["1 latte honey -sugar"]),
    ("latte, 2, bagel, 3", ["2 latte", "3 bagel"]),
    ("a latte, large, and a bagel, no butter", ["1 bagel -butter", "1 latte large"]),
    ("a latte, and another latte with honey", ["1 latte", "1 latte honey"]),
    ("a latte without the honey", ["1 latte -honey"]),
    ("large latte large flat white", ["1 flat_white large", "1 latte large"]),
    ("iced tea, no ice", ["1 iced_tea -ice"]),
    ("a latte, not small, large", ["1 latte large"]),
    ("a latte with not too much sugar", ["1 latte light:sugar"]),
]


@pytest.mark.parametrize(("text", "lines"), CLEAR)
def test_a_negation_reaches_what_it_says(text: str, lines: list[str]) -> None:
    """What is not wanted is left out, and what is wanted stays."""
    reading = READER.read(text)

    assert (shown(reading.lines), reading.certain) == (lines, True)


OPEN = [
    "a latte and a bagel, hold the bagel",
    "a latte, not a flat white",
    "a latte with no sugar and honey",
    "do you have oat milk? a latte then",
    "none for me, just a latte",
    "a latte or a flat white",
    "a latte and a latte",
    "everything except the bagel",
    "a latte please, and if you have oat milk then with that",
    "a latte no a bagel",
    "no no, a latte",
    "no latte",
    "a latte not large",
]


@pytest.mark.parametrize("text", OPEN)
def test_what_the_grammar_cannot_settle_is_asked_about(text: str) -> None:
    """A fragment, a refusal or an alternative is never ordered unasked."""
    assert not READER.read(text).certain


def test_an_item_that_goes_into_another_is_an_option_behind_with() -> None:
    """What is an item and an option is what its place says, though every item were both."""
    juices = menu(
        (
            item("orange juice", groups=("add", "size")),
            item("carrot juice", "carrot", groups=("size",)),
        ),
        (
            group("add", Select.MANY, option("carrot"), option("orange juice"), option("mint")),
            group("size", Select.ONE, option("small"), option("large")),
        ),
    )
    reader = MenuReader(juices)

    mixed = reader.read("an orange juice with carrot and mint")
    apart = reader.read("a large orange juice and a small carrot juice")

    assert shown(mixed.lines) == ["1 orange_juice carrot mint"]
    assert shown(apart.lines) == ["1 carrot_juice small", "1 orange_juice large"]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a tuna sub with bacon, lots of bacon", ["1 tuna_sub extra:bacon"]),
        ("a tuna sub no onions add pickles instead", ["1 tuna_sub pickle -onion"]),
        (
            "a tuna sub with no onions, foot long veggie sub",
            ["1 tuna_sub -onion", "1 veggie_sub footlong"],
        ),
    ],
)
def test_what_is_said_again_or_behind_a_comma_is_no_conflict(text: str, lines: list[str]) -> None:
    """An amount refines, an option takes a place, and a size opens the next item."""
    reading = MenuReader(SANDWICHES).read(text)

    assert (shown(reading.lines), reading.certain) == (lines, True)
