"""Promotion codes in a text."""

import pytest

from chalicelib.understanding.coupons import split_coupon
from chalicelib.understanding.english import ENGLISH


def known(word: str) -> bool:
    """Whether the menu or the language knows *word*."""
    return word.casefold() in {"tea", "milk", "please", "the", "mint4you"}


def sold(word: str) -> bool:
    """Whether the menu alone knows *word*."""
    return word.casefold() in {"tea", "milk"}


def plain(text: str) -> str:
    """Return *text* without stops and doubled spaces."""
    return " ".join(text.replace(",", " ").replace(".", " ").split())


@pytest.mark.parametrize(
    ("text", "code", "rest"),
    [
        ("tea, use SPRING25", "SPRING25", "tea"),
        ("tea using code abc-12 please", "ABC-12", "tea please"),
        ("coupon: TEATIME", "TEATIME", ""),
        ("apply my voucher XYZ", "XYZ", ""),
        ("tea with SAVE10 code", "SAVE10", "tea"),
        ("the promo code is welcome", "WELCOME", ""),
        ("tea, use my free shot voucher SHOT1", "SHOT1", "tea"),
        ("tea, apply the ten percent off student code STUD10", "STUD10", "tea"),
        ("tea, the gate code is 4711", None, "tea the gate code is 4711"),
        ("tea with milk", None, "tea with milk"),
        ("tea with MILK", None, "tea with MILK"),
        ("TEA WITH MILK AND LEMON", None, "TEA WITH MILK AND LEMON"),
        ("use my coupon", None, "use my coupon"),
        ("tea with 12345", None, "tea with 12345"),
        ("tea with mint4you", None, "tea with mint4you"),
        ("", None, ""),
    ],
)
def test_a_named_code_is_taken_out(text: str, code: str | None, rest: str) -> None:
    """What is named as a code, or looks like one after "use", goes; the rest stays."""
    named = split_coupon(text, ENGLISH.coupon, known, sold)

    assert (named.code, plain(named.rest)) == (code, plain(rest))
    assert not named.is_open


@pytest.mark.parametrize(
    ("text", "code", "rest"),
    [
        ("use SPRING25 use OTHER10 tea", "SPRING25", "tea"),
        ("tea with code SPRING25, voucher OTHER10", "SPRING25", "tea"),
        ("use spring25. dont use spring25", "SPRING25", "dont"),
        ("don't use SPRING25 for the tea", None, "don't for the tea"),
        ("tea, do not apply my coupon SPRING25", None, "tea do not"),
        ("tea without code SPRING25", None, "tea without"),
        ("if code SPRING25", None, "if"),
    ],
)
def test_a_second_code_or_a_refused_one_leaves_it_open(
    text: str, code: str | None, rest: str
) -> None:
    """No part of any code stays in the text; which is meant, if one, is for somebody to ask."""
    named = split_coupon(text, ENGLISH.coupon, known, sold)

    assert (named.code, plain(named.rest)) == (code, plain(rest))
    assert named.is_open


@pytest.mark.parametrize(
    "text",
    [
        "tea, no milk, use SPRING25",
        "tea no milk use SPRING25",
        "tea, no milk with code SPRING25",
        "tea without milk. code SPRING25",
        "no, use SPRING25",
    ],
)
def test_a_refusal_of_something_else_leaves_the_code(text: str) -> None:
    """Over a stop, or over a word of the menu, no refusal reaches a code."""
    named = split_coupon(text, ENGLISH.coupon, known, sold)

    assert (named.code, named.is_open) == ("SPRING25", False)


def test_the_same_code_twice_is_one() -> None:
    """Who says it twice means it."""
    named = split_coupon("use SPRING25 on tea, code SPRING25", ENGLISH.coupon, known, sold)

    assert (named.code, named.is_open) == ("SPRING25", False)
