"""What the customers of a rush want: the same for the same seed."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local.demo import CATALOGUE, MERCHANT
from local.texts import AMBIGUOUS, CLEAR, COUPON_ENDINGS, NONSENSE, ROUNDABOUT

#: Of a hundred intents, so many are of each kind; the rest are clear texts.
ITEMS_PERCENT, AMBIGUOUS_PERCENT, NONSENSE_PERCENT, ROUNDABOUT_PERCENT = 15, 8, 5, 8

COUPON_SHARE = 0.65
COUPON_IN_TEXT_SHARE = 0.5
WRONG_COUPON_SHARE = 0.03
REVIEW_SHARE = 0.15
LIMIT_SHARE = 0.03
NOT_ON_THE_MENU_SHARE = 0.05
REPEAT_SHARE = 0.1
REPEATS_MAX = 3
CONFLICT_SHARE = 0.02

LOW_LIMIT = 250
"""A max_total in minor units that nothing on the menu but a cookie stays under."""

WRONG_COUPON = "RUSHED-TOO-LATE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One intent: who wants what, under which key, and how often they will say it again.

    *conflicting*: they also send something else under the same key.
    """

    number: int
    customer: str
    key: str
    body: Mapping[str, Any]
    repeats: int
    conflicting: bool


def wishes(coupon: str, customers: Sequence[str], count: int, seed: int) -> tuple[Wish, ...]:
    """Return *count* wishes of *customers*, about half of them for *coupon*."""
    rng = random.Random(seed)  # noqa: S311 (to be the same each time is its point)
    return tuple(
        Wish(
            number=number,
            customer=rng.choice(customers),
            key=f"{coupon}-{number:04}",
            body=dict(_body(coupon, rng)),
            repeats=rng.randint(1, REPEATS_MAX) if rng.random() < REPEAT_SHARE else 0,
            conflicting=rng.random() < CONFLICT_SHARE,
        )
        for number in range(count)
    )


def _body(coupon: str, rng: random.Random) -> Iterator[tuple[str, Any]]:
    """Yield the fields of an intent's body. The merchant is named: there may be others by now."""
    yield "merchant", MERCHANT
    kind = rng.randrange(100)
    wants_coupon = rng.random() < COUPON_SHARE
    if kind < ITEMS_PERCENT:
        yield "items", _items(rng)
    elif (kind := kind - ITEMS_PERCENT) < AMBIGUOUS_PERCENT:
        yield "text", rng.choice(AMBIGUOUS)
    elif (kind := kind - AMBIGUOUS_PERCENT) < NONSENSE_PERCENT:
        yield "text", rng.choice(NONSENSE)
        wants_coupon = False
    elif kind - NONSENSE_PERCENT < ROUNDABOUT_PERCENT:
        yield "text", rng.choice(tuple(ROUNDABOUT))
    elif wants_coupon and rng.random() < COUPON_IN_TEXT_SHARE:
        yield "text", rng.choice(CLEAR) + rng.choice(COUPON_ENDINGS).format(coupon=coupon)
        yield from _fallback(rng)
        wants_coupon = False
    else:
        yield "text", rng.choice(CLEAR)
    if wants_coupon:
        yield "coupon", WRONG_COUPON if rng.random() < WRONG_COUPON_SHARE else coupon
        yield from _fallback(rng)
    if rng.random() < REVIEW_SHARE:
        yield "confirm", "review"
    if rng.random() < LIMIT_SHARE:
        yield "max_total", LOW_LIMIT


def _fallback(rng: random.Random) -> Iterator[tuple[str, str]]:
    """Yield what to do without the coupon; to be asked is what happens unsaid."""
    choice = rng.choice(("ask", "reject", "full_price"))
    if choice != "ask":
        yield "if_coupon_unavailable", choice


def _items(rng: random.Random) -> list[dict[str, Any]]:
    """Return one to three order lines, as an agent sends them that knows the menu."""
    groups = {group["group"]: group["values"] for group in CATALOGUE["option_groups"]}
    lines: list[dict[str, Any]] = []
    for item in rng.sample(CATALOGUE["items"], rng.randint(1, 3)):
        line: dict[str, Any] = {"sku": item["sku"], "quantity": rng.randint(1, 3)}
        if item["option_groups"] and rng.random() < 1 / 2:
            group = rng.choice(item["option_groups"])
            line["options"] = [{"group": group, "value": rng.choice(groups[group])["value"]}]
        lines.append(line)
    if rng.random() < NOT_ON_THE_MENU_SHARE:
        lines[0]["sku"] = "yesterdays_special"
    return lines
