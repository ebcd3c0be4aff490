"""The house that the demo orders from: a tea and coffee house of our own making."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

MERCHANT = "lantern-street"
COUPON_UNITS = 100


def _options(*options: tuple[str, int, tuple[str, ...]]) -> list[dict[str, Any]]:
    """Return options from their names, what each adds to the price, and what else it is called."""
    return [
        {
            "value": name.replace(" ", "_"),
            "name": name,
            "aliases": list(aliases),
            "price_delta": delta,
        }
        for name, delta, aliases in options
    ]


def _item(
    name: str, unit_price: int, groups: tuple[str, ...] = (), aliases: tuple[str, ...] = ()
) -> dict[str, Any]:
    return {
        "sku": name.replace(" ", "_"),
        "name": name,
        "aliases": list(aliases),
        "unit_price": unit_price,
        "option_groups": list(groups),
    }


_DRINK = ("size", "milk", "sweetness", "extra")
_TEA = ("size", "milk", "sweetness")

CATALOGUE: Mapping[str, Any] = MappingProxyType(
    {
        "catalogue": "Lantern Street Tea & Coffee",
        "currency": "EUR",
        "option_groups": [
            {
                "group": "size",
                "select": "one",
                "values": _options(
                    ("small", -40, ("little", "short")),
                    ("medium", 0, ("regular size", "mid size")),
                    ("large", 60, ("big", "grande")),
                ),
            },
            {
                "group": "milk",
                "select": "one",
                "values": _options(
                    ("whole milk", 0, ("whole", "full fat milk")),
                    ("skimmed milk", 0, ("skimmed", "skim milk", "skim")),
                    ("oat milk", 50, ("oat",)),
                    ("almond milk", 60, ("almond",)),
                ),
            },
            {
                "group": "sweetness",
                "select": "many",
                "values": _options(
                    ("sugar", 0, ()),
                    ("honey", 40, ()),
                    ("vanilla syrup", 50, ("vanilla",)),
                    ("caramel syrup", 50, ("caramel",)),
                ),
            },
            {
                "group": "extra",
                "select": "many",
                "values": _options(
                    ("espresso shot", 80, ("extra shot", "shot")),
                    ("whipped cream", 60, ("cream",)),
                    ("cinnamon", 0, ()),
                    ("ice", 0, ("iced", "ice cubes")),
                ),
            },
            {
                "group": "filling",
                "select": "many",
                "values": _options(
                    ("butter", 30, ()),
                    ("cream cheese", 90, ()),
                    ("strawberry jam", 50, ("jam",)),
                ),
            },
        ],
        "items": [
            _item("latte", 420, _DRINK, ("caffe latte", "latte coffee")),
            _item("cappuccino", 400, _DRINK, ("cappucino", "capuccino")),
            _item("flat white", 410, _DRINK),
            _item("espresso", 260, ("sweetness",), ("single espresso",)),
            _item("americano", 320, _DRINK, ("black coffee",)),
            _item("cold brew", 440, _DRINK, ("coldbrew",)),
            _item("hot chocolate", 430, ("size", "milk", "extra"), ("cocoa",)),
            _item("chai latte", 450, _DRINK, ("chai",)),
            _item("matcha latte", 490, _DRINK, ("matcha",)),
            _item("earl grey", 310, _TEA, ("earl grey tea",)),
            _item("green tea", 310, _TEA, ("sencha",)),
            _item("peppermint tea", 300, _TEA, ("mint tea", "peppermint")),
            _item("butter croissant", 290, ("filling",), ("croissant",)),
            _item("blueberry muffin", 340),
            _item("chocolate muffin", 340),
            _item("sesame bagel", 360, ("filling",), ("bagel",)),
            _item("banana bread", 380, ("filling",), ("slice of banana bread",)),
            _item("oat cookie", 240, (), ("oatmeal cookie", "cookie")),
        ],
    }
)
