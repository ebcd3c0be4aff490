"""How the reader does on labelled order texts: our own always, larger sets where they are."""

import os
from pathlib import Path
from typing import Final

import pytest

from bench.files import catalogue_from, samples_from
from bench.reading import Figures, measure
from chalicelib.understanding.reader import MenuReader

OURS: Final = Path(__file__).parent / "labelled"
VARIABLE: Final = "RUSHLINE_ORDERS"
BESIDE: Final = Path(__file__).parents[3].parent / "shared" / "orders"
"""Where the sets are looked for if the environment doesn't say: beside the repository."""


def figures(folder: Path, name: str) -> Figures:
    """Return the figures of the set *name* in *folder*."""
    reader = MenuReader(catalogue_from(folder / f"{name}.catalogue.json"))
    return measure(reader, samples_from(folder / f"{name}.orders.jsonl"))


@pytest.fixture
def elsewhere() -> Path:
    """Return the folder of the larger sets, or skip the test."""
    folder = Path(os.environ.get(VARIABLE) or BESIDE)
    if not folder.is_dir():
        pytest.skip(f"no larger order sets: set {VARIABLE} to a folder that has them")
    return folder


@pytest.mark.parametrize("name", ["trattoria", "noodles", "stationer"])
def test_our_own_texts_are_read(name: str) -> None:
    """Exact matches and certainty stay above their floors, and what is certain is right."""
    found = figures(OURS, name)

    assert found.n >= 20
    assert found.exact_match >= 0.9
    assert found.certain >= 0.9
    assert found.exact_when_certain == 1.0


@pytest.mark.parametrize(
    ("name", "exact", "certain"), [("burger", 0.98, 0.92), ("coffee", 0.97, 0.82)]
)
def test_the_figures_hold(elsewhere: Path, name: str, exact: float, certain: float) -> None:
    """Exact matches, certainty and its honesty stay above their floors."""
    if not (elsewhere / f"{name}.orders.jsonl").is_file():
        pytest.skip(f"{elsewhere} has no set {name}")
    found = figures(elsewhere, name)

    assert found.exact_match >= exact
    assert found.certain >= certain
    assert found.exact_when_certain is not None
    assert found.exact_when_certain >= 0.99
