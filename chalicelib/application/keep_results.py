"""What a keeper does about its run's results: gathers rows as lines are settled, and writes many at once."""

from collections.abc import Callable

from chalicelib.application.collect_run import Collecting, CollectRun
from chalicelib.application.run_ports import ReadLine
from chalicelib.domain.run import Progress, Run

POLL_MS, POLL_MS_MAX = 2_000, 60_000
"""A line that is not settled is looked at each tenth of its age, between these: the sweep calls a
keeper each minute anyway."""

FLUSH_MS = 10_000
FLUSH_BYTES = 1_000_000


class KeptResults:
    """One keeper's collecting, begun by *begin* when there is first something to collect."""

    def __init__(self, rule: CollectRun, begin: Callable[[], Collecting], now: int) -> None:
        self._rule = rule
        self._begin = begin
        self._collecting: Collecting | None = None
        self._flushed_at = now
        self.poll_at = 0
        """When the next line that was fed may be settled."""

    def gather(self, run: Run, parse: ReadLine, now: int, least_ms: int) -> bool:
        """Gather rows of lines that are settled; return whether there were any.

        With none it is not tried again for *least_ms*, which a slow run's lines are apart.
        """
        if not run.collects or now < self.poll_at:
            return False
        self._collecting = self._collecting or self._begin()
        gathered = self._collecting.gather(run, parse)
        since = self._collecting.waits_since
        if since is not None or not gathered:
            age = now - (since or now)
            self.poll_at = now + min(max(POLL_MS, least_ms, age // 10), POLL_MS_MAX)
        return bool(gathered)

    def is_full(self, run: Run, now: int) -> bool:
        """Whether what was gathered is to be written now."""
        if self._collecting is None or not self._collecting.moved:
            return False
        gathered = self._collecting.gathered
        # While more is fed, more rows come: what is written now is written anew with them.
        is_last = not run.feeds and self._collecting.has_all(run)
        return is_last or len(gathered.rows) >= FLUSH_BYTES or now - self._flushed_at >= FLUSH_MS

    def written(self, run: Run) -> Progress | None:
        """Write what was gathered; return *run*'s progress with it, to be recorded. None if there is nothing."""
        if self._collecting is None or not self._collecting.moved:
            return None
        return self._rule(run, self._collecting.gathered)

    def begin_anew(self, progress: Progress, now: int) -> None:
        """Forget what was gathered: *progress*, on record by now, has it."""
        if self._collecting is not None:
            self._collecting.begin_anew(progress)
        self._flushed_at = now
