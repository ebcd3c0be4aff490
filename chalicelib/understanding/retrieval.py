"""Which SKUs a text may mean, best first, by the rarity of the words that it shares with a name."""

import heapq
import math
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Final

CANDIDATES_MAX: Final = 10
_OWNERS_MAX: Final = 1_000
_SHORTLIST_MAX: Final = 300
"""Items told apart by words that more than `_OWNERS_MAX` items have."""
_WORDS_MAX: Final = 64
_LENGTH_WEIGHT: Final = 0.04
_LATER_WEIGHT: Final = 0.05
"""How much less each later word counts: people name the thing first, and then what it is like."""


class Retrieval:
    """An index of a catalogue's items by the *owners* of each word of their names and aliases."""

    def __init__(self, skus: Iterable[str], owners: Mapping[str, Mapping[str, None]]) -> None:
        self._places = {sku: place for place, sku in enumerate(skus)}
        self._owners = owners
        self._sizes = dict.fromkeys(self._places, 0)
        for skus_of_word in owners.values():
            for sku in skus_of_word:
                self._sizes[sku] += 1

    def candidates(self, words: Iterable[str], limit: int = CANDIDATES_MAX) -> tuple[str, ...]:
        """Return up to *limit* SKUs; ties keep the menu's order.

        Very common words only rank what rarer ones found; alone, the rarest of them finds
        the first items that have it.
        """
        scores: dict[str, float] = {}
        common: list[tuple[Mapping[str, None], float]] = []
        for place, word in enumerate(list(dict.fromkeys(words))[:_WORDS_MAX]):
            owners = self._owners.get(word)
            if not owners:
                continue
            weight = math.log(1 + len(self._places) / len(owners)) / (1 + _LATER_WEIGHT * place)
            if len(owners) > _OWNERS_MAX:
                common.append((owners, weight))
                continue
            for sku in owners:
                scores[sku] = scores.get(sku, 0.0) + weight
        if common and not scores:
            rarest = min((owners for owners, _ in common), key=len)
            scores = dict.fromkeys(islice(rarest, _SHORTLIST_MAX), 0.0)
        if common:
            scores = {sku: scores[sku] for sku in self._best(scores, _SHORTLIST_MAX)}
            for owners, weight in common:
                for sku in scores.keys() & owners.keys():
                    scores[sku] += weight
        return tuple(self._best(scores, limit))

    def _best(self, scores: Mapping[str, float], limit: int) -> list[str]:
        """Return the *limit* best of *scores*, short names first where they share as much."""
        return heapq.nsmallest(
            limit,
            scores,
            key=lambda sku: (
                -scores[sku] / (1 + _LENGTH_WEIGHT * self._sizes[sku]),
                self._places[sku],
            ),
        )
