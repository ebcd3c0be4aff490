"""The terms of a counter, whichever kind it is."""

from chalicelib.domain.counter import StockTerms
from chalicelib.domain.coupon import CouponTerms

Terms = CouponTerms | StockTerms
"""What a counter grants. Both kinds have a name for the counter, a version, units and shards."""
