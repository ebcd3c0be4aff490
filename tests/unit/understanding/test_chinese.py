"""Chinese: texts without spaces, numbers behind what they count, and questions in kind."""

from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.files import catalogue_from, samples_from
from bench.reading import measure
from chalicelib.domain.catalogue import LanguageTag, Select
from chalicelib.domain.resolution import QuestionCode
from chalicelib.understanding.chinese import CHINESE
from chalicelib.understanding.doubts import Doubt
from chalicelib.understanding.languages import LANGUAGES
from chalicelib.understanding.reader import MenuReader
from chalicelib.understanding.readers import MenuReaders
from chalicelib.understanding.tokens import TEXT_LENGTH_MAX, keys_of, tokenise
from tests.unit.understanding.menus import group, item, menu, option, shown

MENUS: Final = Path(__file__).parents[3] / "bench" / "menus" / "dev"
MENU: Final = catalogue_from(MENUS / "milktea_zh.menu.json")
READER: Final = MenuReader(MENU)


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("一杯珍珠奶茶", ["1", "杯", "珍", "珠", "奶", "茶"]),
        ("\uff12杯latte大杯", ["2", "杯", "latte", "大", "杯"]),
        ("兩個綠茶，謝謝！", ["2", "个", "绿", "茶", "谢", "谢"]),
        ("十二", ["12"]),
        ("二十", ["20"]),
        ("二十五", ["25"]),
        ("一百", ["100"]),
        ("两百三十四", ["234"]),
        ("一百零五", ["105"]),
        ("两三", ["2", "3"]),
        ("一百五", ["100", "5"]),
        ("二十五六", ["25", "6"]),
        ("百香果", ["百", "香", "果"]),
        ("茶+珠\uff0b果", ["茶", "加", "珠", "加", "果"]),
        ("\U00020bb7\uf9d0", ["\U00020bb7", "類"]),
    ],
)
def test_a_text_is_cut_into_characters_numbers_and_words(text: str, keys: list[str]) -> None:
    """Each character is a word; numerals become numbers only where they are well formed."""
    assert [token.key for token in tokenise(text, CHINESE)] == keys


def test_stops_part_what_they_stand_between() -> None:
    """The list comma and the full stop break as their ASCII likes do; the full stop ends."""
    tokens = tokenise("茶、奶。冰", CHINESE)

    assert [token.broken for token in tokens] == [False, True, True]
    assert [token.starts for token in tokens] == [False, False, True]


