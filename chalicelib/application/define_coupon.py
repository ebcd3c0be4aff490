"""Define a coupon, or give an existing one new terms."""

from dataclasses import dataclass, replace

from chalicelib.application.ports import Coupons
from chalicelib.domain.coupon import Coupon, CouponTerms
from chalicelib.domain.errors import CouponFixedError, StoreUnavailableError


@dataclass(frozen=True, slots=True, kw_only=True)
class DefineCoupon:
    """Make the terms of a coupon what they are said to be."""

    coupons: Coupons

    def __call__(self, terms: CouponTerms) -> tuple[Coupon, bool]:
        """Return the coupon as it now is, and whether it is new. A repeat changes nothing.

        New terms hold for every redemption after this returns; a pause stays in force.
        Raises `CouponFixedError` if the coupon exists with other units or shards: those
        are counted, and to define them anew would lose count.
        """
        current = self.coupons.fresh_terms(terms.code)
        if current is not None:
            if (current.units, current.shards) != (terms.units, terms.shards):
                msg = f"the coupon has {current.units} units on {current.shards} shards"
                raise CouponFixedError(msg)
            terms = replace(terms, version=current.version, state=current.state)
            if terms != current:
                terms = replace(terms, version=current.version + 1)
        self.coupons.define(terms)
        coupon = self.coupons.get(terms.code)
        if coupon is None:
            msg = "the coupon that was just defined could not be read"
            raise StoreUnavailableError(msg)
        return coupon, current is None
