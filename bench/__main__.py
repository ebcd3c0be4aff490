"""Every figure: ``python -m bench``. Prints a line for each and writes `.local/bench.json`."""

import sys

from bench import settle
from bench.figures import FILE, line, write


def main() -> int:
    """Measure, print and write; return 1 if a figure misses what it should reach."""
    measured = settle.figures()
    for figure in measured:
        print(line(figure))
    write(measured)
    print(f"\nwritten to {FILE}")
    return 0 if all(figure.kept for figure in measured) else 1


if __name__ == "__main__":
    sys.exit(main())
