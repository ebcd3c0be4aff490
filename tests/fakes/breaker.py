"""A breaker for all workers, in memory."""

from chalicelib.domain.breaker import CLOSED, Breaker
from tests.fakes.outage import Breakable


class FakeBreaker(Breakable):
    """Reads as it stands, and counts the moves that were made."""

    def __init__(self) -> None:
        super().__init__()
        self.stands = CLOSED
        self.moves = 0

    def read(self) -> Breaker:
        """Return it as it stands."""
        self.up_or_raise()
        return self.stands

    def move(self, to: Breaker) -> bool:
        """Put *to* in force if the version before it is."""
        self.up_or_raise()
        if to.version != self.stands.version + 1:
            return False
        self.stands = to
        self.moves += 1
        return True
