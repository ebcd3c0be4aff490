"""The rules of the shop, as pure functions and values: no I/O, no clock, no library."""
