"""Commands on coupons, for ops. Once one answers, it holds on every shard.

So nothing more is redeemed once a pause has answered, nor at terms that were replaced.
"""

from functools import partial

from chalice.app import Response

from chalicelib.bootstrap import services
from chalicelib.domain.command import (
    Amend,
    CommandKind,
    ended,
    extended,
    paused,
    resharded,
    resumed,
    topped_up,
)
from chalicelib.entrypoints.http import paths
from chalicelib.entrypoints.http.call import Call
from chalicelib.entrypoints.http.commands import obey
from chalicelib.entrypoints.http.routing import OPS, answer, route
from chalicelib.entrypoints.wire.commands import CommandIn, ExtendIn, ShardsIn, TopUpIn
from chalicelib.entrypoints.wire.coupon_answers import coupon_out
from chalicelib.entrypoints.wire.parse import parse


@route("POST", "/coupons/{code}/pause", scopes=OPS)
def pause_coupon(call: Call, code: str) -> Response:
    """Pause a coupon: once this answers, nothing more is redeemed."""
    return _obeyed(call, code, CommandKind.PAUSE, parse(call.json_body(), CommandIn), paused)


@route("POST", "/coupons/{code}/resume", scopes=OPS)
def resume_coupon(call: Call, code: str) -> Response:
    """Resume a coupon."""
    return _obeyed(call, code, CommandKind.RESUME, parse(call.json_body(), CommandIn), resumed)


@route("POST", "/coupons/{code}/end", scopes=OPS)
def end_coupon(call: Call, code: str) -> Response:
    """End a coupon now; what is held for customers can still be confirmed."""
    wanted = parse(call.json_body(), CommandIn)
    amend = partial(ended, now=services().clock.now())
    return _obeyed(call, code, CommandKind.END, wanted, amend)


@route("POST", "/coupons/{code}/extend", scopes=OPS)
def extend_coupon(call: Call, code: str) -> Response:
    """Give a coupon another end."""
    wanted = parse(call.json_body(), ExtendIn)
    amend = partial(extended, ends_at=wanted.ends_at, now=services().clock.now())
    return _obeyed(call, code, CommandKind.EXTEND, wanted, amend)


@route("POST", "/coupons/{code}/top-up", scopes=OPS)
def top_up_coupon(call: Call, code: str) -> Response:
    """Issue more units, more money or both, once for each idempotency key."""
    wanted = parse(call.json_body(), TopUpIn)
    units, money = wanted.units or 0, wanted.money or 0
    amend = partial(topped_up, units=units, money=money)
    return _obeyed(call, code, CommandKind.TOP_UP, wanted, amend)


@route("POST", "/coupons/{code}/shards", scopes=OPS)
def shard_coupon(call: Call, code: str) -> Response:
    """Spread a coupon over more shards."""
    wanted = parse(call.json_body(), ShardsIn)
    amend = partial(resharded, shards=wanted.shards)
    return _obeyed(call, code, CommandKind.ADD_SHARDS, wanted, amend)


def _obeyed(call: Call, code: str, kind: CommandKind, wanted: CommandIn, amend: Amend) -> Response:
    name = paths.existing_coupon(code)
    return answer(200, coupon_out(obey(call, name, kind, wanted, amend)))
