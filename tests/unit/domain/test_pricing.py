import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.order import Order
from chalicelib.domain.pricing import Unpriceable, price
from chalicelib.domain.resolution import ChosenOption, Line, OptionRef
from tests.unit.domain.builders import line, menu


def priced(*lines: Line) -> Order:
    """Return the order that the lines make."""
    order = price(lines, menu())
    assert isinstance(order, Order)
    return order


def test_a_line_costs_its_item_and_options_times_its_quantity() -> None:
    """Two large teas with honey are twice the tea, the size and the honey."""
    order = priced(line("tea", 2, ("size", "large"), ("extras", "honey")), line("cake"))
    assert [priced_line.unit_price for priced_line in order.lines] == [505, 333]
    assert (order.subtotal, order.discount, order.total) == (1343, 0, 1343)


@pytest.mark.parametrize(
    ("bad", "fault"),
    [
        (line("tea", 0), "line 1: Tea can be had 1 to 1000 times"),
        (line("tea", -3), "line 1: Tea can be had 1 to 1000 times"),
        (line("tea", 10**50), "line 1: Tea can be had 1 to 1000 times"),
        (
            Line(
                sku="tea",
                quantity=1,
                options=(ChosenOption(group="extras", value="ice"),),
                without=(OptionRef(group="extras", value="ice"),),
            ),
            "with 'ice' and without",
        ),
        (line("wine"), "line 1: there is no item 'wine'"),
        (line("tea", 1, ("size", "huge")), "no option 'huge' in 'size'"),
        (line("tea", 1, ("milk", "oat")), "no option 'oat' in 'milk'"),
        (line("tea", 1, ("size", "large"), ("size", "small")), "takes one option of 'size'"),
        (line("tea", 1, ("extras", "ice"), ("extras", "ice")), "has an option twice"),
        (
            Line(sku="tea", quantity=1, without=(OptionRef(group="extras", value="salt"),)),
            "no option 'salt'",
        ),
    ],
)
def test_what_is_not_on_the_menu_is_named_by_its_line(bad: Line, fault: str) -> None:
    """Lines that the menu does not offer get no price but a reason."""
    result = price([bad], menu())
    assert isinstance(result, Unpriceable)
    assert any(fault in found for found in result.faults)


@pytest.mark.parametrize("count", [0, 51])
def test_an_order_has_some_lines_and_not_too_many(count: int) -> None:
    """Nothing is no order, however it came; nor is a warehouse."""
    assert isinstance(price([line()] * count, menu()), Unpriceable)


def test_an_order_beyond_all_sums_is_not_priced() -> None:
    """Amounts stay far from where they would lose their exactness."""
    assert isinstance(price([line("gold", 1000)], menu(gold=10**12)), Unpriceable)


@given(st.lists(st.integers(1, 1000), min_size=1, max_size=20))
def test_the_total_is_the_sum_of_the_lines(quantities: list[int]) -> None:
    """Nothing is added to or lost between lines and total."""
    order = priced(*(line("cake", quantity) for quantity in quantities))
    assert order.total == 333 * sum(quantities)
