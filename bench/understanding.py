"""How orders are read, for ``make bench``: by our own menus, and by larger sets where they are.

    python -m bench.understanding

prints a row for each menu. A figure of several menus counts each text once. The held and the
plain menus were never looked at while the parser was written: the latter say what a new shop
may expect of plain orders, the former of hard ones.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.figures import Bound, Figure
from bench.reading import Figures, is_exact, measure, measure_finding
from bench.sets import KINDS, Set, larger, ours
from bench.typos import mistyped
from chalicelib.domain.catalogue import LanguageTag
from chalicelib.understanding.reader import MenuReader

P99_US_MAX = 1_000
FINDING_P99_US_MAX = 5_000
TYPOS_SHARE_MIN = 0.85
TYPOS_SEEDS = range(5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Floors:
    """What a set should reach."""

    exact: float
    certain: float
    exact_when_certain: float


NEW = Floors(exact=0.93, certain=0.75, exact_when_certain=0.985)
LARGER = {
    "burger": Floors(exact=0.97, certain=0.80, exact_when_certain=0.99),
    "coffee": Floors(exact=0.96, certain=0.80, exact_when_certain=0.99),
}


def figures() -> Iterator[Figure]:
    """Yield the figures of reading; those of larger sets only where these are."""
    for kind in KINDS:
        sets = list(ours(kind))
        yield from _figures(kind, sets, NEW)
        yield from _mistyped(kind, sets, NEW)
    for name, floors in LARGER.items():
        if there := larger(name):
            yield from _figures(name, [there], floors)
            yield from _mistyped(name, [there], floors)
    if products := larger("products", "products_dev"):
        yield from _finding(products)


def _figures(name: str, sets: Sequence[Set], floors: Floors) -> Iterator[Figure]:
    measured = [measured_with(one) for one in sets]
    n = sum(found.n for found in measured)
    certain = sum(found.certain * found.n for found in measured)
    right = sum((found.exact_when_certain or 0) * found.certain * found.n for found in measured)
    shares = (
        ("exact_match", sum(found.exact_match * found.n for found in measured) / n, floors.exact),
        ("certain", certain / n, floors.certain),
        ("exact_when_certain", right / certain, floors.exact_when_certain),
    )
    note = f"{n} texts, {len(sets)} menus" if len(sets) > 1 else f"{n} texts"
    for figure, value, reach in shares:
        yield Figure(
            figure=f"reading.{name}.{figure}",
            value=round(value, 4),
            reach=reach,
            bound=Bound.AT_LEAST,
            unit="of texts",
            note=note,
        )
    yield Figure(
        figure=f"reading.{name}.p99_us",
        value=max(found.p99_us for found in measured),
        reach=P99_US_MAX,
        unit="us a text",
        note="the slowest menu",
    )


def _mistyped(name: str, sets: Sequence[Set], floors: Floors) -> Iterator[Figure]:
    """Yield what typos leave of exact matches, and of the parser's honesty. English menus only."""
    plain = exact = certain = honest = 0
    for one in sets:
        if one.catalogue.language is not LanguageTag.ENGLISH:
            continue
        reader = MenuReader(one.catalogue)
        for sample in one.samples:
            plain += is_exact(reader.read(sample.text).lines, sample.lines) * len(TYPOS_SEEDS)
        for sample in (s for seed in TYPOS_SEEDS for s in mistyped(one.samples, seed)):
            reading = reader.read(sample.text)
            is_right = is_exact(reading.lines, sample.lines)
            exact += is_right
            certain += reading.certain
            honest += reading.certain and is_right
    note = f"a typo in 15 % of the words of five letters and more, {len(TYPOS_SEEDS)} seeds"
    for figure, value, reach, unit in (
        ("typos_ratio", exact / plain, TYPOS_SHARE_MIN, "of the exact matches"),
        ("typos_exact_when_certain", honest / certain, floors.exact_when_certain, "of texts"),
    ):
        yield Figure(
            figure=f"reading.{name}.{figure}",
            value=round(value, 4),
            reach=reach,
            bound=Bound.AT_LEAST,
            unit=unit,
            note=note,
        )


def _finding(products: Set) -> Iterator[Figure]:
    found = measure_finding(MenuReader(products.catalogue), products.samples)
    note = f"{found.n} texts, {len(products.catalogue.items)} SKUs"
    for figure, value, reach in (
        ("right_first", found.right_first, 0.65),
        ("among_five", found.among_five, 0.88),
    ):
        yield Figure(
            figure=f"finding.{products.name}.{figure}",
            value=value,
            reach=reach,
            bound=Bound.AT_LEAST,
            unit="of texts",
            note=note,
        )
    yield Figure(
        figure=f"finding.{products.name}.p99_us",
        value=found.p99_us,
        reach=FINDING_P99_US_MAX,
        unit="us a text",
    )


def measured_with(one: Set) -> Figures:
    """Return the figures of a new reader over a set."""
    return measure(MenuReader(one.catalogue), one.samples)


def main() -> int:
    """Print a row for each menu."""
    print(
        f"{'':6}{'menu':14}{'texts':>6}{'exact':>8}{'certain':>9}{'when certain':>14}{'p99 us':>8}"
    )
    kinds = [(kind, list(ours(kind))) for kind in KINDS]
    kinds.append(("", [there for name in LARGER if (there := larger(name))]))
    for kind, sets in kinds:
        for one in sets:
            found = measured_with(one)
            right = f"{found.exact_when_certain:.3f}" if found.exact_when_certain else "-"
            print(
                f"{kind:6}{one.name:14}{found.n:6}{found.exact_match:8.3f}{found.certain:9.3f}"
                f"{right:>14}{found.p99_us:8.0f}"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
