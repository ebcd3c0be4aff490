import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.money import BASIS_POINTS, allocate, in_words, share

amounts = st.integers(min_value=0, max_value=10**12)


@given(amount=amounts, basis_points=st.integers(min_value=0, max_value=BASIS_POINTS))
def test_a_share_stays_within_the_whole_and_half_a_unit_of_exact(
    amount: int, basis_points: int
) -> None:
    """A share is never negative, never more than the whole, and off by half a unit at most."""
    part = share(amount, basis_points)
    assert 0 <= part <= amount
    assert abs(part * BASIS_POINTS - amount * basis_points) * 2 <= BASIS_POINTS


def test_half_a_unit_is_rounded_up() -> None:
    """25 % of 2 is half a unit, and becomes one."""
    assert share(2, 2_500) == 1


@given(weights=st.lists(amounts, min_size=1, max_size=50), part=st.floats(0, 1))
def test_allocation_neither_loses_nor_makes_a_unit(weights: list[int], part: float) -> None:
    """The parts sum to the amount, and no part is more than what it is a part of."""
    amount = int(sum(weights) * part)
    parts = allocate(amount, weights)
    assert sum(parts) == amount
    assert all(0 <= p <= weight for p, weight in zip(parts, weights, strict=True))


def test_units_left_over_go_to_the_largest_remainders() -> None:
    """Of 10 over 6, 3 and 1, the exact 6, 3 and 1 are what they get; of 5, the halves go first."""
    assert allocate(10, [6, 3, 1]) == (6, 3, 1)
    assert allocate(5, [6, 3, 1]) == (3, 2, 0)


def test_nothing_can_be_split_over_nothing_but_nothing() -> None:
    """An amount without a line to bear it is a fault, not a lost unit."""
    assert allocate(0, [0, 0]) == (0, 0)
    with pytest.raises(ValueError, match="no weight"):
        allocate(1, [0])


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        (1250, "USD", "12.50 USD"),
        (5, "EUR", "0.05 EUR"),
        (300, "JPY", "300 JPY"),
        (1, "KWD", "0.001 KWD"),
    ],
)
def test_money_is_said_in_the_digits_of_its_currency(
    amount: int, currency: str, words: str
) -> None:
    """Minor units are not hundredths everywhere."""
    assert in_words(amount, currency) == words
