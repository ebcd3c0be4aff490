"""How the reader does on labelled order texts: our own always, larger sets where they are."""

from pathlib import Path
from typing import Final

import pytest

from bench.files import catalogue_from, samples_from
from bench.reading import Figures, measure
from bench.sets import VARIABLE, elsewhere, larger
from bench.understanding import LARGER, measured_with
from chalicelib.understanding.reader import MenuReader

OURS: Final = Path(__file__).parent / "labelled"


def figures(folder: Path, name: str) -> Figures:
    """Return the figures of the set *name* in *folder*."""
    reader = MenuReader(catalogue_from(folder / f"{name}.catalogue.json"))
    return measure(reader, samples_from(folder / f"{name}.orders.jsonl"))


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
def test_the_figures_hold(name: str, exact: float, certain: float) -> None:
    """Exact matches, certainty and its honesty stay above their floors."""
    if elsewhere() is None:
        pytest.skip(f"no larger order sets: set {VARIABLE} to a folder that has them")
    if (found := larger(name)) is None:
        pytest.skip(f"the folder of larger order sets has no {name}")
    figures = measured_with(found)

    assert figures.exact_match >= exact
    assert figures.certain >= certain
    assert figures.exact_when_certain is not None
    assert figures.exact_when_certain >= LARGER[name].exact_when_certain
