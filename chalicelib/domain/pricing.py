"""What order lines cost at a catalogue, and what makes them impossible to price."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chalicelib.domain.catalogue import Catalogue, Item, Option, Select
from chalicelib.domain.money import AMOUNT_MAX
from chalicelib.domain.order import Order, PricedLine
from chalicelib.domain.resolution import Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpriceable:
    """The lines can't be had from this menu; *faults* says why, in words, each by line number."""

    faults: tuple[str, ...]
    code: str = "not_on_the_menu"


LINES_MAX = 50
QUANTITY_MAX = 1_000
STOCKED_MAX = 20
"""Limits of one order, kept here for whatever a line came from: a client, a model, a message.

*STOCKED_MAX* counts different items whose stock is counted: each is two items or more of the
hundred that the one transaction of an order may write.
"""


def price(lines: Sequence[Line], catalogue: Catalogue) -> Order | Unpriceable:
    """Return the order that *lines* make at *catalogue*'s prices, or what is wrong with them."""
    faults = tuple(
        f"line {number}: {fault}"
        for number, line in enumerate(lines, start=1)
        for fault in line_faults(line, catalogue)
    )
    if not 0 < len(lines) <= LINES_MAX:
        faults = (f"an order has 1 to {LINES_MAX} lines",)
    if not faults and _stocked(lines, catalogue) > STOCKED_MAX:
        words = f"an order has at most {STOCKED_MAX} different items that are counted"
        return Unpriceable(faults=(words,), code="too_many_counted_items")
    if faults:
        return Unpriceable(faults=faults)
    order = Order(
        currency=catalogue.currency,
        catalogue_version=catalogue.version,
        lines=tuple(_priced(line, catalogue) for line in lines),
    )
    if order.subtotal > AMOUNT_MAX:
        return Unpriceable(faults=(f"the order costs more than {AMOUNT_MAX} minor units",))
    return order


def _stocked(lines: Sequence[Line], catalogue: Catalogue) -> int:
    return len({line.sku for line in lines if catalogue.items[line.sku].stocked})


def line_faults(line: Line, catalogue: Catalogue) -> Iterator[str]:
    """Yield each thing about *line* that the menu does not offer."""
    item = catalogue.items.get(line.sku)
    if item is None:
        yield f"there is no item {line.sku!r}"
        return
    if not 0 < line.quantity <= QUANTITY_MAX:
        yield f"{item.name} can be had 1 to {QUANTITY_MAX} times"
    if line.options or line.without:
        yield from _option_faults(line, item, catalogue)


def _option_faults(line: Line, item: Item, catalogue: Catalogue) -> Iterator[str]:
    taken: set[str] = set()
    for chosen in line.options:
        option = _offered(item, chosen.group, chosen.value, catalogue)
        if option is None:
            yield f"{item.name} has no option {chosen.value!r} in {chosen.group!r}"
        elif catalogue.groups[chosen.group].select is Select.ONE and chosen.group in taken:
            yield f"{item.name} takes one option of {chosen.group!r}"
        taken.add(chosen.group)
    wanted = {(o.group, o.value) for o in line.options}
    if len(wanted) < len(line.options):
        yield f"{item.name} has an option twice"
    for left_out in line.without:
        if (left_out.group, left_out.value) in wanted:
            yield f"{item.name} is wanted with {left_out.value!r} and without"
        if _offered(item, left_out.group, left_out.value, catalogue) is None:
            yield f"{item.name} has no option {left_out.value!r} in {left_out.group!r}"


def _offered(item: Item, group: str, value: str, catalogue: Catalogue) -> Option | None:
    return catalogue.groups[group].option(value) if group in item.option_groups else None


def _priced(line: Line, catalogue: Catalogue) -> PricedLine:
    item = catalogue.items[line.sku]
    options = (catalogue.groups[o.group].option(o.value) for o in line.options)
    return PricedLine(
        sku=item.sku,
        name=item.name,
        quantity=line.quantity,
        unit_price=item.unit_price + sum(option.price_delta for option in options if option),
        options=line.options,
        without=line.without,
    )
