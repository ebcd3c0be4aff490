"""What the model said, in memory."""

from collections.abc import Collection, Mapping

from chalicelib.application.ports import Clock
from chalicelib.application.reading_ports import BeingAsked, Claimed, Known, Remembered, Resting
from chalicelib.domain.resolution import Reading
from tests.fakes.outage import Breakable


class FakeReadings(Breakable):
    """Keeps answers and claims in a dictionary."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.clock = clock
        self.known: dict[str, Known] = {}
        self.owners: dict[str, str] = {}

    def recall(self, keys: Collection[str]) -> Mapping[str, Known]:
        """Return what is known and has not run out."""
        self.up_or_raise()
        now = self.clock.now()
        return {
            key: self.known[key]
            for key in keys
            if key in self.known and self.known[key].until > now
        }

    def claim(self, key: str, owner: str, until: int) -> Claimed | Known:
        """Note the claim where nothing stands, or the same owner's."""
        self.up_or_raise()
        stands = self.recall([key]).get(key)
        if stands is not None and self.owners.get(key) != owner:
            return stands
        self.known[key] = BeingAsked(until=until)
        self.owners[key] = owner
        return Claimed()

    def keep(self, key: str, reading: Reading, until: int) -> None:
        """Note the answer."""
        self.up_or_raise()
        self.known[key] = Remembered(reading=reading, until=until)
        self.owners.pop(key, None)

    def give_up(self, key: str, owner: str, until: int) -> None:
        """Have the key rest, if the claim is the owner's."""
        self.up_or_raise()
        if self.owners.get(key) == owner:
            self.known[key] = Resting(until=until)
