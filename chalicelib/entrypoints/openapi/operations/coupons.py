"""Coupons: their definition and what there is to see of them."""

from chalicelib.domain import errors
from chalicelib.entrypoints.openapi.operations.parts import (
    BODY,
    COUPON_CODE,
    CURSOR,
    LIMIT,
    OPS,
    STORE,
    Operation,
    Success,
)
from chalicelib.entrypoints.problems import Code
from chalicelib.entrypoints.wire.commands import CommandsOut
from chalicelib.entrypoints.wire.coupon_answers import CouponOut, CouponsOut
from chalicelib.entrypoints.wire.coupons import CouponIn

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        method="GET",
        path="/coupons",
        id="listCoupons",
        summary="List the coupons by code",
        description="As of a moment ago. Each coupon tells more of itself.",
        scopes=OPS,
        parameters=(LIMIT, CURSOR),
        answers={200: Success(description="A page of coupons.", model=CouponsOut)},
        problems=(Code.INVALID, *STORE),
    ),
    Operation(
        method="PUT",
        path="/coupons/{code}",
        id="defineCoupon",
        summary="Define a coupon, or give it new terms",
        description="Units, budget and shards are counted, so they can't be defined anew: top it"
        " up, or add shards. Once this answers, nothing more is redeemed at the terms before.",
        scopes=OPS,
        parameters=(COUPON_CODE,),
        body=CouponIn,
        answers={
            200: Success(description="The coupon, which was there before.", model=CouponOut),
            201: Success(description="The new coupon.", model=CouponOut),
        },
        problems=(*BODY, errors.CouponFixedError.code, *STORE),
    ),
    Operation(
        method="GET",
        path="/coupons/{code}",
        id="getCoupon",
        summary="See a coupon, and where its units and its money are",
        scopes=OPS,
        parameters=(COUPON_CODE,),
        answers={200: Success(description="The coupon.", model=CouponOut)},
        problems=(errors.CouponNotFoundError.code, *STORE),
    ),
    Operation(
        method="GET",
        path="/coupons/{code}/commands",
        id="listCouponCommands",
        summary="See who changed a coupon, when and why",
        scopes=OPS,
        parameters=(COUPON_CODE,),
        answers={200: Success(description="Every command that it obeyed.", model=CommandsOut)},
        problems=(errors.CouponNotFoundError.code, *STORE),
    ),
)
