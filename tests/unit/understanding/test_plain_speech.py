"""What people say at a counter, without a comma."""

import pytest

from chalicelib.understanding.reader import MenuReader
from tests.unit.understanding.menus import CAFE, shown

READER = MenuReader(CAFE)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("give me an order of bagel with butter", ["1 bagel butter"]),
        ("get me an iced tea", ["1 iced_tea"]),
        ("bagels two of them with butter", ["2 bagel butter"]),
        ("a bagel for my meal", ["1 bagel"]),
        ("a bagel with butter on the side and a latte", ["1 bagel butter", "1 latte"]),
    ],
)
def test_plain_speech_is_read_for_certain(text: str, lines: list[str]) -> None:
    """Small words run into no others, and a number may come late."""
    reading = READER.read(text)

    assert (shown(reading.lines), reading.certain) == (lines, True)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (
            "two lattes one large and one small with oat milk on both",
            ["1 latte large oat_milk", "1 latte oat_milk small"],
        ),
        ("a latte no a large flat white", ["1 flat_white large"]),
        ("a latte and a flat white with oat milk on both", ["1 flat_white oat_milk", "1 latte oat_milk"]),
    ],
)  # fmt: skip
def test_what_is_likely_is_read_and_asked_about(text: str, lines: list[str]) -> None:
    """No comma says how far it reaches."""
    reading = READER.read(text)

    assert (shown(reading.lines), reading.certain) == (lines, False)
