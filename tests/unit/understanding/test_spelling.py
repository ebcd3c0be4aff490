"""Light typos."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.understanding.spelling import Slip, Speller, is_one_typo, slip_of
from chalicelib.understanding.tokens import Spelling, Token

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
    found = SPELLER.nearest(word)

    assert (found.word if found else None) == known


def test_words_run_together_or_apart_are_brought_back() -> None:
    """A joined pair is split, a split word is joined, and known spellings become one."""
    assert repaired("potatocrisp") == ["potato", "crisp"]
    assert repaired("cheese", "burger") == ["cheeseburger"]
    assert repaired("icedtea") == ["iced", "tea"]
    assert repaired("expresso") == ["espresso"]
    assert repaired("burgered") == ["burger"]


@pytest.mark.parametrize(
    ("word", "key", "spelling"),
    [
        ("lettuce", "lettuce", Spelling.AS_TYPED),
        ("xyzzyx", "xyzzyx", Spelling.AS_TYPED),
        ("letuce", "lettuce", Spelling.SURE),
        ("lettace", "lettuce", Spelling.SURE),
        ("bruger", "burger", Spelling.SURE),
        ("icced", "iced", Spelling.LIKELY),
        ("burber", "burger", Spelling.GUESSED),  # six letters, one wrong: who knows
        ("pettuce", "lettuce", Spelling.GUESSED),
    ],
)
def test_a_correction_says_how_far_it_can_be_trusted(
    word: str, key: str, spelling: Spelling
) -> None:
    """What may be another word is a guess; what is too short for certainty is likely at best."""
    (token,) = SPELLER.repair([Token(word)])

    assert (token.key, token.spelling) == (key, spelling)


def test_of_several_near_words_the_likeliest_is_a_guess() -> None:
    """A doubled letter is likelier than a wrong one, the menu's word than the language's."""
    speller = Speller(["gloss", "glossy", "small", "smell"], [], stems=["gloss", "glossy", "small"])
    tokens = speller.repair([Token("glosss"), Token("smnll")])

    assert [token.key for token in tokens] == ["gloss", "small"]
    assert {token.spelling for token in tokens} == {Spelling.GUESSED}


def test_a_number_word_with_a_typo_is_met_but_never_for_sure() -> None:
    """It is read so if somebody agrees; a short one such as "nime" is nothing."""
    speller = Speller(["tree"], [], numbers={"three": 3, "eleven": 11, "nine": 9})
    tokens = speller.repair([Token("thrree"), Token("elevem"), Token("nime"), Token("tree")])

    assert [token.key for token in tokens] == ["3", "11", "nime", "tree"]
    assert [int(token.spelling) for token in tokens] == [3, 3, 0, 0]


def test_a_joined_word_with_a_typo_is_met() -> None:
    """Two words run together and mistyped are still the two."""
    assert repaired("potatocrispp") == ["potato", "crisp"]
    assert repaired("burgerss") == ["burger"]


def test_a_number_glued_to_a_word_is_known_only_where_the_menu_has_both() -> None:
    """A menu's own "PLA175" is known; "BURGER20" is not, whatever else the menu knows."""
    speller = Speller(["burger", "pla", "175", "20"], [("pla", "175")])

    assert speller.knows(["pla", "175"])
    assert not speller.knows(["burger", "20"])
    assert speller.knows(["burger"])
    assert not speller.knows(["burger", "zeppelin"])


@pytest.mark.parametrize(
    ("word", "slip"),
    [
        ("latte", Slip.NONE),
        ("latet", Slip.SWAPPED),
        ("altte", Slip.SWAPPED),
        ("lattte", Slip.DOUBLED),
        ("late", Slip.MISSING),
        ("lattze", Slip.MISSING),
        ("lattx", Slip.WRONG),
        ("matte", Slip.OPENING),
        ("atte", Slip.OPENING),
        ("laxxe", None),
    ],
)
def test_each_slip_has_a_name(word: str, slip: Slip | None) -> None:
    """One slip is told from another, and from two."""
    assert slip_of(word, "latte") is slip


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
