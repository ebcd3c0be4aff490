"""The gate and the sweep's mark, in memory."""

from chalicelib.application.ports import SweepMark
from chalicelib.domain.admission import Answered, Gate
from tests.fakes.outage import Breakable


class FakeControl(Breakable):
    """A gate that is read as it was last set."""

    def __init__(self, rate_per_second: float = 50) -> None:
        super().__init__()
        self._gate = Gate(rate_per_second=rate_per_second)
        self._answered = Answered()
        self._mark = SweepMark(swept_until={}, tally=None)

    def gate(self) -> Gate:
        """Return the gate."""
        self.up_or_raise()
        return self._gate

    def set_gate(self, gate: Gate) -> None:
        """Put *gate* in force."""
        self.up_or_raise()
        self._gate = gate

    def count_answered(self, answered: Answered) -> None:
        """Add *answered*."""
        self.up_or_raise()
        self._answered = Answered(
            count=self._answered.count + answered.count,
            waited_ms=self._answered.waited_ms + answered.waited_ms,
        )

    def answered(self) -> Answered:
        """Return the sum of what was counted."""
        self.up_or_raise()
        return self._answered

    def mark(self) -> SweepMark:
        """Return the mark that was set last."""
        self.up_or_raise()
        return self._mark

    def set_mark(self, mark: SweepMark) -> None:
        """Remember *mark*."""
        self.up_or_raise()
        self._mark = mark
