"""The virtual clock, as the `Clock` port."""

from simulation.scheduler import MS, Scheduler


class VirtualClock:
    """Virtual time as workers see it: it moves while they wait, and what they compute is added then.

    One clock serves all workers. Outside of any worker, to sleep is to run the workers.
    """

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler

    def now(self) -> int:
        """Return milliseconds since the epoch, UTC."""
        return self._scheduler.now_ns // MS

    def sleep(self, ms: int) -> None:
        """Let *ms* milliseconds pass."""
        self._scheduler.leave()
        self._scheduler.wait_ns(ms * MS)
        self._scheduler.enter()

    def turn(
        self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0
    ) -> None:
        """Let the sum of what is given pass, for tests."""
        self.sleep(round((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000))
