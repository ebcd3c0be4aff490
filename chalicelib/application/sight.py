"""What a worker sees of counters' shards while it draws on them."""

from collections.abc import Callable, Collection, Iterable, Mapping, MutableMapping

from chalicelib.application.counter_ports import Counters
from chalicelib.application.ports import Clock
from chalicelib.domain.counter import Shard, is_unspread
from chalicelib.domain.drawing import Grant, Room, Rooms, drawn_from, room, spread
from chalicelib.domain.terms import Terms

BELIEFS_MAX = 1_000
"""Counters that a worker remembers the shards of."""

Beliefs = MutableMapping[tuple[str, int], Mapping[int, Room]]
"""Rooms by counter and version of its terms, the oldest first."""


class Sight:
    """Rooms as they are believed, and how sure that is, for the counters of one group of orders.

    Where nothing is known of a counter, the home shard is believed to have what is needed.
    A counter is *sure* once no shard gained anything between two consistent readings in a
    row. One alone proves nothing: it reads shard after shard, and a unit that comes back
    on one that was read, or goes there from one that was not, is on neither. Whoever draws
    is sure no longer.
    """

    def __init__(
        self,
        counters: Counters,
        clock: Clock,
        chance: Callable[[], float],
        terms: Mapping[str, Terms],
    ) -> None:
        self._counters = counters
        self._clock = clock
        self._chance = chance
        self._terms = terms
        self._stood: dict[str, list[tuple[int, int]]] = {}
        self._avoided: dict[str, set[int]] = {}
        self.rooms: dict[str, Mapping[int, Room]] = {}
        self.sure: set[str] = set()
        self.behind: set[str] = set()
        """Counters with shards which a command, or the units that it spreads, has not come to yet."""

    def recall(self, beliefs: Beliefs, home: int, needs: Mapping[str, int]) -> None:
        """Begin with what is remembered; else with the *home* shard."""
        for counter, terms in self._terms.items():
            known = beliefs.get((counter, terms.version))
            self.rooms[counter] = known or {home % terms.shards: Room(needs[counter])}

    def remember(self, beliefs: Beliefs) -> None:
        """Keep what is believed; the oldest is forgotten where there is too much."""
        for counter, rooms in self.rooms.items():
            name = (counter, self._terms[counter].version)
            if len(beliefs) >= BELIEFS_MAX and name not in beliefs:
                del beliefs[next(iter(beliefs))]
            beliefs[name] = rooms

    def look(self, counter: str, need: int) -> bool:
        """Read every shard, consistently; return False where there are newer terms than ours.

        There may be more shards by then, or other limits: no word on what is left.
        """
        terms = self._terms[counter]
        shards = self._counters.shards(terms)
        allowed = terms.allowed(self._clock.now())
        rooms = {shard.number: room(shard, terms, allowed) for shard in shards}
        avoided = self._avoided.pop(counter, set())
        self.rooms[counter] = spread(rooms, need, avoided, self._chance)
        self._note(counter, shards)
        return all(shard.version <= terms.version for shard in shards)

    def _note(self, counter: str, shards: Collection[Shard]) -> None:
        stood = [(shard.version, shard.gains) for shard in shards]
        if stood == self._stood.get(counter):
            self.sure.add(counter)
        self._stood[counter] = stood
        self.behind.discard(counter)
        late = any(shard.version < self._terms[counter].version for shard in shards)
        if late or is_unspread(shards):
            self.behind.add(counter)

    def seen_once(self, counters: Iterable[str]) -> bool:
        """Return whether any of *counters* was read, and is not sure yet."""
        return any(counter in self._stood for counter in counters)

    def drew(self, counters: Collection[str]) -> None:
        """Be sure of *counters* no longer: something is drawn on them."""
        self.sure -= set(counters)
        for counter in counters:
            self._stood.pop(counter, None)

    def took(self, grants: Collection[Grant]) -> None:
        """Believe what *grants* took to be gone."""
        self.rooms = drawn_from(self.rooms, grants)

    def doubt(self, counters: Iterable[str]) -> None:
        """Believe nothing of *counters*: one reading tells all."""
        for counter in counters:
            self.rooms[counter] = {}

    def avoid(self, shards: Iterable[tuple[str, int]]) -> None:
        """Look what there is, and go elsewhere: somebody else writes these *shards*."""
        for counter, shard in shards:
            self.rooms[counter] = {}
            self._avoided.setdefault(counter, set()).add(shard)


def left(rooms: Rooms, counter: str) -> Room:
    """Return what all of a counter's shards have to give."""
    of = rooms[counter].values()
    return Room(sum(max(one.units, 0) for one in of), sum(max(one.money, 0) for one in of))
