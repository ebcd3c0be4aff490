"""See a coupon or stock, and where its units are."""

from dataclasses import dataclass

from chalicelib.application.counter_ports import Counter, Counters
from chalicelib.domain.errors import CouponNotFoundError


@dataclass(frozen=True, slots=True, kw_only=True)
class SeeCounter:
    """Show a counter to those who run it."""

    counters: Counters

    def __call__(self, name: str) -> Counter:
        """Return the counter as it stands; raise `CouponNotFoundError` if there is none."""
        counter = self.counters.get(name)
        if counter is None:
            msg = "there is no such coupon, or no such stock"
            raise CouponNotFoundError(msg)
        return counter
