"""Candidates by the words they share with a text."""

from chalicelib.understanding.english import ENGLISH
from chalicelib.understanding.retrieval import Retrieval
from tests.unit.understanding.menus import item, menu

SHELF = Retrieval(
    menu(
        (
            item("steel water bottle"),
            item("glass water bottle"),
            item("steel lunch box"),
            item("steel lunch box with steel lid and carrying strap"),
            item("paper"),
        )
    ),
    ENGLISH,
)


def test_rare_words_count_for_more() -> None:
    """The item that shares the rarest words comes first, and the shorter name before the longer."""
    assert SHELF.candidates(["glass", "steel"])[0] == "glass_water_bottle"
    assert SHELF.candidates(["lunch", "box"])[0] == "steel_lunch_box"


def test_no_shared_word_means_no_candidate() -> None:
    """Items that have nothing to do with the text are not guessed."""
    assert SHELF.candidates(["zeppelin"]) == ()


def test_there_are_never_more_than_asked_for() -> None:
    """The limit is kept, best first."""
    assert SHELF.candidates(["steel"], limit=2) == ("steel_water_bottle", "steel_lunch_box")
