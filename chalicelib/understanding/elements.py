"""What the grammar is made of: heads (items), wishes (options), openers and connectors."""

from dataclasses import dataclass, field
from enum import Enum, auto

from chalicelib.domain.resolution import Amount, OptionRef
from chalicelib.understanding.doubts import Doubt


class Join(Enum):
    """How two neighbours are joined."""

    AND = auto()
    WITH = auto()
    BUT = auto()
    OR = auto()
    STOP = auto()  # punctuation
    EACH = auto()


@dataclass(slots=True)
class Head:
    """An item that opens an order line; *skus* has several where its name is ambiguous."""

    skus: tuple[str, ...]
    doubts: set[Doubt] = field(default_factory=set)


@dataclass(slots=True)
class Wish:
    """An option that is wanted, or *negated*; *refs* are what its words may mean.

    *is_listed* says that "with" or "and" stands right before it, as before a topping.
    """

    words: str
    refs: tuple[OptionRef, ...]
    amount: Amount | None = None
    negated: bool = False
    is_listed: bool = False
    doubts: set[Doubt] = field(default_factory=set)


@dataclass(slots=True)
class Opener:
    """What may open a line: an article, a number or, where *is_measure*, "order of" alone.

    *is_measured* says that a measure stands in it: "one shot of".
    """

    number: int | None = None
    is_measure: bool = False
    is_measured: bool = False


@dataclass(slots=True)
class Count:
    """A quantity said after its item: "latte x 2"."""

    number: int


Element = Head | Wish | Opener | Count | Join
