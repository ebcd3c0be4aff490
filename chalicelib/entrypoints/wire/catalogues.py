"""A merchant's menu on the wire: the document that is handed in, and the one that is shown.

`catalogue` is a label for people. It is taken, so that a document that carries one needs
no editing, and not kept: a menu is named by its merchant and its version.
"""

import json
from collections.abc import Iterable
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from chalicelib.application.ports import CatalogueDraft
from chalicelib.domain.catalogue import Catalogue, Item, LanguageTag, Option, OptionGroup, Select
from chalicelib.domain.money import AMOUNT_MAX
from chalicelib.entrypoints.wire.base import (
    Amount,
    Currency,
    Many,
    Name,
    OneOf,
    Wire,
    countable,
    digest,
)

ITEMS_MAX = 50_000
GROUPS_MAX = 1_000
OPTIONS_MAX = 1_000
ALIASES_MAX = 50
ITEM_GROUPS_MAX = 50
LABEL_CHARS_MAX = 200

Label = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LABEL_CHARS_MAX)
]

Aliases = Annotated[Many[Name], Field(max_length=ALIASES_MAX)]


class OptionSpec(Wire):
    """One value of an option group; *price_delta* (minor units, may be negative) is per unit."""

    value: Name
    name: Label
    aliases: Aliases = ()
    price_delta: Annotated[int, Field(ge=-AMOUNT_MAX, le=AMOUNT_MAX)] = 0


class GroupSpec(Wire):
    """A choice that items offer; *select* says whether a line takes one option of it or many."""

    group: Name
    select: OneOf[Select]
    values: Annotated[Many[OptionSpec], Field(max_length=OPTIONS_MAX)]


class ItemSpec(Wire):
    """Something for sale; *unit_price* in minor units, before any option."""

    sku: Name
    name: Label
    aliases: Aliases = ()
    unit_price: Amount
    option_groups: Annotated[Many[Name], Field(max_length=ITEM_GROUPS_MAX)] = ()
    stocked: bool = Field(
        default=False, description="Whether there are only so many, and its stock is counted."
    )

    @model_validator(mode="after")
    def _countable(self) -> Self:
        if self.stocked and not countable(self.sku):
            msg = "an item whose stock is counted has no #, / or % in its SKU, and is not . or .."
            raise ValueError(msg)
        return self


class CatalogueContent(Wire):
    """What a menu consists of."""

    currency: Currency
    language: OneOf[LanguageTag] = Field(
        default=LanguageTag.ENGLISH,
        description="The language of the names, and of the orders and questions, as BCP 47 tag.",
    )
    option_groups: Annotated[Many[GroupSpec], Field(max_length=GROUPS_MAX)] = ()
    items: Annotated[Many[ItemSpec], Field(max_length=ITEMS_MAX)]


class CatalogueIn(CatalogueContent):
    """A menu as it is handed in."""

    catalogue: Label | None = Field(default=None, description="A label for people; not kept.")

    def draft(self, merchant: str) -> CatalogueDraft:
        """Return the draft that publishes this as *merchant*'s menu; its digest leaves the label out."""
        content = CatalogueContent(
            currency=self.currency,
            language=self.language,
            option_groups=self.option_groups,
            items=self.items,
        )
        return CatalogueDraft(
            merchant=merchant,
            currency=self.currency,
            items=tuple(_item(item) for item in self.items),
            groups=tuple(_group(group) for group in self.option_groups),
            digest=digest(content),
            language=self.language,
        )

    def shown_bytes(self) -> int:
        """Return how many bytes Lambda makes of this when it is shown, escapes included."""
        return len(json.dumps(self.model_dump_json(exclude_defaults=True)))


class CatalogueOut(CatalogueContent):
    """A merchant's menu in one version."""

    merchant: str
    version: int


class PublishedOut(Wire):
    """The version that was published, and how much it holds."""

    merchant: str
    version: int
    currency: str
    items: int
    option_groups: int


def published_out(catalogue: Catalogue) -> PublishedOut:
    """Return what to say of a menu that was just published."""
    return PublishedOut(
        merchant=catalogue.merchant,
        version=catalogue.version,
        currency=catalogue.currency,
        items=len(catalogue.items),
        option_groups=len(catalogue.groups),
    )


def catalogue_out(catalogue: Catalogue) -> CatalogueOut:
    """Return the whole menu. Handed in again without merchant and version, it changes nothing."""
    return CatalogueOut(
        merchant=catalogue.merchant,
        version=catalogue.version,
        currency=catalogue.currency,
        language=catalogue.language,
        option_groups=tuple(_group_spec(group) for group in catalogue.groups.values()),
        items=tuple(_item_specs(catalogue.items.values())),
    )


def _item(item: ItemSpec) -> Item:
    return Item(
        sku=item.sku,
        name=item.name,
        unit_price=item.unit_price,
        aliases=item.aliases,
        option_groups=item.option_groups,
        stocked=item.stocked,
    )


def _group(group: GroupSpec) -> OptionGroup:
    values = tuple(
        Option(value=o.value, name=o.name, aliases=o.aliases, price_delta=o.price_delta)
        for o in group.values
    )
    return OptionGroup(group=group.group, select=group.select, values=values)


def _item_specs(items: Iterable[Item]) -> Iterable[ItemSpec]:
    for item in items:
        yield ItemSpec(
            sku=item.sku,
            name=item.name,
            aliases=item.aliases,
            unit_price=item.unit_price,
            option_groups=item.option_groups,
            stocked=item.stocked,
        )


def _group_spec(group: OptionGroup) -> GroupSpec:
    values = tuple(
        OptionSpec(value=o.value, name=o.name, aliases=o.aliases, price_delta=o.price_delta)
        for o in group.values
    )
    return GroupSpec(group=group.group, select=group.select, values=values)
