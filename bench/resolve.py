"""How well the menu parser reads order texts, with no model asked.

    python -m bench.resolve --catalogue FILE --orders FILE [--json]

- exact_match: share of texts of which every line is right in SKU, quantity, options with
  amounts, and exclusions; lines are compared as a set.
- item_quantity_f1: micro F1 over ordered units, each named by its SKU: two lattes are two
  units. Options are left aside.
- certain: share of texts that the parser settles alone.
- exact_when_certain: share of exact matches among those; null if there are none.
- p50_us, p99_us: over the texts, microseconds to read one. Each text is read once to warm up
  and then `REPEATS` times; its figure is the median. Building the index is not counted.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from time import perf_counter_ns
from typing import Final

from bench.files import Sample, UnreadableFileError, catalogue_from, samples_from
from chalicelib.domain.resolution import Line, Reading
from chalicelib.understanding.reader import MenuReader

REPEATS: Final = 7
_UNUSABLE: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What is printed; each share is between 0 and 1."""

    n: int
    exact_match: float
    item_quantity_f1: float
    certain: float
    exact_when_certain: float | None
    p50_us: float
    p99_us: float


def measure(reader: MenuReader, samples: Sequence[Sample]) -> Figures:
    """Return the figures of *reader* over *samples*, of which there is at least one."""
    readings = [reader.read(sample.text) for sample in samples]
    exact = [
        is_exact(reading.lines, sample.lines)
        for reading, sample in zip(readings, samples, strict=True)
    ]
    settled = [right for reading, right in zip(readings, exact, strict=True) if reading.certain]
    times = sorted(_microseconds(reader, sample.text) for sample in samples)
    return Figures(
        n=len(samples),
        exact_match=round(sum(exact) / len(exact), 4),
        item_quantity_f1=round(_f1(readings, samples), 4),
        certain=round(len(settled) / len(samples), 4),
        exact_when_certain=round(sum(settled) / len(settled), 4) if settled else None,
        p50_us=round(_percentile(times, 50), 1),
        p99_us=round(_percentile(times, 99), 1),
    )


def is_exact(read: Sequence[Line], right: Sequence[Line]) -> bool:
    """Whether the same lines were read, in any order."""
    return Counter(read) == Counter(right)


def _f1(readings: Sequence[Reading], samples: Sequence[Sample]) -> float:
    shared = read = right = 0
    for reading, sample in zip(readings, samples, strict=True):
        found, wanted = _units(reading.lines), _units(sample.lines)
        shared += (found & wanted).total()
        read += found.total()
        right += wanted.total()
    return 2 * shared / (read + right) if read + right else 1.0


def _units(lines: Sequence[Line]) -> Counter[str]:
    units: Counter[str] = Counter()
    for line in lines:
        units[line.sku] += line.quantity
    return units


def _microseconds(reader: MenuReader, text: str) -> float:
    reader.read(text)
    times = []
    for _ in range(REPEATS):
        start = perf_counter_ns()
        reader.read(text)
        times.append(perf_counter_ns() - start)
    return median(times) / 1_000


def _percentile(ordered: Sequence[float], percent: int) -> float:
    """Return the nearest-rank percentile of *ordered*."""
    rank = -(-len(ordered) * percent // 100)
    return ordered[max(rank, 1) - 1]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures; return 0, or 2 with one line on standard error for an unusable file."""
    parser = argparse.ArgumentParser(prog="python -m bench.resolve")
    parser.add_argument("--catalogue", type=Path, required=True)
    parser.add_argument("--orders", type=Path, required=True)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(arguments)
    try:
        reader = MenuReader(catalogue_from(options.catalogue))
        samples = samples_from(options.orders)
    except UnreadableFileError as fault:
        print(fault, file=sys.stderr)
        return _UNUSABLE
    figures = asdict(measure(reader, samples))
    print(json.dumps(figures) if options.json else _table(figures))
    return 0


def _table(figures: dict[str, float | None]) -> str:
    width = max(len(name) for name in figures)
    return "\n".join(
        f"{name:<{width}}  {'-' if value is None else value}" for name, value in figures.items()
    )


if __name__ == "__main__":
    sys.exit(main())
