"""Promotion codes in a text."""

import pytest

from chalicelib.understanding.coupons import split_coupon
from chalicelib.understanding.english import ENGLISH


def known(word: str) -> bool:
    """Whether the menu or the language knows *word*."""
    return word.casefold() in {"tea", "milk", "please", "the", "mint4you"}


@pytest.mark.parametrize(
    ("text", "code", "rest"),
    [
        ("tea, use SPRING25", "SPRING25", "tea"),
        ("tea using code abc-12 please", "ABC-12", "tea please"),
        ("coupon: TEATIME", "TEATIME", ""),
        ("apply my voucher XYZ", "XYZ", ""),
        ("tea with SAVE10 code", "SAVE10", "tea"),
        ("the promo code is welcome", "WELCOME", ""),
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
    found, left = split_coupon(text, ENGLISH.coupon, known)

    assert (found, " ".join(left.replace(",", " ").split())) == (
        code,
        " ".join(rest.replace(",", " ").split()),
    )
