"""From a text to tokens."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.understanding.english import ENGLISH
from chalicelib.understanding.tokens import SPACED_LENGTH_MAX, number_in, tokenise


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
        ("1.5 l 007 000", ["1.5", "liter", "7", "0"]),
        ("400g 400 grams 5 m", ["400", "gram", "400", "gram", "5", "meter"]),
        ("size m, an l, g", ["size", "m", "an", "l", "g"]),
        ('12in 12" 12\u2033 12-inch', ["12", "inch"] * 4),
        ("12 in black", ["12", "in", "black"]),
        ('"two teas"', ["2", "tea"]),
        ("1,000 or 2,500", ["1000", "or", "2500"]),
        ("1,2,3", ["1", "2", "3"]),
        ("on the 14th at 7:30", ["on", "the", "14th", "at", "7:30"]),
        ("\u00bd lb, 1\u00bd", ["1/2", "lb", "1", "1/2"]),
        ("two hundred and fifty cards", ["250", "card"]),
        ("a hundred and five", ["105"]),
        ("one thousand two hundred and six", ["1206"]),
        ("a hundred cards and five pens", ["100", "card", "and", "5", "pen"]),
        ("two hundred, fifty", ["200", "50"]),
        ("five hundred and tea", ["500", "and", "tea"]),
        ("two dozen", ["2", "dozen"]),
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
    """Only the first characters of a very long text are looked at; the rest is an unknown word."""
    tokens = tokenise("a " * SPACED_LENGTH_MAX, ENGLISH)
    assert len(tokens) == SPACED_LENGTH_MAX / 2 + 1
    assert tokens[-1].key == "oddnumber"


def test_a_sign_of_many_letters_can_not_blow_a_text_up() -> None:
    """A ligature that stands for eighteen letters is written out only so far."""
    letters = sum(len(token.key) for token in tokenise("\ufdfa" * 1_990, ENGLISH))
    assert letters <= SPACED_LENGTH_MAX + len("oddnumber")


@pytest.mark.parametrize(
    ("key", "number"),
    [
        ("12", 12),
        ("0", 0),
        ("1.5", None),
        ("14th", None),
        ("7:30", None),
        ("\u00b2", None),
        ("9" * 9, None),
    ],
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


@given(number=st.integers(min_value=1, max_value=999_999))
def test_a_number_is_the_same_with_and_without_commas(number: int) -> None:
    """Twelve thousand five hundred is one number, "12,500" as well as "12500"."""
    assert [token.key for token in tokenise(f"{number:,}", ENGLISH)] == [str(number)]


@given(hundreds=st.integers(1, 9), rest=st.integers(1, 99), joined=st.booleans())
def test_hundreds_and_the_rest_are_one_number(hundreds: int, rest: int, *, joined: bool) -> None:
    """Three hundred and twelve is 312, with its "and" or without."""
    text = f"{hundreds} hundred {'and ' if joined else ''}{rest} pens"

    assert [t.key for t in tokenise(text, ENGLISH)] == [str(hundreds * 100 + rest), "pen"]


def test_a_minus_before_a_number_word_makes_it_none() -> None:
    """As "-3" is none, "-three" is no number that a person orders; "twenty-three" is."""
    assert "3" not in [token.key for token in tokenise("-three teas", ENGLISH)]
    assert [token.key for token in tokenise("twenty-three", ENGLISH)] == ["23"]
    assert [token.key for token in tokenise("- three teas", ENGLISH)] == ["3", "tea"]


def test_a_plus_means_the_same_beside_an_accent() -> None:
    """Letters with accents elsewhere in a text change no other character's meaning."""
    plain = [token.key for token in tokenise("jalapenos + cheese", ENGLISH)]

    assert [token.key for token in tokenise("jalape\u00f1os + cheese", ENGLISH)] == plain
