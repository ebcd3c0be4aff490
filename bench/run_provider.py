"""A provider of the Batch API for runs that are measured: it answers all, at the first look."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from chalicelib.application.batch_ports import Ask, BatchAnswer, Look
from chalicelib.application.ports import ModelReading
from chalicelib.domain.catalogue import Catalogue
from chalicelib.domain.model_use import ModelUse
from chalicelib.domain.resolution import Line, Reading

LATTE = Reading(lines=(Line(sku="latte", quantity=1),), certain=True)
USE = ModelUse(calls=1, input_tokens=1_220, cached_tokens=1_000, output_tokens=40)


@dataclass
class Provider:
    """Batches in memory, of so many texts as *fits*: every text means a latte."""

    fits: int = 5_000
    named: dict[str, str] = field(default_factory=dict)
    keys: dict[str, Sequence[str]] = field(default_factory=dict)
    handed: list[str] | None = field(default_factory=list)
    """Every text that was handed in, as often as it was. None: they are not noted."""

    def room(self, _: Catalogue, asks: Sequence[Ask]) -> int:
        """Return how many fit."""
        return min(self.fits, len(asks))

    def begin(self, name: str, _: Catalogue, asks: Sequence[Ask]) -> str:
        """Take in a batch."""
        batch_id = f"{name} {len(self.keys)}"
        self.named[name], self.keys[batch_id] = batch_id, [ask.key for ask in asks]
        if self.handed is not None:
            self.handed += [ask.text for ask in asks]
        return batch_id

    def find(self, name: str, _: int) -> str | None:
        """Return the latest batch of that name."""
        return self.named.get(name)

    def look(self, batch_id: str) -> Look:
        """Return that it has ended."""
        return Look(end="completed" if batch_id in self.keys else "gone")

    def answers(self, batch_id: str, _: Catalogue, behind: int) -> Iterator[BatchAnswer]:
        """Yield a latte for each."""
        keys = self.keys.get(batch_id, ())
        for place in range(behind, len(keys)):
            result = ModelReading(LATTE, USE)
            yield BatchAnswer(key=keys[place], result=result, behind=place + 1)

    def cancel(self, batch_id: str) -> None:
        """Do nothing: it has ended."""

    def forget(self, batch_id: str) -> None:
        """Keep nothing of it."""
        self.keys[batch_id] = ()
