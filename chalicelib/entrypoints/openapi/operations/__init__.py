"""Every call of the API: what it takes, what it answers, and each problem that it may answer with.

A problem goes by its code here; `problems` knows its status. A test holds this table
against the routes, both ways.
"""

from chalicelib.entrypoints.openapi.operations import (
    catalogues,
    coupon_commands,
    coupons,
    intents,
    refunds,
    runs,
    service,
    stock,
)
from chalicelib.entrypoints.openapi.operations.parts import Operation

OPERATIONS: tuple[Operation, ...] = (
    *intents.OPERATIONS,
    *refunds.OPERATIONS,
    *catalogues.OPERATIONS,
    *stock.OPERATIONS,
    *coupons.OPERATIONS,
    *coupon_commands.OPERATIONS,
    *runs.OPERATIONS,
    *service.OPERATIONS,
)
