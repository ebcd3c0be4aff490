"""What a model took adds up, and costs what its prices say."""

import pytest

from chalicelib.domain.model_use import NO_USE, ModelPrices, ModelUse

PRICES = ModelPrices(input=0.25, cached=0.025, output=2.0)
USE = ModelUse(calls=2, input_tokens=2_400, cached_tokens=2_000, output_tokens=100)


def test_uses_add_up() -> None:
    """Each kind for itself, and nothing adds nothing."""
    assert (
        ModelUse(calls=4, input_tokens=4_800, cached_tokens=4_000, output_tokens=200) == USE + USE
    )
    assert USE + NO_USE == NO_USE + USE == USE


@pytest.mark.parametrize(
    ("use", "cost"),
    [
        (NO_USE, 0),
        (USE, 350),
        (ModelUse(calls=1, input_tokens=1_000_000), 250_000),
        (ModelUse(calls=1, input_tokens=1_000_000, cached_tokens=1_000_000), 25_000),
        (ModelUse(calls=1, output_tokens=1_000_000), 2_000_000),
        (ModelUse(calls=1, input_tokens=10, cached_tokens=20), 0),
    ],
)
def test_a_million_tokens_cost_their_price(use: ModelUse, cost: int) -> None:
    """Cached tokens are a part of the input, at a price of their own."""
    assert PRICES.cost_microdollars(use) == cost


def test_without_a_price_the_cost_is_not_known() -> None:
    """No cost is made up; one price that is known counts."""
    assert ModelPrices(input=0, cached=0, output=0).cost_microdollars(USE) is None
    assert ModelPrices(input=0, cached=0, output=2).cost_microdollars(USE) == 200
