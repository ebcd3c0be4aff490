"""Small menus to read texts against, and a short way to write order lines."""

from chalicelib.domain.catalogue import (
    Catalogue,
    Item,
    Option,
    OptionGroup,
    Select,
    catalogue_of,
)
from chalicelib.domain.resolution import Line


def option(name: str, *aliases: str) -> Option:
    """Return an option whose value is *name* with underscores."""
    return Option(value=name.replace(" ", "_"), name=name, aliases=aliases)


def group(name: str, select: Select, *options: Option) -> OptionGroup:
    """Return an option group."""
    return OptionGroup(group=name, select=select, values=options)


def item(name: str, *aliases: str, groups: tuple[str, ...] = ()) -> Item:
    """Return an item whose SKU is *name* with underscores."""
    return Item(
        sku=name.replace(" ", "_"),
        name=name,
        unit_price=100,
        aliases=aliases,
        option_groups=groups,
    )


def menu(items: tuple[Item, ...], groups: tuple[OptionGroup, ...] = ()) -> Catalogue:
    """Return a catalogue of *items* and *groups*."""
    return catalogue_of("shop", 1, "EUR", items, groups)


def shown(lines: tuple[Line, ...]) -> list[str]:
    """Return *lines* as sorted texts such as "2 veggie_sub rye extra:bacon -onion"."""
    written = []
    for line in lines:
        chosen = [f"{o.amount}:{o.value}" if o.amount else o.value for o in line.options]
        without = [f"-{ref.value}" for ref in line.without]
        written.append(" ".join([str(line.quantity), line.sku, *sorted(chosen), *sorted(without)]))
    return sorted(written)


SANDWICHES = menu(
    (
        item("veggie sub", "garden sub", groups=("length", "bread", "filling", "sauce")),
        item("tuna sub", "tuna", groups=("length", "bread", "filling", "sauce")),
        item("double turkey club", groups=("bread", "filling")),
        item("turkey club", groups=("bread", "filling")),
        item("tomato soup", "soup", groups=("vessel",)),
        item("potato crisps", "crisps"),
        item("cookie"),
        item("lemonade", groups=("size",)),
        item("milk", groups=("size",)),
    ),
    (
        group("length", Select.ONE, option("six inch"), option("footlong", "foot long")),
        group("bread", Select.ONE, option("wheat"), option("rye"), option("white bread", "white")),
        group(
            "filling",
            Select.MANY,
            option("lettuce"),
            option("tomato"),
            option("onion"),
            option("pickle"),
            option("bacon"),
            option("swiss cheese"),
            option("cheddar cheese"),
        ),
        group(
            "sauce",
            Select.MANY,
            option("mayonnaise", "mayo"),
            option("honey mustard"),
            option("oil"),
        ),
        group("vessel", Select.ONE, option("cup"), option("bowl")),
        group("size", Select.ONE, option("small"), option("large", "big")),
    ),
)

TEAS = menu(
    (
        item("milk tea", "boba tea", groups=("size", "sugar", "topping", "milk")),
        item("green tea", "jasmine tea", groups=("size", "sugar", "topping", "style")),
        item("chai", "chai tea", groups=("size", "milk", "style", "spice")),
        item("mango smoothie", groups=("size", "topping")),
        item("egg tart"),
    ),
    (
        group("size", Select.ONE, option("small"), option("regular", "medium"), option("large")),
        group("sugar", Select.ONE, option("half sugar", "50% sugar"), option("no sugar")),
        group(
            "topping",
            Select.MANY,
            option("pearls", "tapioca"),
            option("pudding"),
            option("cinnamon"),
            option("vanilla syrup"),
        ),
        group("milk", Select.ONE, option("oat milk"), option("soy milk")),
        group("style", Select.MANY, option("iced", "ice")),
        group("spice", Select.ONE, option("cinnamon blend", "cinnamon"), option("ginger blend")),
    ),
)

CLOTHES = menu(
    (
        item("t-shirt", "tee", groups=("size", "colour")),
        item("running shoes", "runners", groups=("shoe_size", "colour")),
    ),
    (
        group("size", Select.ONE, option("S", "small"), option("XL", "extra large")),
        group("colour", Select.ONE, option("black"), option("white"), option("red")),
        group("shoe_size", Select.ONE, option("41"), option("42")),
    ),
)

CAFE = menu(
    (
        item("latte", "caffe latte", groups=("size", "milk", "sweet")),
        item("flat white", groups=("size", "milk", "sweet")),
        item("hot chocolate", groups=("size", "sweet")),
        item("iced tea", groups=("size", "ice")),
        item("blueberry muffin"),
        item("bagel", groups=("filling",)),
    ),
    (
        group("size", Select.ONE, option("small"), option("large", "big")),
        group("milk", Select.ONE, option("oat milk", "oat"), option("whole milk")),
        group("sweet", Select.MANY, option("sugar"), option("honey")),
        group("ice", Select.MANY, option("ice")),
        group("filling", Select.MANY, option("butter"), option("cream cheese")),
    ),
)
