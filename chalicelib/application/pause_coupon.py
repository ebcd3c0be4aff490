"""Pause a coupon, strictly, and resume it."""

from dataclasses import dataclass

from chalicelib.application.ports import Coupons
from chalicelib.application.see_coupon import SeeCoupon
from chalicelib.domain.coupon import Coupon, CouponState


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseCoupon:
    """Stop and start the redemption of a coupon."""

    coupons: Coupons
    see: SeeCoupon

    def __call__(self, code: str, *, paused: bool) -> Coupon:
        """Return the coupon, paused or active. A repeat changes nothing.

        When a pause returns, no further redemption can commit. Raises `CouponNotFoundError`.
        """
        self.see(code)
        self.coupons.set_state(code, CouponState.PAUSED if paused else CouponState.ACTIVE)
        return self.see(code)
