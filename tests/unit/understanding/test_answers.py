"""Yes, no and which, in any words."""

from dataclasses import replace

import pytest

from chalicelib.domain.catalogue import LanguageTag, catalogue_of
from chalicelib.understanding.questions import question_for
from chalicelib.understanding.reader import MenuReader
from tests.unit.understanding.menus import CAFE, item, shown

READER = MenuReader(CAFE)
LATTES = question_for(READER.read("two lattes with kimchi"), CAFE)
TWO = question_for(READER.read("a latte and a bagel with kimchi"), CAFE)
WHICH = question_for(READER.read("a latte or a flat white"), CAFE)
REFUSED = question_for(READER.reply("no", LATTES), CAFE)


@pytest.mark.parametrize(
    "text",
    ["好的", "好的谢谢", "对", "\U0001f44d", "\U0001f44d\U0001f3fd", "✅ thanks", "fine", "fine, go ahead", "yep thats right",
     "that works", "all good"],
)  # fmt: skip
def test_a_yes_of_any_language_is_one(text: str) -> None:
    """So is a sign."""
    reading = READER.reply(text, LATTES)

    assert (shown(reading.lines), reading.certain) == (["2 latte"], True)


@pytest.mark.parametrize("text", ["不", "不要", "\U0001f44e", "❌", "nah", "not quite"])
def test_a_no_of_any_language_is_one(text: str) -> None:
    """We ask what should be different."""
    reading = READER.reply(text, LATTES)

    assert (reading.refused, reading.certain) == (True, False)


@pytest.mark.parametrize(
    "text",
    ["好吗", "可以吗?", "是不是", "\U0001f44d\U0001f44e", "fine?", "不好", "yes 12OZ", "yes 330ml", "yes qwertz"],
)  # fmt: skip
def test_what_only_looks_like_a_yes_is_none(text: str) -> None:
    """A question, both at once, or with a word that is not understood."""
    assert not READER.reply(text, LATTES).certain


@pytest.mark.parametrize(
    "text",
    ["yes", "sounds good", "\U0001f44d", "好的", "yes SPRING25", "yes and a bagel", "yes, large"],
)
def test_a_yes_does_not_agree_to_what_was_refused(text: str) -> None:
    """It still has to be said what should be different."""
    again = READER.reply(text, REFUSED)

    assert REFUSED.refused
    assert not again.certain


def test_a_change_of_what_was_refused_settles_it() -> None:
    """What should be different was said."""
    reading = READER.reply("large", REFUSED)

    assert (shown(reading.lines), reading.certain) == (["2 latte large"], True)
    assert not question_for(replace(reading, certain=False), CAFE).refused


@pytest.mark.parametrize(
    ("text", "coupon"),
    [("yes SPRING25", "SPRING25"), ("ok, spring25 please", "SPRING25"), ("25OFF yes", "25OFF"),
     ("\U0001f44d SPRING25", "SPRING25"), ("yes", None)],
)  # fmt: skip
def test_a_code_beside_a_yes_is_kept(text: str, coupon: str | None) -> None:
    """Whether it is called a code or not."""
    reading = READER.reply(text, LATTES)

    assert (shown(reading.lines), reading.certain, reading.coupon) == (["2 latte"], True, coupon)


@pytest.mark.parametrize(
    "text", ["SPRING25", "no SPRING25", "yes SPRING25 SUMMER26", "yes not SPRING25"]
)
def test_a_code_is_no_yes(text: str) -> None:
    """Alone it agrees to nothing."""
    assert not READER.reply(text, LATTES).certain


def test_a_word_beside_more_than_a_yes_is_no_code() -> None:
    """It may be something that was wanted."""
    reading = READER.reply("large ABC123", LATTES)

    assert (reading.coupon, reading.certain) == (None, False)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("yes and a blueberry muffin", ["1 bagel", "1 blueberry_muffin", "1 latte"]),
        ("yes and a muffin", ["1 bagel", "1 blueberry_muffin", "1 latte"]),
        ("yes and another bagel", ["1 bagel", "1 bagel", "1 latte"]),
        ("yes, a latte too", ["1 bagel", "1 latte", "1 latte"]),
        ("yes, two bagels", ["1 latte", "2 bagel"]),
    ],
)
def test_what_a_yes_adds_loses_nothing_that_was_understood(text: str, lines: list[str]) -> None:
    """Also where it names what is on the order already."""
    assert shown(READER.reply(text, TWO).lines) == lines


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("2", ["1 flat_white"]),
        ("1 please", ["1 latte"]),
        ("#2", ["1 flat_white"]),
        ("option two", ["1 flat_white"]),
        ("the 2nd one", ["1 flat_white"]),
    ],
)
def test_a_choice_is_picked_by_its_number(text: str, lines: list[str]) -> None:
    """In digits, or said to be one."""
    reading = READER.reply(text, WHICH)

    assert (shown(reading.lines), reading.certain) == (lines, True)


