"""Which SKUs a text may mean, best first, by the rarity of the words that it shares with a name."""

import heapq
import math
from collections.abc import Iterable
from typing import Final

from chalicelib.domain.catalogue import Catalogue
from chalicelib.understanding.language import Language
from chalicelib.understanding.tokens import keys_of

CANDIDATES_MAX: Final = 10
_OWNERS_MAX: Final = 2_000
_WORDS_MAX: Final = 64
_LENGTH_WEIGHT: Final = 0.04


class Retrieval:
    """An inverted index over the names and aliases of a catalogue's items."""

    def __init__(self, catalogue: Catalogue, language: Language) -> None:
        self._skus = tuple(catalogue.items)
        self._sizes: list[int] = []
        self._owners: dict[str, list[int]] = {}
        for place, item in enumerate(catalogue.items.values()):
            words = {
                word for name in (item.name, *item.aliases) for word in keys_of(name, language)
            }
            self._sizes.append(len(words))
            for word in words:
                self._owners.setdefault(word, []).append(place)

    def candidates(self, words: Iterable[str], limit: int = CANDIDATES_MAX) -> tuple[str, ...]:
        """Return up to *limit* SKUs; ties keep the menu's order. Very common words do not count."""
        scores: dict[int, float] = {}
        for word in list(dict.fromkeys(words))[:_WORDS_MAX]:
            owners = self._owners.get(word, ())
            if not owners or len(owners) > _OWNERS_MAX:
                continue
            weight = math.log(1 + len(self._skus) / len(owners))
            for place in owners:
                scores[place] = scores.get(place, 0.0) + weight
        ranked = heapq.nsmallest(
            limit,
            scores,
            key=lambda place: (
                -scores[place] / (1 + _LENGTH_WEIGHT * self._sizes[place]),
                place,
            ),
        )
        return tuple(self._skus[place] for place in ranked)
