"""A script without spaces: Chinese characters set apart, numerals as digits, stops as ASCII."""

import re
from collections.abc import Callable, Iterable
from typing import Final

_SIMPLIFIED: Final = """
兩两 個个 還还 來来 給给 請请 謝谢 煩烦 優优 碼码 買买 點点 單单 雙双 熱热 溫温 飲饮 無无
減减 與与 換换 幫帮 們们 這这 裡里 裏里 後后 從从 對对 麼么 樣样 錢钱 價价 隻只 張张 壺壶
盤盘 塊块 條条 顆颗 開开 關关 說说 話话 過过 時时 間间 現现 聽听 讓让 應应 該该 會会 總总
夠够 誰谁 種种 幾几 號号 額额 極极 準准 標标 帶带 賣卖 訂订 預预 約约 費费 貴贵 兌兑 綠绿
紅红 烏乌 龍龙 檸柠 蘋苹 鮮鲜 凍冻 圓圆 蓋盖 薑姜 鐵铁 湯汤 麵面 飯饭 雞鸡 魚鱼 蝦虾 蔥葱
蘿萝 蔔卜 豬猪 醬酱 鹹咸 鹽盐 滷卤 燒烧 餅饼 餃饺 雲云 絲丝 濃浓 純纯 櫻樱 萬万 團团 楊杨
薩萨 臺台 灣湾 東东 廣广 韓韩 風风 濕湿 銷销 輸输 劵券 闆板 員员 鳳凤 蓮莲 藍蓝 黃黄
"""
"""Traditional characters beside the simplified: those that orders and common menus are made of."""

_ASCII_BESIDE_FULL_WIDTH: Final = 0xFEE0
_WRITTEN: Final[dict[str, str]] = {
    **{pair[0]: pair[1] for pair in _SIMPLIFIED.split()},
    **{chr(code): chr(code - _ASCII_BESIDE_FULL_WIDTH) for code in range(0xFF01, 0xFF5F)},
    **dict.fromkeys("\u3001\uff64", ","),
    **dict.fromkeys("\u3002\uff61", "."),
    **dict.fromkeys("吗嗎", "?"),
    **dict.fromkeys("+\uff0b", "加"),
    "\u3000": " ",
}
"""How a character is written after all; the particle that asks is a question mark."""

_DIGITS: Final[dict[str, int]] = dict(
    zip("一二两三四五六七八九", (1, 2, 2, *range(3, 10)), strict=True)
)
_DIGIT: Final = f"[{''.join(_DIGITS)}]"
_NUMERAL: Final = (
    f"{_DIGIT}百(?:{_DIGIT}?十{_DIGIT}?|零{_DIGIT}(?!十))?|{_DIGIT}?十{_DIGIT}?|{_DIGIT}"
)
"""Up to 999. Digits side by side are numbers each ("two, three"), as is what follows 百 alone."""

_CHARACTER: Final = (
    "\u2e80-\u2fdf\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
"""Radicals, iteration mark and zero, ideographs and their extensions, compatibility forms;
planes 2 and 3 hold nothing but ideographs."""


def spacer(words: Iterable[str]) -> Callable[[str], str]:
    """Return what sets the characters of a text apart, but for *words*, which stay whole."""
    whole = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
    written_as = str.maketrans(_WRITTEN)
    piece = re.compile(rf"(?P<numeral>{_NUMERAL})|{whole}|[{_CHARACTER}]|[^{_CHARACTER}]+")

    def spaced(text: str) -> str:
        pieces = []
        for found in piece.finditer(text.translate(written_as)):
            written = found.group().strip(" ")
            if written:
                pieces.append(_number(written) if found.lastgroup else written)
        return " ".join(pieces)

    return spaced


def _number(numeral: str) -> str:
    total = last = 0
    for character in numeral:
        if character == "百":
            total, last = total + last * 100, 0
        elif character == "十":
            total, last = total + (last or 1) * 10, 0
        else:
            last = _DIGITS.get(character, 0)
    return str(total + last)
