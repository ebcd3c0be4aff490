"""The HTTP API: a blueprint of routes, each a thin step from the wire to a use case."""

from chalicelib.entrypoints.http import (
    catalogues,
    coupon_commands,
    coupons,
    intents,
    refunds,
    run_commands,
    runs,
    service,
    stock,
)
from chalicelib.entrypoints.http.routing import http

__all__ = [
    "catalogues",
    "coupon_commands",
    "coupons",
    "http",
    "intents",
    "refunds",
    "run_commands",
    "runs",
    "service",
    "stock",
]
