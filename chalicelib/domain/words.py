"""What a customer is told of a coupon or an item that can't be had."""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType

from chalicelib.domain.coupon import CouponTerms, Unavailable
from chalicelib.domain.money import in_words

WORDS: Mapping[Unavailable, str] = MappingProxyType(
    {
        Unavailable.UNKNOWN: "There is no coupon {code}.",
        Unavailable.NOT_STARTED: "Coupon {code} has not started yet.",
        Unavailable.ENDED: "Coupon {code} has ended.",
        Unavailable.PAUSED: "Coupon {code} is paused.",
        Unavailable.SOLD_OUT: "Coupon {code} is sold out.",
        Unavailable.BUDGET_SPENT: "What is left of coupon {code} does not cover this order.",
        Unavailable.NOT_YET: "Coupon {code} gives out more{at}.",
        Unavailable.CUSTOMER_LIMIT: "You have used coupon {code} as often as it allows.",
        Unavailable.FIRST_ORDER: "Coupon {code} is for a first order.",
        Unavailable.CODE_USED: "Code {code} was used already.",
        Unavailable.CODE_REVOKED: "Code {code} is no longer valid.",
        Unavailable.NEEDS_CODE: "Coupon {code} is redeemed by a personal code.",
        Unavailable.NOT_COMBINABLE: "Coupon {code} can't be combined with the others.",
        Unavailable.MINIMUM_SPEND: "The order is below the minimum{spend} for coupon {code}.",
        Unavailable.NOT_ELIGIBLE: "Coupon {code} is for other items.",
        Unavailable.NO_DISCOUNT: "Coupon {code} takes nothing off this order.",
        Unavailable.OTHER_MERCHANT: "Coupon {code} is another merchant's.",
        Unavailable.OTHER_CURRENCY: "Coupon {code} is in another currency.",
    }
)


def coupon_in_words(why: Unavailable, code: str, terms: CouponTerms | None, now: int) -> str:
    """Return why the coupon *code* can't be had at *now* (ms), in a sentence."""
    at = terms.next_release(now) if terms else None
    spend = ""
    if terms and terms.currency is not None:
        spend = f" of {in_words(terms.minimum_spend, terms.currency)}"
    return WORDS[why].format(
        code=code, at=" later" if at is None else f" at {_time(at)}", spend=spend
    )


def stock_in_words(name: str, available: int, *, paused: bool = False) -> str:
    """Return how many there are of an item, in a sentence."""
    if paused:
        return f"{name} is not on sale at the moment."
    return f"There are only {available} {name} left." if available else f"{name} is sold out."


def _time(at: int) -> str:
    return datetime.fromtimestamp(at // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
