"""What every model of the wire is made of."""

import json
from hashlib import sha256
from typing import Annotated, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    StringConstraints,
)

from chalicelib.domain.coupon import fold
from chalicelib.domain.money import AMOUNT_MAX

NAME_CHARS_MAX = 100
TEXT_CHARS_MAX = 2_000


class Wire(BaseModel):
    """A part of a request or an answer."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Empty(Wire):
    """A body that says nothing."""


T = TypeVar("T")

Many = Annotated[tuple[T, ...], Field(strict=False)]
"""A JSON array; strict types take no list for a tuple, and JSON has only lists."""

E = TypeVar("E")

OneOf = Annotated[E, Field(strict=False)]
"""A member of an enumeration, by its value."""

Name = Annotated[str, StringConstraints(min_length=1, max_length=NAME_CHARS_MAX)]

Text = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=TEXT_CHARS_MAX)
]

REASON_CHARS_MAX = 200
Reason = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=REASON_CHARS_MAX)
]
"""Why something was commanded, in the words of whoever did."""

MERCHANT = r"^[a-z0-9][a-z0-9_-]{0,62}$"
Merchant = Annotated[str, StringConstraints(pattern=MERCHANT)]

COUPON_CODE = r"^[A-Z0-9][A-Z0-9_-]{1,39}$"
CouponCode = Annotated[
    str,
    StringConstraints(max_length=NAME_CHARS_MAX),
    AfterValidator(fold),
    StringConstraints(pattern=COUPON_CODE),
]
"""A promotion code in any spelling, folded to the one that the domain knows."""

Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]

Amount = Annotated[int, Field(ge=0, le=AMOUNT_MAX)]
"""Money in whole minor units of a currency that stands beside it."""


def countable(sku: str) -> bool:
    """Whether stock can be counted under *sku*.

    A counter's parts are told apart by a #, and a path that has an escaped / or % in it, or
    is one of the dots that mean a folder, does not come through every client and gateway.
    """
    return sku not in {".", ".."} and not set("#/%") & set(sku)


def exactly_one(**types: str) -> dict[str, JsonValue]:
    """Return the JSON schema that wants one of the fields *types*, and null or nothing of the others."""
    return {
        "oneOf": [
            {"required": [name], "properties": {name: {"type": type_}}}
            for name, type_ in types.items()
        ]
    }


def not_both(**types: str) -> dict[str, JsonValue]:
    """Return the JSON schema that wants at most one of two fields *types*."""
    properties: dict[str, JsonValue] = {name: {"type": type_} for name, type_ in types.items()}
    return {"not": {"required": [*types], "properties": properties}}


def digest(model: BaseModel) -> str:
    """Return the SHA-256 of *model* as canonical JSON, in hexadecimal.

    Canonical: names sorted, no spaces, and what equals its default left out, so that two
    bodies with one meaning have one digest, and a field that is added later changes none.
    """
    content = model.model_dump(mode="json", exclude_defaults=True)
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return sha256(canonical.encode()).hexdigest()
