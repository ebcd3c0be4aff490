"""The three tables: orders, coupons and control."""
