"""What a run needs to have its texts read in batches: the provider's Batch API, and a memory."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from chalicelib.application.ports import ModelResult, Task
from chalicelib.application.reading_ports import Known
from chalicelib.domain.catalogue import Catalogue


class BatchesUnavailableError(Exception):
    """The provider did not answer this time. *retry_after_ms*: not to be asked before, if it said."""

    def __init__(self, why: str, retry_after_ms: int | None = None) -> None:
        super().__init__(why)
        self.retry_after_ms = retry_after_ms


class BatchRefusedError(Exception):
    """The provider won't have this batch, today or later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A text as the model is to see it, and the *key* under which its answer is remembered."""

    key: str
    text: str
    candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a batch stands. *end* is the provider's word for how it ended; None while it works.

    *for_room*: it was not begun, since too much is under way, and can be handed in again.
    """

    end: str | None = None
    for_room: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchAnswer:
    """What the model made of the text of *key*; *behind* is the place behind it in the answers."""

    key: str
    result: ModelResult
    behind: int


class Batches(Protocol):
    """The provider's Batch API: texts in, answers up to a day later, for half the price.

    Everything here may raise `BatchesUnavailableError`, and may then have been done or not.
    """

    def room(self, menu: Catalogue, asks: Sequence[Ask]) -> int:
        """Return how many of *asks*, from the first on, one batch takes. Asks nobody."""
        ...

    def begin(self, name: str, menu: Catalogue, asks: Sequence[Ask]) -> str:
        """Hand in a batch and return its id. A repeat begins another one: `find` comes first.

        Raises `BatchRefusedError`.
        """
        ...

    def find(self, name: str, since: int) -> str | None:
        """Return the id of the batch of *name* that was begun at *since* (ms) or later, if any."""
        ...

    def look(self, batch_id: str) -> Look:
        """Return how the batch stands. One that the provider does not know has ended as *gone*."""
        ...

    def answers(self, batch_id: str, menu: Catalogue, behind: int) -> Iterator[BatchAnswer]:
        """Yield the answers of a batch that has ended, from the place *behind* on, in any order.

        Only texts that the model answered have one. A repeat yields the same.
        """
        ...

    def cancel(self, batch_id: str) -> None:
        """Have a batch stop. It ends some minutes later, with what was answered by then. Repeatable."""
        ...

    def forget(self, batch_id: str) -> None:
        """Delete what the provider keeps of the batch, as far as it lets us. Repeatable."""
        ...


class Memory(Protocol):
    """What the model said before, as `RememberedModel` keeps it. May raise `StoreUnavailableError`."""

    def shown(self, task: Task) -> tuple[str, Task]:
        """Return the key of *task*, and the task as the model is to see it."""
        ...

    def known(self, keys: Collection[str]) -> Mapping[str, Known]:
        """Return what is known of *keys*."""
        ...

    def learn(self, key: str, result: ModelResult, menu: Catalogue) -> None:
        """Remember what the model said. A repeat changes nothing; an outage is not remembered."""
        ...
