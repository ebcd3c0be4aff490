"""Commands on coupons."""

from pydantic import BaseModel

from chalicelib.domain import errors
from chalicelib.entrypoints.openapi.operations.parts import (
    BODY,
    COMMAND_KEY,
    COUPON_CODE,
    KEYED,
    OPS,
    STORE,
    TOP_UP_KEY,
    Operation,
    Success,
)
from chalicelib.entrypoints.problems import Code
from chalicelib.entrypoints.wire.commands import CommandIn, ExtendIn, ShardsIn, TopUpIn
from chalicelib.entrypoints.wire.coupon_answers import CouponOut

REFUSED = errors.CommandRefusedError.code


def _command(
    name: str, summary: str, description: str, body: type[BaseModel], *problems: str
) -> Operation:
    issues = Code.KEY_MISSING in problems
    return Operation(
        method="POST",
        path=f"/coupons/{{code}}/{name}",
        id=f"{name.partition('-')[0]}Coupon",
        summary=summary,
        description=description,
        scopes=OPS,
        parameters=(COUPON_CODE, TOP_UP_KEY if issues else COMMAND_KEY),
        body=body,
        answers={200: Success(description="The coupon, as it stands then.", model=CouponOut)},
        problems=(*BODY, *KEYED, errors.CouponNotFoundError.code, *problems, *STORE),
    )


OPERATIONS: tuple[Operation, ...] = (
    _command(
        "pause",
        "Pause a coupon",
        "Once this answers, nothing more is redeemed. What is held can still be confirmed.",
        CommandIn,
    ),
    _command("resume", "Resume a coupon", "", CommandIn),
    _command(
        "end",
        "End a coupon now",
        "Once this answers, nothing more is redeemed. What is held can still be confirmed.",
        CommandIn,
    ),
    _command(
        "extend", "Give a coupon another end", "Later or earlier than its own.", ExtendIn, REFUSED
    ),
    _command(
        "top-up",
        "Issue more units, more money, or both",
        "Once for each key, spread over all shards.",
        TopUpIn,
        Code.KEY_MISSING,
        REFUSED,
    ),
    _command(
        "shards",
        "Spread a coupon over more shards",
        "So that more orders can redeem it at once. There is no way back to fewer.",
        ShardsIn,
        REFUSED,
    ),
)
