"""Runs as they are made and commanded."""

import json
import math
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import (
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from chalicelib.application.supply_run import inline_source, uploaded_source
from chalicelib.domain.pace import PER_SECOND_MAX, PER_SECOND_MIN, RatePlan
from chalicelib.domain.run import BadLines, Form, ModelWay, Plan, Whom
from chalicelib.domain.run_limits import (
    ANSWER_SECONDS_MAX,
    ANSWER_SECONDS_MIN,
    DAILY_CAP_MAX,
    INLINE_LINES_MAX,
    PACKED_BYTES_MAX,
    RUN_NAME_CHARS_MAX,
    SOURCE_BYTES_MAX,
    source_fault,
)
from chalicelib.entrypoints.wire.base import CouponCode, Many, Merchant, OneOf, Wire, exactly_one
from chalicelib.entrypoints.wire.times import Moment

PARTS_MAX = 10_000
"""S3's own limit."""


def _number(value: object) -> object:
    """Return a decimal as the float that it is near: exactness is of no use in a rate."""
    return float(value) if isinstance(value, Decimal) else value


class RateIn(Wire):
    """How fast lines are fed."""

    per_second: Annotated[
        float, BeforeValidator(_number), Field(ge=PER_SECOND_MIN, le=PER_SECOND_MAX)
    ]
    opens_at: Moment | None = Field(default=None, description="Nothing is fed before.")
    closes_at: Moment | None = Field(
        default=None, description="Nothing is fed from then on; what is left then fails the run."
    )
    daily_cap: Annotated[int, Field(ge=1, le=DAILY_CAP_MAX)] | None = Field(
        default=None, description="Lines on a UTC day at most."
    )

    @model_validator(mode="after")
    def _opens_first(self) -> Self:
        if None not in (self.opens_at, self.closes_at) and self.opens_at >= self.closes_at:  # type: ignore[operator]
            msg = "closes_at must be after opens_at"
            raise ValueError(msg)
        return self

    def plan(self) -> RatePlan:
        """Return the rate as the domain knows it."""
        return RatePlan(
            per_second=self.per_second,
            opens_at=self.opens_at,
            closes_at=self.closes_at,
            daily_cap=self.daily_cap,
        )


class UploadIn(Wire):
    """A file that will be uploaded."""

    form: OneOf[Form]
    gzip: bool = False
    size: Annotated[int, Field(ge=1, le=SOURCE_BYTES_MAX)] = Field(
        description=f"In bytes, as it is uploaded; with gzip up to {PACKED_BYTES_MAX}."
    )

    @model_validator(mode="after")
    def _feedable(self) -> Self:
        if fault := source_fault(self.size, gzip=self.gzip):
            raise ValueError(fault)
        return self


class SourceIn(Wire):
    """What a run is fed from: a file to be uploaded, or the lines themselves."""

    model_config = ConfigDict(json_schema_extra=exactly_one(upload="object", lines="array"))

    upload: UploadIn | None = None
    lines: Annotated[Many[Any], Field(min_length=1, max_length=INLINE_LINES_MAX)] | None = Field(
        default=None,
        description="Each as a line of a JSON Lines file, and judged as one when it is read.",
    )

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.upload is None) == (self.lines is None):
            msg = "give exactly one of upload and lines"
            raise ValueError(msg)
        return self

    @property
    def content(self) -> bytes:
        """Return the inline lines as a JSON Lines file."""
        return "".join(f"{_written(line)}\n" for line in self.lines or ()).encode()


TOO_DEEP = "[" * 10_000
"""What can be read no more than what it stands for can be written."""


def _written(line: object) -> str:
    try:
        return json.dumps(line, separators=(",", ":"), ensure_ascii=False, default=_fraction)
    except RecursionError:
        return TOO_DEEP


def _fraction(number: Decimal) -> float:
    """Return a number that is as little a whole one as *number*: no field of a line takes either."""
    near = float(number)
    return near if math.isfinite(near) else 0.5


RunName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=RUN_NAME_CHARS_MAX),
]


class RunIn(Wire):
    """A bulk promotion."""

    name: RunName = Field(description="Its own: the same name and body again is the same run.")
    merchant: Merchant
    coupon: CouponCode | None = Field(
        default=None, description="For each line that names no coupon of its own."
    )
    rate: RateIn
    bad_lines: OneOf[BadLines] = Field(
        default=BadLines.SKIP,
        description="skip: run without bad lines. refuse: check first, and place nothing if one is bad.",
    )
    customers: OneOf[Whom] = Field(
        default=Whom.ANY,
        description="known: a line for a customer of whom nothing is on record is a fault.",
    )
    model: OneOf[ModelWay] = Field(
        default=ModelWay.NOW, description="Who reads what the menu parser can't settle."
    )
    answer_within_seconds: Annotated[int, Field(ge=ANSWER_SECONDS_MIN, le=ANSWER_SECONDS_MAX)] = (
        Field(default=3_600, description="The time that each line's intent has once it is fed.")
    )
    source: SourceIn

    def plan(self) -> Plan:
        """Return the run's plan as the domain knows it."""
        upload = self.source.upload
        return Plan(
            name=self.name,
            merchant=self.merchant,
            source=inline_source(self.name, self.source.content)
            if upload is None
            else uploaded_source(self.name, upload.form, upload.size, gzip=upload.gzip),
            rate=self.rate.plan(),
            coupon=self.coupon,
            bad_lines=self.bad_lines,
            model=self.model,
            customers=self.customers,
            answer_within_seconds=self.answer_within_seconds,
        )


class UploadedIn(Wire):
    """The parts of an upload, as each part's answer named it (its ETag), in order."""

    upload_id: Annotated[str, StringConstraints(min_length=1, max_length=1_024)]
    etags: Annotated[
        Many[Annotated[str, StringConstraints(min_length=1, max_length=128)]],
        Field(min_length=1, max_length=PARTS_MAX),
    ]


class CancelIn(Wire):
    """How a run is cancelled."""

    drop: bool = Field(
        default=False,
        description="Also cancel what was fed and is not settled yet. Else it is answered.",
    )
