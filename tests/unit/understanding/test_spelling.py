"""Light typos."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.understanding.spelling import Speller, is_one_typo
from chalicelib.understanding.tokens import Token

SPELLER = Speller(
    ["lettuce", "pickle", "burger", "cheese", "cheeseburger", "mint", "mine", "iced", "tea"],
    [("potato", "crisp")],
    ("ed",),
    {"expresso": "espresso"},
)


def repaired(*words: str) -> list[str]:
    """Return *words* as the speller leaves them."""
    return [token.key for token in SPELLER.repair([Token(word) for word in words])]


@pytest.mark.parametrize(
    ("word", "known"),
    [
        ("letuce", "lettuce"),
        ("lettucce", "lettuce"),
        ("lettcue", "lettuce"),
        ("lattuce", "lettuce"),
        ("pickl", "pickle"),
        ("lott", None),
        ("ltc", None),
        ("minx", None),  # two words are as near
        ("", None),
    ],
)
def test_a_word_one_typo_away_is_found(word: str, known: str | None) -> None:
    """One wrong, missing, added or swapped letter is put right if one known word is near."""
    assert SPELLER.nearest(word) == known


def test_words_run_together_or_apart_are_brought_back() -> None:
    """A joined pair is split, a split word is joined, and known spellings become one."""
    assert repaired("potatocrisp") == ["potato", "crisp"]
    assert repaired("cheese", "burger") == ["cheeseburger"]
    assert repaired("icedtea") == ["iced", "tea"]
    assert repaired("expresso") == ["espresso"]
    assert repaired("burgered") == ["burger"]


def test_a_correction_is_marked() -> None:
    """A corrected word says so; a known or hopeless one doesn't."""
    tokens = SPELLER.repair([Token("letuce"), Token("mint"), Token("xyzzyx")])

    assert [token.corrected for token in tokens] == [True, False, False]


@given(
    word=st.text(alphabet="abcde", min_size=5, max_size=9),
    place=st.integers(min_value=0, max_value=4),
    letter=st.sampled_from("abcdexyz"),
)
def test_every_single_typo_is_recognised(word: str, place: int, letter: str) -> None:
    """Each of the four kinds of typo is one typo; of two far apart, none is."""
    head, tail = word[:place], word[place:]

    assert is_one_typo(head + letter + tail, word)
    assert is_one_typo(head + tail[1:], word)
    assert is_one_typo(head + letter + tail[1:], word)
    assert is_one_typo(head + tail[1:2] + tail[:1] + tail[2:], word)
    assert not is_one_typo(f"zz{word}", word)


def test_an_ending_is_taken_off_stems_only() -> None:
    """A menu's "roast" is met by "roasted"; "ordered" is another word than "order"."""
    speller = Speller(["roast", "order"], [], ("ed",), stems=["roast"])

    assert [t.key for t in speller.repair([Token("roasted"), Token("ordered")])] == [
        "roast",
        "ordered",
    ]
