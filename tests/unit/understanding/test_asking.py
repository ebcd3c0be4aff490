"""Questions that order, and questions that ask."""

import pytest

from chalicelib.understanding.asking import Asking
from chalicelib.understanding.english import ENGLISH

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
