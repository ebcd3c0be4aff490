"""How much memory a keeper takes for a run of a million lines, over that of ten thousand.

A process each. In it the real keeper and adapters feed a run and write its results, one
invocation after the other, in the container that has seen those before; the stores answer and
keep nothing (`bench.run_answers`), so what grows with the lines is ours.
"""

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench.codes import peak_mb
from bench.figures import Figure
from bench.run_answers import answering
from bench.run_keepers import RUN, make, services, stands, start
from bench.run_provider import Provider
from chalicelib.domain.catalogue import Catalogue
from chalicelib.domain.resolution import Reading
from chalicelib.domain.run import RunState
from chalicelib.entrypoints.wire.run_lines import parse_line
from chalicelib.understanding.readers import MenuReaders
from simulation.clock import VirtualClock
from simulation.scheduler import Scheduler

LINES, FEW = 1_000_000, 10_000
PER_SECOND = 5_000
"""The most that a rate plan may want."""

INVOCATION_MS = 60_000
"""Of virtual time, in which calls take none: 300,000 lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measuring:
    """A process that feeds so many *lines*, and will say how much memory it took."""

    lines: int
    process: "subprocess.Popen[str]"

    def read(self) -> tuple[float, float]:
        """Wait for its end; return megabytes, and seconds of computing."""
        answer, _ = self.process.communicate()
        if self.process.returncode:
            msg = f"a run of {self.lines} lines was not measured"
            raise RuntimeError(msg)
        measured = json.loads(answer)
        return measured["peak_mb"], measured["cpu_seconds"]

    def stop(self) -> None:
        """End it, if it has not ended."""
        self.process.kill()
        self.process.wait()


def begin(lines: int = LINES, *how: str) -> Measuring:
    """Begin to measure beside what else is measured: about two minutes of computing for the million."""
    command = [sys.executable, "-m", "bench.run_memory", str(lines), *how]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 (this interpreter, this module)
    return Measuring(lines=lines, process=process)


def peak(many: Measuring, *, few: int = FEW) -> Figure:
    """Wait for *many*, and hold it against *few* lines."""
    few_mb, _ = begin(few).read()
    many_mb, seconds = many.read()
    return Figure(
        figure="run.peak_memory_mb",
        value=many_mb / few_mb,
        reach=1.2,
        unit=f"x that of {few:,} lines",
        note=(
            f"{many_mb:.1f} MB for {many.lines:,} lines fed and collected in {seconds:.0f} s of"
            f" CPU, {few_mb:.1f} MB for {few:,}"
        ),
    )


class _Unsure(MenuReaders):
    """A parser that settles nothing and keeps nothing."""

    def read(self, _: str, _catalogue: Catalogue) -> Reading:
        """Return that it can't tell."""
        return Reading(lines=(), certain=False)


def _measured(lines: int, *, late: bool) -> dict[str, float]:
    """Return the memory and the computing time of this process, once all is done.

    *late*: every line is a text that goes through the Batch API.
    """
    clock = VirtualClock(Scheduler())
    with tempfile.TemporaryDirectory() as folder:
        called = answering(lines, Path(folder), Provider(handed=None) if late else None)
        make(called, clock, per_second=PER_SECOND)
        start(called, clock)
        container = services(called, clock)
        if late:
            container.reader = _Unsure()
        keep = container.keep_run
        while (run := stands(called)).open:
            kept = keep(RUN, parse_line, clock.now() + INVOCATION_MS)
            if kept.next_at is not None:
                clock.sleep(max(kept.next_at - clock.now(), 0))
    through = called.dynamodb.planted, called.sqs.sent, run.progress.outcomes.get("confirmed")
    if run.state is not RunState.COMPLETED or set(through) != {lines}:
        msg = f"of {lines} lines {through} came through"
        raise RuntimeError(msg)
    return {"peak_mb": peak_mb(), "cpu_seconds": time.process_time()}


if __name__ == "__main__":
    print(json.dumps(_measured(int(sys.argv[1]), late="--late" in sys.argv)))
