"""See a coupon and where its units are."""

from dataclasses import dataclass

from chalicelib.application.ports import Coupons
from chalicelib.domain.coupon import Coupon
from chalicelib.domain.errors import CouponNotFoundError


@dataclass(frozen=True, slots=True, kw_only=True)
class SeeCoupon:
    """Show a coupon to those who run it."""

    coupons: Coupons

    def __call__(self, code: str) -> Coupon:
        """Return the coupon as it stands; raise `CouponNotFoundError` if there is none."""
        coupon = self.coupons.get(code)
        if coupon is None:
            msg = "there is no such coupon"
            raise CouponNotFoundError(msg)
        return coupon
