"""Coupons, for ops: define, see and list them."""

from itertools import islice

from chalice.app import Response

from chalicelib.application.command_counter import Instruction
from chalicelib.bootstrap import services
from chalicelib.domain.command import CommandKind
from chalicelib.domain.coupon import CouponTerms
from chalicelib.entrypoints.http import pages, paths
from chalicelib.entrypoints.http.call import Call
from chalicelib.entrypoints.http.keys import id_of
from chalicelib.entrypoints.http.routing import OPS, answer, route
from chalicelib.entrypoints.observability import count, logger
from chalicelib.entrypoints.wire.commands import commands_out
from chalicelib.entrypoints.wire.coupon_answers import CouponsOut, coupon_out, coupons_out
from chalicelib.entrypoints.wire.coupons import CouponIn
from chalicelib.entrypoints.wire.parse import parse


@route("PUT", "/coupons/{code}", scopes=OPS)
def put_coupon(call: Call, code: str) -> Response:
    """Define a coupon, or give it new terms."""
    name = paths.new_coupon(code)
    wanted = parse(call.json_body(), CouponIn)
    standing = services().counters.fresh_terms(name)
    terms = wanted.terms(name, standing.shards if standing else None)
    instruction = Instruction(
        id=id_of(None), kind=CommandKind.DEFINE, by=call.customer_id, why=wanted.reason or ""
    )
    coupon, new = services().command.define(terms, instruction)
    logger.info("coupon defined", coupon=name, version=coupon.terms.version, new=new)
    count("coupon_defined")
    return answer(201 if new else 200, coupon_out(coupon))


@route("GET", "/coupons/{code}", scopes=OPS)
def get_coupon(call: Call, code: str) -> Response:  # noqa: ARG001 (every view takes its call)
    """Show a coupon and where its units are."""
    return answer(200, coupon_out(services().see_counter(paths.existing_coupon(code))))


@route("GET", "/coupons/{code}/commands", scopes=OPS)
def list_commands(call: Call, code: str) -> Response:  # noqa: ARG001
    """Show who changed a coupon, when and why."""
    name = paths.existing_coupon(code)
    commands = services().counters.commands(name)
    if not commands:
        services().see_counter(name)
    return answer(200, commands_out(commands))


@route("GET", "/coupons", scopes=OPS)
def list_coupons(call: Call) -> Response:
    """List the coupons by code."""
    limit, cursor = pages.asked(call)
    return answer(200, _page(limit, cursor or ""))


def _page(limit: int, after: str) -> CouponsOut:
    """Return up to *limit* coupons whose code comes after *after*."""
    codes = list(islice(services().counters.all("coupon", after), limit + 1))
    shown = codes[:limit]
    offers = services().counters.offers(shown)
    terms: list[CouponTerms] = [offers[code].terms for code in shown if code in offers]
    return coupons_out(terms, shown[-1] if len(codes) > limit else None)
