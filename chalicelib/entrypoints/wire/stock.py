"""Stock on the wire: how many of an item there are to sell."""

from typing import Annotated

from pydantic import Field

from chalicelib.application.counter_ports import Counter
from chalicelib.domain.command import UNITS_MAX
from chalicelib.domain.counter import CounterState, StockTerms
from chalicelib.domain.errors import UnknownItemError
from chalicelib.entrypoints.wire.base import Reason, Wire
from chalicelib.entrypoints.wire.counts import UnitsOut, units_out
from chalicelib.entrypoints.wire.coupons import SHARDS_WORDS, Shards, default_shards


class StockIn(Wire):
    """How many of an item there are, when its stock is first counted."""

    units: Annotated[int, Field(ge=0, le=UNITS_MAX)]
    shards: Shards | None = Field(default=None, description=SHARDS_WORDS)
    reason: Reason | None = Field(default=None, description="Why, for the record.")

    def terms(self, merchant: str, sku: str, shards: int | None = None) -> StockTerms:
        """Return the terms of the item's stock, on *shards* where this says nothing of them."""
        return StockTerms(
            merchant=merchant,
            sku=sku,
            version=1,
            units=self.units,
            shards=self.shards or shards or default_shards(self.units),
        )


class StockOut(Wire):
    """An item's stock, its state and its count; what is *redeemed* was sold."""

    merchant: str
    sku: str
    version: int
    state: CounterState
    units: UnitsOut
    shards: int


def stock_out(stock: Counter) -> StockOut:
    """Return the stock as it stands."""
    terms = stock.terms
    if not isinstance(terms, StockTerms):
        msg = "its stock is not counted"
        raise UnknownItemError(msg)
    return StockOut(
        merchant=terms.merchant,
        sku=terms.sku,
        version=terms.version,
        state=terms.state,
        units=units_out(stock.shards),
        shards=terms.shards,
    )
