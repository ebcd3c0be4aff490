"""Candidates by the words they share with a text."""

import pytest

from chalicelib.domain.catalogue import Catalogue
from chalicelib.understanding import retrieval
from chalicelib.understanding.english import ENGLISH
from chalicelib.understanding.lexicon import compile_lexicon
from chalicelib.understanding.retrieval import Retrieval
from tests.unit.understanding.menus import item, menu


def shelf_of(catalogue: Catalogue) -> Retrieval:
    """Return the index of *catalogue* as a reader builds it."""
    return Retrieval(catalogue.items, compile_lexicon(catalogue, ENGLISH).item_words)


SHELF = shelf_of(
    menu(
        (
            item("steel water bottle"),
            item("glass water bottle"),
            item("steel lunch box"),
            item("steel lunch box with steel lid and carrying strap"),
            item("paper"),
        )
    )
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


def test_what_is_named_first_counts_for_more() -> None:
    """Of two words as rare, the earlier names the thing and the later what it is like."""
    assert SHELF.candidates(["paper", "glass"])[0] == "paper"
    shelf = shelf_of(menu((item("oak lamp"), item("tin table"))))

    assert shelf.candidates(["lamp", "tin"])[0] == "oak_lamp"
    assert shelf.candidates(["tin", "lamp"])[0] == "tin_table"


def test_common_words_rank_what_rare_ones_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A word that very many items have adds none, but tells those apart that others found."""
    monkeypatch.setattr(retrieval, "_OWNERS_MAX", 2)
    shelf = shelf_of(menu((item("oak lamp"), item("red lamp"), item("red mat"), item("red cup"))))

    assert shelf.candidates(["lamp", "red"]) == ("red_lamp", "oak_lamp")
    assert shelf.candidates(["red"]) == ("red_lamp", "red_mat", "red_cup")
