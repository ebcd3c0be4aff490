"""Have each run that is on its way looked after, each minute."""

from dataclasses import dataclass

from chalicelib.application.run_ports import Keepers, Runs


@dataclass(frozen=True, slots=True, kw_only=True)
class CallKeepers:
    """Call a keeper for every open run: a call that was lost, or a keeper that died, costs a minute."""

    runs: Runs
    keepers: Keepers

    def __call__(self) -> int:
        """Return how many were called for. A run that somebody keeps refuses a second keeper."""
        called = 0
        for run in self.runs.all_open():
            self.keepers.call(run.id, 0)
            called += 1
        return called
