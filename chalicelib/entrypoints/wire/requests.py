"""What customers send: intents, and answers to our questions."""

import re
from typing import Annotated, Self

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from chalicelib.domain.answers import Answer
from chalicelib.domain.coupon import COUPONS_MAX
from chalicelib.domain.intent import ConfirmMode, CouponFallback, Request
from chalicelib.domain.resolution import Amount as OptionAmount
from chalicelib.domain.resolution import ChosenOption, Line, OptionRef
from chalicelib.entrypoints.wire.base import (
    Amount,
    CouponCode,
    Many,
    Merchant,
    Name,
    OneOf,
    Text,
    Wire,
    digest,
    exactly_one,
    not_both,
)

LINES_MAX = 50
QUANTITY_MAX = 1_000
OPTIONS_MAX = 50
EXPIRES_SECONDS_MIN = 30
EXPIRES_SECONDS_MAX = 86_400
EXPIRES_SECONDS_DEFAULT = 900

NO_QUESTION = -1
"""The turn of a question that was never asked."""

_QUESTION = re.compile(r"q(0|[1-9][0-9]{0,8})", re.ASCII)


class OptionRefIn(Wire):
    """An option, by its group and value."""

    group: Name
    value: Name


class OptionIn(OptionRefIn):
    """An option that the customer wants, and how much of it where they said so."""

    amount: OneOf[OptionAmount] | None = None


def _sorted_options(options: tuple[OptionIn, ...]) -> tuple[OptionIn, ...]:
    return tuple(sorted(options, key=lambda o: (o.group, o.value, o.amount or "")))


def _sorted_refs(options: tuple[OptionRefIn, ...]) -> tuple[OptionRefIn, ...]:
    return tuple(sorted(options, key=lambda o: (o.group, o.value)))


class LineIn(Wire):
    """An order line. Options are a set: their order means nothing, and is not kept."""

    sku: Name
    quantity: Annotated[int, Field(ge=1, le=QUANTITY_MAX)]
    options: Annotated[
        Many[OptionIn], Field(max_length=OPTIONS_MAX), AfterValidator(_sorted_options)
    ] = ()
    without: Annotated[
        Many[OptionRefIn], Field(max_length=OPTIONS_MAX), AfterValidator(_sorted_refs)
    ] = ()

    def line(self) -> Line:
        """Return the line as the domain knows it."""
        return Line(
            sku=self.sku,
            quantity=self.quantity,
            options=tuple(
                ChosenOption(group=o.group, value=o.value, amount=o.amount) for o in self.options
            ),
            without=tuple(OptionRef(group=o.group, value=o.value) for o in self.without),
        )


Lines = Annotated[Many[LineIn], Field(min_length=1, max_length=LINES_MAX)]


def _distinct(codes: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(codes)) < len(codes):
        msg = "a code is named twice"
        raise ValueError(msg)
    return tuple(sorted(codes))


Coupons = Annotated[
    Many[CouponCode], Field(min_length=1, max_length=COUPONS_MAX), AfterValidator(_distinct)
]
"""Several promotion codes. In what order they stand means nothing, and is not kept."""


class IntentIn(Wire):
    """A request to buy: what the user said, or the lines themselves."""

    model_config = ConfigDict(
        json_schema_extra={
            **exactly_one(text="string", items="array"),
            **not_both(coupon="string", coupons="array"),
        }
    )

    text: Text | None = Field(default=None, description="What the user said, as they said it.")
    items: Lines | None = Field(default=None, description="The order lines, where they are known.")
    merchant: Merchant | None = Field(
        default=None, description="May be left out while there is only one."
    )
    coupon: CouponCode | None = Field(
        default=None, description="A promotion code, in any spelling. It wins over one in the text."
    )
    coupons: Coupons | None = Field(
        default=None, description="Several codes, where coupons combine; not beside coupon."
    )
    confirm: OneOf[ConfirmMode] = Field(
        default=ConfirmMode.AUTO,
        description="auto: order when priced. review: hold a quote until it is confirmed.",
    )
    if_coupon_unavailable: OneOf[CouponFallback] = Field(
        default=CouponFallback.ASK,
        description="What to do when the coupon can't be had; by default we ask.",
    )
    max_total: Amount | None = Field(
        default=None, description="In minor units. An order above it is asked about, not placed."
    )
    expires_in_seconds: Annotated[int, Field(ge=EXPIRES_SECONDS_MIN, le=EXPIRES_SECONDS_MAX)] = (
        Field(default=EXPIRES_SECONDS_DEFAULT, description="By when it must be answered.")
    )

    @model_validator(mode="after")
    def _one_of_text_and_items(self) -> Self:
        if (self.text is None) == (self.items is None):
            msg = "give exactly one of text and items"
            raise ValueError(msg)
        if self.coupon is not None and self.coupons is not None:
            msg = "give coupon or coupons, not both"
            raise ValueError(msg)
        return self

    def fingerprint(self) -> str:
        """Return the hash that binds an idempotency key to this body.

        Taken of the validated request: spaces, the order of names and of options, and
        defaults written out make no difference; anything else does.
        """
        return digest(self)

    def request(self) -> Request:
        """Return the request as the domain knows it."""
        return Request(
            text=self.text,
            lines=tuple(line.line() for line in self.items or ()),
            coupons=self.coupons or ((self.coupon,) if self.coupon else ()),
            confirm=self.confirm,
            if_coupon_unavailable=self.if_coupon_unavailable,
            max_total=self.max_total,
            expires_in_seconds=self.expires_in_seconds,
        )


class AnswerIn(Wire):
    """An answer to our question: a choice that it offers, a new text, or lines."""

    model_config = ConfigDict(
        json_schema_extra=exactly_one(choice="string", text="string", items="array")
    )

    question: Name | None = Field(
        default=None,
        description="The id of the question that is answered; required after an intent's first.",
    )
    choice: Name | None = Field(default=None, description="The id of the choice.")
    text: Text | None = None
    items: Lines | None = None

    @model_validator(mode="after")
    def _one_answer(self) -> Self:
        if sum(given is not None for given in (self.choice, self.text, self.items)) != 1:
            msg = "give exactly one of choice, text and items"
            raise ValueError(msg)
        return self

    def answer(self) -> Answer:
        """Return the answer as the domain knows it; its fingerprint covers the question's id."""
        return Answer(
            fingerprint=digest(self),
            turn=None if self.question is None else turn_of(self.question),
            choice=self.choice,
            text=self.text,
            lines=tuple(line.line() for line in self.items or ()),
        )


def question_id(turn: int) -> str:
    """Return the id of the question that is asked at *turn*."""
    return f"q{turn}"


def turn_of(question: str) -> int:
    """Return the turn at which the question of that id was asked; `NO_QUESTION` for an id we never gave."""
    known = _QUESTION.fullmatch(question)
    return int(known[1]) if known else NO_QUESTION
