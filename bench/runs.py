"""What a run keeps to: memory, calls, exactness, its rate, and the shoppers' wait beside it.

The million lines are fed in a process of their own, which measures nothing but its memory, while
other figures are measured in this one. Of these the rate is charged what is computed: should
that take longer beside a neighbour, the rate is only the harder to keep.
"""

from collections.abc import Iterator

from bench import run_batches, run_calls, run_ends, run_kills, run_lane, run_memory, run_rate
from bench.charges import Charges
from bench.figures import Figure


def figures(charges: Charges) -> Iterator[Figure]:
    """Measure, in about four minutes on two cores."""
    million = run_memory.begin()
    try:
        yield run_calls.per_line()
        yield from run_kills.figures()
        yield from run_ends.figures()
        yield from run_batches.figures()
        yield run_rate.worst(charges)
        yield run_memory.peak(million)
    finally:
        million.stop()
    yield from run_lane.ratios(charges)
