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
    MEND = auto()  # what follows takes the place of what was said
    RETHINK = auto()  # as MEND, or it only adds
    SWAP = auto()  # the first of two items gives way to the second
    RATHER_THAN = auto()  # what follows gives way to what stands before
    SAME = auto()  # the next item is wished for as the last
    PLAIN = auto()  # what the number before it counts has no options: "one plain"


@dataclass(slots=True)
class Head:
    """An item that opens an order line, by *words*; *skus* has several where these are ambiguous.

    *number* is a quantity that replaces any other; a head that *is_dropped* makes no line;
    one that *is_same* is wished for as the item before it; one that *is_plural* is more than
    one, if no number says how many; one that *is_several* has the form of a plural.
    """

    skus: tuple[str, ...]
    words: str = ""
    number: int | None = None
    is_dropped: bool = False
    is_same: bool = False
    is_plural: bool = False
    is_several: bool = False
    doubts: set[Doubt] = field(default_factory=set)


@dataclass(slots=True)
class Wish:
    """An option that is wanted, or *negated*; *refs* are what its words may mean.

    *is_listed* says that "with" or "and" stands right before it, as before a topping;
    *is_name* that it names a line by its option, to say more of it: "the large one"; *is_onto*
    that this was said before it: "ice in the large one"; *is_kind* that it may only say what is
    counted: "four curries:", where an option is called curry sauce.
    """

    words: str
    refs: tuple[OptionRef, ...]
    amount: Amount | None = None
    negated: bool = False
    is_listed: bool = False
    is_name: bool = False
    is_onto: bool = False
    is_kind: bool = False
    doubts: set[Doubt] = field(default_factory=set)


@dataclass(slots=True)
class Opener:
    """What may open a line: an article, a number or, where *is_measure*, "order of" alone.

    *is_measured* says that a measure stands in it: "one shot of"; *is_part* that it counts
    some of what was named: "two of them"; *is_half* that it is one of two equal parts.
    *is_rest* that it counts what is left of them: "the rest", "the other two"; *is_placed* that
    what stands before it is said of them: "no cream on one of them".
    *is_kind* says that it counts what no menu names, as "four mains" does; *is_people* that it
    counts who has what follows: "we both want".
    *is_stand_in* says that "one" stands for the item: "a large one".
    *is_back* says that it opens nothing, but points back at an item: "the", and *is_onto*
    that what stands before it is meant for that item: "onions on the".
    """

    number: int | None = None
    is_measure: bool = False
    is_measured: bool = False
    is_part: bool = False
    is_half: bool = False
    is_rest: bool = False
    is_placed: bool = False
    is_kind: bool = False
    is_people: bool = False
    is_stand_in: bool = False
    is_back: bool = False
    is_onto: bool = False


@dataclass(slots=True)
class Count:
    """A quantity said after its item: "latte x 2"."""

    number: int


@dataclass(slots=True)
class Refusal:
    """An item that is not wanted; one that *is_drop* takes out what was ordered before."""

    skus: tuple[str, ...]
    is_drop: bool


Element = Head | Wish | Opener | Count | Join | Refusal
