"""A coupon that an answer refuses."""

import pytest

from chalicelib.domain.catalogue import LanguageTag, catalogue_of
from chalicelib.understanding.chinese import CHINESE
from chalicelib.understanding.questions import question_for
from chalicelib.understanding.reader import MenuReader
from tests.unit.understanding.menus import CAFE, item, menu, shown

READER = MenuReader(CAFE)
LATTES = question_for(READER.read("two lattes with kimchi"), CAFE)
WHICH = question_for(READER.read("a latte or a flat white"), CAFE)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("don't use SPRING25", ("SPRING25",)),
        ("Do not use the code SPRING25", ("SPRING25",)),
        ("yes without SPRING25", ("SPRING25",)),
        ("yes, cancel my coupon", ()),
        ("no code", ()),
        ("no coupon please", ()),
        ("without the discount", ()),
        ("don\u2019t apply the promo code", ()),
        ("skip the voucher", ()),
    ],
)
def test_a_coupon_that_is_refused_is_dropped(text: str, codes: tuple[str, ...]) -> None:
    """By its code, or whichever it is; the order stays, and that is asked about."""
    reading = READER.reply(text, LATTES)

    assert reading.coupons_refused == codes
    assert (shown(reading.lines), reading.certain) == (["2 latte"], False)
    prompt = question_for(reading, CAFE).prompt
    assert (
        prompt == "Did we get this right: 2 \u00d7 latte? The coupon that you refused is left out."
    )


@pytest.mark.parametrize(
    "text",
    ["don't forget the code SPRING25", "not without my coupon", "use SPRING25 if it works",
     "yes", "no, use SPRING25", "no sugar, code SPRING25", "is there no discount?", "no coupons?"],
)  # fmt: skip
def test_what_is_no_plain_refusal_drops_nothing(text: str) -> None:
    """A condition, a question, a negation of it, or a refusal of something else."""
    assert READER.reply(text, LATTES).coupons_refused is None


@pytest.mark.parametrize(
    "text", ["the second, no coupon", "no code, 2", "2 without SPRING25", "flat white don't use it's code"]
)  # fmt: skip
def test_what_else_is_said_is_read_without_it(text: str) -> None:
    """A number beside it still picks."""
    assert "flat_white" in shown(READER.reply(text, WHICH).lines)[0]


def test_a_voucher_that_is_sold_is_no_coupon() -> None:
    """Who wants none of them refuses an item."""
    shop = menu((item("gift voucher"), item("mug")))
    reader = MenuReader(shop)
    question = question_for(reader.read("a gift voucher and a mug with kimchi"), shop)
    reading = reader.reply("no voucher", question)

    assert (reading.coupons_refused, shown(reading.lines)) == (None, ["1 mug"])


def test_another_code_in_its_place_is_used() -> None:
    """The one is refused, the other named."""
    reading = READER.reply("don't use SPRING25, use FALL10", LATTES)

    assert (reading.coupons_refused, reading.coupon) == (("SPRING25",), "FALL10")


@pytest.mark.parametrize("text", ["不用优惠券", "好的，不用优惠券", "取消优惠券"])
def test_a_chinese_menu_drops_it_too(text: str) -> None:
    """And says so in its language."""
    shop = catalogue_of("shop", 1, "CNY", (item("奶茶"), item("绿茶")), (), LanguageTag.CHINESE)
    reader = MenuReader(shop)
    question = question_for(reader.read("奶茶吗"), shop)
    reading = reader.reply(text, question)

    assert (reading.coupons_refused, shown(reading.lines)) == ((), ["1 奶茶"])
    assert question_for(reading, shop, CHINESE.phrasebook).prompt.endswith("您不用的优惠券已去掉。")
