"""Refunds on the wire."""

from typing import Annotated

from pydantic import Field

from chalicelib.domain.refund import Part, Wish
from chalicelib.entrypoints.wire.base import Many, Reason, Wire, digest
from chalicelib.entrypoints.wire.requests import LINES_MAX, QUANTITY_MAX


class RefundLineIn(Wire):
    """So many units of an order line, which goes by its number from 1."""

    line: Annotated[int, Field(ge=1, le=LINES_MAX)]
    quantity: Annotated[int, Field(ge=1, le=QUANTITY_MAX)]


class RefundIn(Wire):
    """What goes back of an order, and why."""

    reason: Reason = Field(description="The customer sees it on the order.")
    lines: Annotated[Many[RefundLineIn], Field(min_length=1, max_length=LINES_MAX)] | None = Field(
        default=None, description="By default all that is left of the order."
    )
    restock: bool = Field(
        default=True, description="Whether units whose stock is counted go back on sale."
    )

    def wish(self, id_: str, by: str) -> Wish:
        """Return the refund that *by* asks for under the name *id_*."""
        parts = tuple(Part(line=one.line, quantity=one.quantity) for one in self.lines or ())
        return Wish(
            id=id_,
            by=by,
            why=self.reason,
            parts=parts,
            restock=self.restock,
            fingerprint=digest(self),
        )
