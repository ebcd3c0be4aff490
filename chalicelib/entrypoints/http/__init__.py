"""The HTTP API: a blueprint of routes, each a thin step from the wire to a use case."""

from chalicelib.entrypoints.http import catalogues, coupons, intents, service
from chalicelib.entrypoints.http.routing import http

__all__ = ["catalogues", "coupons", "http", "intents", "service"]
