"""What a run in batches keeps to: no line lost or twice, no text paid for twice, few calls.

The run of the other figures, but that its lines are texts: some that the parser settles, some that
go through the Batch API. The keeper's calls to the provider count as those to AWS do, and it may
die or hang at each of them too. Lines that are fed late are read by the lane's own resolver.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import chain

from bench.figures import Bound, Figure, line
from bench.run_calls import CALL_MS, INVOCATION_MS, PER_SECOND
from bench.run_keepers import services
from bench.run_memory import begin
from bench.run_provider import Provider
from bench.run_world import How, World
from chalicelib.adapters.codec import PENDING
from chalicelib.domain.run import RunState
from simulation.queue import RECEIVE_MAX

SURE = "a latte"
LINES, FITS = 96, 4
"""Lines of the small run: half of them are put off, with a dozen texts, so in three batches."""
TEXTS = 12
KILLED_PER_SECOND = 6
LINES_COUNTED = 20_000
MANY, FEW = 100_000, 10_000


class BatchWorld(World):
    """A run in batches, and a lane that reads texts by the parser and by what is remembered."""

    def __init__(
        self,
        content: bytes,
        provider: Provider,
        *,
        per_second: float,
        answers: int = 1_200,
        call_ms: int = 0,
        befalls: Mapping[int, How] | None = None,
    ) -> None:
        super().__init__(
            content,
            per_second=per_second,
            answers=answers,
            call_ms=call_ms,
            befalls=befalls,
            batches=provider,
        )
        self.provider = provider
        self._resolve = services(self.called, self.clock).bulk_resolve

    def _answer(self, ms: int) -> None:
        """Resolve all texts that wait in the lane, and confirm what is understood."""
        while messages := self._texts.receive(RECEIVE_MAX):
            self._resolve([PENDING.load(message.body) for message in messages])
            for message in messages:
                self._texts.delete(message.receipt_handle)
        super()._answer(ms)


def lines(count: int, texts: int) -> Iterator[bytes]:
    """Yield so many lines, every second one with one of so many texts that no menu explains."""
    for number in range(1, count + 1):
        text = SURE if number % 2 else f"flurble {number // 2 % texts}"
        yield b'{"customer_id":"c%08d","text":"%s"}\n' % (number, text.encode())


def world(befalls: Mapping[int, How] | None = None) -> BatchWorld:
    """Return the small run, and what befalls its keepers."""
    content = b"".join(lines(LINES, TEXTS))
    rate = KILLED_PER_SECOND
    return BatchWorld(content, Provider(fits=FITS), per_second=rate, befalls=befalls)


def counted(one: BatchWorld) -> tuple[int, int, int]:
    """Return how many lines are lost, how many there are twice, and how many texts were paid for twice."""
    rows = Counter((row["line"], row["outcome"]) for row in one.rows())
    told = Counter(row["line"] for row in one.rows())
    orders, intents = one.orders(), one.intents()
    lost = twice = 0
    for number in range(1, LINES + 1):
        customer = f"c{number:08}"
        lost += not (orders[customer] and rows[number, "confirmed"])
        twice += intents[customer] > 1 or told[number] > 1
    handed = one.provider.handed or []
    return lost, twice, len(handed) - len(set(handed))


def killed(*, every: int = 1) -> list[Figure]:
    """Have keepers die and hang at each call, or each so many, in about a minute.

    A keeper that hangs between asking for its batch and handing it in hands in a second one, once
    another has taken over: that is paid twice, and shown apart.
    """
    undisturbed = world()
    undisturbed.run()
    calls = undisturbed.made.total()
    sums: Counter[str] = Counter()
    tried = [(call, how) for call in range(1, calls + 1, every) for how in How]
    for call, how in tried:
        one = world({call: how})
        one.run()
        lost, twice, paid = counted(one)
        hangs = how in {How.HANGS_BEFORE, How.HANGS_AFTER}
        sums.update(lost=lost, twice=twice, **{"hung" if hangs else "paid_twice": paid})
    note = (
        f"{len(tried)} runs of {LINES} lines in batches, in which keepers die or hang;"
        f" {sums['hung']} texts paid for twice where they hang"
    )
    return [
        Figure(
            figure=f"run.batches.kill_anywhere.{name}",
            value=sums[name],
            reach=0,
            bound=Bound.EXACTLY,
            unit="texts" if name == "paid_twice" else "lines",
            note=note,
        )
        for name in ("lost", "twice", "paid_twice")
    ]


def per_line(count: int = LINES_COUNTED) -> Figure:
    """Count the calls of a run whose every second line is put off, each with a text of its own."""
    content = b"".join(lines(count, count))
    one = BatchWorld(content, Provider(), per_second=PER_SECOND, call_ms=CALL_MS)
    run = one.run(INVOCATION_MS)
    if run.state is not RunState.COMPLETED or run.progress.outcomes != {"confirmed": count}:
        msg = f"of {count} lines {run.progress.outcomes} came through"
        raise RuntimeError(msg)
    made = one.made.total() / count
    each = ", ".join(f"{n} {name}" for name, n in one.made.most_common(8))
    return Figure(
        figure="run.batches.calls_per_line",
        value=made,
        unit="calls",
        note=f"{count} lines at {PER_SECOND} a second, half of them put off: {each}",
    )


def peak(*, many: int = MANY, few: int = FEW) -> Figure:
    """Hold the memory of a run of *many* lines, all of them put off, against one of *few*."""
    few_mb, _ = begin(few, "--late").read()
    many_mb, seconds = begin(many, "--late").read()
    return Figure(
        figure="run.batches.peak_memory_mb",
        value=many_mb / few_mb,
        unit=f"x that of {few:,} lines",
        note=(
            f"{many_mb:.1f} MB for {many:,} lines, each put off with a text of its own, in"
            f" {seconds:.0f} s of CPU; {few_mb:.1f} MB for {few:,}"
        ),
    )


def figures() -> Iterator[Figure]:
    """Measure, in about a minute and a half."""
    return chain(killed(), [per_line(), peak()])


if __name__ == "__main__":
    for figure in figures():
        print(line(figure), flush=True)
