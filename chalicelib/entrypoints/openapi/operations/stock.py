"""Stock, and the commands on it."""

from pydantic import BaseModel

from chalicelib.domain import errors
from chalicelib.entrypoints.openapi.operations.parts import (
    BODY,
    COMMAND_KEY,
    KEYED,
    MERCHANT_NAME,
    OPS,
    SKU,
    STORE,
    TOP_UP_KEY,
    Operation,
    Success,
)
from chalicelib.entrypoints.problems import Code
from chalicelib.entrypoints.wire.commands import CommandIn, CommandsOut, ShardsIn, StockTopUpIn
from chalicelib.entrypoints.wire.stock import StockIn, StockOut

STOCK = "/merchants/{merchant}/stock/{sku}"
REFUSED = errors.CommandRefusedError.code
UNKNOWN = errors.UnknownItemError.code


def _command(
    name: str, summary: str, description: str, body: type[BaseModel], *problems: str
) -> Operation:
    issues = Code.KEY_MISSING in problems
    return Operation(
        method="POST",
        path=f"{STOCK}/{name}",
        id=f"{name.partition('-')[0]}Stock",
        summary=summary,
        description=description,
        scopes=OPS,
        parameters=(MERCHANT_NAME, SKU, TOP_UP_KEY if issues else COMMAND_KEY),
        body=body,
        answers={200: Success(description="The stock, as it stands then.", model=StockOut)},
        problems=(*BODY, *KEYED, UNKNOWN, *problems, *STORE),
    )


OPERATIONS: tuple[Operation, ...] = (
    Operation(
        method="PUT",
        path=STOCK,
        id="putStock",
        summary="Put so many of an item in stock, for the first time",
        description="The menu has to say that the item is stocked. Later there is more by top-up.",
        scopes=OPS,
        parameters=(MERCHANT_NAME, SKU),
        body=StockIn,
        answers={
            200: Success(description="The stock, which was there before.", model=StockOut),
            201: Success(description="The new stock.", model=StockOut),
        },
        problems=(*BODY, UNKNOWN, errors.CouponFixedError.code, *STORE),
    ),
    Operation(
        method="GET",
        path=STOCK,
        id="getStock",
        summary="See an item's stock",
        scopes=OPS,
        parameters=(MERCHANT_NAME, SKU),
        answers={200: Success(description="The stock.", model=StockOut)},
        problems=(Code.INVALID, UNKNOWN, *STORE),
    ),
    Operation(
        method="GET",
        path=f"{STOCK}/commands",
        id="listStockCommands",
        summary="See who changed an item's stock, when and why",
        scopes=OPS,
        parameters=(MERCHANT_NAME, SKU),
        answers={200: Success(description="Every command that it obeyed.", model=CommandsOut)},
        problems=(Code.INVALID, UNKNOWN, *STORE),
    ),
    _command(
        "top-up",
        "Put more of an item in stock",
        "Once for each key, spread over all shards.",
        StockTopUpIn,
        Code.KEY_MISSING,
        REFUSED,
    ),
    _command(
        "pause",
        "Stop the sale of an item",
        "Once this answers, no more of it is ordered. What is held can still be confirmed.",
        CommandIn,
    ),
    _command("resume", "Resume the sale of an item", "", CommandIn),
    _command(
        "shards",
        "Spread an item's stock over more shards",
        "So that more orders can draw on it at once. There is no way back to fewer.",
        ShardsIn,
        REFUSED,
    ),
)
