"""Coupons, for ops: define, see, stop and start."""

from chalice.app import Response

from chalicelib.bootstrap import services
from chalicelib.entrypoints.http import paths
from chalicelib.entrypoints.http.call import Call
from chalicelib.entrypoints.http.routing import OPS, answer, route
from chalicelib.entrypoints.observability import count, logger
from chalicelib.entrypoints.wire.coupons import CouponIn, coupon_out
from chalicelib.entrypoints.wire.parse import parse


@route("PUT", "/coupons/{code}", scopes=OPS)
def put_coupon(call: Call, code: str) -> Response:
    """Define a coupon, or give it new terms."""
    name = paths.new_coupon(code)
    wanted = parse(call.json_body(), CouponIn)
    coupon, new = services().define_coupon(wanted.terms(name))
    logger.info("coupon defined", coupon=name, version=coupon.terms.version, new=new)
    count("coupon_defined")
    return answer(201 if new else 200, coupon_out(coupon))


@route("GET", "/coupons/{code}", scopes=OPS)
def get_coupon(call: Call, code: str) -> Response:  # noqa: ARG001 (every view takes its call)
    """Show a coupon and where its units are."""
    return answer(200, coupon_out(services().see_coupon(paths.existing_coupon(code))))


@route("POST", "/coupons/{code}/pause", scopes=OPS)
def pause_coupon(call: Call, code: str) -> Response:
    """Pause a coupon: once this answers, nothing more is redeemed."""
    return _switch(call, code, paused=True)


@route("POST", "/coupons/{code}/resume", scopes=OPS)
def resume_coupon(call: Call, code: str) -> Response:
    """Resume a coupon."""
    return _switch(call, code, paused=False)


def _switch(call: Call, code: str, *, paused: bool) -> Response:
    name = paths.existing_coupon(code)
    call.expect_empty()
    coupon = services().pause_coupon(name, paused=paused)
    outcome = "coupon_paused" if paused else "coupon_resumed"
    logger.info(outcome.replace("_", " "), coupon=name)
    count(outcome)
    return answer(200, coupon_out(coupon))
