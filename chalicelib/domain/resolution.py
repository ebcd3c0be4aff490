"""What a text was understood to mean: order lines, or a question back to the customer."""

from dataclasses import dataclass
from enum import StrEnum


class Amount(StrEnum):
    """How much of an option, where the customer said so."""

    EXTRA = "extra"
    LIGHT = "light"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class OptionRef:
    """An option by its group and value."""

    group: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenOption:
    """An option that the customer wants on a line."""

    group: str
    value: str
    amount: Amount | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One order line: so many of an item, with options and explicitly *without* others.

    Options have no order of their own; they are kept sorted, so that equal lines compare equal.
    """

    sku: str
    quantity: int
    options: tuple[ChosenOption, ...] = ()
    without: tuple[OptionRef, ...] = ()

    def __post_init__(self) -> None:
        by_name = sorted(self.options, key=lambda o: (o.group, o.value, o.amount or ""))
        object.__setattr__(self, "options", tuple(by_name))
        object.__setattr__(self, "without", tuple(sorted(self.without)))


class ReadingMode(StrEnum):
    """Who reads a text: the parser and, where it isn't certain, the model; or one of them always."""

    PARSER_FIRST = "parser_first"
    MODEL_ALWAYS = "model_always"
    PARSER_ONLY = "parser_only"


class QuestionCode(StrEnum):
    """Why we ask; stable, for programs."""

    NOT_UNDERSTOOD = "not_understood"
    AMBIGUOUS = "ambiguous"
    COUPON_UNAVAILABLE = "coupon_unavailable"
    OUT_OF_STOCK = "out_of_stock"
    OVER_MAX_TOTAL = "over_max_total"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One answer we offer. Choosing it means ordering *lines*, where it has any.

    *max_total* (minor units) is the total that the customer agrees to by choosing it.
    """

    id: str
    label: str
    lines: tuple[Line, ...] = ()
    max_total: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What we ask the customer, for people (*prompt*) and for programs (*code*, *choices*).

    *refused* says that the customer said no to the choices: they stand to be changed.
    """

    code: QuestionCode
    prompt: str
    choices: tuple[Choice, ...] = ()
    refused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a reader made of a text.

    *certain* is the reader's own word that *lines* are exactly what was meant; only a
    certain reading is ordered unasked. *coupon* is a promotion code named in the text.
    *candidates* are SKUs that the text may mean, best first. *rest* is the text without the
    words that name promotion codes, where there are any. *refused* says that the customer
    said no to *lines* and not yet what else; *is_either* that one of them is meant.
    *coupons_refused* are codes that are not to be used, or any where there is none among them.
    """

    lines: tuple[Line, ...]
    certain: bool
    coupon: str | None = None
    candidates: tuple[str, ...] = ()
    rest: str | None = None
    refused: bool = False
    is_either: bool = False
    coupons_refused: tuple[str, ...] | None = None
