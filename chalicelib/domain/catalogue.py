"""A merchant's menu: items, option groups and options, in one currency."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from chalicelib.domain.errors import BrokenCatalogueError
from chalicelib.domain.money import AMOUNT_MAX


class LanguageTag(StrEnum):
    """A language that menus are written, and orders read, in; by its BCP 47 tag."""

    ENGLISH = "en"
    CHINESE = "zh"


class Select(StrEnum):
    """How many options of a group one order line may take."""

    ONE = "one"
    MANY = "many"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One value of an option group; *price_delta* (minor units, may be negative) is per unit."""

    value: str
    name: str
    aliases: tuple[str, ...] = ()
    price_delta: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionGroup:
    """A choice that items offer, such as "size" or "topping"."""

    group: str
    select: Select
    values: tuple[Option, ...]

    def option(self, value: str) -> Option | None:
        """Return the option called *value*, if the group has it."""
        return next((option for option in self.values if option.value == value), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Something for sale; *unit_price* in minor units, before any option.

    *stocked*: there are only so many, and its stock is counted.
    """

    sku: str
    name: str
    unit_price: int
    aliases: tuple[str, ...] = ()
    option_groups: tuple[str, ...] = ()
    stocked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """A menu in one version. Build it with `catalogue_of`, which checks it first.

    Its names and the orders from it are in *language*; *digest* is the hash of its content,
    where it was published.
    """

    merchant: str
    version: int
    currency: str
    items: Mapping[str, Item]
    groups: Mapping[str, OptionGroup]
    language: LanguageTag = LanguageTag.ENGLISH
    digest: str = ""


def catalogue_of(
    merchant: str,
    version: int,
    currency: str,
    items: tuple[Item, ...],
    groups: tuple[OptionGroup, ...],
    language: LanguageTag = LanguageTag.ENGLISH,
) -> Catalogue:
    """Return the catalogue of *items* and *groups*, or raise `BrokenCatalogueError` naming each fault."""
    faults = (*_group_faults(groups), *_item_faults(items, {g.group: g for g in groups}))
    if faults:
        raise BrokenCatalogueError(faults)
    return Catalogue(
        merchant=merchant,
        version=version,
        currency=currency,
        items={item.sku: item for item in items},
        groups={group.group: group for group in groups},
        language=language,
    )


def _group_faults(groups: tuple[OptionGroup, ...]) -> Iterator[str]:
    seen: set[str] = set()
    for group in groups:
        if group.group in seen:
            yield f"option group {group.group!r} is defined twice"
        seen.add(group.group)
        if not group.values:
            yield f"option group {group.group!r} has no options"
        values: set[str] = set()
        for option in group.values:
            if option.value in values:
                yield f"option {option.value!r} stands twice in group {group.group!r}"
            values.add(option.value)


def _item_faults(items: tuple[Item, ...], groups: Mapping[str, OptionGroup]) -> Iterator[str]:
    if not items:
        yield "the catalogue has no items"
    seen: set[str] = set()
    for item in items:
        if item.sku in seen:
            yield f"item {item.sku!r} is defined twice"
        seen.add(item.sku)
        unknown = [name for name in item.option_groups if name not in groups]
        yield from (f"item {item.sku!r} names an unknown option group {name!r}" for name in unknown)
        if len(set(item.option_groups)) < len(item.option_groups):
            yield f"item {item.sku!r} names an option group twice"
        if not unknown and cheapest(item, groups) < 0:
            yield f"item {item.sku!r} can be priced below zero by its options"
        if item.unit_price > AMOUNT_MAX:
            yield f"item {item.sku!r} costs more than {AMOUNT_MAX} minor units"


def cheapest(item: Item, groups: Mapping[str, OptionGroup]) -> int:
    """Return the least that *item* can cost with its options, in minor units."""
    price = item.unit_price
    for name in item.option_groups:
        deltas = [option.price_delta for option in groups[name].values if option.price_delta < 0]
        if deltas:
            price += min(deltas) if groups[name].select is Select.ONE else sum(deltas)
    return price
