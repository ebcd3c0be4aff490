"""What a keeper does about its run's batches: puts lines off, has them asked about, feeds them late."""

from chalicelib.application.ask_run import AskRun
from chalicelib.application.feed_run import FeedRun
from chalicelib.application.listed_lines import Lines, ListedReading, lines_list
from chalicelib.application.put_off_lines import PuttingOff
from chalicelib.application.run_ports import ReadLine
from chalicelib.domain.run import ModelWay, Progress, Run


class KeptBatches:
    """One keeper's part in the batches of its run. Of a run that wants none it does nothing.

    Without *ask* there is no Batch API, since a run was made: one that wants it is held, until
    there is one again or it is cancelled.
    """

    def __init__(self, ask: AskRun | None, feed: FeedRun) -> None:
        self._ask = ask
        self._feed = feed
        self._putting_off: PuttingOff | None = None
        self._late: ListedReading | None = None

    def step(self, run: Run, now: int) -> Progress | None:
        """Return the progress after what was due about a batch; None if nothing was."""
        return self._ask.step(run, now) if self._ask is not None else None

    def next_at(self, run: Run) -> int | None:
        """Return when something will be due about a batch (ms), None if nothing will."""
        return self._ask.next_at(run) if self._ask is not None else None

    def holds(self, run: Run) -> bool:
        """Whether *run* is not fed, since nobody can read what it puts off."""
        return self._ask is None and run.plan.model is ModelWay.BATCH

    def is_awaited(self, run: Run) -> bool:
        """Whether *run* has a batch that somebody still looks at."""
        return self._ask is not None and bool(run.progress.put_off.batches)

    def call_off(self, run: Run) -> None:
        """Have the batches of a run stop that nobody will look at any more."""
        if self._ask is not None:
            self._ask.call_off(run)

    def putting_off(self, run: Run) -> PuttingOff | None:
        """Return what puts lines of *run* off; None where all are fed as they come."""
        if self._ask is not None and run.plan.model is ModelWay.BATCH:
            self._putting_off = self._putting_off or self._ask.putting_off(run)
        return self._putting_off

    def begin(self, run: Run, most: int, parse: ReadLine) -> tuple[Progress, Lines] | None:
        """Begin a slice of up to *most* lines that wait for no batch any more; None if there is none."""
        put_off = run.progress.put_off
        ready = min(most, put_off.ready - put_off.fed.rows)
        if ready <= 0:
            return None
        self._late = self._late or ListedReading(self._feed.reports, lines_list(run), put_off.fed)
        return self._feed.begin_late(run, self._late, ready, parse)
