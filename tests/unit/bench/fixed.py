"""Charges that are the same in every run, near what was measured once."""

from bench.charges import Charges

FIXED = Charges(call_us=330, item_us=85, message_us=45, metered=False)
"""With the use case's own 40 us an item, which is not metered."""
