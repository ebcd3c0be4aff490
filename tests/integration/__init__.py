"""From HTTP to the order, over moto."""
