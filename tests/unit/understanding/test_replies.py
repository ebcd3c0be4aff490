"""Answers to our question, together with what was understood before."""

import pytest

from chalicelib.domain.resolution import Question
from chalicelib.understanding.questions import question_for
from chalicelib.understanding.reader import MenuReader
from tests.unit.understanding.menus import SANDWICHES, shown

READER = MenuReader(SANDWICHES)


def asked_about(text: str) -> Question:
    """Return what we ask of who says *text*."""
    return question_for(READER.read(text), SANDWICHES)


WHICH = asked_about("two footlong subs with bacon")
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
        ("a cookie", ["1 cookie"]),
    ],
)
def test_an_answer_picks_one_of_the_choices(text: str, lines: list[str]) -> None:
    """By name or place; what it adds is merged, and another order takes the place of all."""
    reading = READER.reply(text, WHICH)

    assert (shown(reading.lines), reading.certain) == (lines, True)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("yes", ["1 cookie", "1 tuna_sub bacon"]),
        ("yes please, thanks", ["1 cookie", "1 tuna_sub bacon"]),
        ("on rye", ["1 cookie", "1 tuna_sub bacon rye"]),
        ("make it a footlong", ["1 cookie", "1 tuna_sub bacon footlong"]),
        ("no, without onions", ["1 cookie", "1 tuna_sub bacon -onion"]),
        ("no bacon", ["1 cookie", "1 tuna_sub -bacon"]),
        ("two lemonades", ["2 lemonade"]),
    ],
)
def test_an_answer_agrees_to_or_changes_what_was_understood(text: str, lines: list[str]) -> None:
    """What the answer leaves unsaid stays as it was understood."""
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
