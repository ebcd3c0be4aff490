"""Shares of one item."""

from chalicelib.domain.resolution import OptionRef
from chalicelib.understanding.elements import Element, Join, Opener, Wish
from chalicelib.understanding.partition import counts_options_only, elliptic_shares, shares_of

NONE: frozenset[str] = frozenset()


def wish(value: str) -> Wish:
    """Return a wish for *value*."""
    return Wish(value, (OptionRef(group="g", value=value),))


def test_numbers_that_add_up_are_shares() -> None:
    """Two, large, one iced and one with honey are two shares of what is large."""
    large, iced, honey = wish("large"), wish("iced"), wish("honey")
    after: list[Element] = [large, Opener(1), iced, Join.AND, Opener(1), Join.WITH, honey]

    common, shares = shares_of(2, after, NONE)

    assert list(common) == [large]
    assert [(number, list(own)) for number, own in shares] == [
        (1, [iced, Join.AND]),
        (1, [Join.WITH, honey]),
    ]


def test_numbers_that_do_not_add_up_are_no_shares() -> None:
    """Three told apart of two are nothing that can be ordered."""
    after: list[Element] = [Opener(1), wish("iced"), Opener(2), wish("hot")]

    assert shares_of(2, after, NONE) == (after, [])


def test_counted_options_are_no_shares() -> None:
    """Two with one sugar and a pump of honey are two of the same."""
    pump = Opener(is_measured=True)
    after: list[Element] = [Join.WITH, Opener(1), wish("sugar"), Join.AND, pump, wish("honey")]

    assert shares_of(2, after, NONE) == (after, [])
    assert counts_options_only(after, NONE)
    after = [Join.WITH, Opener(1), wish("sugar"), Join.AND, Opener(1), wish("honey")]
    assert shares_of(2, after, NONE) == (after, [])
    assert not counts_options_only([Join.WITH, Opener(2), wish("sugar")], NONE)


def test_an_item_named_once_after_two_openers_is_two_shares() -> None:
    """One small and two large before an item are three of it."""
    before: list[Element] = [Opener(1), wish("small"), Join.AND, Opener(2), wish("large")]

    assert [number for number, _ in elliptic_shares(before)] == [1, 2]
    assert elliptic_shares(before[:2]) == []
