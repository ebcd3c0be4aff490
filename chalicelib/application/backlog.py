"""How much stands before a newcomer, over both stages."""

from dataclasses import dataclass

from chalicelib.application.ports import Queue


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """The queues of the two stages, counted together."""

    intents_queue: Queue
    settlements_queue: Queue

    def all(self) -> int:
        """Return how many messages there are, waiting or in a worker's hands."""
        return self.intents_queue.depth().all + self.settlements_queue.depth().all

    def waiting(self) -> int:
        """Return how many wait for a worker."""
        return self.intents_queue.depth().waiting + self.settlements_queue.depth().waiting
