"""The four tables: orders, coupons, control and readings."""
