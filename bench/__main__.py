"""Every figure: ``python -m bench``. Prints a line for each and writes `.local/bench.json`."""

import sys
from collections.abc import Iterator

from bench import baselines, codes, coupon, runs, settle, understanding
from bench.charges import measured
from bench.figures import FILE, Figure, line, write


def main() -> int:
    """Measure, print and write; return 1 if a figure misses what it should reach."""
    figures: list[Figure] = []
    for figure in _measured():
        print(line(figure), flush=True)
        figures.append(figure)
    write(figures)
    print(f"\nwritten to {FILE}")
    return 0 if all(figure.kept for figure in figures) else 1


def _measured() -> Iterator[Figure]:
    yield from understanding.figures()
    yield from settle.figures()
    charges = measured()
    yield from coupon.redemptions(charges)
    yield from baselines.figures(charges, workers=coupon.WORKERS)
    yield coupon.last_units(charges)
    yield coupon.seconds_to_tell(charges)
    yield from codes.figures()
    yield from runs.figures(charges)


if __name__ == "__main__":
    sys.exit(main())
