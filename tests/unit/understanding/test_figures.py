"""How the reader does on real order texts, where they are at hand."""

from pathlib import Path

import pytest

from bench.files import catalogue_from, samples_from
from bench.resolve import measure
from chalicelib.understanding.reader import MenuReader

ORDERS = Path(__file__).parents[4] / "shared" / "orders"


@pytest.mark.skipif(not ORDERS.is_dir(), reason="the order sets are not part of the repository")
@pytest.mark.parametrize(
    ("name", "exact", "certain"), [("burger", 0.98, 0.92), ("coffee", 0.97, 0.82)]
)
def test_the_figures_hold(name: str, exact: float, certain: float) -> None:
    """Exact matches, certainty and its honesty stay above their floors."""
    reader = MenuReader(catalogue_from(ORDERS / f"{name}.catalogue.json"))

    figures = measure(reader, samples_from(ORDERS / f"{name}.orders.jsonl"))

    assert figures.exact_match >= exact
    assert figures.certain >= certain
    assert figures.exact_when_certain is not None
    assert figures.exact_when_certain >= 0.99
