"""From a text to tokens."""

import pytest

from chalicelib.understanding.english import ENGLISH
from chalicelib.understanding.tokens import TEXT_LENGTH_MAX, number_in, tokenise


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("Two LATTES, please!", ["2", "latte", "please"]),
        ("I'd like café", ["id", "like", "cafe"]),
        ("x2 7up", ["x", "2", "7", "up"]),
        ("twenty-five or thirty", ["25", "or", "30"]),
        ("twenty, five", ["20", "5"]),
        (
            "mac & cheese w/ ham w/o salt",
            ["mac", "and", "cheese", "with", "ham", "without", "salt"],
        ),
        ("1.5 l 007 000", ["1.5", "l", "7", "0"]),
        ("an XL tee", ["an", "extra", "large", "tee"]),
        ("", []),
        ("?!", []),
    ],
)
def test_texts_become_keys(text: str, keys: list[str]) -> None:
    """Case, accents, apostrophes, plurals, number words and variants are evened out."""
    assert [token.key for token in tokenise(text, ENGLISH)] == keys


def test_punctuation_is_kept_on_the_next_token() -> None:
    """A comma breaks a list, a full stop also starts a sentence."""
    tokens = tokenise("tea, milk. cake", ENGLISH)

    assert [(token.broken, token.starts) for token in tokens] == [
        (False, False),
        (True, False),
        (True, True),
    ]


def test_what_is_beyond_the_limit_is_not_read() -> None:
    """Only the first characters of a very long text are looked at."""
    assert len(tokenise("a " * TEXT_LENGTH_MAX, ENGLISH)) == TEXT_LENGTH_MAX / 2


@pytest.mark.parametrize(
    ("key", "number"), [("12", 12), ("0", 0), ("1.5", None), ("\u00b2", None), ("9" * 9, None)]
)
def test_only_whole_orderable_numbers_count(key: str, number: int | None) -> None:
    """Fractions, superscripts and absurdly long numbers are no quantity."""
    assert number_in(key) == number


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("2 teas", []),
        ("$5 tea", ["5"]),
        ("5 \u20ac tea", ["5"]),
        ("\u00a3 5 tea", ["5"]),
        ("25% or 30 percent", ["25"]),
        ("SPRING25 x2 2x 7up", ["25"]),
        ("tea 2", []),
    ],
)
def test_a_number_that_belongs_to_a_sign_or_a_word_is_bound(text: str, bound: list[str]) -> None:
    """Prices, percentages and codes hold numbers that count nothing."""
    assert [token.key for token in tokenise(text, ENGLISH) if token.bound] == bound
