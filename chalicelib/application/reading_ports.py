"""What the use cases need to remember what the model said.

As with all ports, trying again is safe, and a store that can't be reached raises
`StoreUnavailableError`. Times are milliseconds since the epoch.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from chalicelib.domain.resolution import Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """What the model made of a text; it counts until *until*."""

    reading: Reading
    until: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BeingAsked:
    """Somebody is asking the model, and has until *until* to do so."""

    until: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Resting:
    """The model was asked in vain; until *until* it is of no use to ask it this again."""

    until: int


@dataclass(frozen=True, slots=True)
class Claimed:
    """The caller is now the one who asks."""


Known = Remembered | BeingAsked | Resting


class Readings(Protocol):
    """What the model said, by a key that stands for all that it was told. No text is in it."""

    def recall(self, keys: Collection[str]) -> Mapping[str, Known]:
        """Return what is known of *keys*, as of a second ago; nothing that has run out."""
        ...

    def claim(self, key: str, owner: str, until: int) -> Claimed | Known:
        """Have *owner* be the one who asks until *until*, unless something else is known of *key*.

        A repeat by the same owner answers `Claimed` again.
        """
        ...

    def keep(self, key: str, reading: Reading, until: int) -> None:
        """Remember *reading* until *until*, in place of whatever stands. Repeatable."""
        ...

    def give_up(self, key: str, owner: str, until: int) -> None:
        """Have the key rest until *until*, in place of the claim of *owner*; it is free from then on.

        Does nothing where another's claim stands, or an answer.
        """
        ...
