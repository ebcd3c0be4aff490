"""What all runs together may take of the tables, so that shoppers find room there.

A run is bounded where its lines are put on record and where they are settled: feeders take
turns at the lane's time, and each of the lane's settle workers keeps to its share. So it holds
however many runs are fed, however long the lane is, and whatever the tables are warmed for.
"""

from dataclasses import dataclass
from math import ceil
from typing import Protocol

LINE_UNITS = 9
"""Write units of the orders table that a line takes: five to be put on record, four to be settled.

Measured by `python -m bench.run_lane`."""


class LaneTime(Protocol):
    """The time of the lane, of which all feeders take, one after the other."""

    def take(self, now: int, ms: int) -> int:
        """Take *ms* from *now* (ms) on, and return *now*; or, where others took it, when it is free.

        Whose answer was lost, and who asks again, may have taken twice.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneBudget:
    """So many write units a second for all runs, of which *workers* settle at once."""

    write_units: float
    workers: int = 1

    @property
    def lines_per_second(self) -> float:
        """Lines of all runs that may be fed, and as many settled, in a second."""
        return self.write_units / LINE_UNITS

    def feeding_ms(self, lines: int) -> int:
        """Return for how long *lines* fill the lane."""
        return ceil(lines * 1000 / self.lines_per_second)

    def settling_ms(self, lines: int) -> int:
        """Return how long one of the workers has to take over *lines*."""
        return self.feeding_ms(lines * self.workers)


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneTurns:
    """Who feeds takes a turn for it."""

    budget: LaneBudget
    time: LaneTime

    @property
    def lines_max(self) -> int:
        """The most lines for one turn: a second's, so that no burst is longer."""
        return max(int(self.budget.lines_per_second), 1)

    def take(self, lines: int, now: int) -> int:
        """Take the time for *lines* and return *now*; or return when to ask again."""
        return self.time.take(now, self.budget.feeding_ms(lines))
