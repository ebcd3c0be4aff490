"""The menu of a small coffee house, as the API takes it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

MERCHANT = "coffee-house"

CATALOGUE: Mapping[str, Any] = MappingProxyType(
    {
        "currency": "USD",
        "option_groups": [
            {
                "group": "size",
                "select": "one",
                "values": [
                    {"value": "small", "name": "small", "aliases": ["little"]},
                    {"value": "large", "name": "large", "aliases": ["big"], "price_delta": 60},
                ],
            },
            {
                "group": "milk",
                "select": "one",
                "values": [
                    {"value": "oat", "name": "oat milk", "aliases": ["oat"], "price_delta": 50},
                    {"value": "soy", "name": "soy milk", "aliases": ["soy"], "price_delta": 50},
                ],
            },
        ],
        "items": [
            {
                "sku": "latte",
                "name": "latte",
                "aliases": ["caffe latte"],
                "unit_price": 400,
                "option_groups": ["size", "milk"],
            },
            {
                "sku": "espresso",
                "name": "espresso",
                "aliases": ["short black"],
                "unit_price": 250,
                "option_groups": ["size"],
            },
            {"sku": "muffin", "name": "blueberry muffin", "aliases": ["muffin"], "unit_price": 325},
        ],
    }
)
