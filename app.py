"""What Lambda calls, by these names: the HTTP API, the queue workers, the sweep and the reconciler."""

from chalicelib.entrypoints.application import (
    app,
    bulk_resolve,
    bulk_settle,
    keep,
    reconcile,
    resolve,
    settle,
    sweep,
)

__all__ = [
    "app",
    "bulk_resolve",
    "bulk_settle",
    "keep",
    "reconcile",
    "resolve",
    "settle",
    "sweep",
]
