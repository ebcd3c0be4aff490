"""Questions that order, and questions that ask."""

from time import process_time

import pytest

from chalicelib.understanding.asking import Asking
from chalicelib.understanding.english import ENGLISH
from chalicelib.understanding.tokens import TEXT_LENGTH_MAX

ASKING = Asking(ENGLISH)


@pytest.mark.parametrize(
    ("text", "is_open"),
    [
        ("a tea", False),
        ("a tea?", True),
        ("can i get a tea?", False),
        ("Could I, please, have a tea??", False),
        ("may we have a tea? and a tart?", False),
        ("a tart? can i get a tea?", True),
        ("i want a tea. a tart?", True),
        ("a tea, please?", False),
        ("hello. is it open\uff1f", True),
        ("tea!? ?", False),
        ("???", False),
        ("", False),
    ],
)
def test_a_question_is_open_unless_it_orders(text: str, is_open: bool) -> None:  # noqa: FBT001
    """Only a question that orders, or one that follows such a one, is an order."""
    assert ASKING.is_open(text) == is_open


@pytest.mark.parametrize(
    ("text", "only_asks"),
    [
        ("do you have tea", True),
        ("hi, how much is a tea?", True),
        ("is the tea any good?", True),
        ("do your teas have sugar", True),
        ("do you have tea? one please", False),
        ("do you have tea, if so i'll take two", False),
        ("is it possible to get a tea?", False),
        ("it's for my mum: a tea", False),
        ("a tea, how much is it", False),
        ("how about a tea", False),
        ("a tea?", False),
        ("", False),
    ],
)
def test_a_text_that_only_asks_orders_nothing(text: str, only_asks: bool) -> None:  # noqa: FBT001
    """One question, which an interrogative begins and which requests nothing, only asks."""
    assert ASKING.only_asks(text) == only_asks


def test_looking_for_a_question_is_linear() -> None:
    """A long text without a question mark is not searched again from each of its characters."""
    text = "tea " * (TEXT_LENGTH_MAX // 4)
    begin = process_time()
    for _ in range(100):
        assert not ASKING.is_open(text)

    assert process_time() - begin < 0.2