@pytest.mark.parametrize(
    "text", ["two", "3", "0", "2 lattes or 1", "the cheaper one", "option", "1 2"]
)
def test_a_number_that_may_be_another_picks_nothing(text: str) -> None:
    """As does a price that both have."""
    assert not READER.reply(text, WHICH).certain


def test_the_cheaper_one_is_told_by_the_prices() -> None:
    """Where one costs least."""
    bun = replace(item("bun"), unit_price=80)
    shop = catalogue_of("shop", 1, "EUR", (item("cake"), bun), ())
    reader = MenuReader(shop)
    reading = reader.reply("the cheaper one", question_for(reader.read("a cake or a bun"), shop))

    assert (shown(reading.lines), reading.certain) == (["1 bun"], True)


@pytest.mark.parametrize(
    ("text", "certain"),
    [("yes", True), ("ok sure", True), ("对", True), ("nope", False), ("不", False)],
)
def test_another_menu_s_language_takes_them_all(text: str, certain: bool) -> None:  # noqa: FBT001 - a column
    """A Chinese menu understands an English yes, and no."""
    shop = catalogue_of("shop", 1, "CNY", (item("奶茶"),), (), LanguageTag.CHINESE)
    reader = MenuReader(shop)
    question = question_for(reader.read("奶茶吗"), shop)

    assert reader.reply(text, question).certain is certain


def test_a_chinese_answer_picks_by_number() -> None:
    """The second is 第二个."""
    shop = catalogue_of("shop", 1, "CNY", (item("奶茶"), item("绿茶")), (), LanguageTag.CHINESE)
    reader = MenuReader(shop)
    question = question_for(reader.read("奶茶或绿茶"), shop)

    assert shown(reader.reply("第二个", question).lines) == ["1 绿茶"]


@pytest.mark.parametrize("text", ["two of them", "2 of them", "2 of those", "2 of these please"])
def test_so_many_of_them_picks_none(text: str) -> None:
    """It is how many, not which."""
    reading = READER.reply(text, WHICH)

    assert (shown(reading.lines), reading.certain) == (["2 flat_white", "2 latte"], False)
    assert shown(READER.reply("the 2nd of those", WHICH).lines) == ["1 flat_white"]


def test_neither_is_not_asked_the_same_again() -> None:
    """What was offered is withdrawn, and what would be right is asked."""
    again = question_for(READER.reply("neither", WHICH), CAFE)

    assert (again.choices, again.refused) == ((), True)
    assert again.prompt == "What would you like instead?"


@pytest.mark.parametrize("text", ["qwertz", "is it hot?", "\U0001f950"])
def test_what_was_refused_stays_so_until_something_is_changed(text: str) -> None:
    """A yes after it settles nothing either."""
    again = question_for(READER.reply(text, REFUSED), CAFE)

    assert again.refused
    assert not READER.reply("yes", again).certain


def test_a_code_changes_what_was_refused() -> None:
    """It may be what should be different."""
    assert not question_for(READER.reply("use FALL10", REFUSED), CAFE).refused


@pytest.mark.parametrize(
    ("text", "certain"),
    [("\U0001f44d \U0001f950", False), ("yes \u2615", False), ("yes \U0001f600", True),
     ("\U0001f44d\U0001f389", True), ("yes \u2757", True)],
)  # fmt: skip
def test_a_picture_beside_a_yes_may_be_an_order(text: str, certain: bool) -> None:  # noqa: FBT001 - a column
    """Where it isn't just a mood."""
    assert READER.reply(text, LATTES).certain is certain


@pytest.mark.parametrize("text", ["FALL10", " fall10 ", "FALL10!"])
def test_a_code_alone_is_a_coupon(text: str) -> None:
    """Also where nothing was offered that it could go with."""
    reading = READER.read(text)

    assert (reading.lines, reading.coupon, reading.certain) == ((), "FALL10", False)
    assert READER.read(f"{text} qwertz").coupon is None
