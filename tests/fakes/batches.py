"""The provider's Batch API, in memory, with the promises of its port."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from chalicelib.application.batch_ports import Ask, BatchAnswer, Look
from chalicelib.application.ports import ModelResult
from chalicelib.domain.catalogue import Catalogue


@dataclass
class Handed:
    """A batch that was handed in: how often it is looked at before it has ended, and how it ends."""

    name: str
    at: int
    asks: list[Ask]
    looks: int
    end: str = "completed"
    for_room: bool = False
    answered: int | None = None
    forgotten: bool = False


@dataclass
class FakeBatches:
    """Answers each text by *says*. *fits* of them make a batch; *ends* are how the next ones end."""

    says: dict[str, ModelResult] = field(default_factory=dict)
    fits: int = 1_000
    looks: int = 2
    ends: list[Handed] = field(default_factory=list)
    """How the next batches end: of each, *end*, *for_room* and *answered* count."""
    handed: dict[str, Handed] = field(default_factory=dict)
    cancelled: list[str] = field(default_factory=list)
    now: int = 0

    def room(self, menu: Catalogue, asks: Sequence[Ask]) -> int:  # noqa: ARG002 (a port)
        """Return how many fit."""
        return min(self.fits, len(asks))

    def begin(self, name: str, menu: Catalogue, asks: Sequence[Ask]) -> str:  # noqa: ARG002 (a port)
        """Take in a batch."""
        batch_id = f"batch_{len(self.handed)}"
        made = Handed(name, self.now, list(asks), self.looks)
        if self.ends:
            told = self.ends.pop(0)
            made.end, made.for_room, made.answered = told.end, told.for_room, told.answered
        self.handed[batch_id] = made
        return batch_id

    def find(self, name: str, since: int) -> str | None:  # noqa: ARG002 (a port)
        """Return the batch of that name."""
        found = [batch_id for batch_id, made in self.handed.items() if made.name == name]
        return found[-1] if found else None

    def look(self, batch_id: str) -> Look:
        """Return how it stands, a step further."""
        made = self.handed[batch_id]
        made.looks -= 1
        if batch_id in self.cancelled:
            made.end, made.answered, made.looks = "cancelled", made.answered or 0, -1
        return Look(end=made.end, for_room=made.for_room) if made.looks < 0 else Look()

    def answers(self, batch_id: str, menu: Catalogue, behind: int) -> Iterator[BatchAnswer]:  # noqa: ARG002 (a port)
        """Yield what is said to each, the last first."""
        made = self.handed[batch_id]
        count = len(made.asks) if made.answered is None else made.answered
        asks = [] if made.forgotten else made.asks[:count][::-1]
        for place, ask in enumerate(asks[behind:], start=behind + 1):
            if ask.text in self.says:
                yield BatchAnswer(key=ask.key, result=self.says[ask.text], behind=place)

    def cancel(self, batch_id: str) -> None:
        """Have it stop."""
        self.cancelled.append(batch_id)

    def forget(self, batch_id: str) -> None:
        """Forget its answers."""
        self.handed[batch_id].forgotten = True

    @property
    def texts(self) -> list[str]:
        """Every text that was asked about."""
        return [ask.text for made in self.handed.values() for ask in made.asks]
