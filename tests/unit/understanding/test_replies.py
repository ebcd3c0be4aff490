"""Answers to our question, together with what was understood before."""

from dataclasses import replace

import pytest

from chalicelib.domain.resolution import Question
from chalicelib.understanding.questions import question_for
from chalicelib.understanding.reader import MenuReader
from tests.unit.understanding.menus import CAFE, SANDWICHES, shown

READER = MenuReader(SANDWICHES)
CAFE_READER = MenuReader(CAFE)


def asked_about(text: str) -> Question:
    """Return what we ask of who says *text*."""
    return question_for(READER.read(text), SANDWICHES)


WHICH = asked_about("two footlong subs with bacon")
ONE = question_for(replace(READER.read("a tuna sub with bacon"), candidates=()), SANDWICHES)
PLAIN = question_for(replace(READER.read("a tuna sub"), candidates=()), SANDWICHES)
RIGHT = asked_about("a tuna sub with bacon and kimchi and a cookie")


def test_what_was_said_of_an_item_goes_with_each_choice() -> None:
    """Who chooses between items keeps the number and the options that both offer."""
    assert [shown(choice.lines) for choice in WHICH.choices] == [
        ["2 veggie_sub bacon footlong"],
        ["2 tuna_sub bacon footlong"],
    ]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("the tuna one", ["2 tuna_sub bacon footlong"]),
        ("tuna", ["2 tuna_sub bacon footlong"]),
        ("the second", ["2 tuna_sub bacon footlong"]),
        ("the first one please", ["2 veggie_sub bacon footlong"]),
        ("the last", ["2 tuna_sub bacon footlong"]),
        ("the tuna one on rye", ["2 tuna_sub bacon footlong rye"]),
        ("the tuna one, no bacon", ["2 tuna_sub footlong -bacon"]),
        ("three tuna subs", ["3 tuna_sub bacon footlong"]),
        ("tuna and a cookie", ["1 cookie", "2 tuna_sub bacon footlong"]),
        ("the tuna one, and two lemonades", ["2 lemonade", "2 tuna_sub bacon footlong"]),
    ],
)
def test_an_answer_picks_one_of_the_choices(text: str, lines: list[str]) -> None:
    """By name or place; what it adds is merged."""
    reading = READER.reply(text, WHICH)

    assert (shown(reading.lines), reading.certain) == (lines, True)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("yes", ["1 cookie", "1 tuna_sub bacon"]),
        ("yes please, thanks", ["1 cookie", "1 tuna_sub bacon"]),
        ("on rye", ["1 cookie", "1 tuna_sub bacon rye"]),
        ("no, without onions", ["1 cookie", "1 tuna_sub bacon -onion"]),
        ("no bacon", ["1 cookie", "1 tuna_sub -bacon"]),
        ("yes, and two lemonades", ["1 cookie", "1 tuna_sub bacon", "2 lemonade"]),
        ("and a lemonade", ["1 cookie", "1 lemonade", "1 tuna_sub bacon"]),
        ("a tuna sub with onions and two cookies", ["1 tuna_sub onion", "2 cookie"]),
    ],
)
def test_an_answer_agrees_to_or_changes_what_was_understood(text: str, lines: list[str]) -> None:
    """What the answer leaves unsaid stays as it was understood, unless it gives way."""
    reading = READER.reply(text, RIGHT)

    assert (shown(reading.lines), reading.certain) == (lines, True)


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("yes", WHICH),
        ("two", WHICH),
        ("a tuna sub", WHICH),
        ("with mayo", WHICH),
        ("the third", WHICH),
        ("the tuna or the veggie", WHICH),
        ("both", WHICH),
        ("no", RIGHT),
        ("tuna", RIGHT),
        ("make that three", RIGHT),
        ("yes, with kimchi", RIGHT),
        ("yes, do not use SPRING25", RIGHT),
        ("a cookie", WHICH),
        ("and a cookie", WHICH),
        ("tuna maybe", WHICH),
        ("tuna qwertz", WHICH),
        ("yes and a lemonade maybe", RIGHT),
        ("tuna and a veggie sub", WHICH),
        ("two lemonades", RIGHT),
        ("a tuna sub and a cookie", RIGHT),
        ("yes but a lemonade", RIGHT),
        ("yes just a lemonade", RIGHT),
        ("yes, rye and a lemonade", RIGHT),
        ("yes and a lemonade, both large", RIGHT),
        ("yes and two of them lemonades", RIGHT),
        ("a tuna sub", ONE),
        ("another tuna sub", PLAIN),
        ("two more tuna subs", PLAIN),
        ("yes?", RIGHT),
        ("ok?", RIGHT),
        ("not ok", RIGHT),
        ("ok", WHICH),
        ("ok, a lemonade", RIGHT),
    ],
)
def test_an_answer_that_settles_nothing_is_not_certain(text: str, question: Question) -> None:
    """What still may mean two things is asked about again."""
    assert not READER.reply(text, question).certain


