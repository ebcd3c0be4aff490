import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.application.reading_key import GROWTH_MAX, key_of, plain_form
from tests.unit.domain.builders import menu

MENU = menu()


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("Two  LATTES,\tplease. ", "two lattes, please"),
        ("  ,, two lattes!!!", "two lattes"),
        ("\uff12 lattes", "2 lattes"),
        ("cafe\u0301 au lait", "café au lait"),
        ("two\u00a0lattes…", "two lattes"),
        ("a latte\r\n\r\n 2 muffins\n", "a latte\n2 muffins"),
        ("Straße", "strasse"),
        ("", ""),
        (" .!, ", ""),
    ],
)
def test_what_an_order_cannot_mean_is_left_out(typed: str, plain: str) -> None:
    """Case, width, spacing, and stops around the text."""
    assert plain_form(typed) == plain


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2² teas", "22 teas"),
        ("1½ teas", "11\u20442 teas"),
        ("① tea", "1 tea"),
        ("-2 teas", "2 teas"),
        (".5 teas", "5 teas"),
        ("$5 teas", "5 teas"),
        ("tea?", "tea"),
        ("tea\n2 cakes", "tea 2\ncakes"),
        ("tea, no cake", "tea no cake"),
        ("2 5 teas", "25 teas"),
    ],
)
def test_what_an_order_may_mean_is_kept(one: str, other: str) -> None:
    """Numbers stay what they are, a question stays one, and lines and commas stay where they stand."""
    assert plain_form(one) != plain_form(other)


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_the_plain_form_keeps_every_number(text: str) -> None:
    """No figure comes, goes or joins another, however a text was typed."""

    def figures(of: str) -> list[list[int]]:
        return [[int(c) for c in run] for run in re.findall(r"\d+", of)]

    assert figures(plain_form(text)) == figures(text)


@given(st.text(alphabet="aB 2.,!?\n-"), st.text(alphabet=" \n,;:!"), st.text(alphabet=" \n,;:!."))
def test_wrapping_changes_nothing(text: str, before: str, after: str) -> None:
    """The plain form of a plain form is itself, and what is typed around it goes."""
    plain = plain_form(text)
    assert plain_form(plain) == plain
    assert plain_form(before + plain.upper() + after) == plain


def test_a_key_depends_on_all_that_the_model_is_told() -> None:
    """Another text, merchant, version, content, list of candidates, model or prompt is another key."""
    keys = {
        key_of("tea", MENU, (), "model 1"),
        key_of("teas", MENU, (), "model 1"),
        key_of("tea", replace(MENU, merchant="tea-hut"), (), "model 1"),
        key_of("tea", replace(MENU, version=4), (), "model 1"),
        key_of("tea", replace(MENU, digest="another"), (), "model 1"),
        key_of("tea", MENU, ("cake",), "model 1"),
        key_of("tea", MENU, ("cake", "tea"), "model 1"),
        key_of("tea", MENU, ("tea", "cake"), "model 1"),
        key_of("tea", MENU, (), "model 2"),
        key_of("", MENU, ("tea",), "model 1"),
    }
    assert len(keys) == 10
    assert key_of("tea", MENU, (), "model 1") in keys


@given(st.text())
def test_any_text_has_a_key(text: str) -> None:
    """Lone surrogates too; and a key is a hash, of one length, whatever the text."""
    assert re.fullmatch("[0-9a-f]{64}", key_of(plain_form(text), MENU, (), "model 1"))


def test_a_text_does_not_grow_on_its_way_to_the_model() -> None:
    """Characters that stand for many are left as they are where that would cost many times more."""
    assert len(plain_form("\ufdfa" * 1_990)) <= GROWTH_MAX * 1_990
