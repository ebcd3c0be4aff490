"""Where one line ends and the next begins."""

import pytest

from chalicelib.understanding.attach import parts_of
from chalicelib.understanding.doubts import Doubt
from chalicelib.understanding.elements import Element, Head, Join, Opener, Wish
from chalicelib.understanding.english import ENGLISH
from chalicelib.understanding.lexicon import compile_lexicon
from tests.unit.understanding.menus import TEAS

LEXICON = compile_lexicon(TEAS, ENGLISH)
TEA, CHAI, TART = Head(("green_tea",)), Head(("chai",)), Head(("egg_tart",))


def wish(words: str) -> Wish:
    """Return a wish for what the tea menu calls *words*."""
    return Wish(words, LEXICON.phrases[words].options)


SMALL, LARGE, ICED, PEARLS = wish("small"), wish("large"), wish("iced"), wish("pearl")


@pytest.mark.parametrize(
    ("gap", "cut"),
    [
        ([Opener(1), LARGE], 0),
        ([PEARLS, Opener(2), LARGE], 1),
        ([Join.WITH, PEARLS, Join.AND, ICED], 3),
        ([LARGE, Join.STOP], 2),
        ([Join.AND, LARGE], 1),
        ([PEARLS, LARGE, Opener(is_measure=True)], 1),
    ],
)
def test_a_gap_is_cut_where_a_line_begins(gap: list[Element], cut: int) -> None:
    """An opener, a connector or an option that only one side offers shows where."""
    first, second = parts_of([TEA, *gap, CHAI], LEXICON)

    assert (list(first.after), list(second.before)) == (gap[:cut], gap[cut:])


def test_a_second_size_belongs_to_the_next_item() -> None:
    """Of a group that takes one, the second option can only be the next item's."""
    first, second = parts_of([SMALL, TEA, LARGE, CHAI], LEXICON)

    assert (list(first.after), list(second.before)) == ([], [LARGE])
    assert not second.doubts


def test_what_may_belong_to_either_is_doubted() -> None:
    """With nothing to tell by, the next item gets it, and the reading is not certain."""
    _, second = parts_of([TEA, LARGE, CHAI], LEXICON)

    assert list(second.before) == [LARGE]
    assert second.doubts == {Doubt.BELONGS_TO_EITHER}


def test_wishes_without_an_item_mean_the_only_item_that_offers_them() -> None:
    """One item that offers all of them is meant, with a doubt; of several, none is."""
    sugar = wish("half sugar")

    (part,) = parts_of([sugar, wish("soy milk")], LEXICON)

    assert (part.head.skus, part.head.doubts) == (("milk_tea",), {Doubt.NO_ITEM})
    assert parts_of([sugar], LEXICON) == []
    assert parts_of([], LEXICON) == []


def test_each_item_gets_a_part() -> None:
    """Parts follow the items, and no element is lost."""
    parts = parts_of([Opener(1), TEA, Join.AND, CHAI, Opener(2), TART, Join.STOP], LEXICON)

    assert [part.head for part in parts] == [TEA, CHAI, TART]
    assert sum(len(part.before) + len(part.after) for part in parts) == 4