def test_what_is_said_before_the_choice_is_kept_for_it() -> None:
    """An option given instead of a choice is part of what is offered next."""
    again = question_for(READER.reply("with mayo", WHICH), SANDWICHES)

    assert [shown(choice.lines) for choice in again.choices] == [
        ["2 veggie_sub bacon footlong mayonnaise"],
        ["2 tuna_sub bacon footlong mayonnaise"],
    ]


def test_a_coupon_in_an_answer_is_found() -> None:
    """Agreeing and naming a code are one answer."""
    reading = READER.reply("yes, use SPRING25", RIGHT)

    assert (reading.coupon, reading.certain) == ("SPRING25", True)


LATTES = question_for(CAFE_READER.read("two lattes with kimchi"), CAFE)


@pytest.mark.parametrize(
    "text",
    [
        "yes and a bagel",
        "yes, plus a bagel",
        "yes a bagel",
        "also a bagel",
        "add a bagel",
        "a bagel too",
        "a bagel as well please",
        "and a bagel",
    ],
)
def test_what_is_added_comes_to_what_was_understood(text: str) -> None:
    """The order that was offered is not lost."""
    reading = CAFE_READER.reply(text, LATTES)

    assert (shown(reading.lines), reading.certain) == (["1 bagel", "2 latte"], True)


@pytest.mark.parametrize(
    "text",
    [
        "ok",
        "okay",
        "sure",
        "y",
        "ok sure",
        "sure go ahead",
        "sounds good",
        "that sounds good",
        "yes",
        "yep thanks",
    ],
)
def test_any_way_to_agree_is_one(text: str) -> None:
    """Where nothing else is said."""
    reading = CAFE_READER.reply(text, LATTES)

    assert (shown(reading.lines), reading.certain) == (["2 latte"], True)


@pytest.mark.parametrize("question", [WHICH, RIGHT, ONE])
@pytest.mark.parametrize("text", ["qwerty", "hmm", "ok", "how much is it?"])
def test_what_can_not_be_read_asks_the_same_again(text: str, question: Question) -> None:
    """The choices are those that were offered, so a later answer still agrees to them."""
    if text == "ok" and len(question.choices) == 1:
        return
    reading = READER.reply(text, question)

    assert not reading.certain
    assert question_for(reading, SANDWICHES) == question


@pytest.mark.parametrize("text", ["no", "nope", "no thanks"])
def test_a_bare_no_asks_what_should_be_different(text: str) -> None:
    """What was understood can still be changed."""
    again = question_for(CAFE_READER.reply(text, LATTES), CAFE)

    assert again.prompt == "What should be different: 2 \u00d7 latte?"
    assert again.choices == LATTES.choices
    assert shown(CAFE_READER.reply("large", again).lines) == ["2 latte large"]


def test_alternatives_are_choices() -> None:
    """Each as it was said, and the answer picks one by its place."""
    question = question_for(CAFE_READER.read("a large latte or two small flat whites"), CAFE)
    reading = CAFE_READER.reply("the second", question)

    assert [shown(c.lines) for c in question.choices] == [["1 latte large"], ["2 flat_white small"]]
    assert (shown(reading.lines), reading.certain) == (["2 flat_white small"], True)
    assert question_for(CAFE_READER.reply("qwerty", question), CAFE) == question


@pytest.mark.parametrize(
    "text",
    ["a latte and a bagel or a flat white", "a latte with oat or whole milk, a bagel", "a latte"],
)
def test_what_is_only_partly_open_is_one_order(text: str) -> None:
    """Where more than one of the items is wanted, none is a choice of its own."""
    assert not CAFE_READER.read(text).is_either


@pytest.mark.parametrize(
    "text",
    ["another one", "one more", "two more", "the second", "the other one", "1", "make it three",
     "a footlong one", "make it a footlong", "just two lemonades", "only a lemonade"],
)  # fmt: skip
def test_an_answer_that_counts_without_an_item_is_asked_about(text: str) -> None:
    """It may add, choose or replace, and so may an item that others would give way to."""
    assert not READER.reply(text, RIGHT).certain
