"""How well the menu parser reads labelled texts: what the figures mean and how they are taken.

- exact_match: share of texts of which every line is right in SKU, quantity, options with
  amounts, and exclusions; lines are compared as a set.
- item_quantity_f1: micro F1 over ordered units, each named by its SKU: two lattes are two
  units. Options are left aside.
- certain: share of texts that the parser settles alone.
- exact_when_certain: share of exact matches among those; null if there are none.
- right_first, among_five: share of texts whose SKU is the first of the candidates, or one of
  the first five.
- p50_us, p99_us: over the texts, microseconds to read one. Each text is read once to warm up
  and then `REPEATS` times; its figure is the median. Building the index is not counted.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter_ns
from typing import Final

from bench.files import Sample
from chalicelib.domain.resolution import Line, Reading
from chalicelib.understanding.reader import MenuReader

REPEATS: Final = 7
AMONG: Final = 5


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """How well the reader finds the one item that each text is about; shares between 0 and 1."""

    n: int
    right_first: float
    among_five: float
    p50_us: float
    p99_us: float


def measure_finding(reader: MenuReader, samples: Sequence[Sample]) -> Found:
    """Return how well *reader* finds the SKU of each of *samples*' first lines."""
    places = [_place(reader.read(sample.text).candidates, sample) for sample in samples]
    times = sorted(_microseconds(reader, sample.text) for sample in samples)
    return Found(
        n=len(samples),
        right_first=round(sum(place == 0 for place in places) / len(places), 4),
        among_five=round(
            sum(place is not None and place < AMONG for place in places) / len(places), 4
        ),
        p50_us=round(_percentile(times, 50), 1),
        p99_us=round(_percentile(times, 99), 1),
    )


def _place(candidates: Sequence[str], sample: Sample) -> int | None:
    """Return at which place the right SKU is among *candidates*."""
    right = sample.lines[0].sku if sample.lines else None
    return next((place for place, sku in enumerate(candidates) if sku == right), None)


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
