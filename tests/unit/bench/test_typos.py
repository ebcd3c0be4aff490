"""Texts as hurried people type them."""

import re

from hypothesis import given
from hypothesis import strategies as st

from bench.typos import LENGTH_MIN, with_typos
from chalicelib.understanding.spelling import is_one_typo

WORDS = st.lists(st.text(alphabet="abcdeXYZ", min_size=1, max_size=9), max_size=12)


@given(words=WORDS, seed=st.integers())
def test_a_typo_is_one_slip_in_a_long_word(words: list[str], seed: int) -> None:
    """Each long word is at most one slip away, and short ones are as they were."""
    typed = with_typos(" ".join(words), seed, share=1.0).split()

    for word, mistyped in zip(words, typed, strict=True):
        assert mistyped == word if len(word) < LENGTH_MIN else is_one_typo(mistyped, word)


@given(words=WORDS, seed=st.integers())
def test_a_seed_gives_one_text(words: list[str], seed: int) -> None:
    """The same seed makes the same typos."""
    text = " ".join(words)

    assert with_typos(text, seed) == with_typos(text, seed)


def test_about_as_many_words_get_a_typo_as_were_asked_for() -> None:
    """Over a long text it is 15 in 100 unless said otherwise, and nothing but words is touched."""
    text = "2x lettuce, (tomato)! " * 2_000
    typed = with_typos(text, 1)
    changed = sum(word not in {"lettuce", "tomato"} for word in re.findall(r"[a-z]{3,}", typed))

    assert 0.13 < changed / 4_000 < 0.17
    assert re.sub(r"[a-z]", "", typed) == re.sub(r"[a-z]", "", text)


def test_each_kind_of_typo_happens() -> None:
    """Some words get shorter, some longer, some swapped and some wrong."""
    typed = {with_typos("abcdefg", seed, share=1.0) for seed in range(200)}

    assert {len(word) for word in typed} == {6, 7, 8}
    assert "bacdefg" in typed
    assert any(len(word) == 7 and set(word) != set("abcdefg") for word in typed)
