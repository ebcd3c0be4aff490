import pytest

from chalicelib.domain.catalogue import Item, Option, OptionGroup, Select, catalogue_of
from chalicelib.domain.errors import BrokenCatalogueError
from tests.unit.domain.builders import EXTRAS, SIZE


def faults(items: tuple[Item, ...], groups: tuple[OptionGroup, ...] = ()) -> str:
    """Return what is wrong, a fault a line."""
    with pytest.raises(BrokenCatalogueError) as caught:
        catalogue_of("shop", 1, "USD", items, groups)
    return "\n".join(caught.value.faults)


def test_every_fault_is_named_at_once() -> None:
    """A broken catalogue is refused whole, with each thing that is wrong with it."""
    empty = OptionGroup(group="empty", select=Select.ONE, values=())
    twice = OptionGroup(
        group="twice",
        select=Select.ONE,
        values=(Option(value="a", name="a"), Option(value="a", name="a")),
    )
    items = (
        Item(sku="tea", name="Tea", unit_price=1, option_groups=("nowhere",)),
        Item(sku="tea", name="Tea", unit_price=1, option_groups=("size", "size")),
    )
    named = faults(items, (SIZE, SIZE, empty, twice))
    assert "option group 'size' is defined twice" in named
    assert "option group 'empty' has no options" in named
    assert "option 'a' stands twice in group 'twice'" in named
    assert "item 'tea' is defined twice" in named
    assert "unknown option group 'nowhere'" in named
    assert "names an option group twice" in named


def test_an_empty_catalogue_is_a_fault() -> None:
    """A menu without an item can't be sold from."""
    assert "no items" in faults(())


def test_no_choice_of_options_makes_a_price_negative() -> None:
    """Options that take off more than the item costs are a fault, all that may be combined together."""
    assert "below zero" in faults(
        (Item(sku="tea", name="Tea", unit_price=49, option_groups=("size",)),), (SIZE,)
    )
    catalogue_of(
        "shop",
        1,
        "USD",
        (Item(sku="tea", name="Tea", unit_price=50, option_groups=("size",)),),
        (SIZE,),
    )


def test_a_good_catalogue_is_found_by_sku_and_group() -> None:
    """Items and groups are there by their names."""
    item = Item(sku="tea", name="Tea", unit_price=400, option_groups=("extras",))
    catalogue = catalogue_of("shop", 7, "EUR", (item,), (EXTRAS,))
    assert catalogue.items["tea"] is item
    assert catalogue.groups["extras"].option("honey") is EXTRAS.values[0]
    assert catalogue.groups["extras"].option("salt") is None
