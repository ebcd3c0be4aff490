"""Coupons: what a code grants, to whom, when, and how many of them there are."""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from chalicelib.domain.counter import CounterState, split_units
from chalicelib.domain.discount import Discount

COUPONS_MAX = 5
"""Coupons of one order."""

ANY = "*"
"""Stands for every coupon, where coupons name the others that they combine with."""


class Unavailable(StrEnum):
    """Why a coupon (or an item) can't be had for an order; stable, for programs."""

    UNKNOWN = "coupon_unknown"
    NOT_STARTED = "coupon_not_started"
    ENDED = "coupon_ended"
    PAUSED = "coupon_paused"
    SOLD_OUT = "coupon_sold_out"
    BUDGET_SPENT = "coupon_budget_spent"
    NOT_YET = "coupon_not_yet"
    CUSTOMER_LIMIT = "coupon_customer_limit"
    FIRST_ORDER = "coupon_first_order_only"
    CODE_USED = "coupon_code_used"
    CODE_REVOKED = "coupon_code_revoked"
    NEEDS_CODE = "coupon_needs_unique_code"
    NOT_COMBINABLE = "coupon_not_combinable"
    MINIMUM_SPEND = "coupon_minimum_spend"
    NOT_ELIGIBLE = "coupon_not_eligible"
    NO_DISCOUNT = "coupon_no_discount"
    OTHER_MERCHANT = "coupon_other_merchant"
    OTHER_CURRENCY = "coupon_other_currency"
    OUT_OF_STOCK = "out_of_stock"
    ITEM_PAUSED = "item_paused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pacing:
    """A plan by which units are given out: *units* more at the start of each *every_seconds*.

    Counted from the coupon's `starts_at`. What is not taken in one period is still there
    in the next.
    """

    units: int
    every_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponTerms:
    """The rule of a coupon. Amounts in minor units, times in milliseconds since the epoch.

    *version* grows with each change of anything here: a shard that has seen a newer one
    refuses redemptions at older terms. *units* and *budget* are what was ever issued,
    spread over *shards*; *budget* None means that only units are counted. Amounts are in
    *currency*. *skus* empty means every item, but for the *excluded*. *uses_per_customer*
    None means no limit. *combines_with* are the coupons that may stand beside this one in
    an order, each of which has to say so too; lower *rank* is applied first. *unique*
    coupons are redeemed by codes of their own, each once. *returns*: whether a refund of
    the whole order gives unit, use and code back.
    """

    code: str
    version: int
    off: Discount
    units: int
    shards: int
    budget: int | None = None
    currency: str | None = None
    pacing: Pacing | None = None
    uses_per_customer: int | None = None
    first_order: bool = False
    unique: bool = False
    starts_at: int | None = None
    ends_at: int | None = None
    minimum_spend: int = 0
    skus: frozenset[str] = frozenset()
    excluded: frozenset[str] = frozenset()
    merchant: str | None = None
    combines_with: frozenset[str] = frozenset()
    rank: int = 0
    returns: bool = True
    state: CounterState = CounterState.ACTIVE

    @property
    def counter(self) -> str:
        """The name of the counter that its units and money are on."""
        return self.code

    def eligible(self, sku: str) -> bool:
        """Whether the coupon is for the item *sku*."""
        return sku not in self.excluded and (not self.skus or sku in self.skus)

    def combines(self, other: "CouponTerms") -> bool:
        """Whether both coupons say that they may stand in one order."""
        return _names(self, other) and _names(other, self)

    def allowed(self, now: int) -> tuple[int, ...] | None:
        """Return how many units each shard may have given out by *now*; None without a plan."""
        if self.pacing is None or self.starts_at is None:
            return None
        periods = (now - self.starts_at) // (self.pacing.every_seconds * 1000) + 1
        released = self.pacing.units * max(periods, 0)
        if released >= self.units:
            return None
        return split_units(released, self.shards)

    def gives_more(self, now: int) -> bool:
        """Whether its plan gives out more units after *now*, before it ends."""
        at = self.next_release(now)
        if at is None or self.allowed(now) is None:
            return False
        return self.ends_at is None or at < self.ends_at

    def next_release(self, now: int) -> int | None:
        """Return when the plan gives out its next units; None without a plan."""
        if self.pacing is None or self.starts_at is None:
            return None
        every = self.pacing.every_seconds * 1000
        return self.starts_at + max((now - self.starts_at) // every + 1, 0) * every


def _names(terms: CouponTerms, other: CouponTerms) -> bool:
    return ANY in terms.combines_with or other.code in terms.combines_with


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a code that a customer gave stands for: a coupon, or one *unique* code of it."""

    terms: CouponTerms
    unique: str | None = None
    spent: Unavailable | None = None
    """Why the unique code is of no use any more, if it is not."""
    owner: str | None = None
    """The customer whose alone the unique code is, if it was granted to one."""

    @property
    def given(self) -> str:
        """The code as the customer gave it, folded."""
        return self.unique or self.terms.code


UNSEEN = "Cf"
"""Unicode's category of what has no width: joiners, marks of direction, the soft hyphen."""


def fold(code: str) -> str:
    """Return the one spelling of a promotion code: compatibility-normalised, upper case.

    So that "spring25", "Spring25 " and the same in full-width letters, or with characters
    between them that nobody sees, name one coupon. A letter of another script that only
    looks alike stays what it is, and a code with one in it can't be defined: what looks
    like a coupon is that coupon, or none.
    """
    normal = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", code).upper())
    seen = "".join(c for c in normal if unicodedata.category(c) != UNSEEN)
    # What stood apart may have come together: an accent, and the letter before what is gone.
    return unicodedata.normalize("NFKC", seen).strip()
