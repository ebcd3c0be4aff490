"""Stock, for ops: how many of an item there are to sell."""

from functools import partial

from chalice.app import Response

from chalicelib.application.command_counter import Instruction
from chalicelib.application.counter_ports import Counter
from chalicelib.bootstrap import services
from chalicelib.domain.command import Amend, CommandKind, paused, resharded, resumed, topped_up
from chalicelib.domain.counter import stock_counter
from chalicelib.domain.errors import CouponNotFoundError, UnknownItemError
from chalicelib.entrypoints.http import paths
from chalicelib.entrypoints.http.call import Call
from chalicelib.entrypoints.http.commands import obey
from chalicelib.entrypoints.http.keys import id_of
from chalicelib.entrypoints.http.routing import OPS, answer, route
from chalicelib.entrypoints.observability import count, logger
from chalicelib.entrypoints.wire.commands import (
    CommandIn,
    ShardsIn,
    StockTopUpIn,
    commands_out,
)
from chalicelib.entrypoints.wire.parse import parse
from chalicelib.entrypoints.wire.stock import StockIn, stock_out

STOCK = "/merchants/{merchant}/stock/{sku}"


@route("PUT", STOCK, scopes=OPS)
def put_stock(call: Call, merchant: str, sku: str) -> Response:
    """Put so many of an item in stock: the menu has to say that it is counted."""
    name, item = paths.merchant(merchant), paths.sku(sku)
    wanted = parse(call.json_body(), StockIn)
    _require_counted(name, item)
    standing = services().counters.fresh_terms(stock_counter(name, item))
    terms = wanted.terms(name, item, standing.shards if standing else None)
    instruction = Instruction(
        id=id_of(None), kind=CommandKind.DEFINE, by=call.customer_id, why=wanted.reason or ""
    )
    stock, new = services().command.define(terms, instruction)
    logger.info("stock defined", merchant=name, sku=item, new=new)
    count("stock_defined")
    return answer(201 if new else 200, stock_out(stock))


@route("GET", STOCK, scopes=OPS)
def get_stock(call: Call, merchant: str, sku: str) -> Response:  # noqa: ARG001 (every view takes its call)
    """Show an item's stock, and where its units are."""
    return answer(200, stock_out(_seen(_counter(merchant, sku))))


@route("GET", STOCK + "/commands", scopes=OPS)
def list_stock_commands(call: Call, merchant: str, sku: str) -> Response:  # noqa: ARG001
    """Show who changed an item's stock, when and why."""
    counter = _counter(merchant, sku)
    commands = services().counters.commands(counter)
    if not commands:
        _seen(counter)
    return answer(200, commands_out(commands))


@route("POST", STOCK + "/top-up", scopes=OPS)
def top_up_stock(call: Call, merchant: str, sku: str) -> Response:
    """Put more of an item in stock, once for each idempotency key."""
    wanted = parse(call.json_body(), StockTopUpIn)
    amend = partial(topped_up, units=wanted.units, money=0)
    counter = _counter(merchant, sku)
    return _obeyed(call, counter, CommandKind.TOP_UP, wanted, amend)


@route("POST", STOCK + "/pause", scopes=OPS)
def pause_stock(call: Call, merchant: str, sku: str) -> Response:
    """Stop the sale of an item: once this answers, no more of it is ordered."""
    wanted = parse(call.json_body(), CommandIn)
    return _obeyed(call, _counter(merchant, sku), CommandKind.PAUSE, wanted, paused)


@route("POST", STOCK + "/resume", scopes=OPS)
def resume_stock(call: Call, merchant: str, sku: str) -> Response:
    """Resume the sale of an item."""
    wanted = parse(call.json_body(), CommandIn)
    return _obeyed(call, _counter(merchant, sku), CommandKind.RESUME, wanted, resumed)


@route("POST", STOCK + "/shards", scopes=OPS)
def shard_stock(call: Call, merchant: str, sku: str) -> Response:
    """Spread an item's stock over more shards."""
    wanted = parse(call.json_body(), ShardsIn)
    amend = partial(resharded, shards=wanted.shards)
    return _obeyed(call, _counter(merchant, sku), CommandKind.ADD_SHARDS, wanted, amend)


def _counter(merchant: str, sku: str) -> str:
    return stock_counter(paths.merchant(merchant), paths.sku(sku))


def _require_counted(merchant: str, sku: str) -> None:
    menu = services().catalogues.get(merchant, None)
    item = menu.items.get(sku) if menu else None
    if item is None or not item.stocked:
        msg = "the menu has no such item, or does not say that its stock is counted"
        raise UnknownItemError(msg)


def _seen(counter: str) -> Counter:
    try:
        return services().see_counter(counter)
    except CouponNotFoundError as error:
        raise _uncounted() from error


def _obeyed(
    call: Call, counter: str, kind: CommandKind, wanted: CommandIn, amend: Amend
) -> Response:
    try:
        return answer(200, stock_out(obey(call, counter, kind, wanted, amend)))
    except CouponNotFoundError as error:
        raise _uncounted() from error


def _uncounted() -> UnknownItemError:
    return UnknownItemError("its stock is not counted: it was never put in stock")
