"""What Lambda calls, by these names: the HTTP API, the queue workers, the sweep and the reconciler."""

from chalicelib.entrypoints.application import app, reconcile, resolve, settle, sweep

__all__ = ["app", "reconcile", "resolve", "settle", "sweep"]