@pytest.mark.parametrize(
    "text", ["一杯 珍奶，\n用优惠码X 二十五", "兩杯+latte吗？", "  a  杯 ", ""]
)
def test_what_is_spaced_stays(text: str) -> None:
    """A text that was spaced once is not changed by doing it again."""
    once = CHINESE.spaced(text)

    assert CHINESE.spaced(once) == once


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("一杯大杯少冰半糖珍珠奶茶", ["1 pearl_milk_tea half_sugar large less_ice"]),
        ("两杯珍奶，一杯去冰，一杯热的", ["1 pearl_milk_tea hot", "1 pearl_milk_tea no_ice"]),
        ("珍珠奶茶不要珍珠，加椰果", ["1 pearl_milk_tea coconut_jelly -pearls"]),
        ("乌龙奶茶不加珍珠和椰果", ["1 oolong_milk_tea -coconut_jelly -pearls"]),
        ("一杯 latte 大杯", ["1 latte large"]),
        ("四季春三分糖，常温，打包", ["1 four_seasons low_sugar room"]),
        ("给我半打红茶", ["6 black_tea"]),
        ("来一打红茶", ["12 black_tea"]),
        ("珍奶两杯，红茶三杯", ["2 pearl_milk_tea", "3 black_tea"]),
        ("珍奶两杯红茶三杯", ["2 pearl_milk_tea", "3 black_tea"]),
        ("珍奶少冰，两杯，红茶去冰一杯", ["1 black_tea no_ice", "2 pearl_milk_tea less_ice"]),
        ("一杯珍奶两杯红茶", ["1 pearl_milk_tea", "2 black_tea"]),
        ("珍奶和红茶各两杯", ["2 black_tea", "2 pearl_milk_tea"]),
        ("珍奶、红茶各一杯，去冰", ["1 black_tea no_ice", "1 pearl_milk_tea no_ice"]),
        ("一杯奶茶，珍珠多一点，红豆少一点", ["1 milk_tea extra:pearls light:red_bean"]),
        ("一杯奶茶多加珍珠", ["1 milk_tea extra:pearls"]),
        ("可以给我一杯热的抹茶拿铁吗", ["1 matcha_latte hot"]),
    ],
)
def test_an_order_is_read(text: str, lines: list[str]) -> None:
    """Every character is accounted for, so the order is certain."""
    reading = READER.read(text)

    assert shown(reading.lines) == lines
    assert reading.certain


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("两三杯珍奶", Doubt.NUMBER_OPEN),
        ("十来杯珍奶", Doubt.UNREAD_PHRASE),
        ("珍珠奶茶两杯椰果奶茶", Doubt.BELONGS_TO_EITHER),
        ("两杯红茶和绿茶", Doubt.BELONGS_TO_EITHER),
        ("红茶绿茶", Doubt.ITEMS_TOUCH),
        ("一杯黑珍珠红", Doubt.UNKNOWN_WORD),
        ("一杯珍奶，不要冰块", Doubt.UNKNOWN_WORD),
        ("一杯奶茶包", Doubt.UNKNOWN_WORD),
        ("一杯椰", Doubt.UNKNOWN_WORD),
        ("红冰茶", Doubt.UNKNOWN_WORD),
        ("我点的珍奶", Doubt.UNREAD_PHRASE),
        ("珍奶要热的吗", Doubt.QUESTION),
        ("不要奶茶", Doubt.NO_ITEM),
        ("不用优惠码BOBA10，一杯珍奶", Doubt.COUPON_OPEN),
        (f"一杯{'请' * TEXT_LENGTH_MAX}珍奶", Doubt.TEXT_TOO_LONG),
    ],
)
def test_what_is_open_is_asked(text: str, doubt: Doubt) -> None:
    """A character that nothing accounts for, or a number that may count either, is a doubt."""
    assert doubt in READER.explain(text).doubts


@pytest.mark.parametrize(
    "text",
    [
        "一杯珍奶，用优惠码BOBA10",
        "一杯珍奶，优惠码是 boba10",
        "使用優惠券ＢＯＢＡ１０，一杯珍奶",
        "用BOBA10这张券，来一杯珍奶",
    ],
)
def test_a_coupon_is_found(text: str) -> None:
    """A code beside Chinese words is taken out of the order, which stays certain."""
    reading = READER.read(text)

    assert reading.coupon == "BOBA10"
    assert reading.certain
    assert shown(reading.lines) == ["1 pearl_milk_tea"]


def test_traditional_is_read_as_simplified() -> None:
    """The same order in either script makes the same lines."""
    one = READER.read("兩杯烏龍奶茶，熱的，無糖，謝謝")

    assert one == READER.read("两杯乌龙奶茶，热的，无糖，谢谢")
    assert one.certain


def test_questions_are_asked_in_the_language_of_the_menu() -> None:
    """Prompt and labels are Chinese, with Chinese stops and no spaces between words."""
    readers = MenuReaders()
    reading = readers.read("两三杯大杯珍奶，多加珍珠、椰果，不要布丁，一杯红茶", MENU)
    question = readers.ask(reading, MENU)

    label = "3 \u00d7 大杯珍珠奶茶配椰果、加量珍珠，不要布丁；1 \u00d7 阿萨姆红茶"
    assert question.prompt == f"请确认：{label}，对吗？"
    assert [choice.label for choice in question.choices] == [label]


def test_what_nobody_understands_is_asked_in_the_language_of_the_menu() -> None:
    """The items that are named as examples are listed as Chinese lists them."""
    question = MenuReaders().ask(READER.read("天气真热闹"), MENU)

    assert question.code is QuestionCode.NOT_UNDERSTOOD
    assert question.prompt.endswith("例如，我们有珍珠奶茶、椰果奶茶、布丁奶茶。")


TEAS: Final = MenuReader(
    replace(
        menu(
            (item("绿茶", groups=("冰块",)), item("生椰芋泥波波奶茶加厚芝士奶盖")),
            (group("冰块", Select.ONE, option("少冰"), option("去冰")),),
        ),
        language=LanguageTag.CHINESE,
    )
)


