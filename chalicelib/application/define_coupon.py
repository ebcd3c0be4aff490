"""Define a coupon, or give an existing one new terms."""

from dataclasses import dataclass, replace

from chalicelib.application.ports import Coupons, Moved
from chalicelib.application.see_coupon import SeeCoupon
from chalicelib.domain.coupon import Coupon, CouponTerms
from chalicelib.domain.errors import CouponFixedError, StoreUnavailableError

ATTEMPTS_MAX = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class DefineCoupon:
    """Make the terms of a coupon what they are said to be."""

    coupons: Coupons
    see: SeeCoupon

    def __call__(self, terms: CouponTerms) -> tuple[Coupon, bool]:
        """Return the coupon as it now is, and whether it is new. A repeat changes nothing.

        New terms hold for every redemption after this returns; a pause stays in force.
        Raises `CouponFixedError` if the coupon exists with other units or shards: those
        are counted, and to define them anew would lose count.
        """
        for _ in range(ATTEMPTS_MAX):
            current = self.coupons.fresh_terms(terms.code)
            wanted = _next(terms, current)
            if isinstance(self.coupons.define(wanted), Moved):
                # What was defined here, even where somebody has defined anew since.
                coupon = self.see(terms.code)
                made = replace(wanted, state=coupon.terms.state)
                return replace(coupon, terms=made), current is None
        msg = "others define this coupon at the same time"
        raise StoreUnavailableError(msg)


def _next(terms: CouponTerms, current: CouponTerms | None) -> CouponTerms:
    """Return *terms* at the version that makes them the ones after *current*."""
    if current is None:
        return terms
    if (current.units, current.shards) != (terms.units, terms.shards):
        msg = f"the coupon's number of units ({current.units}) or shards ({current.shards})"
        msg += " can't be redefined"
        raise CouponFixedError(msg)
    same = replace(terms, version=current.version, state=current.state)
    return same if same == current else replace(same, version=current.version + 1)
