"""The words of Chinese: classifiers, amounts, negation, connectors and filler.

Nothing here names what a menu sells. Each character is a word for itself: those of the
menu's names and of these phrases are read together, the longest first, and any other is
unknown, which is a doubt. So filler is short, and only what is made of filler alone and yet
asks, tells of the past or takes something back ("点的", what I ordered) stands under doubt.
A number counts with or without its classifier.
"""

from typing import Final

from chalicelib.understanding.english import singular
from chalicelib.understanding.han import spacer
from chalicelib.understanding.language import (
    AnswerWords,
    CouponWords,
    Language,
    Phrasebook,
    Role,
)


def _split(words: str) -> tuple[str, ...]:
    return tuple(words.split())


_CLASSIFIERS = _split("杯 份 个 瓶 罐 听 盒 碗 盘 条 颗 件 只 片 包 壶 袋 支")
_FILLER = _split("""
的 那 那个 那就 就 就要 先 也 都行 我
我要 我想 我想要 我想点 我想喝 我们 我们要 咱们 要 想 想要 想喝 喝 点 来 来点 来上 拿
买 做 做成 弄 上 给 给我 给我们 给我来 帮 帮我 帮我来 帮我点 帮忙 让我 请 请给我 麻烦 麻烦来
麻烦给我 辛苦 辛苦了 拜托 劳驾 可以 可以给我 可以来 能给我 能来 能不能给我 能不能来
可不可以给我 可不可以来 谢谢 谢谢你 谢谢您 谢谢啦 谢谢了 多谢 感谢 谢 唔该 你好 您好 你们好
嗨 哈喽 早上好 下午好 晚上好 老板 老板娘 店家 店员 帅哥 美女 小哥 小姐姐 师傅 亲 打包
打包带走 带走 外带 外卖 外送 堂食 自取 自提 这里喝 在这喝 在店里喝 现在 今天 一下 一起 快点
尽快 吧 啊 呀 哦 哈 啦 嘛 嗯 呃 噢 喔 哎 诶 好 好的 好吧 行 可以了 好了 就好 就行 就可以
就可以了 就这些 就这样 就这些了 这张券 这个券 这个优惠码 这张优惠券 这个优惠券 hi hello ok
please thanks
""")

_DOUBT = _split("""
要不 要不要 要不然 要是 要么 不要了 先不要 来不来 点不点 好不好 好喝 好吃 想想 点点 点的
要的 来的 给的 买的 做的 我的 我点 我买 我们点 我们买 上个 上杯 请问 多少 一样 一半 一共
双份 换 换成 改成 取消 算了 等等 等一下 不是 不对 有没有 十来杯 十来个 十来份
""")

_COUPONS = _split(
    "优惠码 优惠券 优惠代码 折扣码 折扣券 促销码 促销券 兑换码 兑换券 代金券 团购券 券码"
)

_REQUESTS = (
    *_split("给我 给我们 帮我 我要 我想要 我想点 我们要 请给 麻烦 来 要杯 要个 要份 能来 可以来"),
    *(f"{verb}{number}{measure}" for verb in "要点" for number in "一两" for measure in "杯份个"),
)

CHINESE: Final = Language(
    name="Chinese",
    singular=singular,
    inflections=(),
    variants={},
    units={},
    tens={},
    multipliers={"打": 12},
    number_phrases={"打": 12, "半打": 6, "俩": 2, "仨": 3},
    phrases={
        Role.ARTICLE: tuple(
            f"{asks}{one}" for asks in ("来", "要", "点", "买", "喝", "拿") for one in _CLASSIFIERS
        ),
        Role.TIMES: ("x", "乘", "乘以"),
        Role.MEASURE: (),
        Role.EXTRA: _split(
            "多 多加 加多 多放 多要 多点 多一点 多些 多加点 多加一点 多放点 超多 很多 加量"
        ),
        Role.LIGHT: _split("""
少 少加 少放 少要 少点 少一点 少些 少许 少加点 少加一点 少放点 一点 一点点 一点儿 微 稍微
稍微加点 稍微放点
"""),
        Role.WITHOUT: _split("""
不要 不加 不放 不用 不用加 不用放 不要加 不要放 别加 别放 别要 不含 不带 不需要 去掉 拿掉
除去
"""),
        Role.NO: _split("无 去 走 免 没 冇"),
        Role.WITH: _split(
            "加 加上 加点 加些 加份 加个 加入 再加 另加 要加 添加 带 带上 配 放 放点 含 with"
        ),
        Role.AND: _split(
            "和 与 跟 及 以及 还有 还要 外加 另外 另 再 再来 再来杯 再来份 再来个 再要 再点 然后 然后再来 还想要 and"
        ),
        Role.OR: ("或", "或者", "还是"),
        Role.BUT: ("但", "但是", "不过", "只是"),
        Role.EACH: _split(
            "都 都要 都加 全部 全部要 全都 全都要 每杯 每杯都 每份 各 各要 各来 都是"
        ),
        Role.YES: _split("对 对的 对对 是的 没错 正确"),
        Role.FILLER: (*_FILLER, *_CLASSIFIERS),
        Role.DOUBT: _DOUBT,
    },
    absences={},
    requests=_REQUESTS,
    coupon=CouponWords(
        verbs=frozenset(_split("用 使用 输入 use")),
        nouns=frozenset((*_COUPONS, "券", "码", "code", "coupon")),
        links=frozenset(_split("我 的 这 个 张 是 为 叫")),
        dropping=frozenset(_split("不 别 取消")),
        refusals=frozenset(_split("不 别 没 无 如果 取消 能")),
    ),
    answers=AnswerWords(
        agreeing=_split("是 是啊 好 好的 好吧 好啊 嗯 行 可以 可以的 没问题 ok yes"),
        numbering=frozenset(("第",)),
        cheaper=_split("便宜 便宜点 更便宜 最便宜 较便宜"),
        refusing=_split("不 不是 不对 不行 不是的 不要 都不是 都不要 不用 no"),
    ),
    phrasebook=Phrasebook(
        did_you_mean="您要的是{choices}吗？",
        is_this_right="请确认：{order}，对吗？",
        change_what="请问哪里需要修改：{order}？",
        which_else="请问您想改要什么？",
        coupon_left_out="您不用的优惠券已去掉。",
        how_many="每种商品一单可点1至{most}份。请问您要几份：{items}？",
        not_understood="我们没能看懂您要点什么。例如，我们有{items}。",
        nothing_to_offer="我们没能看懂您要点什么。请问您想要什么？",
        last_of_alternatives="还是",
        with_options="配",
        without_options="不要",
        extra="加量",
        light="少量",
        space="",
        comma="，",
        list_comma="、",
        semicolon="；",
    ),
    spaced=spacer((*_COUPONS, "使用", "输入", "如果", "取消")),
    segments=True,
    postpositive=True,
    classifiers=frozenset(_CLASSIFIERS),
)