def test_a_group_by_its_name_refuses_nothing() -> None:
    """What says "no ice", where the menu has a group called ice and no such option, is open."""
    assert not TEAS.read("绿茶不要冰块").certain
    assert TEAS.read("绿茶，冰块少冰").certain


def test_a_name_is_not_read_round_a_character() -> None:
    """A character inside a name makes another word of it, and no item."""
    assert READER.read("红热茶").lines == ()


def test_a_long_name_is_read_whole() -> None:
    """A name has more characters in Chinese than words elsewhere."""
    reading = TEAS.read("两杯生椰芋泥波波奶茶加厚芝士奶盖")

    assert shown(reading.lines) == ["2 生椰芋泥波波奶茶加厚芝士奶盖"]
    assert reading.certain


PIECES: Final = sorted(
    {
        *(phrase for phrases in CHINESE.phrases.values() for phrase in phrases),
        *(name for item in MENU.items.values() for name in (item.name, *item.aliases)),
        *(option.name for group in MENU.groups.values() for option in group.values),
        *"一二两三十百半打，、。？\n 2x",
        "优惠码",
        "BOBA10",
    }
)


@given(text=st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_whatever_is_read_can_be_ordered(text: str) -> None:
    """No text raises; each line has a quantity that can be ordered, and only what its item offers."""
    reading = READER.read(text)

    for line in reading.lines:
        assert 1 <= line.quantity <= 999
        groups = {chosen.group for chosen in line.options} | {ref.group for ref in line.without}
        assert groups <= set(MENU.items[line.sku].option_groups)
    assert not reading.certain or reading.lines


def test_each_tag_has_its_language() -> None:
    """A menu cannot be published in a language that nobody reads."""
    assert set(LANGUAGES) == set(LanguageTag)


def test_no_phrase_has_two_roles() -> None:
    """Each phrase plays one role, so the order of the roles changes nothing."""
    roles: dict[tuple[str, ...], set[str]] = {}
    for role, phrases in CHINESE.phrases.items():
        for phrase in phrases:
            roles.setdefault(keys_of(phrase, CHINESE), set()).add(role)

    assert [phrase for phrase, found in roles.items() if len(found) > 1] == []


def test_the_figures_hold() -> None:
    """Exact matches, certainty and its honesty stay above their floors on the milk-tea texts."""
    found = measure(READER, samples_from(MENUS / "milktea_zh.orders.jsonl"))

    assert found.n >= 60
    assert found.exact_match >= 0.93
    assert found.certain >= 0.85
    assert found.exact_when_certain == 1.0


RIGHT: Final = MenuReaders().ask(READER.read("不知道要不要两杯珍奶"), MENU)


@pytest.mark.parametrize(
    "text",
    [
        "对",
        "是的",
        "好",
        "好的",
        "对的",
        "嗯",
        "是",
        "没错",
        "可以",
        "行",
        "好的，谢谢",
        "对，就这些",
    ],
)
def test_agreeing_orders_what_was_offered(text: str) -> None:
    """Our question ends in 对吗; each way to say yes to it is one."""
    reading = READER.reply(text, RIGHT)

    assert (reading.lines, reading.certain) == (RIGHT.choices[0].lines, True)


@pytest.mark.parametrize("text", ["不", "不是", "不对", "不是的"])
def test_a_bare_no_asks_what_else(text: str) -> None:
    """What was understood is still there to be changed, and not ordered."""
    reading = READER.reply(text, RIGHT)
    again = MenuReaders().ask(reading, MENU)

    assert (reading.lines, reading.certain) == (RIGHT.choices[0].lines, False)
    assert (again.choices, again.prompt == RIGHT.prompt) == (RIGHT.choices, False)


def test_a_question_is_no_agreement() -> None:
    """可以吗 asks."""
    assert not READER.reply("可以吗", RIGHT).certain


def test_a_long_text_is_read_to_its_end() -> None:
    """Setting the characters apart doubles a text, and loses nothing of it: neither code nor rest."""
    text = f"一杯珍奶{'谢' * 1_900}，一杯绿茶，优惠码BOBA10"
    explained = READER.explain(text)

    assert explained.reading.coupon == "BOBA10"
    assert Doubt.TEXT_TOO_LONG not in explained.doubts
    assert "绿 茶" in (explained.reading.rest or "")
