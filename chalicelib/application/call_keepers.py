"""Have each run that is on its way looked after, each minute."""

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.application.run_ports import Keepers, Runs


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepersCalled:
    """For how many runs a keeper was called, and which entries can't be read as runs."""

    count: int
    unreadable: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallKeepers:
    """Call a keeper for every open run: a call that was lost, or a keeper that died, costs a minute."""

    runs: Runs
    keepers: Keepers

    def __call__(self) -> KeepersCalled:
        """Return who was called for. A run that is kept, or wants nobody yet, refuses the keeper."""
        count, unreadable = 0, list[str]()
        for run in self.runs.all_open(unreadable.append):
            self.keepers.call(run.id, 0)
            count += 1
        return KeepersCalled(count=count, unreadable=unreadable)
